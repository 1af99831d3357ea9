(** * Robustness and the cost of recovery

    Positions are counted from 1 here, as in the paper: η_t = βγ^t.

    Main statements: [robustness] (Theorem 22), [robustness_tight], [robustness_steps]
    (eq. 80), [cost_le_recovered] (eq. 81), [tilts_sum] (eq. 82), [total_cost] (eq. 51),
    [cost_le_tilt], [cost_le_square], [total_cost_sharp] (sharpened), and their cases
    for γ = 1. *)

Require Export Formal.Gibbs.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

(** ** The sigmoid *)

Lemma sigma_increasing x y : x < y -> sigma x < sigma y.
Proof.
  intros H. unfold sigma. assert (X := exp_pos (- x)). assert (Y := exp_pos (- y)).
  apply Rinv_lt_contravar; [apply Rmult_lt_0_compat; lra |].
  apply Rplus_lt_compat_l. apply exp_increasing. lra.
Qed.

Lemma sigma_logit r : 0 < r < 1 -> sigma (logit r) = r.
Proof.
  intros H. unfold sigma, logit. rewrite exp_Ropp, exp_ln by (apply Rdiv_lt_0_compat; lra).
  field. lra.
Qed.

Lemma sigma_lt x r : 0 < r < 1 -> (sigma x < r <-> x < logit r).
Proof.
  intros H. rewrite <- (sigma_logit r H) at 1. split.
  - intros L. destruct (Rlt_or_le x (logit r)) as [P | [P | P]]; [exact P | |].
    + assert (Q := sigma_increasing _ _ P). lra.
    + rewrite P in L. lra.
  - apply sigma_increasing.
Qed.

Lemma logit_increasing r r' : 0 < r < 1 -> 0 < r' < 1 -> r <= r' -> logit r <= logit r'.
Proof.
  intros H H' L. destruct (Rle_or_lt (logit r) (logit r')) as [P | P]; [exact P |].
  apply sigma_increasing in P. rewrite !sigma_logit in P by assumption. lra.
Qed.

(** ** ρ⋆ = recovered ρ_0 η *)

Lemma recovered_monotone rho rho' eta eta' : 0 <= rho <= rho' -> rho' <= 1 -> eta <= eta' ->
  recovered rho eta <= recovered rho' eta'.
