(** * Remark 4: little harm information, small gradient

    Main statements: [gradient_root], [gradient_vanishes], [information_scaled], [gradient_scaled]. *)

Require Export Formal.Reals Formal.Bounds.
Require Import Lra.
Open Scope R_scope.

Section Root.
Context {E I : Type}.
Variables (p : E -> R) (coordinates : list I) (dp s : I -> E -> R) (t : tree E).
Hypothesis pol : policy p t.
Hypothesis tang : forall i, tangent (dp i) t.
Hypothesis score : forall i, is_score p (s i) (dp i) t.
Variables (k : nat) (kappa : R).
Hypothesis bounded : almost_surely p t (fun w => fisher_trace p coordinates t s k w <= kappa).

(** ‖G‖ *)
Let length_of Harm : R := sqrt (norm2 coordinates (fun i => gradient p t Harm (s i) k)).

(** Remark 4: ‖G‖ ≤ √(κ·I). *)
Theorem gradient_root Harm : length_of Harm <= sqrt (kappa * information p t Harm k).
Proof.
  apply sqrt_le_1_alt.
  exact (gradient_bound_uniform p coordinates dp s t pol tang score Harm k kappa bounded).
Qed.

(** Remark 4: ‖G‖ → 0 along harms with I → 0, while tr F ≤ κ. *)
Theorem gradient_vanishes (Harm : nat -> path E -> R) :
  Un_cv (fun n => information p t (Harm n) k) 0 -> Un_cv (fun n => length_of (Harm n)) 0.
Proof.
  intros H e He. set (c := Rabs kappa + 1).
  assert (Hc : 0 < c) by (unfold c; assert (A := Rabs_pos kappa); lra).
  destruct (H (e * e / c)) as [N HN].
  { apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; exact He | exact Hc]. }
  exists N. intros n Hn. specialize (HN n Hn). unfold R_dist in *. rewrite Rminus_0_r in *.
  set (x := information p t (Harm n) k) in *.
  rewrite Rabs_right by (apply Rle_ge, sqrt_pos).
  apply Rle_lt_trans with (1 := gradient_root (Harm n)). fold x.
  assert (B : kappa * x < e * e).
  { apply Rle_lt_trans with (c * Rabs x).
    - apply Rle_trans with (1 := Rle_abs (kappa * x)). rewrite Rabs_mult.
      apply Rmult_le_compat_r; [apply Rabs_pos | unfold c; lra].
    - apply (Rmult_lt_compat_l c) in HN; [| exact Hc].
      replace (c * (e * e / c)) with (e * e) in HN by (field; lra). exact HN. }
  destruct (Rle_or_lt 0 (kappa * x)) as [P | N'].
  - rewrite <- (sqrt_square e) by lra. apply sqrt_lt_1_alt. split; assumption.
  - rewrite sqrt_neg_0 by lra. exact He.
Qed.

End Root.

(** Along Harm_n = a_n·Harm the information is that of Harm times a_n². *)
Theorem information_scaled {E} (p : E -> R) (t : tree E) Harm (a : R) k :
  information p t (fun w => a * Harm w) k = a * a * information p t Harm k.
Proof.
  etransitivity; [| exact (expect_scale p t (a * a)
    (fun w => innovation p t Harm k w * innovation p t Harm k w)%K)].
  apply expect_ext. intros w _.
  assert (H : forall j, h p t (fun w => a * Harm w) j w = a * h p t Harm j w)
    by (intros j; exact (expect_scale p (state t w j) a (fun v => Harm (firstn j w ++ v)))).
  unfold innovation. rewrite !H. reals. ring.
Qed.

(** Harm times a and the score times b give a·b times the gradient: with Harm/n and n·s it stays
    the same, while the information falls like 1/n². *)
Theorem gradient_scaled {E} (p : E -> R) (t : tree E) Harm (s : E -> R) (a b : R) k :
  gradient p t (fun w => a * Harm w) (fun e => b * s e) k = a * b * gradient p t Harm s k.
Proof.
  unfold gradient. etransitivity; [| exact (expect_scale p t (a * b) (contribution p t Harm s k))].
  apply expect_ext. intros w _. unfold contribution, condcov, cov.
  etransitivity; [| exact (expect_scale p (state t w k) (a * b) _)].
  assert (H : forall u, h p t (fun w => a * Harm w) (S k) u = a * h p t Harm (S k) u)
    by (intros u; exact (expect_scale p (state t u (S k)) a (fun v => Harm (firstn (S k) u ++ v)))).
  assert (A : forall u, at_position (fun e => b * s e) k u = b * at_position s k u).
  { intros u. unfold at_position. destruct (nth_error u k); reals; ring. }
  assert (MH : expect p (state t w k) (fun v => h p t (fun w => a * Harm w) (S k) (firstn k w ++ v))
    = a * expect p (state t w k) (fun v => h p t Harm (S k) (firstn k w ++ v))).
  { etransitivity; [exact (expect_ext p _ _ _ (fun v _ => H (firstn k w ++ v))) |].
    exact (expect_scale p (state t w k) a (fun v => h p t Harm (S k) (firstn k w ++ v))). }
  assert (MA : expect p (state t w k) (fun v => at_position (fun e => b * s e) k (firstn k w ++ v))
    = b * expect p (state t w k) (fun v => at_position s k (firstn k w ++ v))).
  { etransitivity; [exact (expect_ext p _ _ _ (fun v _ => A (firstn k w ++ v))) |].
    exact (expect_scale p (state t w k) b (fun v => at_position s k (firstn k w ++ v))). }
  rewrite MH, MA. apply expect_ext. intros v _. rewrite H, A. reals. ring.
Qed.
