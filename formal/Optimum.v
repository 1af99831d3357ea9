(** * The optimum of the standard objective, eq. 2

    Main definitions: [objective] (eq. 2), [optimal_law], [soft], [optimal_prefix].
    Main statements: [optimum_excess], [optimum_least], [optimum_unique]: over all laws of
    sequences the optimum is P⋆(y) ∝ P_0(y) e^(−λHarm(y)); [optimal_marginal],
    [optimal_conditional] (Proposition 29 repaired, β = 0); [base_beyond_horizon]
    and [decided_marginal]
    (Remark 3, every λ); [base_exactly_beyond_horizon] (Corollary 15 repaired);
    [total_divergence] (§9.1); [nearest_member] (any family); [rises_with_soft_value];
    [objective_by_position]; [deep_objective_by_position] (eq. 66). *)

Require Export Formal.Gibbs Formal.Recovery.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

Section Optimum.
Context {E : Type}.
Variables (p0 : E -> R) (t : tree E) (Harm : path E -> R) (lambda : R).
Hypothesis pol : policy p0 t.
Implicit Types (P : path E -> R) (w v : path E).

Let stoch : stochastic p0 t := proj1 pol.

Lemma base_nonneg w : In w (paths t) -> 0 <= weight p0 w.
Proof. exact (weight_nonneg p0 t w pol). Qed.

Lemma base_total : sum (weight p0) (paths t) = 1.
Proof. exact (factorisation p0 t stoch). Qed.

(** Equation 2, for a law P of the sequences: λ E_P[Harm] + KL(P‖P_0). *)
Definition objective P : R :=
  lambda * sum (fun w => P w * Harm w) (paths t) + KL P (weight p0) (paths t).

(** P⋆(y) = P_0(y) e^(−λHarm(y)) / Σ *)
Definition optimal_law : path E -> R :=
  gibbs (paths t) (weight p0) (fun w => lambda * Harm w).

Lemma objective_free_energy P :
  objective P = free_energy (paths t) (weight p0) (fun w => lambda * Harm w) P.
Proof.
  unfold objective, free_energy. rewrite Rplus_comm. f_equal. rewrite <- Rsum_scale.
  apply sum_ext. intros w _. ring.
Qed.

(** L(P) − L(P⋆) = KL(P‖P⋆) for every law P. *)
Theorem optimum_excess P : dominated P (weight p0) (paths t) -> sum P (paths t) = 1 ->
  objective P - objective optimal_law = KL P optimal_law (paths t).
Proof.
  rewrite !objective_free_energy. apply gibbs_excess; [exact base_nonneg | exact base_total].
Qed.

(** No law P has a smaller objective than P⋆, *)
Theorem optimum_least P : dominated P (weight p0) (paths t) -> sum P (paths t) = 1 ->
  objective optimal_law <= objective P.
Proof.
  rewrite !objective_free_energy. apply gibbs_optimal; [exact base_nonneg | exact base_total].
Qed.

(** and no other has as small a one. *)
Theorem optimum_unique P : dominated P (weight p0) (paths t) -> sum P (paths t) = 1 ->
  objective P <= objective optimal_law -> forall w, In w (paths t) -> P w = optimal_law w.
Proof.
  rewrite !objective_free_energy. apply gibbs_unique; [exact base_nonneg | exact base_total].
Qed.

(** In any family, the minimiser of eq. 2 is the member nearest to P⋆. *)
Theorem nearest_member P P' :
  dominated P (weight p0) (paths t) -> sum P (paths t) = 1 ->
  dominated P' (weight p0) (paths t) -> sum P' (paths t) = 1 ->
  objective P <= objective P' <-> KL P optimal_law (paths t) <= KL P' optimal_law (paths t).
Proof.
  intros D S D' S'. assert (H := optimum_excess P D S). assert (H' := optimum_excess P' D' S').
  split; lra.
Qed.

(** The soft value E_0[e^(−λHarm) | y_≤k] *)
Definition soft (k : nat) : path E -> R := cond p0 t k (fun w => exp (- (lambda * Harm w))).

Lemma weight_app u v : weight p0 (u ++ v) = weight p0 u * weight p0 v.
Proof.
  induction u as [| x u IH]; simpl; reals; [ring |]. rewrite IH. ring.
Qed.

Lemma cond_sum k (X : path E -> R) w :
  cond p0 t k X w = sum (fun v => weight p0 v * X (firstn k w ++ v)) (paths (state t w k)).
Proof. reflexivity. Qed.

Lemma partition_soft : partition_function (paths t) (weight p0) (fun w => lambda * Harm w) = soft 0 [].
Proof. reflexivity. Qed.

