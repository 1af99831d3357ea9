(** * Robustness and the cost of recovery

    Positions are counted from 1 here, as in the paper: η_t = βγ^t.

    Main statements: [robustness] (Theorem 22), [robustness_tight], [robustness_steps],
    [robustness_gaps] (eq. 80), [cost_le_recovered], [cost_steps], [log_normaliser_zero],
    [cost_strict] (eq. 81), [tilts_sum], [tilts_sum_exact] (eq. 82), [total_cost] (eq. 51),
    [total_tilt], [cost_le_tilt], [cost_lt_tilt], [square_gap_derivative], [cost_lt_square],
    [cost_le_square], [total_cost_sharp] (sharpened), and their cases for γ = 1. *)

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

(** Equation 80, the first step: times both Z, the difference is (ρ_0 − δ)u; and the second,
    from u_t to u_d: (1−δ)δ(u_t − u_d). *)
Theorem robustness_gaps delta rho x y : 0 <= delta <= 1 -> 0 <= rho <= 1 ->
  ((1 - delta) / normaliser delta x - (1 - rho) / normaliser rho x)
    * (normaliser delta x * normaliser rho x) = (rho - delta) * exp x
  /\ ((1 - delta) / normaliser delta y - (1 - delta) / normaliser delta x)
    * (normaliser delta y * normaliser delta x) = (1 - delta) * delta * (exp x - exp y).
Proof.
  intros Hd Hr. assert (A := normaliser_pos delta x Hd). assert (B := normaliser_pos rho x Hr).
  assert (C := normaliser_pos delta y Hd). unfold normaliser in *. split; field; lra.
Qed.

(** Equation 81: KL = ηρ⋆ − log Z ≤ ηρ⋆. *)
Theorem cost_le_recovered rho x : 0 <= rho <= 1 -> 0 <= x -> cost rho x <= x * recovered rho x.
Proof.
  intros Hr Hx. assert (L := log_normaliser_nonneg rho x Hr Hx). unfold cost. lra.
Qed.

(** Equation 81: Z − 1 = ρ_0(e^η − 1), and (η − ηρ⋆)·Z = η(1 − ρ_0). *)
Theorem cost_steps rho x : 0 <= rho <= 1 ->
  normaliser rho x - 1 = rho * (exp x - 1)
  /\ (x - x * recovered rho x) * normaliser rho x = x * (1 - rho).
Proof.
  intros H. assert (N := normaliser_pos rho x H). split; [unfold normaliser; ring |].
  unfold recovered, normaliser in *. field. lra.
Qed.

Lemma exp_ne_1 x : x <> 0 -> exp x <> 1.
Proof. intros N Z. apply N. apply exp_inv. rewrite Z, exp_0. reflexivity. Qed.

(** Equation 81: log Z = 0 only at ρ_0 = 0 or η = 0. *)
Theorem log_normaliser_zero rho x : 0 <= rho <= 1 ->
  ln (normaliser rho x) = 0 -> rho = 0 \/ x = 0.
Proof.
  intros H Z. assert (N := normaliser_pos rho x H).
  assert (Z1 : normaliser rho x = 1) by (rewrite <- (exp_ln _ N), Z; apply exp_0).
  assert (M : rho * (exp x - 1) = 0) by (unfold normaliser in Z1; lra).
  apply Rmult_integral in M. destruct M as [M | M]; [left; exact M | right].
  destruct (Req_dec x 0) as [E | E]; [exact E |]. assert (X := exp_ne_1 x E). lra.
Qed.

(** Equation 81, strict: KL < ηρ⋆ where ρ_0 > 0, and ηρ⋆ < η where ρ_0 < 1, for η > 0. *)
Theorem cost_strict rho x : 0 <= rho <= 1 -> 0 < x ->
  (0 < rho -> cost rho x < x * recovered rho x) /\ (rho < 1 -> x * recovered rho x < x).
