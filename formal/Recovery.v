(** * Section 9 over a ring: the recovery penalty

    The prefix is drawn from an adversary's law q, the next token from the policy p.

    Main statements: [failure_recovery], [recovery_mean] (Definition 16), [penalty_terms]
    (Definition 17, eq. 66), [recovery_variance], [success_variance] (Definition 18), [failure_gradient],
    [failure_covariance] (eq. 67, 68), [penalty_gradient] (the recovery gradient),
    [recovery_bound], [recovery_bound_uniform], [recovery_projection_gap] (Lemma 28),
    [recovery_information_positive], [recovery_necessary], [recovery_direction]
    (Remark 7). *)

Require Export Formal.Bounds.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

Section Identities.
Context {K : Type} {ring : Ring K} {E : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variables (q p dp s : E -> K) (t : tree E) (R : E -> bool).
Hypothesis stoch : stochastic p t.
Hypothesis tang : tangent dp t.
Hypothesis score : is_score p s dp t.
Implicit Types (X Y : path E -> K) (w v : path E).

(** Definition 16: a token is a recovery token or a failure. *)
Theorem failure_recovery k w : (k < length w)%nat ->
  failure R k w = 1 - recovery R k w :> K.
Proof.
  clear. intros Hk. unfold failure, recovery, at_position.
  destruct (nth_error w k) as [x |] eqn:Hx.
  - destruct (R (fst x)); ring.
  - apply nth_error_None in Hx. lia.
Qed.

(** Definition 16: P(y_k ∉ R | y_<k) = 1 − ρ, unless the sequence has ended. *)
Theorem failure_probability k w : In w (paths t) -> state t w k <> Leaf ->
  cond p t k (failure R k) w = 1 - rho p t R k w.
Proof.
  intros Hw N. unfold rho, failure, recovery.
  assert (C := fun f => cond_at_position p f t k w stoch Hw). rewrite !C.
  assert (Hn := fun c => in_nodes_state t k w c Hw).
  destruct (state t w k) as [| c]; [contradiction |].
  assert (One := stoch c (Hn c (or_introl eq_refl))).
  transitivity (sum (fun x => p (fst x)) c
    - sum (fun x => p (fst x) * (if R (fst x) then 1 else 0)) c).
  - rewrite <- sum_sub. apply sum_ext. intros x _. destruct (R (fst x)); ring.
  - rewrite One. reflexivity.
Qed.

(** Definition 16: P(y_k ∈ R) = E[ρ]. *)
Theorem recovery_mean k : expect p t (recovery R k) = expect p t (rho p t R k).
Proof. symmetry. apply expect_cond. exact stoch. Qed.

(** Definition 17 and equation 66: the penalty of the whole sequence, averaged over Q,
    is the sum of its terms by position, with any tilts η_k. *)
Theorem penalty_terms (eta : nat -> K) T :
  expect q t (fun w => sum (fun k => eta k * cond p t k (failure R k) w) (seq 0 T))
  = sum (fun k => eta k * penalty q p t R k) (seq 0 T).
Proof.
  clear. rewrite expect_sum. apply sum_ext. intros k _. apply expect_scale.
Qed.

Lemma indicator_square k w : failure R k w * failure R k w = failure R k w :> K.
Proof.
  clear. unfold failure, at_position. destruct (nth_error w k) as [x |]; [| ring].
  destruct (R (fst x)); ring.
Qed.

Lemma recovery_variance_at k w : In w (paths t) ->
  rho p t R k w * (1 - rho p t R k w) = condvar p t k (failure R k) w.
Proof.
  intros Hw. unfold condvar. rewrite condcov_product by assumption.
  rewrite (cond_ext p t k _ (failure R k)) by
    (exact Hw || (intros; apply indicator_square)).
  destruct (state t w k) as [| c] eqn:Ht.
  - unfold rho, failure, recovery. rewrite !cond_at_position, Ht by assumption. ring.
  - rewrite failure_probability by (exact Hw || (rewrite Ht; discriminate)). ring.
Qed.

(** Definition 18: E_Q[ρ(1 − ρ)] = E_Q[Var(1[y_k ∉ R] | y_<k)]. *)
Theorem recovery_variance k :
  recovery_information q p t R k = expect q t (condvar p t k (failure R k)).
Proof. apply expect_ext. intros w Hw. apply recovery_variance_at. exact Hw. Qed.

(** The indicator of recovery has the same variance. *)
Theorem success_variance k :
  recovery_information q p t R k = expect q t (condvar p t k (recovery R k)).
Proof.
  apply expect_ext. intros w Hw. unfold condvar. rewrite condcov_product by assumption.
  rewrite (cond_ext p t k _ (recovery R k)).
  - unfold rho. ring.
  - exact Hw.
  - intros u _. unfold recovery, at_position. destruct (nth_error u k) as [x |]; [| ring].
    destruct (R (fst x)); ring.
Qed.

(** ** The gradient of the penalty *)

Lemma expect_scores_first u T X : stochastic p u -> tangent dp u -> is_score p s dp u ->
  known u 1 X -> length_at_most T u ->
  derivative p dp u X = expect p u (fun w => X w * at_position s 0 w).
Proof.
  intros Su Tu Cu HX HT. rewrite (policy_gradient p dp s u Cu).
  rewrite (expect_ext p u _ (fun w =>
    sum (fun k => X w * at_position s k w) (seq 0 (S T)))).
  - rewrite expect_sum. simpl seq. rewrite sum_cons, <- seq_shift, sum_map.
    rewrite (sum_all_zero _ (seq 0 T)); [ring |]. intros k _.
    apply (expect_known_score p dp s u Su Tu Cu). apply known_le with 1%nat; [lia | exact HX].
  - intros w Hw. rewrite sum_scale, <- (score_sum s (S T) w); [reflexivity |].
    specialize (HT w Hw). lia.
Qed.

Lemma known_failure_here k w : In w (paths t) ->
  known (state t w k) 1 (fun v => failure R k (firstn k w ++ v) : K).
Proof.
  intros Hw. apply known_shift; [| exact Hw].
  rewrite PeanoNat.Nat.add_1_r. apply known_at_position.
Qed.

Lemma at_position_here k w v : In w (paths t) -> In v (paths (state t w k)) ->
  at_position s k (firstn k w ++ v) = at_position s 0 v.
Proof.
  intros Hw Hv. rewrite <- (at_position_shift s t k 0 w v Hw Hv).
  rewrite PeanoNat.Nat.add_0_r. reflexivity.
Qed.

(** Equation 67: ∇P(y_k ∉ R | y_<k) = E[1[y_k ∉ R] s_k | y_<k]. *)
Theorem failure_gradient T k w : length_at_most T t -> In w (paths t) ->
  derivative p dp (state t w k) (fun v => failure R k (firstn k w ++ v))
  = cond p t k (fun u => failure R k u * at_position s k u) w.
Proof.
  intros HT Hw. rewrite (expect_scores_first (state t w k) T).
  - apply expect_ext. intros v Hv. rewrite at_position_here by assumption. reflexivity.
  - apply stochastic_state; assumption.
  - intros c Hc. apply tang. apply in_nodes_state with k w; assumption.
  - intros c x Hc. apply score. apply in_nodes_state with k w; assumption.
  - apply known_failure_here. exact Hw.
  - intros v Hv. assert (L := HT _ (continued t k w v Hw Hv)). rewrite app_length in L. lia.
Qed.

(** Equation 68: the same as a covariance. *)
Theorem failure_covariance T k w : length_at_most T t -> In w (paths t) ->
  derivative p dp (state t w k) (fun v => failure R k (firstn k w ++ v))
  = condcov p t k (failure R k) (at_position s k) w.
Proof.
  intros HT Hw. rewrite (failure_gradient T k w HT Hw).
  rewrite condcov_product, (score_mean p dp s t stoch tang score k w Hw) by assumption.
  ring.
Qed.

Lemma expect_constant_law u (X : path E -> dual) :
  snd (expect (fun e => (q e, 0) : dual) u X) = expect q u (fun w => snd (X w)).
Proof.
  unfold expect. rewrite dual_sum. apply sum_ext. intros w _.
  assert (W : weight (fun e => (q e, 0) : dual) w = (weight q w, 0)).
  { induction w as [| x w IH]; [reflexivity |]. simpl weight. rewrite IH.
    apply injective_projections; simpl; ring. }
  rewrite W. simpl. ring.
Qed.

(** The recovery gradient: Q does not depend on θ, so that the derivative of the
    penalty at position k is G^rec. *)
Theorem penalty_gradient T k : length_at_most T t ->
  snd (penalty (fun e => (q e, 0) : dual) (fun e => (p e, dp e) : dual) t R k)
  = recovery_gradient q p t R s k.
Proof.
  intros HT. unfold penalty. rewrite expect_constant_law. apply expect_ext. intros w Hw.
  rewrite <- (failure_covariance T k w HT Hw). unfold cond, derivative. f_equal.
  apply expect_ext. intros v _. unfold failure, at_position.
  destruct (nth_error (firstn k w ++ v) k) as [x |]; [| reflexivity].
  destruct (R (fst x)); reflexivity.
Qed.

(** Along the direction s_k = 1[y_k ∉ R] − P(y_k ∉ R | y_<k), which every tabular policy
    has, G^rec = I^rec: Remark 7 (sufficient when tabular) and equality in Lemma 28. *)
Theorem recovery_direction k :
  (forall w, In w (paths t) ->
     at_position s k w = failure R k w - cond p t k (failure R k) w) ->
  recovery_gradient q p t R s k = recovery_information q p t R k.
Proof.
  intros Hs. rewrite recovery_variance. apply expect_ext. intros w Hw.
  unfold condvar. rewrite (condcov_ext p t k _ (failure R k) _ (fun u =>
    failure R k u - cond p t k (failure R k) u) w Hw (fun _ _ => eq_refl) Hs).
  rewrite !condcov_product by assumption.
  assert (KC := known_cond p t k (failure R k)).
  rewrite (cond_ext p t k _ (fun u => failure R k u * failure R k u
    - cond p t k (failure R k) u * failure R k u)) by (exact Hw || (intros; ring)).
  rewrite !cond_sub, (pull_out p t k (cond p t k (failure R k))) by assumption.
  rewrite (cond_known p t k (cond p t k (failure R k))) by assumption. ring.
Qed.

End Identities.

Section Bounds.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E I : Type}.
Add Ring K_ring2 : (ring_laws (K := K)).
Variables (q p : E -> K) (coordinates : list I) (dp s : I -> E -> K).
Variables (t : tree E) (R : E -> bool).
Hypothesis polq : policy q t.
Hypothesis pol : policy p t.
Hypothesis tang : forall i, tangent (dp i) t.
Hypothesis score : forall i, is_score p (s i) (dp i) t.
Implicit Types (w v : path E) (i : I).