Lemma soft_pos k w : In w (paths t) -> 0 < soft k w.
Proof.
  intros Hw. assert (Pw := policy_state p0 t w k pol Hw).
  apply (partition_pos (paths (state t w k)) (weight p0)
    (fun v => lambda * Harm (firstn k w ++ v))).
  - exact (fun v Hv => weight_nonneg p0 (state t w k) v Pw Hv).
  - exact (factorisation p0 (state t w k) (proj1 Pw)).
Qed.

(** P⋆(y_≤k), the sum of P⋆ over the continuations of the first k tokens. *)
Definition optimal_prefix (k : nat) (w : path E) : R :=
  sum (fun v => optimal_law (firstn k w ++ v)) (paths (state t w k)).

(** P⋆(y_≤k) = P_0(y_≤k) E_0[e^(−λHarm) | y_≤k] / Z *)
Theorem optimal_marginal k w :
  optimal_prefix k w = weight p0 (firstn k w) * soft k w / soft 0 [].
Proof.
  unfold optimal_prefix. unfold soft at 1. rewrite cond_sum, <- Rsum_scale.
  unfold Rdiv. rewrite <- Rsum_scale_r. apply sum_ext. intros v _.
  unfold optimal_law, gibbs, Rdiv. rewrite partition_soft, weight_app. ring.
Qed.

Lemma weight_next k w : (k < length w)%nat ->
  weight p0 (firstn (S k) w) = weight p0 (firstn k w) * at_position p0 k w.