Proof.
  intros H Hx. assert (N := normaliser_pos rho x H). split; intros Hr.
  - assert (L := log_normaliser_nonneg rho x H ltac:(lra)).
    assert (Z := log_normaliser_zero rho x H).
    assert (ln (normaliser rho x) <> 0) by (intros E; destruct (Z E); lra).
    unfold cost. lra.
  - destruct (cost_steps rho x H) as [_ Q].
    assert (P : 0 < x * (1 - rho)) by (apply Rmult_lt_0_compat; lra). rewrite <- Q in P.
    destruct (Rlt_or_le (x * recovered rho x) x) as [L | L]; [exact L |].
    assert (0 <= (x * recovered rho x - x) * normaliser rho x) by (apply Rmult_le_pos; lra).
    lra.
Qed.

(** KL < η for η > 0 *)
Theorem cost_lt_tilt rho x : 0 <= rho <= 1 -> 0 < x -> cost rho x < x.
Proof.
  intros H Hx. destruct (cost_strict rho x H Hx) as [A B].
  assert (C := cost_le_recovered rho x H ltac:(lra)).
  destruct (Req_dec rho 1) as [-> | N]; [| assert (X := B ltac:(lra)); lra].
  assert (X := A ltac:(lra)). assert (Y := recovered_bounds 1 x ltac:(lra)).
  assert (x * recovered 1 x <= x * 1) by (apply Rmult_le_compat_l; lra). lra.
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

(** Equation 82: Σ_(k<t≤T) η_t = β(γ^(k+1) − γ^(T+1))/(1−γ) for γ < 1. *)
Theorem tilts_sum_exact k n : gamma < 1 ->
  sum eta (seq (S k) n) = beta * (gamma ^ S k - gamma ^ S (k + n)) / (1 - gamma).
Proof.
  intros H. unfold eta. rewrite Rsum_scale, geometric by lra.
  replace (S (k + n)) with (S k + n)%nat by lia. rewrite pow_add. field. lra.
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

Lemma costs_le_recovered k n :
  sum cost_at (seq (S k) n) <= sum (fun t => eta t * recovered_at t) (seq (S k) n).
Proof.
  apply Rsum_le. intros t _. unfold cost_at, recovered_at. rewrite <- Rsum_scale.
  apply Rsum_le. intros x Hx.
  replace (eta t * (w t x * recovered (rho t x) (eta t)))
    with (w t x * (eta t * recovered (rho t x) (eta t))) by ring.
  apply Rmult_le_compat_l; [apply w_nonneg; exact Hx |].
  apply cost_le_recovered; [apply rho_range; exact Hx | apply eta_nonneg].
Qed.

Lemma recovered_le_tilts k n :
  sum (fun t => eta t * recovered_at t) (seq (S k) n) <= sum eta (seq (S k) n).
Proof.
  apply Rsum_le. intros t _.
  rewrite <- (Rmult_1_r (eta t)) at 2. apply Rmult_le_compat_l; [apply eta_nonneg |].
  apply (mean_le (fun t x => recovered (rho t x) (eta t))). intros x Hx.
  apply recovered_bounds. apply rho_range. exact Hx.
Qed.

(** Theorem 22, eq. 51: Σ_(t>k) KL_t ≤ Σ_(t>k) η_t ρ⋆_t ≤ βγ^(k+1)/(1−γ) for γ < 1. *)
Theorem total_cost k n : gamma < 1 ->
  sum cost_at (seq (S k) n) <= sum (fun t => eta t * recovered_at t) (seq (S k) n)
  <= beta * gamma ^ (S k) / (1 - gamma).
Proof.
  intros H. split; [apply costs_le_recovered |].
  apply Rle_trans with (2 := tilts_sum k n H). apply recovered_le_tilts.
Qed.

(** Theorem 22: Σ_(k<t≤T) KL_t ≤ Σ η_t ρ⋆_t ≤ β(T−k) for γ = 1. *)
Theorem total_cost_undiscounted k n : gamma = 1 ->
  sum cost_at (seq (S k) n) <= sum (fun t => eta t * recovered_at t) (seq (S k) n)
  <= beta * INR n.
Proof.
  intros H. split; [apply costs_le_recovered |].
  rewrite <- (tilts_sum_undiscounted k n H). apply recovered_le_tilts.
Qed.

(** What is not recovered: Σ η_t ρ⋆_t + Σ η_t (1 − ρ⋆_t) = Σ η_t. *)
Theorem total_tilt k n :
  sum (fun t => eta t * recovered_at t) (seq (S k) n)
  + sum (fun t => eta t * (1 - recovered_at t)) (seq (S k) n) = sum eta (seq (S k) n).
