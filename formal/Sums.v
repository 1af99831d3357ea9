(** * Finite sums over lists

    Main definition: [sum f l], the sum of f over the list l.
    Main statements: [sum_swap], [sum_flat_map], [lagrange] (Lagrange's identity
    with weights), [sum_zero_terms] (a vanishing sum of terms that are not
    negative vanishes term by term). *)

Require Export Formal.Algebra.
Import ListNotations.
Open Scope K_scope.

Definition sum {K} `{Ring K} {A} (f : A -> K) (l : list A) : K :=
  fold_right (fun x s => f x + s) 0 l.

Section Sums.
Context {K : Type} {ring : Ring K}.
Add Ring K_ring : (ring_laws (K := K)).

Lemma sum_nil {A} (f : A -> K) : sum f [] = 0.
Proof. reflexivity. Qed.

Lemma sum_cons {A} (f : A -> K) x l : sum f (x :: l) = f x + sum f l.
Proof. reflexivity. Qed.

Lemma sum_ext {A} (f g : A -> K) l :
  (forall x, In x l -> f x = g x) -> sum f l = sum g l.
Proof.
  induction l as [| x l IH]; intros H.
  - reflexivity.
  - rewrite !sum_cons. rewrite (H x) by (left; reflexivity).
    rewrite IH; [reflexivity |]. intros y Hy. apply H. right. exact Hy.
Qed.

Lemma sum_zero {A} (l : list A) : sum (fun _ => 0) l = 0.
Proof.
  induction l as [| x l IH]; [reflexivity |]. rewrite sum_cons, IH. ring.
Qed.

Lemma sum_all_zero {A} (f : A -> K) l : (forall x, In x l -> f x = 0) -> sum f l = 0.
Proof. intros H. rewrite (sum_ext f (fun _ => 0) l H). apply sum_zero. Qed.

Lemma sum_add {A} (f g : A -> K) l : sum (fun x => f x + g x) l = sum f l + sum g l.
Proof.
  induction l as [| x l IH]; [rewrite !sum_nil; ring |].
  rewrite !sum_cons, IH. ring.
Qed.

Lemma sum_sub {A} (f g : A -> K) l : sum (fun x => f x - g x) l = sum f l - sum g l.
Proof.
  induction l as [| x l IH]; [rewrite !sum_nil; ring |].
  rewrite !sum_cons, IH. ring.
Qed.

Lemma sum_scale {A} (c : K) (f : A -> K) l : sum (fun x => c * f x) l = c * sum f l.
Proof.
  induction l as [| x l IH]; [rewrite !sum_nil; ring |].
  rewrite !sum_cons, IH. ring.
Qed.

Lemma sum_scale_r {A} (c : K) (f : A -> K) l : sum (fun x => f x * c) l = sum f l * c.
Proof.
  induction l as [| x l IH]; [rewrite !sum_nil; ring |].
  rewrite !sum_cons, IH. ring.
Qed.

Lemma sum_app {A} (f : A -> K) l m : sum f (l ++ m) = sum f l + sum f m.
Proof.
  induction l as [| x l IH]; [rewrite sum_nil; simpl; ring |].
  simpl app. rewrite !sum_cons, IH. ring.
Qed.

Lemma sum_map {A B} (g : A -> B) (f : B -> K) l : sum f (map g l) = sum (fun x => f (g x)) l.
Proof.
  induction l as [| x l IH]; [reflexivity |].
  simpl map. rewrite !sum_cons, IH. reflexivity.
Qed.

Lemma sum_flat_map {A B} (g : A -> list B) (f : B -> K) l :
  sum f (flat_map g l) = sum (fun x => sum f (g x)) l.
Proof.
  induction l as [| x l IH]; [reflexivity |].
  simpl flat_map. rewrite sum_app, sum_cons, IH. reflexivity.
Qed.

Lemma sum_swap {A B} (f : A -> B -> K) l m :
  sum (fun x => sum (f x) m) l = sum (fun y => sum (fun x => f x y) l) m.
Proof.
  induction l as [| x l IH].
  - simpl. symmetry. apply sum_zero.
  - rewrite sum_cons, IH, <- sum_add. apply sum_ext. intros y _. reflexivity.
Qed.

Lemma sum_product {A B} (f : A -> K) (g : B -> K) l m :
  sum (fun x => sum (fun y => f x * g y) m) l = sum f l * sum g m.
Proof.
  rewrite <- sum_scale_r. apply sum_ext. intros x _. apply sum_scale.
Qed.

(** Σ_{k<n} (a (k+1) − a k) = a n − a 0 *)
Lemma telescope (a : nat -> K) n :
  sum (fun k => a (S k) - a k) (seq 0 n) = a n - a 0%nat.
Proof.
  induction n as [| n IH]; [simpl; ring |].
  rewrite seq_S, sum_app, IH, sum_cons, sum_nil. simpl. ring.
Qed.

Lemma telescope_from (a : nat -> K) m n :
  sum (fun k => a (S k) - a k) (seq m n) = a (m + n)%nat - a m.
Proof.
  induction n as [| n IH].
  - rewrite PeanoNat.Nat.add_0_r. simpl. ring.
  - rewrite seq_S, sum_app, IH, sum_cons, sum_nil, PeanoNat.Nat.add_succ_r. ring.
Qed.

(** Lagrange's identity:
    2((Σ w a²)(Σ w b²) − (Σ w a b)²) = Σ_{x,y} w_x w_y (a_x b_y − a_y b_x)² *)
Lemma lagrange {A} (w a b : A -> K) l :
  (1 + 1) * (sum (fun x => w x * (a x * a x)) l * sum (fun x => w x * (b x * b x)) l
             - sum (fun x => w x * (a x * b x)) l * sum (fun x => w x * (a x * b x)) l)
  = sum (fun x => sum (fun y =>
      w x * w y * ((a x * b y - a y * b x) * (a x * b y - a y * b x))) l) l.
Proof.
  set (aa x := w x * (a x * a x)). set (bb x := w x * (b x * b x)).
  set (ab x := w x * (a x * b x)).
  transitivity (sum (fun x => sum (fun y => aa x * bb y) l
      + sum (fun y => bb x * aa y) l - (1 + 1) * sum (fun y => ab x * ab y) l) l).
  - rewrite sum_sub, sum_add, sum_scale, !sum_product. ring.
  - apply sum_ext. intros x _.
    rewrite <- sum_scale, <- sum_add, <- sum_sub. apply sum_ext. intros y _.
    unfold aa, bb, ab. ring.
Qed.

End Sums.

Section OrderedSums.
Context {K : Type} {ring : Ring K} {order : Ordered K}.
Add Ring K_ring2 : (ring_laws (K := K)).

Lemma sum_nonneg {A} (f : A -> K) l : (forall x, In x l -> 0 <= f x) -> 0 <= sum f l.
Proof.
  induction l as [| x l IH]; intros H.
  - apply le_refl.
  - rewrite sum_cons. apply add_nonneg.
    + apply H. left. reflexivity.
    + apply IH. intros y Hy. apply H. right. exact Hy.
Qed.

Lemma sum_le {A} (f g : A -> K) l :
  (forall x, In x l -> f x <= g x) -> sum f l <= sum g l.
Proof.
  intros H. apply le_sub. rewrite <- sum_sub. apply sum_nonneg.
  intros x Hx. apply sub_nonneg. apply H. exact Hx.
Qed.

Lemma sum_zero_terms {A} (f : A -> K) l :
  (forall x, In x l -> 0 <= f x) -> sum f l = 0 -> forall x, In x l -> f x = 0.
Proof.
  induction l as [| y l IH]; intros Hf Hs x Hx; [contradiction |].
  rewrite sum_cons in Hs.
  destruct (sum_of_nonneg_zero (f y) (sum f l)) as [Hy Hl].
  - apply Hf. left. reflexivity.
  - apply sum_nonneg. intros z Hz. apply Hf. right. exact Hz.
  - exact Hs.
  - destruct Hx as [<- | Hx]; [exact Hy |].
    apply IH; [| exact Hl | exact Hx]. intros z Hz. apply Hf. right. exact Hz.
Qed.

(** The Cauchy–Schwarz inequality with weights that are not negative. *)
Lemma cauchy_schwarz {A} (w a b : A -> K) l : (forall x, In x l -> 0 <= w x) ->
  sum (fun x => w x * (a x * b x)) l * sum (fun x => w x * (a x * b x)) l
  <= sum (fun x => w x * (a x * a x)) l * sum (fun x => w x * (b x * b x)) l.
Proof.
  intros Hw. apply le_sub.
  set (gap := _ - _).
  assert (H : 0 <= (1 + 1) * gap).
  { unfold gap. rewrite lagrange. apply sum_nonneg. intros x Hx.
    apply sum_nonneg. intros y Hy.
    apply le_mul; [apply le_mul; apply Hw; assumption | apply square_nonneg]. }
  destruct (le_total 0 gap) as [P | N]; [exact P |].
  apply le_trans with ((1 + 1) * gap); [exact H |].
  apply le_sub. replace (gap - (1 + 1) * gap) with (0 - gap) by ring.
  apply sub_nonneg. exact N.
Qed.

Lemma double_zero (a : K) : (1 + 1) * a = 0 -> a = 0.
Proof.
  intros H. destruct (no_zero_divisors _ _ H) as [E | E]; [| exact E].
  destruct (sum_of_nonneg_zero (1 : K) 1 one_pos one_pos E) as [E1 _].
  destruct (one_neq_zero E1).
Qed.

(** Equality in Cauchy–Schwarz: a and b are proportional where w ≠ 0. *)
Lemma cauchy_schwarz_equality {A} (w a b : A -> K) l : (forall x, In x l -> 0 <= w x) ->
  sum (fun x => w x * (a x * b x)) l * sum (fun x => w x * (a x * b x)) l
  = sum (fun x => w x * (a x * a x)) l * sum (fun x => w x * (b x * b x)) l
  <-> forall x y, In x l -> In y l -> w x <> 0 -> w y <> 0 -> a x * b y = a y * b x.
Proof.
  intros Hw.
  assert (N : forall x y, In x l -> In y l ->
      0 <= w x * w y * ((a x * b y - a y * b x) * (a x * b y - a y * b x))).
  { intros x y Hx Hy. apply le_mul; [apply le_mul; apply Hw; assumption | apply square_nonneg]. }
  split.
  - intros E x y Hx Hy Wx Wy. apply eq_sub. apply square_zero.
    assert (Z := lagrange w a b l). rewrite E in Z.
    replace ((1 + 1) * (_ - _)) with (0 : K) in Z by ring. symmetry in Z.
    assert (Zx := sum_zero_terms _ _
      (fun x Hx => sum_nonneg _ _ (fun y Hy => N x y Hx Hy)) Z x Hx).
    assert (Zxy := sum_zero_terms _ _ (fun y Hy => N x y Hx Hy) Zx y Hy).
    simpl in Zxy. destruct (no_zero_divisors _ _ Zxy) as [W | W]; [| exact W].
    destruct (mul_neq_zero _ _ Wx Wy W).
  - intros P. symmetry. apply eq_sub. apply double_zero. rewrite lagrange.
    apply sum_all_zero. intros x Hx. apply sum_all_zero. intros y Hy.
    destruct (eq_decided (w x) 0) as [Ex | Nx]; [rewrite Ex; ring |].
    destruct (eq_decided (w y) 0) as [Ey | Ny]; [rewrite Ey; ring |].
    rewrite (P x y Hx Hy Nx Ny). ring.
Qed.

End OrderedSums.
