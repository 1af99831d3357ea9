(** * Attack lengths, boosts and aggregates

    Positions are counted from 1 here, as in the paper: η_t = βγ^t.

    Main statements: [attack_length], [below_at_once], [never_below], [undiscounted],
    [length_grows] (Corollary 23), [aggregate_cost], [aggregate_unbounded] (Remark 6),
    [log_odds], [recovered_ends], [boost_bound], [boost_attained], [boost_difference]
    (Remark 8), [penalty_needed], [one_in_a_million] (Remark 10), [cost_le_log],
    [cost_largest], [cost_largest_only], [cost_largest_where]. *)

Require Export Formal.Robustness.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

Section Tilts.
Variables (beta gamma : R).
Hypothesis beta_nonneg : 0 <= beta.
Hypothesis gamma_range : 0 < gamma <= 1.

Local Notation eta := (eta beta gamma).

(** ** Corollary 23: the bound σ(logit δ + βγ^t) against ε *)

Section Attack.
Variables (delta epsilon : R).
Hypothesis delta_range : 0 < delta < 1.
Hypothesis epsilon_range : 0 < epsilon < 1.

Lemma below_iff t :
  sigma (logit delta + eta t) < epsilon <-> eta t < logit epsilon - logit delta.
Proof. rewrite sigma_lt by exact epsilon_range. lra. Qed.

(** Corollary 23, γ < 1 and logit ε > logit δ: below ε exactly for
    t > log(β/(logit ε − logit δ)) / log(1/γ). *)
Theorem attack_length t : 0 < beta -> gamma < 1 -> logit delta < logit epsilon ->
  sigma (logit delta + eta t) < epsilon
  <-> ln (beta / (logit epsilon - logit delta)) / ln (/ gamma) < INR t.
Proof.
  intros Hb Hg HD. rewrite below_iff. set (D := logit epsilon - logit delta).
  assert (PD : 0 < D) by (unfold D; lra).
  assert (L : 0 < ln (/ gamma)).
  { rewrite <- ln_1. apply ln_increasing; [lra |].
    rewrite <- Rinv_1. apply Rinv_lt_contravar; lra. }
  assert (Pe : 0 < eta t).
  { apply Rmult_lt_0_compat; [exact Hb | apply pow_lt; lra]. }
  assert (E : ln (eta t) = ln beta - INR t * ln (/ gamma)).
  { unfold Robustness.eta. rewrite ln_mult, ln_pow, ln_Rinv by (lra || apply pow_lt; lra). ring. }
  rewrite (ln_quotient beta D Hb PD). split; intros H.
  - apply ln_increasing in H; [| exact Pe]. rewrite E in H.
    apply (Rmult_lt_reg_r (ln (/ gamma))); [exact L |].
    replace ((ln beta - ln D) / ln (/ gamma) * ln (/ gamma)) with (ln beta - ln D)
      by (field; lra). lra.
  - apply ln_lt_inv; [exact Pe | exact PD |]. rewrite E.
    apply (Rmult_lt_compat_r (ln (/ gamma))) in H; [| exact L].
    replace ((ln beta - ln D) / ln (/ gamma) * ln (/ gamma)) with (ln beta - ln D) in H
      by (field; lra). lra.
Qed.

(** Corollary 23, γ < 1 and βγ < logit ε − logit δ: already at t = 1. *)
Theorem below_at_once t : beta * gamma < logit epsilon - logit delta -> (1 <= t)%nat ->
  sigma (logit delta + eta t) < epsilon.
Proof.
  intros H Ht. apply below_iff. assert (E := eta_decreasing beta gamma beta_nonneg gamma_range 1 t Ht).
  unfold Robustness.eta in E at 2. rewrite pow_1 in E. lra.
Qed.

(** Corollary 23, ε ≤ δ: never. *)
Theorem never_below t : epsilon <= delta -> epsilon <= sigma (logit delta + eta t).
Proof.
  intros H. apply Rnot_lt_le. rewrite below_iff.
  assert (L := logit_increasing epsilon delta epsilon_range delta_range H).
  assert (N := eta_nonneg beta gamma beta_nonneg gamma_range t). lra.
Qed.

(** Corollary 23, γ = 1: never if β ≥ logit ε − logit δ, else at every t. *)
Theorem undiscounted t : gamma = 1 ->
  sigma (logit delta + eta t) < epsilon <-> beta < logit epsilon - logit delta.
Proof. intros G. rewrite below_iff. unfold Robustness.eta. rewrite G, pow1, Rmult_1_r. reflexivity. Qed.

(** Corollary 23: the length grows like log β: one more token for β/γ. *)
Theorem length_grows D : 0 < beta -> 0 < D -> gamma < 1 ->
  ln (beta / gamma / D) / ln (/ gamma) = ln (beta / D) / ln (/ gamma) + 1.