Let stoch : stochastic p t := proj1 pol.

Lemma recovery_pointwise k w i : In w (paths t) ->
  condcov p t k (failure R k) (at_position (s i) k) w
  * condcov p t k (failure R k) (at_position (s i) k) w
  <= condvar p t k (failure R k) w * fisher p t (s i) (s i) k w.
Proof.
  intros Hw.
  rewrite (fisher_covariance p dp s t pol tang score i i k w Hw).
  exact (expect_cauchy_schwarz p (state t w k) (policy_state p t w k pol Hw)
    (fun v => failure R k (firstn k w ++ v) - cond p t k (failure R k) w)
    (fun v => at_position (s i) k (firstn k w ++ v) - cond p t k (at_position (s i) k) w)).
Qed.

(** Lemma 28: ‖G^rec‖² ≤ E_Q[ρ(1 − ρ) tr F]. *)
Theorem recovery_bound k :
  norm2 coordinates (fun i => recovery_gradient q p t R (s i) k)
  <= expect q t (fun w => rho p t R k w * (1 - rho p t R k w)
                          * fisher_trace p coordinates t s k w).
Proof.
  apply le_trans with (expect q t (fun w => norm2 coordinates (fun i =>
    condcov p t k (failure R k) (at_position (s i) k) w))).
  - unfold norm2. rewrite expect_sum. apply sum_le. intros i _. apply jensen. exact polq.
  - apply expect_le; [exact polq |]. intros w Hw.
    rewrite recovery_variance_at by assumption.
    unfold fisher_trace. rewrite <- sum_scale. apply sum_le. intros i _.
    apply recovery_pointwise. exact Hw.
