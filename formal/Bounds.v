(** * Section 7: how large a gradient can be

    Scores have coordinates s i for i in a list of indices; the norm of the gradient
    is that of the vector of its coordinates.

    Main statements: [fisher_covariance], [fisher_marginal], [fisher_trace_norm] (Definition 11),
    [pointwise_coordinate] (eq. 31), [pointwise_bound] (Lemma 12),
    [pointwise_eigenvalue], [pointwise_equality] (Remark 5), [gradient_bound],
    [gradient_bound_uniform] (Theorem 13), [gradient_bound_strict] (Remark 5), [gradient_bound_sharp],
    [three_terms], [cross_term] (eq. 59), [projection_gap], [projection_bound], [projection_tabular]
    (Theorem 13, sharpened), [eigenvalue_bound] (Theorem 14), [reward_error], [approximate_horizon],
    [approximate_horizon_probability], [information_of_error];
    [fisher_trace_range] (Remark 4). *)

Require Export Formal.Horizon.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

(** ** Cauchy–Schwarz and Jensen for expectations *)

Section Squares.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variables (p : E -> K) (t : tree E).
Hypothesis pol : policy p t.
Implicit Types (X Y : path E -> K).

Lemma expect_cauchy_schwarz X Y :
  expect p t (fun w => X w * Y w) * expect p t (fun w => X w * Y w)
  <= expect p t (fun w => X w * X w) * expect p t (fun w => Y w * Y w).
Proof.
  apply (cauchy_schwarz (weight p) X Y). intros w Hw. apply weight_nonneg with t; assumption.
Qed.

Lemma expect_cauchy_schwarz_equality X Y :
  expect p t (fun w => X w * Y w) * expect p t (fun w => X w * Y w)
  = expect p t (fun w => X w * X w) * expect p t (fun w => Y w * Y w)
  <-> forall w v, In w (paths t) -> In v (paths t) ->
      weight p w <> 0 -> weight p v <> 0 -> X w * Y v = X v * Y w.
Proof.
  apply (cauchy_schwarz_equality (weight p) X Y).
  intros w Hw. apply weight_nonneg with t; assumption.
Qed.

(** E[X]² ≤ E[X²], with equality only where X is constant almost surely. *)
Lemma jensen X : expect p t X * expect p t X <= expect p t (fun w => X w * X w).
Proof.
  apply le_sub. rewrite <- (cov_product p t X X) by apply pol. apply var_nonneg. exact pol.
Qed.

Lemma jensen_strict X w v : In w (paths t) -> In v (paths t) ->
  weight p w <> 0 -> weight p v <> 0 -> X w <> X v ->
  expect p t X * expect p t X < expect p t (fun w => X w * X w).
Proof.
  intros Hw Hv Nw Nv D. split; [apply jensen |]. intros Eq. apply D.
  assert (Z : var p t X = 0).
  { unfold var. rewrite cov_product by apply pol. rewrite Eq. ring. }
  assert (A := expect_zero_surely p t _ pol (fun u _ => square_nonneg _) Z).
  rewrite (eq_sub _ _ (square_zero _ (A w Hw Nw))).
  rewrite (eq_sub _ _ (square_zero _ (A v Hv Nv))). reflexivity.
Qed.

End Squares.

Section Bounds.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E I : Type}.
Add Ring K_ring2 : (ring_laws (K := K)).
Variables (p : E -> K) (coordinates : list I) (dp s : I -> E -> K) (t : tree E).
Hypothesis pol : policy p t.
Hypothesis tang : forall i, tangent (dp i) t.
Hypothesis score : forall i, is_score p (s i) (dp i) t.
Implicit Types (Harm X : path E -> K) (w v : path E) (i : I).

Let stoch : stochastic p t := proj1 pol.

(** ** Definition 11 *)

(** Definition 11: F(y_<k) is the covariance of the score, which has mean zero. *)
Theorem fisher_covariance i j k w : In w (paths t) ->
  fisher p t (s i) (s j) k w = condcov p t k (at_position (s i) k) (at_position (s j) k) w.