Proof.
  intros Hb HD Hg. assert (L : ln gamma < 0).
  { rewrite <- ln_1. apply ln_increasing; lra. }
  rewrite !ln_quotient, ln_Rinv by (lra || (apply Rdiv_lt_0_compat; lra)).
  field. lra.
Qed.

End Attack.

(** ** Remark 6: with factors between c and C, the recovery KL beyond k *)

(** Remark 6: Σ_(t>k) ½η_t² f_t ≤ C β²γ^(2(k+1))/(2(1−γ²)) for γ < 1 and f_t ≤ C. *)
Theorem aggregate_cost (f : nat -> R) C k n : gamma < 1 -> 0 <= C -> (forall t, f t <= C) ->
  sum (fun t => eta t * eta t / 2 * f t) (seq (S k) n)
  <= C * (beta * beta * (gamma * gamma) ^ (S k)) / (2 * (1 - gamma * gamma)).
Proof.
  intros H HC Hf. assert (G : 0 < gamma * gamma < 1).
  { split; [apply Rmult_lt_0_compat; lra |].
    assert (gamma * gamma < 1 * 1) by (apply Rmult_gt_0_lt_compat; lra). lra. }
  assert (B := Rle_0_sqr beta). unfold Rsqr in B.
  apply Rle_trans with (sum (fun t => C * (beta * beta) / 2 * (gamma * gamma) ^ t) (seq (S k) n)).
  - apply Rsum_le. intros t _. rewrite eta_square.
    assert (P : 0 <= (gamma * gamma) ^ t) by (apply pow_le; lra).
    replace (C * (beta * beta) / 2 * (gamma * gamma) ^ t)
      with (beta * beta * (gamma * gamma) ^ t / 2 * C) by field.
    apply Rmult_le_compat_l; [| apply Hf].
    assert (0 <= beta * beta * (gamma * gamma) ^ t) by (apply Rmult_le_pos; assumption). lra.
  - rewrite Rsum_scale.
    replace (C * (beta * beta * (gamma * gamma) ^ S k) / (2 * (1 - gamma * gamma)))
      with (C * (beta * beta) / 2 * ((gamma * gamma) ^ S k / (1 - gamma * gamma)))
      by (field; lra).
    apply Rmult_le_compat_l; [| apply geometric_le; exact G].
    assert (0 <= C * (beta * beta)) by (apply Rmult_le_pos; assumption). lra.
Qed.

(** Remark 6: unbounded for γ = 1: at least cβ²(T−k)/2 if f_t ≥ c. *)
Theorem aggregate_unbounded (f : nat -> R) c k n : gamma = 1 -> (forall t, c <= f t) ->
  c * (beta * beta) / 2 * INR n <= sum (fun t => eta t * eta t / 2 * f t) (seq (S k) n).
Proof.
  intros H Hf. rewrite <- (seq_length n (S k)), <- sum_const, seq_length.
  apply Rsum_le. intros t _. rewrite eta_square, H, Rmult_1_r, pow1, Rmult_1_r.
  assert (B := Rle_0_sqr beta). unfold Rsqr in B.
  replace (c * (beta * beta) / 2) with (beta * beta / 2 * c) by field.
  apply Rmult_le_compat_l; [lra | apply Hf].
Qed.

End Tilts.

(** ** Remark 8 *)

(** Remark 8: logit ρ⋆ − logit ρ_0 = η. *)
Theorem log_odds rho x : 0 < rho < 1 -> logit (recovered rho x) = logit rho + x.
Proof.
  intros H. assert (N := normaliser_pos rho x ltac:(lra)). assert (X := exp_pos x).
  unfold logit.
  replace (recovered rho x / (1 - recovered rho x)) with (rho / (1 - rho) * exp x).
  - rewrite ln_mult, ln_exp; [reflexivity | | exact X].
    apply Rdiv_lt_0_compat; lra.
  - unfold recovered. assert (Z : normaliser rho x - rho * exp x = 1 - rho)
      by (unfold normaliser; ring).
    field_simplify_eq; [| split; lra]. unfold normaliser. ring.
Qed.

(** Remark 8: no finite penalty recovers where ρ_0 = 0; where ρ_0 = 1 none is needed. *)
Theorem recovered_ends x : recovered 0 x = 0 /\ recovered 1 x = 1.
Proof.
  assert (X := exp_pos x). unfold recovered, normaliser. split; field; lra.
Qed.

Lemma tanh_half x : tanh (x / 4) = (exp (x / 2) - 1) / (exp (x / 2) + 1).
Proof.
  unfold tanh, sinh, cosh. replace (x / 2) with (x / 4 + x / 4) by field.
  rewrite exp_plus, exp_Ropp. assert (X := exp_pos (x / 4)).
  assert (0 < exp (x / 4) * exp (x / 4)) by (apply Rmult_lt_0_compat; exact X).
  field. repeat split; lra.