Qed.

(** Lemma 28: ‖G^rec‖² ≤ κ I^rec if tr F ≤ κ at every prefix that Q reaches. *)
Theorem recovery_bound_uniform k kappa :
  almost_surely q t (fun w => fisher_trace p coordinates t s k w <= kappa) ->
  norm2 coordinates (fun i => recovery_gradient q p t R (s i) k)
  <= kappa * recovery_information q p t R k.
Proof.
  intros HF. apply le_trans with (1 := recovery_bound k).
  unfold recovery_information. rewrite <- expect_scale.
  apply expect_le_surely; [exact polq |]. intros w Hw Nw.
  match goal with |- ?v * _ <= _ => replace (kappa * v) with (v * kappa) by ring end.
  apply mul_le_l; [| apply HF; assumption].
  rewrite recovery_variance_at by assumption. apply condvar_nonneg; assumption.
Qed.

(** Lemma 28, sharp: I^rec − 2 zᵀG^rec + zᵀF^Qz = E_Q[E[(1[y_k∉R] − P(y_k∉R|y_<k) − sᵀz)² | y_<k]],
    for every z; so G^recᵀ(F^Q)⁺G^rec ≤ I^rec, as in Theorem 13. *)
Theorem recovery_projection_gap k z :
  recovery_information q p t R k
    - (1 + 1) * sum (fun i => z i * recovery_gradient q p t R (s i) k) coordinates
    + expect q t (cond p t k (fun w => along coordinates s z k w * along coordinates s z k w))
  = expect q t (fun w => cond p t k (fun u =>
      (failure R k u - cond p t k (failure R k) u - along coordinates s z k u)
      * (failure R k u - cond p t k (failure R k) u - along coordinates s z k u)) w).