Proof.
  intros Hw. rewrite condcov_product by assumption.
  rewrite (score_mean p (dp i) (s i) t stoch (tang i) (score i) k w Hw).
  unfold fisher. ring.
Qed.

(** Definition 11: the marginalised matrix is E[s sᵀ]. *)
Theorem fisher_marginal (s1 s2 : E -> K) k :
  expect p t (fisher p t s1 s2 k)
  = expect p t (fun w => at_position s1 k w * at_position s2 k w).
Proof. apply expect_cond. exact stoch. Qed.

(** Definition 11: tr F(y_<k) = E[‖s_k‖² | y_<k]. *)
Theorem fisher_trace_norm k w :
  fisher_trace p coordinates t s k w
  = cond p t k (fun u => norm2 coordinates (fun i => at_position (s i) k u)) w.
Proof.
  symmetry. apply (expect_sum p (state t w k) (fun i v =>
    at_position (s i) k (firstn k w ++ v) * at_position (s i) k (firstn k w ++ v))).
Qed.

(** ** Lemma 12 *)

(** h − E[h | y_<k] at the prefix of w, as a function of what follows. *)
Let centred Harm k w v : K :=
  h p t Harm (S k) (firstn k w ++ v) - cond p t k (h p t Harm (S k)) w.

Lemma contribution_centred Harm k w i : In w (paths t) ->
  contribution p t Harm (s i) k w = expect p (state t w k)
    (fun v => centred Harm k w v * at_position (s i) k (firstn k w ++ v)).
Proof.
  intros Hw. unfold contribution, condcov, cov. apply expect_ext. intros v _.
  change (expect p (state t w k) (fun v => at_position (s i) k (firstn k w ++ v)))
    with (cond p t k (at_position (s i) k) w).
  rewrite (score_mean p (dp i) (s i) t stoch (tang i) (score i) k w Hw).
  unfold centred, cond. ring.
Qed.

(** Equation 31: C_i² ≤ Var(h | y_<k) F_ii(y_<k). *)
Theorem pointwise_coordinate Harm k w i : In w (paths t) ->
  contribution p t Harm (s i) k w * contribution p t Harm (s i) k w
  <= condvar p t k (h p t Harm (S k)) w * fisher p t (s i) (s i) k w.
Proof.
  intros Hw. rewrite contribution_centred by exact Hw.
  exact (expect_cauchy_schwarz p (state t w k) (policy_state p t w k pol Hw)
    (centred Harm k w) (fun v => at_position (s i) k (firstn k w ++ v))).
Qed.

(** Lemma 12: ‖C(y_<k)‖² ≤ Var(h | y_<k) tr F(y_<k). *)
Theorem pointwise_bound Harm k w : In w (paths t) ->
  norm2 coordinates (fun i => contribution p t Harm (s i) k w)
  <= condvar p t k (h p t Harm (S k)) w * fisher_trace p coordinates t s k w.
Proof.
  intros Hw. unfold fisher_trace. rewrite <- sum_scale. apply sum_le. intros i _.
  apply pointwise_coordinate. exact Hw.
Qed.

Lemma sums_equal {A} (f g : A -> K) l : (forall x, In x l -> f x <= g x) ->
  sum f l = sum g l <-> forall x, In x l -> f x = g x.
Proof.
  intros L. split; [| apply sum_ext].
  intros Eq x Hx. symmetry. apply eq_sub.
  apply (sum_zero_terms (fun x => g x - f x) l); [| | exact Hx].
  - intros y Hy. apply sub_nonneg. apply L. exact Hy.
  - rewrite sum_sub, Eq. ring.
Qed.

(** Remark 5: Lemma 12 is an equality exactly where every coordinate of the score is
    proportional to the innovation, at the tokens of non-zero probability. *)
Theorem pointwise_equality Harm k w : In w (paths t) ->
  norm2 coordinates (fun i => contribution p t Harm (s i) k w)
  = condvar p t k (h p t Harm (S k)) w * fisher_trace p coordinates t s k w
  <-> forall i u v, In i coordinates ->
      In u (paths (state t w k)) -> In v (paths (state t w k)) ->
      weight p u <> 0 -> weight p v <> 0 ->
      innovation p t Harm k (firstn k w ++ u) * at_position (s i) k (firstn k w ++ v)
      = innovation p t Harm k (firstn k w ++ v) * at_position (s i) k (firstn k w ++ u).