Qed.

Lemma boost_gap rho x : 0 <= rho <= 1 -> let v := exp (x / 2) in
  tanh (x / 4) - (recovered rho x - rho)
  = (v - 1) * ((1 - rho * (1 + v)) * (1 - rho * (1 + v))) / ((v + 1) * normaliser rho x).
Proof.
  intros H v. rewrite tanh_half. fold v. assert (V := exp_pos (x / 2)). fold v in V.
  assert (N := normaliser_pos rho x H).
  assert (U : exp x = v * v) by (unfold v; rewrite <- exp_plus; f_equal; field).
  unfold recovered, normaliser in *. rewrite U in *. field. lra.
Qed.

(** Remark 8, sharper: ρ⋆ − ρ_0 ≤ tanh(η/4). *)
Theorem boost_bound rho x : 0 <= rho <= 1 -> 0 <= x -> recovered rho x - rho <= tanh (x / 4).
Proof.
  intros H Hx. assert (G := boost_gap rho x H). simpl in G.
  assert (V := exp_ge_1 (x / 2) ltac:(lra)). assert (N := normaliser_pos rho x H).
  assert (P : 0 <= (exp (x / 2) - 1) * ((1 - rho * (1 + exp (x / 2)))
    * (1 - rho * (1 + exp (x / 2)))) / ((exp (x / 2) + 1) * normaliser rho x)).
  { apply Rmult_le_pos.
    - apply Rmult_le_pos; [lra | apply (Rle_0_sqr (1 - rho * (1 + exp (x / 2))))].
    - apply Rlt_le, Rinv_0_lt_compat. apply Rmult_lt_0_compat; lra. }
  lra.
Qed.

(** Remark 8, sharper: attained at ρ_0 = σ(−η/2). *)
Theorem boost_attained x : recovered (sigma (- (x / 2))) x - sigma (- (x / 2)) = tanh (x / 4).
Proof.
  set (rho := sigma (- (x / 2))). assert (V := exp_pos (x / 2)).
  assert (R1 : rho * (1 + exp (x / 2)) = 1).
  { unfold rho, sigma. rewrite Ropp_involutive. field. lra. }
  assert (H : 0 <= rho <= 1).
  { unfold rho, sigma. rewrite Ropp_involutive. split.
    - apply Rlt_le, Rinv_0_lt_compat. lra.
    - rewrite <- Rinv_1. apply Rinv_le_contravar; lra. }
  assert (G := boost_gap rho x H). simpl in G. rewrite R1 in G.
  replace (1 - 1) with 0 in G by ring. unfold Rdiv in G at 2.
  rewrite !Rmult_0_l, Rmult_0_r, Rmult_0_l in G. lra.
Qed.