Proof.
  rewrite recovery_variance by exact stoch.
  rewrite (sum_ext _ (fun i => expect q t (fun w =>
    z i * condcov p t k (failure R k) (at_position (s i) k) w)))
    by (intros i _; symmetry; apply expect_scale).
  rewrite <- expect_sum, <- expect_scale, <- expect_sub, <- expect_add.
  apply expect_ext. intros w Hw. unfold along.
  set (f := failure R k). set (c := cond p t k f).
  assert (KC : known t k c) by apply known_cond.
  assert (Cov : forall i, condcov p t k f (at_position (s i) k) w
                = cond p t k (fun u => (f u - c u) * at_position (s i) k u) w).
  { intros i. rewrite condcov_product by assumption.
    rewrite (cond_ext p t k (fun u => (f u - c u) * at_position (s i) k u) (fun u =>
      f u * at_position (s i) k u - c u * at_position (s i) k u)) by (exact Hw || (intros; ring)).
    rewrite cond_sub, (pull_out p t k c) by assumption.
    rewrite (score_mean p (dp i) (s i) t stoch (tang i) (score i) k w Hw). ring. }
  rewrite (sum_ext _ (fun i => cond p t k (fun u =>
    z i * ((f u - c u) * at_position (s i) k u)) w))
    by (intros i _; rewrite Cov; symmetry; apply expect_scale).
  unfold cond at 1. rewrite <- expect_sum.
  assert (V : condvar p t k f w = cond p t k (fun u => (f u - c u) * (f u - c u)) w).
  { apply expect_ext. intros v Hv. unfold c at 1 2.
    rewrite (known_continued t k (cond p t k f)) by (assumption || apply known_cond).
    reflexivity. }
  rewrite V. unfold cond. rewrite <- expect_scale, <- expect_sub, <- expect_add.
  apply expect_ext. intros v _.
  rewrite (sum_ext _ (fun i => (f (firstn k w ++ v) - c (firstn k w ++ v))
    * (z i * at_position (s i) k (firstn k w ++ v)))) by (intros i _; ring).
  rewrite sum_scale. ring.
Qed.

(** ** Remark 7 *)

Lemma recovery_term_nonneg k w : In w (paths t) -> 0 <= rho p t R k w * (1 - rho p t R k w).
Proof. intros Hw. rewrite recovery_variance_at by assumption. apply condvar_nonneg; assumption. Qed.

(** Remark 7: I^rec ≠ 0 ⇔ some prefix of non-zero probability under Q has ρ ≠ 0 and
    ρ ≠ 1. *)
Theorem recovery_information_positive k :
  recovery_information q p t R k <> 0 <->
  exists w, In w (paths t) /\ weight q w <> 0 /\ rho p t R k w <> 0 /\ rho p t R k w <> 1.
Proof.
  split.
  - intros N. unfold recovery_information, expect in N.
    assert (X : exists w, In w (paths t) /\
      weight q w * (rho p t R k w * (1 - rho p t R k w)) <> 0).
    { revert N. generalize (paths t). intros l. induction l as [| w l IH]; intros N.
      - destruct (N eq_refl).
      - destruct (eq_decided (weight q w * (rho p t R k w * (1 - rho p t R k w))) 0) as [Z | Z].
        + destruct IH as (v & Hv & Nv).
          * intros Z'. apply N. rewrite sum_cons, Z, Z'. ring.
          * exists v. split; [right; exact Hv | exact Nv].
        + exists w. split; [left; reflexivity | exact Z]. }
    destruct X as (w & Hw & Nw). exists w. split; [exact Hw |].
    split; [| split]; intros Z; apply Nw; rewrite Z; ring.
  - intros (w & Hw & Nq & N0 & N1) Z.
    assert (Zw := expect_zero_surely q t _ polq (fun u Hu => recovery_term_nonneg k u Hu) Z w Hw Nq).
    simpl in Zw. destruct (no_zero_divisors _ _ Zw) as [Z0 | Z1]; [contradiction |].
    apply N1. symmetry. apply eq_sub. exact Z1.
Qed.

(** Remark 7: I^rec ≠ 0 is necessary for G^rec ≠ 0. *)
Theorem recovery_necessary k i :
  recovery_information q p t R k = 0 -> recovery_gradient q p t R (s i) k = 0.
Proof.
  intros Z. apply (expect_surely_zero q t). intros w Hw Nw.
  apply cov_zero; [apply policy_state; assumption |].
  change (condvar p t k (failure R k) w = 0).
  rewrite <- recovery_variance_at by assumption.
  exact (expect_zero_surely q t _ polq (fun u Hu => recovery_term_nonneg k u Hu) Z w Hw Nw).
Qed.

End Bounds.