Proof.
  intros Hw. unfold norm2, fisher_trace. rewrite <- sum_scale.
  rewrite sums_equal by (intros i _; apply pointwise_coordinate; exact Hw).
  assert (C : forall u, In u (paths (state t w k)) ->
    innovation p t Harm k (firstn k w ++ u) = centred Harm k w u).
  { intros u Hu. unfold innovation, centred. rewrite (martingale p t stoch) by exact Hw.
    rewrite (known_continued t k (h p t Harm k)) by (assumption || apply known_h).
    reflexivity. }
  assert (Eq := fun i => expect_cauchy_schwarz_equality p (state t w k)
    (policy_state p t w k pol Hw) (centred Harm k w)
    (fun v => at_position (s i) k (firstn k w ++ v))).
  split.
  - intros H i u v Hi Hu Hv Nu Nv. rewrite !C by assumption.
    apply (proj1 (Eq i)); try assumption.
    rewrite <- contribution_centred by exact Hw. exact (H i Hi).
  - intros H i Hi. rewrite contribution_centred by exact Hw.
    apply (proj2 (Eq i)). intros u v Hu Hv Nu Nv. rewrite <- !C by assumption.
    apply H; assumption.
Qed.

(** The score along z, and zᵀF(y_<k)z. *)
Definition along (z : I -> K) (k : nat) (w : path E) : K :=
  sum (fun i => z i * at_position (s i) k w) coordinates.
Definition pointwise_form (z : I -> K) (k : nat) : path E -> K :=
  cond p t k (fun w => along z k w * along z k w).

(** (zᵀC(y_<k))² ≤ Var(h | y_<k) zᵀF(y_<k)z, for every z. *)
Theorem pointwise_along Harm k w z : In w (paths t) ->
  let c := sum (fun i => z i * contribution p t Harm (s i) k w) coordinates in
  c * c <= condvar p t k (h p t Harm (S k)) w * pointwise_form z k w.
Proof.
  intros Hw c.
  assert (C : c = expect p (state t w k) (fun v =>
      centred Harm k w v * along z k (firstn k w ++ v))).
  { unfold c, along. rewrite (sum_ext _ (fun i => expect p (state t w k) (fun v =>
      z i * (centred Harm k w v * at_position (s i) k (firstn k w ++ v))))).
    - rewrite <- expect_sum. apply expect_ext. intros v _. rewrite <- sum_scale.
      apply sum_ext. intros i _. ring.
    - intros i _. rewrite contribution_centred, expect_scale by exact Hw. reflexivity. }
  rewrite C.
  exact (expect_cauchy_schwarz p (state t w k) (policy_state p t w k pol Hw)
    (centred Harm k w) (fun v => along z k (firstn k w ++ v))).
Qed.

(** ‖C(y_<k)‖² ≤ Var(h | y_<k) λ for every λ with zᵀF(y_<k)z ≤ λ‖z‖² for all z, such as
    the largest eigenvalue. *)
Theorem pointwise_eigenvalue Harm k w lambda : In w (paths t) ->
  0 <= lambda -> (forall z, pointwise_form z k w <= lambda * norm2 coordinates z) ->
  norm2 coordinates (fun i => contribution p t Harm (s i) k w)
  <= condvar p t k (h p t Harm (S k)) w * lambda.