Proof.
  unfold at_position. revert w. induction k as [| k IH]; intros w Hk;
    destruct w as [| x w]; try (simpl in Hk; lia).
  - simpl. reals. ring.
  - assert (Hk' : (k < length w)%nat) by (simpl in Hk; lia).
    simpl in *. reals. rewrite (IH w Hk'). reals. ring.
Qed.

(** Proposition 29 repaired, β = 0: P⋆(a|y_<k) = P⋆(y_≤k)/P⋆(y_<k)
    = p_0(a|y_<k) E_0[e^(−λHarm) | y_<k a] / E_0[e^(−λHarm) | y_<k], for every λ. *)
Theorem optimal_conditional k w : In w (paths t) -> (k < length w)%nat ->
  weight p0 (firstn k w) <> 0 ->
  optimal_prefix (S k) w / optimal_prefix k w
  = at_position p0 k w * soft (S k) w / soft k w.
Proof.
  intros Hw Hk N. rewrite !optimal_marginal, weight_next by exact Hk.
  assert (A := soft_pos k w Hw). assert (B := soft_pos 0 w Hw).
  change (soft 0 w) with (soft 0 []) in B. field. repeat split; lra.
Qed.

(** A token becomes more likely exactly when its soft value exceeds the prefix's. *)
Theorem rises_with_soft_value k w : In w (paths t) -> 0 < at_position p0 k w ->
  at_position p0 k w < at_position p0 k w * soft (S k) w / soft k w <-> soft k w < soft (S k) w.
Proof.
  intros Hw P. assert (A := soft_pos k w Hw). set (p := at_position p0 k w) in *.
  assert (Eq : p * soft (S k) w / soft k w * soft k w = p * soft (S k) w) by (field; lra).
  split; intros H.
  - apply (Rmult_lt_compat_r (soft k w)) in H; [| exact A]. rewrite Eq in H.
    apply (Rmult_lt_reg_l p); assumption.
  - apply (Rmult_lt_reg_r (soft k w)); [exact A |]. rewrite Eq.
    apply Rmult_lt_compat_l; assumption.
Qed.

Lemma soft_decided k j g w : (k <= j)%nat -> In w (paths t) ->
  weight p0 (firstn j w) <> 0 -> almost_surely p0 t (fun u => Harm u = g (firstn k u)) ->
  soft j w = exp (- (lambda * g (firstn k w))).
Proof.
  intros Hkj Hw N Hg. unfold soft. rewrite cond_sum.
  transitivity (sum (fun v => weight p0 v * exp (- (lambda * g (firstn k w))))
    (paths (state t w j))).
  - apply sum_ext. intros v Hv. destruct (Req_dec (weight p0 v) 0) as [-> | Nv]; [ring |].
    assert (F : firstn k (firstn j w ++ v) = firstn k w).
    { apply firstn_le with j; [exact Hkj | apply firstn_continued with t; assumption]. }
    rewrite (Hg (firstn j w ++ v)); [rewrite F; reflexivity | apply continued; assumption |].
    rewrite weight_app. exact (Rmult_integral_contrapositive_currified _ _ N Nv).
  - rewrite Rsum_scale_r. rewrite (factorisation p0 (state t w j)).
    + reals. ring.
    + apply stochastic_state; assumption.
Qed.

(** Remark 3: beyond the horizon the optimum keeps the base model's conditionals, at every
    prefix that P_0 reaches, for every λ. *)
Theorem base_beyond_horizon k j w : decided_after p0 t Harm k -> (k <= j)%nat ->
  In w (paths t) -> (j < length w)%nat -> weight p0 (firstn j w) <> 0 ->
  optimal_prefix (S j) w / optimal_prefix j w = at_position p0 j w.
Proof.
  intros [g Hg] Hkj Hw Hj N. rewrite optimal_conditional by assumption.
  destruct (Req_dec (at_position p0 j w) 0) as [-> | Na]; [unfold Rdiv; ring |].
  assert (A := soft_pos j w Hw).
  assert (Eq : soft (S j) w = soft j w).
  { rewrite (soft_decided k j g w Hkj Hw N Hg). apply (soft_decided k (S j) g w); try assumption.
    - lia.
    - rewrite weight_next by exact Hj.
      exact (Rmult_integral_contrapositive_currified _ _ N Na). }
  rewrite Eq. field. lra.
Qed.

(** P⋆(y_≤j a) = P⋆(y_≤j)·P_0(a | y_≤j) there. *)
Theorem decided_marginal k j w : decided_after p0 t Harm k -> (k <= j)%nat ->
  In w (paths t) -> (j < length w)%nat -> weight p0 (firstn j w) <> 0 ->
  optimal_prefix (S j) w = optimal_prefix j w * at_position p0 j w.
Proof.
  intros D Hkj Hw Hj N. rewrite <- (base_beyond_horizon k j w D Hkj Hw Hj N).
  assert (P : optimal_prefix j w <> 0).
  { rewrite optimal_marginal. assert (A := soft_pos j w Hw).
    assert (B := soft_pos 0 w Hw).
    change (soft 0 w) with (soft 0 []) in B.
    unfold Rdiv. repeat apply Rmult_integral_contrapositive_currified; try assumption; try lra.
    apply Rinv_neq_0_compat. lra. }
  field. exact P.
Qed.

Lemma soft_last T w : length_at_most T t -> In w (paths t) ->
  soft T w = exp (- (lambda * Harm w)).
Proof.
  intros HT Hw. exact (h_last p0 t stoch (fun w => exp (- (lambda * Harm w))) T w HT Hw).
Qed.

(** Corollary 15 repaired: for λ ≠ 0 the optimum keeps the base model's conditionals at
    all positions beyond k exactly when harm is decided by then. *)
Theorem base_exactly_beyond_horizon k T : lambda <> 0 -> length_at_most T t ->
  (forall j w, (k <= j)%nat -> In w (paths t) -> (j < length w)%nat -> weight p0 w <> 0 ->
     optimal_prefix (S j) w / optimal_prefix j w = at_position p0 j w)
  <-> decided_after p0 t Harm k.
Proof.
  intros Hl HT. split.
  - intros H. exists (fun u => - ln (expect p0 (state t u k)
      (fun v => exp (- (lambda * Harm (u ++ v))))) / lambda).
    intros w Hw N. cbv beta.
    assert (Step : forall n, soft (k + n) w = soft k w).
    { induction n as [| n IH]; [rewrite Nat.add_0_r; reflexivity |]. rewrite <- IH.
      rewrite Nat.add_succ_r. destruct (le_lt_dec (length w) (k + n)) as [Le | Le].
      - unfold soft, cond. rewrite !state_end, !firstn_all2 by (assumption || lia). reflexivity.
      - assert (A := soft_pos (k + n) w Hw). specialize (H (k + n)%nat w ltac:(lia) Hw Le N).
        rewrite optimal_conditional in H by
          (assumption || exact (weight_prefix p0 (k + n) w N)).
        assert (Pa : at_position p0 (k + n) w <> 0).
        { intros Z. apply (weight_prefix p0 (S (k + n)) w N).
          rewrite weight_next by exact Le. rewrite Z. reals. ring. }
        apply (Rmult_eq_reg_l (at_position p0 (k + n) w)); [| exact Pa].
        apply (f_equal (fun a => a * soft (k + n) w)) in H.
        unfold Rdiv in H. rewrite Rmult_assoc, Rinv_l, Rmult_1_r in H by lra. exact H. }
    assert (L : soft T w = soft k w).
    { destruct (le_lt_dec k T) as [Le | Le].
      - rewrite <- (Step (T - k)%nat). f_equal. lia.
      - unfold soft, cond. assert (LT := HT w Hw).
        rewrite !state_end, !firstn_all2 by (assumption || lia). reflexivity. }
    rewrite (soft_last T w HT Hw) in L. unfold soft, cond in L.
    rewrite (state_firstn t w k), <- L, ln_exp. field. exact Hl.
  - intros D j w Hj Hw L N. apply (base_beyond_horizon k j w D Hj Hw L).
    exact (weight_prefix p0 j w N).
Qed.

(** The total KL of the optimum is a function of the law of Harm under P_0 alone:
    −λ E_0[Harm e^(−λHarm)]/Z − log Z. *)
Theorem total_divergence :
  KL optimal_law (weight p0) (paths t)
  = - (lambda * expect p0 t (fun w => Harm w * exp (- (lambda * Harm w)))
       / expect p0 t (fun w => exp (- (lambda * Harm w))))
    - ln (expect p0 t (fun w => exp (- (lambda * Harm w)))).
Proof.
  assert (F := free_energy_gibbs (paths t) (weight p0) (fun w => lambda * Harm w)
    base_nonneg base_total).
  fold optimal_law in F. rewrite partition_soft in F.
  unfold free_energy in F. change (soft 0 []) with
    (expect p0 t (fun w => exp (- (lambda * Harm w)))) in F.
  set (Z := expect p0 t (fun w => exp (- (lambda * Harm w)))) in *.
  assert (M : sum (fun w => optimal_law w * (lambda * Harm w)) (paths t)
    = lambda * expect p0 t (fun w => Harm w * exp (- (lambda * Harm w))) / Z).
  { unfold expect at 1. unfold Rdiv. rewrite Rmult_assoc, <- Rsum_scale_r, <- Rsum_scale.
    apply sum_ext. intros w _. unfold optimal_law, gibbs. rewrite partition_soft.
    change (soft 0 []) with Z. reals. unfold Rdiv. ring. }
  rewrite M in F. lra.
Qed.

(** Equation 2 by position, for a policy p: λ E[Harm] + Σ_k KL_k. *)
Theorem objective_by_position p T : stochastic p t -> dominated_on p p0 t ->
  length_at_most T t ->
  objective (weight p)
  = lambda * expect p t Harm + sum (fun k => expect p t (position_KL p p0 t k)) (seq 0 T).
Proof.
  intros S D HT. unfold objective. rewrite (KL_chain_rule p p0 t T S D HT). reflexivity.
Qed.

(** Definition 17, eq. 43, over all sequences. *)
Definition deep_objective (q p : E -> R) (inR : E -> bool) (eta : nat -> R) (T : nat) : R :=
  objective (weight p)
  + expect q t (fun w => sum (fun k => eta k * cond p t k (failure inR k) w) (seq 0 T)).

(** Definition 17 by position, eq. 66: λ E[Harm] + Σ_k (KL_k + η_k penalty_k). *)
Theorem deep_objective_by_position q p inR eta T : stochastic p t -> dominated_on p p0 t ->
  length_at_most T t ->
  deep_objective q p inR eta T
  = lambda * expect p t Harm
    + sum (fun k => expect p t (position_KL p p0 t k) + eta k * penalty q p t inR k) (seq 0 T).
Proof.
  intros S D HT. unfold deep_objective. rewrite (objective_by_position p T S D HT).
  rewrite Rsum_add. rewrite Rplus_assoc. f_equal. f_equal.
  exact (penalty_terms q p t inR eta T).
Qed.

End Optimum.

(** Proposition 29's gloss refuted: with tokens a (harm 0 or 1, equally likely) and b
    (harm 0.45), P_0 uniform and λ = 4, token a has the higher expected harm, ½ > 0.45, and
    the higher soft value: its probability rises. *)
Theorem tilt_need_not_reduce :
  let soft_a := / 2 * exp (- (4 * 0)) + / 2 * exp (- (4 * 1)) in
  let soft_b := exp (- (4 * (45 / 100))) in
  45 / 100 < / 2 * 0 + / 2 * 1 /\ / 2 < / 2 * soft_a / (/ 2 * soft_a + / 2 * soft_b).
Proof.
  intros soft_a soft_b. split; [lra |].
  assert (B : 0 < soft_b) by apply exp_pos.
  assert (L : soft_b < / 2).
  { unfold soft_b. rewrite exp_Ropp. apply Rinv_lt_contravar; [| ].
    - apply Rmult_lt_0_compat; [lra | apply exp_pos].
    - assert (X := exp_ineq1 (4 * (45 / 100)) ltac:(lra)). lra. }
  assert (A : / 2 < soft_a).
  { unfold soft_a. rewrite Rmult_0_r, Ropp_0, exp_0. assert (X := exp_pos (- (4 * 1))). lra. }
  apply (Rmult_lt_reg_r (/ 2 * soft_a + / 2 * soft_b)); [lra |].
  replace (/ 2 * soft_a / (/ 2 * soft_a + / 2 * soft_b) * (/ 2 * soft_a + / 2 * soft_b))
    with (/ 2 * soft_a) by (field; lra). lra.
Qed.
