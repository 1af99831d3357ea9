(** * Attack lengths, boosts and aggregates

    Positions are counted from 1 here, as in the paper: η_t = βγ^t.

    Main statements: [attack_length], [below_at_once], [never_below], [undiscounted],
    [length_grows], [bound_reached], [length_attained], [length_crossed] (Corollary 23), [attack_steps] (eq. 83),
    [aggregate_cost], [aggregate_least], [squares_sum], [aggregate_grows],
    [aggregate_unbounded] (Remark 6), [log_odds], [boost_form], [recovered_ends], [boost_gap],
    [boost_bound], [boost_attained], [boost_attained_only], [boost_difference], [boost_sign]
    (Remark 8), [penalty_needed], [penalty_exact], [penalty_short], [penalty_softmax],
    [one_in_a_million] (Remark 10), [cost_le_log], [cost_slope], [cost_slope_falls],
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

(** Corollary 23: at t = L the bound is ε. *)
Theorem bound_reached : sigma (logit delta + (logit epsilon - logit delta)) = epsilon.
Proof.
  replace (logit delta + (logit epsilon - logit delta)) with (logit epsilon) by ring.
  apply sigma_logit. exact epsilon_range.
Qed.

(** Corollary 23: for β = D/γ^n the length is n. *)
Theorem length_attained D n : 0 < D -> gamma < 1 -> beta = D / gamma ^ n ->
  ln (beta / D) / ln (/ gamma) = INR n.
Proof.
  intros HD Hg ->. assert (G : 0 < gamma ^ n) by (apply pow_lt; lra).
  assert (L : ln gamma < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  replace (D / gamma ^ n / D) with (/ gamma ^ n) by (field; lra).
  rewrite !ln_Rinv, ln_pow by lra. field. lra.
Qed.

(** Corollary 23: with Δ = logit ε − logit δ and β = Δ/γ^n, n ≥ 1, the bound is ε at t = n,
    below ε one token later and above it one token before. *)
Theorem length_crossed n : let D := logit epsilon - logit delta in
  0 < D -> gamma < 1 -> beta = D / gamma ^ S n ->
  sigma (logit delta + eta (S (S n))) < epsilon /\ sigma (logit delta + eta (S n)) = epsilon
  /\ epsilon < sigma (logit delta + eta n).
Proof.
  intros D HD Hg Hb. assert (G : 0 < gamma ^ n) by (apply pow_lt; lra).
  assert (G1 : 0 < gamma * gamma ^ n) by (apply Rmult_lt_0_compat; lra).
  assert (E2 : eta (S (S n)) = gamma * D)
    by (unfold Robustness.eta; rewrite Hb; simpl; field; simpl in G1; lra).
  assert (E1 : eta (S n) = D) by (unfold Robustness.eta; rewrite Hb; simpl; field; lra).
  assert (E0 : eta n = D / gamma) by (unfold Robustness.eta; rewrite Hb; simpl; field; lra).
  assert (Q : gamma * D < D) by (assert (0 < (1 - gamma) * D) by (apply Rmult_lt_0_compat; lra); lra).
  split; [| split].
  - apply below_iff. rewrite E2. exact Q.
  - rewrite E1. unfold D. replace (logit delta + (logit epsilon - logit delta))
      with (logit epsilon) by ring. apply sigma_logit. exact epsilon_range.
  - rewrite <- (sigma_logit epsilon epsilon_range) at 1. apply sigma_increasing. rewrite E0.
    assert (D < D / gamma).
    { apply (Rmult_lt_reg_r gamma); [lra |]. replace (D / gamma * gamma) with D by (field; lra).
      lra. }
    unfold D in *. lra.
Qed.

(** Equation 83, both steps: σ(logit δ + βγ^t) < ε ⇔ βγ^t < Δ ⇔ log(β/Δ) < t·log(1/γ)
    ⇔ log(β/Δ)/log(1/γ) < t. *)
Theorem attack_steps t : 0 < beta -> gamma < 1 -> let D := logit epsilon - logit delta in
  0 < D ->
  (sigma (logit delta + eta t) < epsilon <-> eta t < D)
  /\ (eta t < D <-> ln (beta / D) < INR t * ln (/ gamma))
  /\ (ln (beta / D) < INR t * ln (/ gamma) <-> ln (beta / D) / ln (/ gamma) < INR t).
Proof.
  intros Hb Hg D HD. assert (L : 0 < ln (/ gamma)).
  { rewrite <- ln_1. apply ln_increasing; [lra |].
    rewrite <- Rinv_1. apply Rinv_lt_contravar; lra. }
  assert (Last : ln (beta / D) < INR t * ln (/ gamma) <-> ln (beta / D) / ln (/ gamma) < INR t).
  { split; intros H.
    - apply (Rmult_lt_reg_r (ln (/ gamma))); [exact L |].
      replace (ln (beta / D) / ln (/ gamma) * ln (/ gamma)) with (ln (beta / D)) by (field; lra).
      exact H.
    - apply (Rmult_lt_compat_r (ln (/ gamma))) in H; [| exact L].
      replace (ln (beta / D) / ln (/ gamma) * ln (/ gamma)) with (ln (beta / D)) in H
        by (field; lra). exact H. }
  assert (A := attack_length t Hb Hg ltac:(unfold D in HD; lra)). fold D in A.
  assert (B := below_iff t). fold D in B.
  split; [exact B | split; [| exact Last]]. rewrite Last, <- A, B. reflexivity.
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

(** Remark 6, from below: ½cβ²·Σ_(t>k) γ^(2t) ≤ Σ_(t>k) ½η_t² f_t for f_t ≥ c. *)
Theorem aggregate_least (f : nat -> R) c k n : (forall t, c <= f t) ->
  c * (beta * beta) / 2 * sum (fun t => (gamma * gamma) ^ t) (seq (S k) n)
  <= sum (fun t => eta t * eta t / 2 * f t) (seq (S k) n).
Proof.
  intros Hf. rewrite <- Rsum_scale. apply Rsum_le. intros t _. rewrite eta_square.
  assert (B := Rle_0_sqr beta). unfold Rsqr in B.
  assert (P : 0 <= (gamma * gamma) ^ t) by (apply pow_le; assert (S := Rle_0_sqr gamma); exact S).
  replace (c * (beta * beta) / 2 * (gamma * gamma) ^ t)
    with (beta * beta * (gamma * gamma) ^ t / 2 * c) by field.
  apply Rmult_le_compat_l; [| apply Hf].
  assert (0 <= beta * beta * (gamma * gamma) ^ t) by (apply Rmult_le_pos; assumption). lra.
Qed.

(** Σ_(k<t≤T) γ^(2t) = (γ^(2(k+1)) − γ^(2(T+1)))/(1 − γ²) for γ < 1. *)
Theorem squares_sum k n : gamma < 1 ->
  sum (fun t => (gamma * gamma) ^ t) (seq (S k) n)
  = ((gamma * gamma) ^ S k - (gamma * gamma) ^ S (k + n)) / (1 - gamma * gamma).
Proof.
  intros H. assert (G : gamma * gamma < 1).
  { assert (gamma * gamma < 1 * 1) by (apply Rmult_gt_0_lt_compat; lra). lra. }
  rewrite geometric by lra. replace (S (k + n)) with (S k + n)%nat by lia. rewrite pow_add.
  field. lra.
Qed.

(** Remark 6, not bounded in T: for γ = 1 − 1/(2n) and f_t ≥ c ≥ 0 the n positions cost at
    least β²cn/8. *)
Theorem aggregate_grows (f : nat -> R) c n : (0 < n)%nat -> gamma = 1 - / (2 * INR n) ->
  0 <= c -> (forall t, c <= f t) ->
  beta * beta * c * INR n / 8 <= sum (fun t => eta t * eta t / 2 * f t) (seq 1 n).
Proof.
  intros Hn Hg Hc Hf. assert (Pn : 1 <= INR n) by (change 1 with (INR 1); apply le_INR; lia).
  assert (B := Rle_0_sqr beta). unfold Rsqr in B.
  assert (Half : forall t, (t <= n)%nat -> / 2 <= gamma ^ t).
  { intros t Ht. apply Rle_trans with (1 - INR t * / (2 * INR n)).
    - assert (L : INR t <= INR n) by (apply le_INR; exact Ht).
      assert (I : 0 < / (2 * INR n)) by (apply Rinv_0_lt_compat; lra).
      assert (Q : INR n * / (2 * INR n) = / 2) by (field; lra).
      apply (Rmult_le_compat_r (/ (2 * INR n))) in L; lra.
    - clear Ht. assert (I : 0 <= / (2 * INR n)) by (apply Rlt_le, Rinv_0_lt_compat; lra).
      assert (J : 0 <= gamma <= 1) by lra. set (d := / (2 * INR n)) in *.
      induction t as [| t IH]; [simpl; lra |]. rewrite S_INR. simpl pow.
      apply (Rmult_le_compat_l gamma) in IH; [| lra].
      apply Rle_trans with (2 := IH). rewrite Hg.
      assert (0 <= INR t * (d * d))
        by (apply Rmult_le_pos; [apply pos_INR | apply Rmult_le_pos; exact I]). lra. }
  rewrite <- (seq_length n 1) at 1. replace (beta * beta * c * INR (length (seq 1 n)) / 8)
    with (beta * beta * c / 8 * INR (length (seq 1 n))) by field.
  rewrite <- sum_const. apply Rsum_le. intros t Ht. apply in_seq in Ht.
  specialize (Half t ltac:(lia)). specialize (Hf t).
  assert (Sq : / 2 * / 2 <= gamma ^ t * gamma ^ t) by (apply Rmult_le_compat; lra).
  unfold Robustness.eta.
  replace (beta * gamma ^ t * (beta * gamma ^ t) / 2 * f t)
    with (beta * beta * (gamma ^ t * gamma ^ t * f t) / 2) by field.
  assert (M : / 2 * / 2 * c <= gamma ^ t * gamma ^ t * f t) by (apply Rmult_le_compat; lra).
  apply (Rmult_le_compat_l (beta * beta)) in M; [| exact B]. lra.
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

(** Remark 8: ρ⋆/(1 − ρ⋆) = e^η·ρ_0/(1 − ρ_0), and (ρ⋆ − ρ_0)·Z = (e^η − 1)·ρ_0(1 − ρ_0). *)
Theorem boost_form rho x : 0 <= rho <= 1 ->
  (rho < 1 -> recovered rho x / (1 - recovered rho x) = exp x * (rho / (1 - rho)))
  /\ (recovered rho x - rho) * normaliser rho x = (exp x - 1) * (rho * (1 - rho)).
Proof.
  intros H. assert (N := normaliser_pos rho x H). split.
  - intros L. assert (Q : 1 - recovered rho x = (1 - rho) / normaliser rho x)
      by (unfold recovered, normaliser in *; field; lra).
    rewrite Q. unfold recovered. field. lra.
  - unfold recovered, normaliser in *. field. lra.
Qed.

(** Remark 8, sharper: with s = e^(η/2), what tanh(η/4) exceeds the boost by. *)
Theorem boost_gap rho x : 0 <= rho <= 1 -> let v := exp (x / 2) in
  tanh (x / 4) - (recovered rho x - rho)
  = (v - 1) * ((1 - rho * (1 + v)) * (1 - rho * (1 + v))) / ((v + 1) * normaliser rho x).
Proof.
  intros H v. rewrite tanh_half. fold v. assert (V := exp_pos (x / 2)). fold v in V.
  assert (N := normaliser_pos rho x H).
  assert (U : exp x = v * v) by (unfold v; rewrite <- exp_plus; f_equal; field).
  unfold recovered, normaliser in *. rewrite U in *. field. lra.
Qed.

(** Remark 8, sharper: for η > 0 the boost is tanh(η/4) at ρ_0 = 1/(1 + e^(η/2)) = σ(−η/2) alone. *)
Theorem boost_attained_only rho x : 0 <= rho <= 1 -> 0 < x ->
  recovered rho x - rho = tanh (x / 4) <-> rho = sigma (- (x / 2)).
Proof.
  intros H Hx. assert (G := boost_gap rho x H). cbv zeta in G.
  assert (V : 1 < exp (x / 2)) by (rewrite <- exp_0; apply exp_increasing; lra).
  assert (N := normaliser_pos rho x H).
  assert (Sg : sigma (- (x / 2)) = / (1 + exp (x / 2)))
    by (unfold sigma; rewrite Ropp_involutive; reflexivity).
  set (r := 1 - rho * (1 + exp (x / 2))) in *.
  assert (Zr : rho = sigma (- (x / 2)) <-> r = 0).
  { rewrite Sg. unfold r. split; intros Q.
    - rewrite Q. field. lra.
    - apply (Rmult_eq_reg_r (1 + exp (x / 2))); [| lra]. rewrite Rinv_l by lra. lra. }
  rewrite Zr. split; intros Q.
  - assert (P : (exp (x / 2) - 1) * (r * r) / ((exp (x / 2) + 1) * normaliser rho x) = 0) by lra.
    unfold Rdiv in P. apply Rmult_integral in P. destruct P as [P | P].
    + apply Rmult_integral in P. destruct P as [P | P]; [lra |].
      apply Rmult_integral in P. destruct P; assumption.
    + exfalso. revert P. apply Rinv_neq_0_compat, Rmult_integral_contrapositive. lra.
  - rewrite Q in G. unfold Rdiv in G at 2. rewrite !Rmult_0_l, Rmult_0_r, Rmult_0_l in G. lra.
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

(** Its last factor, in s = e^(η/2), a = 1 − ρ(1 + s) and b = 1 − ρ'(1 + s): positive on one
    side of σ(−η/2), negative on the other. *)
Theorem boost_sign rho rho' s : 1 <= s ->
  let a := 1 - rho * (1 + s) in let b := 1 - rho' * (1 + s) in
  let f := 1 - rho - rho' - rho * rho' * (s * s - 1) in
  (1 + s) * f = s * b + a * (s - (s - 1) * b)
  /\ (0 <= a <= 1 -> 0 <= b <= 1 -> 0 < a \/ 0 < b -> 0 < f)
  /\ (a <= 0 -> b <= 0 -> a < 0 \/ b < 0 -> f < 0).
Proof.
  intros Hs a b f. assert (Eq : (1 + s) * f = s * b + a * (s - (s - 1) * b))
    by (unfold f, a, b; ring).
  split; [exact Eq | split]; intros Ha Hb N.
  - assert (Q : 1 <= s - (s - 1) * b).
    { assert (0 <= (s - 1) * (1 - b)) by (apply Rmult_le_pos; lra). lra. }
    assert (A : a * 1 <= a * (s - (s - 1) * b)) by (apply Rmult_le_compat_l; lra).
    assert (B : b * 1 <= b * s) by (apply Rmult_le_compat_l; lra).
    apply (Rmult_lt_reg_l (1 + s)); lra.
  - assert (Q : 1 <= s - (s - 1) * b).
    { assert (0 <= (s - 1) * - b) by (apply Rmult_le_pos; lra). lra. }
    assert (A : - a * 1 <= - a * (s - (s - 1) * b)) by (apply Rmult_le_compat_l; lra).
    assert (B : - b * 1 <= - b * s) by (apply Rmult_le_compat_l; lra).
    apply (Rmult_lt_reg_l (1 + s)); lra.
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

(** Remark 10: at η = logit ε − logit ρ_0, where e^η is the ratio of the odds, ρ⋆ = ε, *)
Theorem penalty_exact rho epsilon : 0 < rho < 1 -> 0 < epsilon < 1 ->
  recovered rho (logit epsilon - logit rho) = epsilon
  /\ exp (logit epsilon - logit rho) = epsilon / (1 - epsilon) * ((1 - rho) / rho).
Proof.
  intros Hr He. split.
  - rewrite sigmoid_form by exact Hr. replace (logit rho + (logit epsilon - logit rho))
      with (logit epsilon) by ring. apply sigma_logit. exact He.
  - unfold logit. rewrite <- ln_quotient by (apply Rdiv_lt_0_compat; lra).
    rewrite exp_ln by (repeat apply Rdiv_lt_0_compat; lra). field. lra.
Qed.

(** and below it ρ⋆ < ε. *)
Theorem penalty_short rho epsilon x : 0 < rho < 1 -> 0 < epsilon < 1 ->
  exp x < epsilon / (1 - epsilon) * ((1 - rho) / rho) -> recovered rho x < epsilon.
Proof.
  intros Hr He Hx. rewrite <- (proj2 (penalty_exact rho epsilon Hr He)) in Hx.
  apply exp_lt_inv in Hx. apply Rnot_le_lt. rewrite penalty_needed by assumption. lra.
Qed.

(** Remark 10: for ρ_0 = c·e^(−αt), η − (logit ε + αt − log c) = log(1 − ρ_0). *)
Theorem penalty_softmax epsilon c s : let rho := c * exp (- s) in
  0 < c -> rho < 1 ->
  logit epsilon - logit rho - (logit epsilon + s - ln c) = ln (1 - rho).
Proof.
  intros rho Hc Hr. assert (P : 0 < rho) by (apply Rmult_lt_0_compat; [exact Hc | apply exp_pos]).
  unfold logit at 2. rewrite ln_quotient by lra. unfold rho at 1.
  rewrite ln_mult, ln_exp by (exact Hc || apply exp_pos). ring.
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

(** ∂KL/∂ρ_0 = (ηu − (u−1)Z)/Z², u = e^η. *)
Theorem cost_slope rho x : 0 <= rho <= 1 ->
  derivable_pt_lim (fun r => cost r x) rho
    ((x * exp x - (exp x - 1) * normaliser rho x) / (normaliser rho x * normaliser rho x)).
Proof.
  intros H. assert (N := normaliser_pos rho x H).
  assert (DN : derivable_pt_lim (fun r => normaliser r x) rho (0 - 1 + 1 * exp x)).
  { apply (derivable_pt_lim_plus (fun r => 1 - r) (fun r => r * exp x)).
    - apply (derivable_pt_lim_minus (fun _ => 1) id);
        [apply derivable_pt_lim_const | apply derivable_pt_lim_id].
    - replace (1 * exp x) with (1 * exp x + rho * 0) by ring.
      apply (derivable_pt_lim_mult id (fun _ => exp x));
        [apply derivable_pt_lim_id | apply derivable_pt_lim_const]. }
  assert (DU : derivable_pt_lim (fun r => r * exp x) rho (1 * exp x + rho * 0)).
  { apply (derivable_pt_lim_mult id (fun _ => exp x));
      [apply derivable_pt_lim_id | apply derivable_pt_lim_const]. }
  replace ((x * exp x - (exp x - 1) * normaliser rho x) / (normaliser rho x * normaliser rho x))
    with (x * (((1 * exp x + rho * 0) * normaliser rho x - (0 - 1 + 1 * exp x) * (rho * exp x))
            / Rsqr (normaliser rho x))
          - / normaliser rho x * (0 - 1 + 1 * exp x)).
  - apply (derivable_pt_lim_minus (fun r => x * recovered r x) (fun r => ln (normaliser r x))).
    + apply (derivable_pt_lim_scal (fun r => recovered r x)).
      apply (derivable_pt_lim_div (fun r => r * exp x) (fun r => normaliser r x));
        [exact DU | exact DN | lra].
    + apply (derivable_pt_lim_comp (fun r => normaliser r x) ln);
        [exact DN | apply derivable_pt_lim_ln; exact N].
  - unfold Rsqr, normaliser in *. field. lra.
Qed.

(** Its numerator falls in ρ_0, and Z = (1 − ρ_0)/(1 − ρ⋆). *)
Theorem cost_slope_falls rho rho' x : 0 <= rho < rho' -> rho' <= 1 -> 0 < x ->
  x * exp x - (exp x - 1) * normaliser rho' x < x * exp x - (exp x - 1) * normaliser rho x
  /\ normaliser rho x = (1 - rho) / (1 - recovered rho x).
Proof.
  intros H H' Hx. assert (U := exp_ineq1 x ltac:(lra)).
  assert (N := normaliser_pos rho x ltac:(lra)). split.
  - assert (P : 0 < (exp x - 1) * ((rho' - rho) * (exp x - 1)))
      by (repeat apply Rmult_lt_0_compat; lra).
    unfold normaliser. lra.
  - assert (Q : 1 - recovered rho x = (1 - rho) / normaliser rho x)
      by (unfold recovered, normaliser in *; field; lra).
    rewrite Q. field. split; lra.
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