Proof.
  intros Hw Hl HL. set (C := fun i => contribution p t Harm (s i) k w).
  set (n := norm2 coordinates C). set (v := condvar p t k (h p t Harm (S k)) w).
  assert (Hn : 0 <= n) by (apply sum_nonneg; intros i _; apply square_nonneg).
  assert (Hv : 0 <= v) by (apply condvar_nonneg; assumption).
  assert (B : n * n <= v * lambda * n).
  { apply le_trans with (v * pointwise_form C k w); [apply (pointwise_along Harm k w C Hw) |].
    replace (v * lambda * n) with (v * (lambda * n)) by ring.
    apply mul_le_l; [exact Hv | apply HL]. }
  destruct (eq_decided n 0) as [Z | N].
  - rewrite Z. apply le_mul; assumption.
  - destruct (le_total n (v * lambda)) as [P | P]; [exact P |].
    assert (Q : (n - v * lambda) * n = 0).
    { apply le_antisym.
      - apply le_sub. replace (0 - (n - v * lambda) * n) with (v * lambda * n - n * n) by ring.
        apply sub_nonneg. exact B.
      - apply le_mul; [apply sub_nonneg; exact P | exact Hn]. }
    destruct (no_zero_divisors _ _ Q) as [D | D]; [| contradiction].
    apply eq_le. apply eq_sub. exact D.
Qed.

(** ** Theorem 13 *)

(** Theorem 13: ‖G_k‖² ≤ E[Var(h | y_<k) tr F(y_<k)]. *)
Theorem gradient_bound Harm k :
  norm2 coordinates (fun i => gradient p t Harm (s i) k)
  <= expect p t (fun w => condvar p t k (h p t Harm (S k)) w
                          * fisher_trace p coordinates t s k w).
Proof.
  apply le_trans with (expect p t (fun w =>
    norm2 coordinates (fun i => contribution p t Harm (s i) k w))).
  - unfold norm2. rewrite expect_sum. apply sum_le. intros i _. apply jensen. exact pol.
  - apply expect_le; [exact pol |]. intros w Hw. apply pointwise_bound. exact Hw.
Qed.

(** Theorem 13: ‖G_k‖² ≤ κ I_k if tr F ≤ κ at every prefix of non-zero probability. *)
Theorem gradient_bound_uniform Harm k kappa :
  almost_surely p t (fun w => fisher_trace p coordinates t s k w <= kappa) ->
  norm2 coordinates (fun i => gradient p t Harm (s i) k) <= kappa * information p t Harm k.
Proof.
  intros HF. apply le_trans with (1 := gradient_bound Harm k).
  rewrite information_variance by exact stoch. rewrite <- expect_scale.
  apply expect_le_surely; [exact pol |]. intros w Hw Nw.
  replace (kappa * condvar p t k (h p t Harm (S k)) w)
    with (condvar p t k (h p t Harm (S k)) w * kappa) by ring.
  apply mul_le_l; [apply condvar_nonneg | apply HF]; assumption.
Qed.

(** Remark 5: Theorem 13 is strict where C varies over prefixes of non-zero
    probability, in direction or in size. *)
Theorem gradient_bound_strict Harm k i w v : In i coordinates ->
  In w (paths t) -> In v (paths t) -> weight p w <> 0 -> weight p v <> 0 ->
  contribution p t Harm (s i) k w <> contribution p t Harm (s i) k v ->
  norm2 coordinates (fun i => gradient p t Harm (s i) k)
  < expect p t (fun w => condvar p t k (h p t Harm (S k)) w
                         * fisher_trace p coordinates t s k w).
Proof.
  intros Hi Hw Hv Nw Nv D.
  apply lt_le_trans with (expect p t (fun w =>
    norm2 coordinates (fun i => contribution p t Harm (s i) k w))).
  - unfold norm2. rewrite expect_sum.
    assert (J : forall i, In i coordinates -> gradient p t Harm (s i) k * gradient p t Harm (s i) k
      <= expect p t (fun w => contribution p t Harm (s i) k w * contribution p t Harm (s i) k w))
      by (intros j _; apply jensen; exact pol).
    split; [apply sum_le; exact J |]. intros Eq.
    assert (Ei := proj1 (sums_equal _ _ _ J) Eq i Hi).
    destruct (jensen_strict p t pol (contribution p t Harm (s i) k) w v Hw Hv Nw Nv D)
      as [_ Ne]. exact (Ne Ei).
  - apply expect_le; [exact pol |]. intros u Hu. apply pointwise_bound. exact Hu.
Qed.

(** Theorem 13 without a uniform constant: ‖G_k‖² ≤ I_k E[tr F]. *)
Theorem gradient_bound_sharp Harm k :
  norm2 coordinates (fun i => gradient p t Harm (s i) k)
  <= information p t Harm k * expect p t (fisher_trace p coordinates t s k).