Proof. rewrite <- Rsum_add. apply sum_ext. intros t _. ring. Qed.

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

(** d(η² − 8·KL)/dη = 2η(1 − 2ρ⋆)² *)
Theorem square_gap_derivative r x : 0 <= r <= 1 ->
  derivable_pt_lim (fun x => x * x - 8 * cost r x) x
    (2 * x * ((1 - 2 * recovered r x) * (1 - 2 * recovered r x))).
Proof.
  intros H. replace (2 * x * ((1 - 2 * recovered r x) * (1 - 2 * recovered r x)))
    with (1 * x + x * 1 - 8 * (x * (recovered r x * (1 - recovered r x)))) by ring.
  apply (derivable_pt_lim_minus (fun x => x * x) (fun x => 8 * cost r x)).
  - apply (derivable_pt_lim_mult id id); apply derivable_pt_lim_id.
  - apply (derivable_pt_lim_scal (cost r)). apply derivative_cost. exact H.
Qed.

(** KL < η²/8 for η > 0: the derivative vanishes at one η at most. *)
Theorem cost_lt_square r x : 0 <= r <= 1 -> 0 < x -> cost r x < x * x / 8.
Proof.
  intros H Hx. set (gap x := x * x - 8 * cost r x).
  assert (D := fun y => square_gap_derivative r y H).
  destruct (MVT_cor2 gap _ 0 (x / 2) ltac:(lra) (fun y _ => D y)) as (y & Ey & Hy).
  destruct (MVT_cor2 gap _ (x / 2) x ltac:(lra) (fun y _ => D y)) as (z & Ez & Hz).
  assert (G0 : gap 0 = 0) by (unfold gap; rewrite cost_zero by exact H; ring).
  cbv beta in Ey, Ez.
  set (a := 1 - 2 * recovered r y) in *. set (b := 1 - 2 * recovered r z) in *.
  assert (A : 0 <= a * a) by apply (Rle_0_sqr a). assert (B : 0 <= b * b) by apply (Rle_0_sqr b).
  assert (N : 0 < a * a \/ 0 < b * b).
  { destruct (Req_dec a 0) as [Za | Na]; [| left; assert (P := Rsqr_pos_lt a Na); exact P].
    destruct (Req_dec b 0) as [Zb | Nb]; [| right; assert (P := Rsqr_pos_lt b Nb); exact P].
    exfalso. assert (Half : forall u, 1 - 2 * recovered r u = 0 -> r * exp u = 1 - r).
    { intros u Z. assert (Nu := normaliser_pos r u H).
      assert (Q : recovered r u * normaliser r u = r * exp u)
        by (unfold recovered; field; lra).
      replace (recovered r u) with (/ 2) in Q by lra. unfold normaliser in Q. lra. }
    assert (Qy := Half y Za). assert (Qz := Half z Zb).
    assert (L := exp_increasing y z ltac:(lra)). assert (Py := exp_pos y).
    destruct (Req_dec r 0) as [-> | Nr]; [lra |].
    assert (r * exp y < r * exp z) by (apply Rmult_lt_compat_l; lra). lra. }
  assert (Py : 0 <= y * x * (a * a)) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | exact A]).
  assert (Pz : 0 <= z * x * (b * b)) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | exact B]).
  assert (P : 0 < y * x * (a * a) + z * x * (b * b)).
  { destruct N as [N | N]; [apply Rplus_lt_le_0_compat | apply Rplus_le_lt_0_compat];
      try assumption; (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; lra | exact N]). }
  replace (2 * y * (a * a) * (x / 2 - 0)) with (y * x * (a * a)) in Ey by field.
  replace (2 * z * (b * b) * (x - x / 2)) with (z * x * (b * b)) in Ez by field.
  rewrite G0 in Ey. assert (G : 0 < gap x) by lra. unfold gap in G. lra.
Qed.

(** KL ≤ η²/8 *)
Theorem cost_le_square r x : 0 <= r <= 1 -> 0 <= x -> cost r x <= x * x / 8.
Proof.
  intros H [Hx | <-]; [| rewrite cost_zero by exact H; lra].
  apply Rlt_le, cost_lt_square; assumption.
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