Proof.
  intros Hr Hr' He. unfold recovered.
  assert (N := normaliser_pos rho eta ltac:(lra)).
  assert (N' := normaliser_pos rho' eta' ltac:(lra)).
  apply (Rmult_le_reg_r (normaliser rho eta * normaliser rho' eta'));
    [apply Rmult_lt_0_compat; assumption |].
  replace (rho * exp eta / normaliser rho eta * (normaliser rho eta * normaliser rho' eta'))
    with (rho * exp eta * normaliser rho' eta') by (field; lra).
  replace (rho' * exp eta' / normaliser rho' eta' * (normaliser rho eta * normaliser rho' eta'))
    with (rho' * exp eta' * normaliser rho eta) by (field; lra).
  unfold normaliser. assert (X := exp_pos eta).
  assert (U : exp eta <= exp eta').
  { destruct He as [He | <-]; [apply Rlt_le, exp_increasing; exact He | lra]. }
  assert (A : rho * exp eta <= rho' * exp eta') by (apply Rmult_le_compat; lra).
  assert (B : rho * exp eta * (1 - rho') <= rho' * exp eta' * (1 - rho)).
  { apply Rmult_le_compat; [apply Rmult_le_pos; lra | lra | exact A | lra]. }
  lra.
Qed.

Lemma recovered_bounds rho eta : 0 <= rho <= 1 -> 0 <= recovered rho eta <= 1.
Proof.
  intros H. assert (N := normaliser_pos rho eta H). assert (X := exp_pos eta).
  assert (Y : 0 <= rho * exp eta) by (apply Rmult_le_pos; lra).
  unfold recovered. split.
  - apply Rmult_le_pos; [exact Y | apply Rlt_le, Rinv_0_lt_compat; exact N].
  - apply (Rmult_le_reg_r (normaliser rho eta)); [exact N |].
    replace (rho * exp eta / normaliser rho eta * normaliser rho eta)
      with (rho * exp eta) by (field; lra).
    unfold normaliser. lra.
Qed.

(** ** Theorem 22 *)

Section Tilts.
Variables (beta gamma : R).
Hypothesis beta_nonneg : 0 <= beta.
Hypothesis gamma_range : 0 < gamma <= 1.

(** η_t = βγ^t *)
Definition eta (t : nat) : R := beta * gamma ^ t.

Lemma eta_nonneg t : 0 <= eta t.
Proof. apply Rmult_le_pos; [exact beta_nonneg | apply pow_le; lra]. Qed.

Lemma eta_decreasing t d : (t <= d)%nat -> eta d <= eta t.
Proof.
  intros H. apply Rmult_le_compat_l; [exact beta_nonneg |].
  replace d with (t + (d - t))%nat by lia. rewrite pow_add.
  assert (P : 0 <= gamma ^ t) by (apply pow_le; lra).
  assert (Q : gamma ^ (d - t) <= 1 ^ (d - t)) by (apply pow_incr; lra).
  rewrite pow1 in Q. apply (Rmult_le_compat_l _ _ _ P) in Q. lra.
Qed.

(** Theorem 22: if ρ_0 ≥ δ, then ρ⋆ ≥ σ(logit δ + βγ^d) at every t ≤ d. *)
Theorem robustness delta rho t d : 0 < delta < 1 -> delta <= rho <= 1 -> (t <= d)%nat ->
  sigma (logit delta + eta d) <= recovered rho (eta t).
Proof.
  intros Hd Hr Ht. rewrite <- sigmoid_form by exact Hd.
  apply recovered_monotone; [lra | lra | apply eta_decreasing; exact Ht].
Qed.

(** Theorem 22: equality at ρ_0 = δ and t = d. *)
Theorem robustness_tight delta d : 0 < delta < 1 ->
  recovered delta (eta d) = sigma (logit delta + eta d).
Proof. apply sigmoid_form. Qed.

(** Equation 80: both steps. *)
Theorem robustness_steps delta rho t d : 0 < delta < 1 -> delta <= rho < 1 -> (t <= d)%nat ->
  sigma (logit delta + eta d) <= sigma (logit delta + eta t) <= sigma (logit rho + eta t).
Proof.
  intros Hd Hr Ht. rewrite <- !sigmoid_form by lra.
  split; apply recovered_monotone; try lra. apply eta_decreasing. exact Ht.
Qed.

Lemma log_normaliser_nonneg rho x : 0 <= rho <= 1 -> 0 <= x -> 0 <= ln (normaliser rho x).
Proof.
  intros Hr Hx. rewrite <- ln_1. assert (X := exp_ge_1 x Hx).
  assert (N : 1 <= normaliser rho x).
  { unfold normaliser. assert (0 <= rho * (exp x - 1)) by (apply Rmult_le_pos; lra). lra. }
  destruct N as [N | <-]; [apply Rlt_le, ln_increasing; lra | lra].
Qed.

(** Equation 81: KL = ηρ⋆ − log Z ≤ ηρ⋆. *)
Theorem cost_le_recovered rho x : 0 <= rho <= 1 -> 0 <= x -> cost rho x <= x * recovered rho x.
Proof.
  intros Hr Hx. assert (L := log_normaliser_nonneg rho x Hr Hx). unfold cost. lra.
Qed.

(** KL ≤ η *)
Theorem cost_le_tilt rho x : 0 <= rho <= 1 -> 0 <= x -> cost rho x <= x.
Proof.
  intros Hr Hx. assert (C := cost_le_recovered rho x Hr Hx).
  assert (B := recovered_bounds rho x Hr).
  assert (x * recovered rho x <= x * 1) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma geometric g k n : g <> 1 ->
  sum (fun t => g ^ t) (seq k n) = g ^ k * (1 - g ^ n) / (1 - g).
Proof.
  intros N. revert k. induction n as [| n IH]; intros k.
  - unfold sum. simpl. reals. field. lra.
  - simpl seq. rewrite sum_cons, IH. reals. simpl pow. field. lra.
Qed.

Lemma geometric_le g k n : 0 < g < 1 -> sum (fun t => g ^ t) (seq k n) <= g ^ k / (1 - g).
Proof.
  intros H. rewrite geometric by lra.
  assert (P : 0 <= g ^ k) by (apply pow_le; lra).
  assert (Q : 0 <= g ^ n) by (apply pow_le; lra).
  apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat; lra |].
  assert (0 <= g ^ k * g ^ n) by (apply Rmult_le_pos; assumption). lra.
Qed.

(** Equation 82: Σ_(t>k) η_t ≤ βγ^(k+1)/(1−γ) for γ < 1. *)
Theorem tilts_sum k n : gamma < 1 ->
  sum eta (seq (S k) n) <= beta * gamma ^ (S k) / (1 - gamma).
Proof.
  intros H. unfold eta. rewrite Rsum_scale. unfold Rdiv. rewrite Rmult_assoc.
  apply Rmult_le_compat_l; [exact beta_nonneg |]. apply geometric_le. lra.
Qed.

Lemma sum_const {A} (c : R) (l : list A) : sum (fun _ => c) l = c * INR (length l).
Proof.
  induction l as [| x l IH]; [unfold sum; simpl; reals; ring |].
  rewrite sum_cons, IH. simpl length. rewrite S_INR. reals. ring.
Qed.

(** Equation 82: Σ_(k<t≤T) η_t = β(T−k) for γ = 1. *)
Theorem tilts_sum_undiscounted k n : gamma = 1 -> sum eta (seq (S k) n) = beta * INR n.
Proof.
  intros G. rewrite (sum_ext _ (fun _ => beta)).
  - rewrite sum_const, seq_length. reflexivity.
  - intros t _. unfold eta. rewrite G, pow1. ring.
Qed.

(** The mean over prefixes x of a quantity, with weights w(x). *)
Section Costs.
Context {X : Type}.
Variables (prefixes : nat -> list X) (w : nat -> X -> R) (rho : nat -> X -> R).
Hypothesis w_nonneg : forall t x, In x (prefixes t) -> 0 <= w t x.
Hypothesis w_total : forall t, sum (w t) (prefixes t) = 1.
Hypothesis rho_range : forall t x, In x (prefixes t) -> 0 <= rho t x <= 1.

(** KL_t and E[ρ⋆_t] of the pointwise optima, for any law of the prefixes. *)
Definition cost_at (t : nat) : R :=
  sum (fun x => w t x * cost (rho t x) (eta t)) (prefixes t).
Definition recovered_at (t : nat) : R :=
  sum (fun x => w t x * recovered (rho t x) (eta t)) (prefixes t).

Lemma mean_le (f : nat -> X -> R) (c : R) t : (forall x, In x (prefixes t) -> f t x <= c) ->
  sum (fun x => w t x * f t x) (prefixes t) <= c.
Proof.
  intros H. replace c with (sum (fun x => w t x * c) (prefixes t)).
  - apply Rsum_le. intros x Hx. apply Rmult_le_compat_l; [apply w_nonneg; exact Hx | auto].
  - rewrite Rsum_scale_r, w_total. ring.
Qed.

(** Theorem 22, eq. 51: Σ_(t>k) KL_t ≤ Σ_(t>k) η_t ρ⋆_t ≤ βγ^(k+1)/(1−γ) for γ < 1. *)
Theorem total_cost k n : gamma < 1 ->
  sum cost_at (seq (S k) n) <= sum (fun t => eta t * recovered_at t) (seq (S k) n)
  <= beta * gamma ^ (S k) / (1 - gamma).
Proof.
  intros H. split.
  - apply Rsum_le. intros t _. unfold cost_at, recovered_at. rewrite <- Rsum_scale.
    apply Rsum_le. intros x Hx.
    replace (eta t * (w t x * recovered (rho t x) (eta t)))
      with (w t x * (eta t * recovered (rho t x) (eta t))) by ring.
    apply Rmult_le_compat_l; [apply w_nonneg; exact Hx |].
    apply cost_le_recovered; [apply rho_range; exact Hx | apply eta_nonneg].
  - apply Rle_trans with (2 := tilts_sum k n H). apply Rsum_le. intros t _.
    rewrite <- (Rmult_1_r (eta t)) at 2. apply Rmult_le_compat_l; [apply eta_nonneg |].
    apply (mean_le (fun t x => recovered (rho t x) (eta t))). intros x Hx.
    apply recovered_bounds. apply rho_range. exact Hx.
Qed.

(** Theorem 22: Σ_(k<t≤T) KL_t ≤ β(T−k) for γ = 1. *)
Theorem total_cost_undiscounted k n : gamma = 1 ->
  sum cost_at (seq (S k) n) <= beta * INR n.
Proof.
  intros H. rewrite <- (tilts_sum_undiscounted k n H). apply Rsum_le. intros t _.
  apply (mean_le (fun t x => cost (rho t x) (eta t))). intros x Hx.
  apply cost_le_tilt; [apply rho_range; exact Hx | apply eta_nonneg].
Qed.

(** ** Theorem 22, sharpened *)

Lemma derivative_normaliser r x :
  derivable_pt_lim (normaliser r) x (r * exp x).
Proof.
  replace (r * exp x) with (0 + r * exp x) by ring.
  apply (derivable_pt_lim_plus (fun _ => 1 - r) (fun x => r * exp x)).
  - apply derivable_pt_lim_const.
  - apply (derivable_pt_lim_scal exp). apply derivable_pt_lim_exp.
Qed.

Lemma derivative_recovered r x : 0 <= r <= 1 ->
  derivable_pt_lim (recovered r) x (recovered r x * (1 - recovered r x)).
Proof.
  intros H. assert (N := normaliser_pos r x H).
  replace (recovered r x * (1 - recovered r x))
    with ((r * exp x * normaliser r x - r * exp x * (r * exp x)) / Rsqr (normaliser r x)).
  - apply (derivable_pt_lim_div (fun x => r * exp x) (normaliser r)).
    + apply (derivable_pt_lim_scal exp). apply derivable_pt_lim_exp.
    + apply derivative_normaliser.
    + lra.
  - unfold recovered, Rsqr. field. lra.
Qed.

Lemma derivative_cost r x : 0 <= r <= 1 ->
  derivable_pt_lim (cost r) x (x * (recovered r x * (1 - recovered r x))).
Proof.
  intros H. assert (N := normaliser_pos r x H).
  replace (x * (recovered r x * (1 - recovered r x)))
    with (1 * recovered r x + x * (recovered r x * (1 - recovered r x))
          - / normaliser r x * (r * exp x)).
  - apply (derivable_pt_lim_minus (fun x => x * recovered r x) (fun x => ln (normaliser r x))).
    + apply (derivable_pt_lim_mult id (recovered r)).
      * apply derivable_pt_lim_id.
      * apply derivative_recovered. exact H.
    + apply (derivable_pt_lim_comp (normaliser r) ln).
      * apply derivative_normaliser.
      * apply derivable_pt_lim_ln. exact N.
  - unfold recovered. field. lra.
Qed.

Lemma cost_zero r : 0 <= r <= 1 -> cost r 0 = 0.
Proof.
  intros H. unfold cost, normaliser. rewrite exp_0.
  replace (1 - r + r * 1) with 1 by ring. rewrite ln_1. ring.
Qed.

(** KL ≤ η²/8, because the derivative of η²/8 − KL is η(½ − ρ⋆)². *)
Theorem cost_le_square r x : 0 <= r <= 1 -> 0 <= x -> cost r x <= x * x / 8.
Proof.
  intros H [Hx | <-]; [| rewrite cost_zero by exact H; lra].
  set (gap x := x * x / 8 - cost r x).
  assert (D : forall y, derivable_pt_lim gap y
      (y * ((1 / 2 - recovered r y) * (1 / 2 - recovered r y)))).
  { intros y. replace (y * ((1 / 2 - recovered r y) * (1 / 2 - recovered r y)))
      with ((1 * y + y * 1) * / 8 + y * y * 0 - y * (recovered r y * (1 - recovered r y)))
      by field.
    apply (derivable_pt_lim_minus (fun x => x * x / 8) (cost r)).
    - apply (derivable_pt_lim_mult (fun x => x * x) (fun _ => / 8)).
      + apply (derivable_pt_lim_mult id id); apply derivable_pt_lim_id.
      + apply derivable_pt_lim_const.
    - apply derivative_cost. exact H. }
  destruct (MVT_cor2 gap _ 0 x Hx (fun y _ => D y)) as (y & Eq & Hy).
  assert (G0 : gap 0 = 0) by (unfold gap; rewrite cost_zero by exact H; field).
  assert (P : 0 <= y * ((1 / 2 - recovered r y) * (1 / 2 - recovered r y)) * (x - 0)).
  { apply Rmult_le_pos; [apply Rmult_le_pos; [lra |] | lra].
    apply (Rle_0_sqr (1 / 2 - recovered r y)). }
  unfold gap in *. lra.
Qed.

Lemma eta_square t : eta t * eta t = beta * beta * (gamma * gamma) ^ t.
Proof. unfold eta. rewrite Rpow_mult_distr. ring. Qed.

(** Σ_(t>k) KL_t ≤ β²γ^(2(k+1))/(8(1−γ²)) for γ < 1. *)
Theorem total_cost_sharp k n : gamma < 1 ->
  sum cost_at (seq (S k) n)
  <= beta * beta * (gamma * gamma) ^ (S k) / (8 * (1 - gamma * gamma)).
Proof.
  intros H. assert (G : 0 < gamma * gamma < 1).
  { split; [apply Rmult_lt_0_compat; lra |].
    assert (gamma * gamma < 1 * 1) by (apply Rmult_gt_0_lt_compat; lra). lra. }
  apply Rle_trans with (sum (fun t => beta * beta / 8 * (gamma * gamma) ^ t) (seq (S k) n)).
  - apply Rsum_le. intros t _.
    apply (mean_le (fun t x => cost (rho t x) (eta t))). intros x Hx.
    replace (beta * beta / 8 * (gamma * gamma) ^ t) with (eta t * eta t / 8)
      by (rewrite eta_square; field).
    apply cost_le_square; [apply rho_range; exact Hx | apply eta_nonneg].
  - rewrite Rsum_scale.
    replace (beta * beta * (gamma * gamma) ^ S k / (8 * (1 - gamma * gamma)))
      with (beta * beta / 8 * ((gamma * gamma) ^ S k / (1 - gamma * gamma))) by (field; lra).
    apply Rmult_le_compat_l; [| apply geometric_le; exact G].
    assert (B := Rle_0_sqr beta). unfold Rsqr in B. lra.
Qed.

(** Σ_(k<t≤T) KL_t ≤ β²(T−k)/8 for γ = 1. *)
Theorem total_cost_sharp_undiscounted k n : gamma = 1 ->
  sum cost_at (seq (S k) n) <= beta * beta / 8 * INR n.
Proof.
  intros H. apply Rle_trans with (sum (fun _ => beta * beta / 8) (seq (S k) n)).
  - apply Rsum_le. intros t _.
    apply (mean_le (fun t x => cost (rho t x) (eta t))). intros x Hx.
    replace (beta * beta / 8) with (eta t * eta t / 8)
      by (rewrite eta_square, H, Rmult_1_r, pow1; field).
    apply cost_le_square; [apply rho_range; exact Hx | apply eta_nonneg].
  - rewrite sum_const, seq_length. lra.
Qed.

End Costs.

End Tilts.