Proof.
  unfold fisher_trace. rewrite expect_sum, <- sum_scale. apply sum_le. intros i _.
  rewrite fisher_marginal.
  rewrite (gradient_innovation p (dp i) (s i) t stoch (tang i) (score i) Harm k).
  apply (expect_cauchy_schwarz p t pol (innovation p t Harm k) (at_position (s i) k)).
Qed.

(** zᵀF̄z *)
Definition fisher_form (z : I -> K) (k : nat) : K :=
  expect p t (fun w => along z k w * along z k w).

(** Equation 59: the quadratic form of a sum of two shifts, the functional and the
    incidental one, has three terms: zᵀF̄z + z'ᵀF̄z' + 2 zᵀF̄z'. *)
Theorem three_terms k z z' :
  fisher_form (fun i => z i + z' i) k
  = fisher_form z k + fisher_form z' k
    + (1 + 1) * expect p t (fun w => along z k w * along z' k w).
Proof.
  unfold fisher_form. rewrite <- expect_scale, <- !expect_add. apply expect_ext. intros w _.
  assert (A : along (fun i => z i + z' i) k w = along z k w + along z' k w).
  { unfold along. rewrite <- sum_add. apply sum_ext. intros i _. ring. }
  rewrite A. ring.
Qed.

(** The third of them is bounded by the other two: (zᵀF̄z')² ≤ zᵀF̄z·z'ᵀF̄z'. *)
Theorem cross_term k z z' :
  expect p t (fun w => along z k w * along z' k w) * expect p t (fun w => along z k w * along z' k w)
  <= fisher_form z k * fisher_form z' k.
Proof. exact (expect_cauchy_schwarz p t pol (along z k) (along z' k)). Qed.

(** I − 2 zᵀG + zᵀF̄z = E[(Δ − sᵀz)²], for every z. *)
Theorem projection_gap Harm k z :
  information p t Harm k
    - (1 + 1) * sum (fun i => z i * gradient p t Harm (s i) k) coordinates + fisher_form z k
  = expect p t (fun w => (innovation p t Harm k w - along z k w)
                         * (innovation p t Harm k w - along z k w)).
Proof.
  rewrite (sum_ext _ (fun i => expect p t (fun w =>
    z i * (innovation p t Harm k w * at_position (s i) k w)))).
  - rewrite <- expect_sum. unfold information, fisher_form.
    rewrite <- expect_scale, <- expect_sub, <- expect_add. apply expect_ext. intros w _.
    rewrite (sum_ext _ (fun i => innovation p t Harm k w * (z i * at_position (s i) k w)))
      by (intros i _; ring).
    rewrite sum_scale. fold (along z k w). ring.
  - intros i _. rewrite expect_scale.
    rewrite (gradient_innovation p (dp i) (s i) t stoch (tang i) (score i) Harm k).
    reflexivity.
Qed.

(** Hence Gᵀ F̄⁺ G ≤ I: for z = F̄⁺G both zᵀG and zᵀF̄z are Gᵀ F̄⁺ G. *)
Theorem projection_bound Harm k z value :
  sum (fun i => z i * gradient p t Harm (s i) k) coordinates = value ->
  fisher_form z k = value -> value <= information p t Harm k.
Proof.
  intros HG HF. apply le_sub.
  replace (information p t Harm k - value)
    with (information p t Harm k - (1 + 1) * value + value) by ring.
  rewrite <- HF at 2. rewrite <- HG at 1. rewrite projection_gap.
  apply expect_nonneg; [exact pol |]. intros w _. apply square_nonneg.
Qed.

(** Theorem 14, bounded: μ zᵀG ≤ κ I for z = F̄⁻¹G, if tr F ≤ κ at every prefix of non-zero
    probability and μ‖z‖² ≤ zᵀF̄z, as for the least eigenvalue μ. *)
Theorem eigenvalue_bound Harm k kappa mu z :
  almost_surely p t (fun w => fisher_trace p coordinates t s k w <= kappa) ->
  0 <= mu -> mu * norm2 coordinates z <= fisher_form z k ->
  sum (fun i => z i * gradient p t Harm (s i) k) coordinates = fisher_form z k ->
  mu * fisher_form z k <= kappa * information p t Harm k.
Proof.
  intros HF Hmu Hz HG.
  apply le_trans with (2 := gradient_bound_uniform Harm k kappa HF).
  set (q := fisher_form z k) in *. set (n := norm2 coordinates (fun i => gradient p t Harm (s i) k)).
  assert (Hq : 0 <= q) by (apply expect_nonneg; [exact pol |]; intros w _; apply square_nonneg).
  assert (Hn : 0 <= n) by (apply sum_nonneg; intros i _; apply square_nonneg).
  assert (B : mu * q * q <= n * q).
  { apply le_trans with (mu * (norm2 coordinates z * n)).
    - replace (mu * q * q) with (mu * (q * q)) by ring. apply mul_le_l; [exact Hmu |].
      rewrite <- HG. set (g := fun i => gradient p t Harm (s i) k) in *.
      assert (C := cauchy_schwarz (fun _ : I => 1) z g coordinates (fun _ _ => one_pos)).
      assert (U : forall f : I -> K, sum (fun i => 1 * f i) coordinates = sum f coordinates)
        by (intros f; apply sum_ext; intros i _; ring).
      rewrite !U in C. exact C.
    - replace (mu * (norm2 coordinates z * n)) with (n * (mu * norm2 coordinates z)) by ring.
      apply mul_le_l; assumption. }
  destruct (eq_decided q 0) as [Z | N].
  - rewrite Z. replace (mu * 0) with (0 : K) by ring. exact Hn.
  - destruct (le_total (mu * q) n) as [P | P]; [exact P |].
    assert (Q : (mu * q - n) * q = 0).
    { apply le_antisym.
      - apply le_sub. replace (0 - (mu * q - n) * q) with (n * q - mu * q * q) by ring.
        apply sub_nonneg. exact B.
      - apply le_mul; [apply sub_nonneg; exact P | exact Hq]. }
    destruct (no_zero_divisors _ _ Q) as [D | D]; [| contradiction].
    apply eq_le. apply eq_sub. exact D.
Qed.

(** Equality when tabular: where Δ is in the span of the scores, Δ = sᵀz almost surely,
    that z gives zᵀG = I. *)
Theorem projection_tabular Harm k z :
  almost_surely p t (fun w => innovation p t Harm k w = along z k w) ->
  sum (fun i => z i * gradient p t Harm (s i) k) coordinates = information p t Harm k
  /\ fisher_form z k = information p t Harm k.
Proof.
  intros H.
  assert (Eq : forall X : path E -> K, expect p t (fun w => innovation p t Harm k w * X w)
                                   = expect p t (fun w => along z k w * X w)).
  { intros X. apply sum_ext. intros w Hw. destruct (eq_decided (weight p w) 0) as [W | W].
    - rewrite W. ring.
    - rewrite (H w Hw W). reflexivity. }
  assert (F : fisher_form z k = information p t Harm k).
  { unfold fisher_form, information. rewrite <- (Eq (along z k)).
    rewrite (Eq (innovation p t Harm k)). apply expect_ext. intros w _. ring. }
  split; [| exact F]. rewrite <- F. unfold fisher_form. rewrite <- (Eq (along z k)).
  rewrite (expect_ext p t _ (fun w => sum (fun i =>
    z i * (innovation p t Harm k w * at_position (s i) k w)) coordinates)).
  - rewrite expect_sum. apply sum_ext. intros i _. rewrite expect_scale.
    rewrite (gradient_innovation p (dp i) (s i) t stoch (tang i) (score i) Harm k).
    reflexivity.
  - intros w _. unfold along. rewrite <- sum_scale. apply sum_ext. intros i _. ring.
Qed.

(** A wrong reward model moves the gradient by at most the information of its error. *)
Theorem reward_error Harm Harm' k :
  norm2 coordinates (fun i => gradient p t Harm' (s i) k - gradient p t Harm (s i) k)
  <= information p t (fun w => Harm' w - Harm w) k
     * expect p t (fisher_trace p coordinates t s k).
Proof.
  apply le_trans with (norm2 coordinates (fun i =>
    gradient p t (fun w => Harm' w - Harm w) (s i) k)).
  - apply eq_le. apply sum_ext. intros i _.
    rewrite (gradient_linear p (dp i) (s i) t stoch (tang i) (score i)). reflexivity.
  - apply gradient_bound_sharp.
Qed.

(** A bound on the Fisher information at the prefixes of non-zero probability is not negative. *)
Lemma trace_bound_nonneg k kappa :
  almost_surely p t (fun w => fisher_trace p coordinates t s k w <= kappa) -> 0 <= kappa.
Proof.
  intros H. apply le_trans with (expect p t (fisher_trace p coordinates t s k)).
  - apply expect_nonneg; [exact pol |]. intros w Hw. apply sum_nonneg. intros i _.
    apply expect_nonneg; [apply policy_state; assumption |]. intros v _. apply square_nonneg.
  - rewrite <- (expect_const p t kappa stoch). apply expect_le_surely; assumption.
Qed.

(** tr F(x) ≤ Σ_i osc(s_i)²/4, whatever the probabilities are: lo_i ≤ s_i ≤ hi_i at the tokens
    of non-zero probability. *)
Theorem fisher_trace_range (lo hi : I -> K) k w : In w (paths t) ->
  (forall i v, In v (paths (state t w k)) -> weight p v <> 0 ->
     lo i <= at_position (s i) k (firstn k w ++ v)
     /\ at_position (s i) k (firstn k w ++ v) <= hi i) ->
  (1 + 1) * (1 + 1) * fisher_trace p coordinates t s k w
  <= sum (fun i => (hi i - lo i) * (hi i - lo i)) coordinates.
Proof.
  intros Hw H. unfold fisher_trace. rewrite <- sum_scale. apply sum_le. intros i _.
  set (f := at_position (s i) k). assert (Pw := policy_state p t w k pol Hw).
  assert (M : cond p t k f w = 0) by (exact (score_mean p (dp i) (s i) t stoch (tang i) (score i) k w Hw)).
  assert (Q : 0 <= cond p t k (fun u => (hi i - f u) * (f u - lo i)) w).
  { rewrite <- (expect_zero p (state t w k) (fun _ => 0) (fun _ _ => eq_refl)).
    apply expect_le_surely; [exact Pw |]. intros v Hv Nv. destruct (H i v Hv Nv) as [L U].
    apply le_mul; apply sub_nonneg; assumption. }
  rewrite (cond_ext p t k _ (fun u => (hi i + lo i) * f u - (f u * f u + hi i * lo i))) in Q
    by (exact Hw || (intros; ring)).
  unfold cond in *. rewrite expect_sub, expect_scale, expect_add, M, expect_const in Q by exact (proj1 Pw).
  apply le_sub. unfold fisher, cond. fold f.
  set (F := expect p (state t w k) (fun v => f (firstn k w ++ v) * f (firstn k w ++ v))) in *.
  replace (_ - _) with ((hi i + lo i) * (hi i + lo i)
    + (1 + 1) * (1 + 1) * ((hi i + lo i) * 0 - (F + hi i * lo i))) by ring.
  replace 0 with (0 + 0) at 1 by ring. apply le_add2; [apply square_nonneg |].
  apply le_mul; [| exact Q].
  apply square_nonneg.
Qed.

(** Approximate horizon: where g of the first k tokens nearly decides harm, later
    gradients are small: ‖G_j‖² ≤ κ E[(Harm − g)²] for all j ≥ k. *)
Theorem approximate_horizon Harm g k T j kappa : length_at_most T t -> (k <= j)%nat ->
  almost_surely p t (fun w => fisher_trace p coordinates t s j w <= kappa) ->
  norm2 coordinates (fun i => gradient p t Harm (s i) j)
  <= kappa * expect p t (fun w => (Harm w - g (firstn k w)) * (Harm w - g (firstn k w))).
Proof.
  intros HT Hj HF. apply le_trans with (1 := gradient_bound_uniform Harm j kappa HF).
  apply mul_le_l; [exact (trace_bound_nonneg j kappa HF) |].
  assert (L : length_at_most (j + T) t) by (apply (longer t T); [lia | exact HT]).
  apply le_trans with (expect p t (condvar p t j Harm)).
  - rewrite (residual p t stoch Harm j (S T)) by (apply (longer t (j + T)); [lia | exact L]).
    simpl seq. rewrite sum_cons. apply le_sub.
    match goal with |- _ <= ?a + ?r - _ => replace (a + r - a) with r by ring end.
    apply sum_nonneg. intros i _. apply information_nonneg. exact pol.
  - apply le_sub.
    rewrite (best_approximation p t j) with (F := fun w => g (firstn k w)).
    + match goal with |- _ <= _ + ?r - _ => set (rest := r) end.
      replace (_ + rest - _) with rest by ring.
      apply expect_nonneg; [exact pol |]. intros w _. apply square_nonneg.
    + exact stoch.
    + apply known_le with k; [exact Hj | apply known_firstn].
Qed.

Lemma unit_square (a b : K) : 0 <= a -> a <= 1 -> 0 <= b -> b <= 1 -> (a - b) * (a - b) <= 1.
Proof.
  intros Ha Ha' Hb Hb'. apply le_sub.
  replace (1 - (a - b) * (a - b)) with ((1 - a + b) * (1 - b + a)) by ring.
  apply le_mul; apply add_nonneg; assumption || (apply sub_nonneg; assumption).
Qed.

(** Approximate horizon: ‖G_j‖² ≤ κ·P(Harm ≠ g(y_≤k)), where 0 ≤ Harm, g ≤ 1, and
    X = 1[Harm ≠ g]. *)
Theorem approximate_horizon_probability Harm g X k T j kappa : length_at_most T t ->
  (k <= j)%nat ->
  almost_surely p t (fun w => fisher_trace p coordinates t s j w <= kappa) ->
  (forall w, In w (paths t) -> 0 <= Harm w /\ Harm w <= 1) ->
  (forall u, 0 <= g u /\ g u <= 1) ->
  (forall w, In w (paths t) -> (Harm w = g (firstn k w) -> X w = 0)
                               /\ (Harm w <> g (firstn k w) -> X w = 1)) ->
  norm2 coordinates (fun i => gradient p t Harm (s i) j) <= kappa * expect p t X.
Proof.
  intros HT Hj HF HH Hg HX. apply le_trans with
    (1 := approximate_horizon Harm g k T j kappa HT Hj HF).
  apply mul_le_l; [exact (trace_bound_nonneg j kappa HF) |]. apply expect_le; [exact pol |]. intros w Hw.
  destruct (HX w Hw) as [X0 X1].
  destruct (eq_decided (Harm w) (g (firstn k w))) as [Eq | N].
  - rewrite (X0 Eq), Eq. apply eq_le. ring.
  - rewrite (X1 N). apply unit_square; apply HH || apply Hg; exact Hw.
Qed.

(** Beyond the horizon of Harm, the error of a reward model carries the model's own
    information: I_j(Ĥ − Harm) = I_j(Ĥ). *)
Theorem information_of_error Harm Harm' k T j : length_at_most T t ->
  decided_after p t Harm k -> (k <= j)%nat ->
  information p t (fun w => Harm' w - Harm w) j = information p t Harm' j.
Proof.
  intros HT D Hj. assert (Z := decided_nothing p t pol Harm k T j HT D Hj).
  assert (A := expect_zero_surely p t _ pol (fun u _ => square_nonneg _) Z).
  apply sum_ext. intros w Hw. destruct (eq_decided (weight p w) 0) as [W | W]; [rewrite W; ring |].
  assert (L : innovation p t (fun w => Harm' w - Harm w) j w = innovation p t Harm' j w).
  { assert (H0 := square_zero _ (A w Hw W)). unfold innovation, h in *.
    rewrite !cond_sub. replace (_ - _) with (cond p t (S j) Harm' w - cond p t j Harm' w
      - (cond p t (S j) Harm w - cond p t j Harm w)) by ring. rewrite H0. ring. }
  rewrite L. reflexivity.
Qed.

End Bounds.