(** Remark 8's comparison holds only below σ(−η/2): the boost at ρ' minus that at ρ. *)
Theorem boost_difference rho rho' x : 0 <= rho <= 1 -> 0 <= rho' <= 1 ->
  (recovered rho' x - rho') - (recovered rho x - rho)
  = (exp x - 1) * (rho' - rho) * (1 - rho - rho' - rho * rho' * (exp x - 1))
    / (normaliser rho x * normaliser rho' x).
Proof.
  intros H H'. assert (N := normaliser_pos rho x H). assert (N' := normaliser_pos rho' x H').
  unfold recovered, normaliser in *. field. lra.
Qed.

(** ** Remark 10 *)

(** Remark 10: reaching ε takes η ≥ logit ε − logit ρ_0. *)
Theorem penalty_needed rho epsilon x : 0 < rho < 1 -> 0 < epsilon < 1 ->
  epsilon <= recovered rho x <-> logit epsilon - logit rho <= x.
Proof.
  intros Hr He. rewrite sigmoid_form by exact Hr.
  assert (L := sigma_lt (logit rho + x) epsilon He). split; intros H.
  - apply Rnot_lt_le. intros N. assert (sigma (logit rho + x) < epsilon) by (apply L; lra). lra.
  - apply Rnot_lt_le. intros N. apply L in N. lra.
Qed.

(** Remark 10: for ρ_0 = 10⁻⁶ and ε = ½ this is log(10⁶ − 1). *)
Theorem one_in_a_million x : 1 / 2 <= recovered (/ 1000000) x <-> ln (1000000 - 1) <= x.
Proof.
  rewrite penalty_needed by lra. unfold logit.
  replace (1 / 2 / (1 - 1 / 2)) with 1 by field. rewrite ln_1.
  replace (/ 1000000 / (1 - / 1000000)) with (/ (1000000 - 1)) by field.
  rewrite ln_Rinv by lra. lra.
Qed.

(** KL ≤ log(1/ρ_0) *)
Theorem cost_le_log rho x : 0 < rho <= 1 -> 0 <= x -> cost rho x <= ln (/ rho).
Proof.
  intros H Hx. assert (X := exp_pos x). assert (N := normaliser_pos rho x ltac:(lra)).
  assert (P : 0 < rho * exp x) by (apply Rmult_lt_0_compat; lra).
  assert (L : ln (rho * exp x) <= ln (normaliser rho x)).
  { unfold normaliser. destruct (Req_dec rho 1) as [-> | Nr].
    - replace (1 - 1 + 1 * exp x) with (1 * exp x) by ring. lra.
    - apply Rlt_le, ln_increasing; lra. }
  rewrite ln_mult, ln_exp in L by lra. rewrite ln_Rinv by lra.
  assert (B := recovered_bounds rho x ltac:(lra)).
  assert (x * recovered rho x <= x * 1) by (apply Rmult_le_compat_l; lra).
  unfold cost. lra.
Qed.

(** The largest cost of a tilt: with Z⋆ = ηe^η/(e^η − 1), KL ≤ Z⋆ − 1 − log Z⋆ for every
    ρ_0, *)
Theorem cost_largest rho x : 0 <= rho <= 1 -> 0 < x ->
  let z := x * exp x / (exp x - 1) in cost rho x <= z - 1 - ln z.
Proof.
  intros H Hx z. assert (U := exp_ineq1 x ltac:(lra)).
  assert (Pz : 0 < z) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra).
  assert (N := normaliser_pos rho x H).
  assert (L := ln_le (z / normaliser rho x) (Rdiv_lt_0_compat _ _ Pz N)).
  rewrite ln_quotient in L by assumption.
  assert (C : cost rho x = z - z / normaliser rho x - ln (normaliser rho x)).
  { unfold cost, recovered, z, normaliser in *. field_simplify_eq; [ring |]. split; lra. }
  lra.
Qed.

(** with equality exactly where 1 − ρ_0 + ρ_0e^η = Z⋆, *)
Theorem cost_largest_only rho x : 0 <= rho <= 1 -> 0 < x ->
  let z := x * exp x / (exp x - 1) in
  cost rho x = z - 1 - ln z <-> normaliser rho x = z.
Proof.
  intros H Hx z. assert (U := exp_ineq1 x ltac:(lra)).
  assert (Pz : 0 < z) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra).
  assert (N := normaliser_pos rho x H).
  assert (C : cost rho x = z - z / normaliser rho x - ln (normaliser rho x)).
  { unfold cost, recovered, z, normaliser in *. field_simplify_eq; [ring |]. split; lra. }
  rewrite C. split.
  - intros Eq. destruct (Req_dec (z / normaliser rho x) 1) as [O | O].
    + apply (Rmult_eq_reg_r (/ normaliser rho x)); [| apply Rinv_neq_0_compat; lra].
      unfold Rdiv in O. rewrite O. apply Rinv_r. lra.
    + assert (L := ln_lt _ (Rdiv_lt_0_compat _ _ Pz N) O).
      rewrite ln_quotient in L by assumption. lra.
  - intros ->. replace (z / z) with 1 by (field; lra). reflexivity.
Qed.

(** which is where ηq(1−q) = q − ρ_0, q = ρ⋆, at the one ρ_0 in (0, 1) with that. *)
Theorem cost_largest_where rho x : 0 < rho < 1 -> 0 < x ->
  normaliser rho x = x * exp x / (exp x - 1)
  <-> x * recovered rho x * (1 - recovered rho x) = recovered rho x - rho.
Proof.
  intros H Hx. assert (U := exp_ineq1 x ltac:(lra)).
  assert (N := normaliser_pos rho x ltac:(lra)).
  assert (P : 0 < rho * (1 - rho)) by (apply Rmult_lt_0_compat; lra).
  assert (Eq : x * recovered rho x * (1 - recovered rho x) - (recovered rho x - rho)
    = rho * (1 - rho) * (exp x - 1) / (normaliser rho x * normaliser rho x)
      * (x * exp x / (exp x - 1) - normaliser rho x)).
  { unfold recovered, normaliser in *. field. split; lra. }
  assert (F : 0 < rho * (1 - rho) * (exp x - 1) / (normaliser rho x * normaliser rho x)).
  { apply Rdiv_lt_0_compat; apply Rmult_lt_0_compat; lra. }
  split; intros E.
  - rewrite E in Eq at 3. lra.
  - replace (x * recovered rho x * (1 - recovered rho x) - (recovered rho x - rho)) with 0
      in Eq by lra.
    symmetry in Eq. apply Rmult_integral in Eq. destruct Eq as [Z | Z]; lra.
Qed.
