(** * The Gibbs measure

    Main definitions: [partition_function], [gibbs], [free_energy]; for recovery tokens
    [normaliser], [recovered], [cost]; [sigma] and [logit].
    Main statements: [gibbs_gap] and [gibbs_unique], for any cost f of a token or
    sequence; with f = η 1[a ∉ R] the pointwise problem of Theorem 20: [strictly_convex]
    (eq. 72), [stationary] (eq. 73), [gibbs_measure] (eq. 74), [normalisation] (eq. 75),
    [recovery_probability] (eq. 76), [sigmoid_form] (eq. 77), [kl_cost] (eq. 78),
    [pointwise_optimum], [pointwise_gap], [pointwise_unique] (Theorem 20),
    [importance_weight], [importance_gap], [importance_stationary] (Remark 9). *)

Require Export Formal.Divergence.
Require Import Lra.
Import ListNotations.
Open Scope R_scope.

Section Gibbs.
Context {A : Type}.
Variables (l : list A) (p0 f : A -> R).
Hypothesis nonneg : forall a, In a l -> 0 <= p0 a.
Hypothesis total : sum p0 l = 1.
Implicit Types (p : A -> R) (a : A).

(** Z = Σ_a p_0(a) e^(−f(a)) *)
Definition partition_function : R := sum (fun a => p0 a * exp (- f a)) l.

(** p⋆(a) = p_0(a) e^(−f(a)) / Z *)
Definition gibbs (a : A) : R := p0 a * exp (- f a) / partition_function.

(** KL(p‖p_0) + E_p[f] *)
Definition free_energy (p : A -> R) : R := KL p p0 l + sum (fun a => p a * f a) l.

Lemma partition_pos : 0 < partition_function.
Proof.
  assert (X : exists a, In a l /\ 0 < p0 a).
  { assert (N : sum p0 l <> 0) by (rewrite total; lra). clear total. revert nonneg N.
    induction l as [| a m IH]; intros H N.
    - elim N. reflexivity.
    - destruct (Req_dec (p0 a) 0) as [Z | Z].
      + destruct IH as (b & Hb & Pb).
        * intros b Hb. apply H. right. exact Hb.
        * intros Zm. apply N. rewrite sum_cons, Z, Zm. reals. ring.
        * exists b. split; [right; exact Hb | exact Pb].
      + exists a. split; [left; reflexivity |].
        assert (0 <= p0 a) by (apply H; left; reflexivity). lra. }
  destruct X as (a & Ha & Pa). apply (Rsum_positive _ l a); [| exact Ha |].
  - intros b Hb. apply Rmult_le_pos; [apply nonneg; exact Hb | apply Rlt_le, exp_pos].
  - apply Rmult_lt_0_compat; [exact Pa | apply exp_pos].
Qed.

Lemma gibbs_nonneg a : In a l -> 0 <= gibbs a.
Proof.
  intros Ha. apply Rmult_le_pos; [| apply Rlt_le, Rinv_0_lt_compat, partition_pos].
  apply Rmult_le_pos; [apply nonneg; exact Ha | apply Rlt_le, exp_pos].
Qed.

Lemma gibbs_total : sum gibbs l = 1.
Proof.
  unfold gibbs, Rdiv. rewrite Rsum_scale_r. fold partition_function.
  apply Rinv_r. assert (P := partition_pos). lra.
Qed.

Lemma gibbs_zero a : gibbs a = 0 -> p0 a = 0.
Proof.
  assert (P := partition_pos). assert (X := exp_pos (- f a)).
  intros Z. unfold gibbs, Rdiv in Z.
  apply Rmult_integral in Z. destruct Z as [Z | Z].
  - apply Rmult_integral in Z. destruct Z; lra.
  - assert (/ partition_function <> 0) by (apply Rinv_neq_0_compat; lra). lra.
Qed.

Lemma gibbs_dominates p : dominated p p0 l -> dominated p gibbs l.
Proof.
  intros D a Ha. destruct (D a Ha) as (H & _ & Z).
  split; [exact H | split; [apply gibbs_nonneg; exact Ha |]].
  intros G. apply Z. apply gibbs_zero. exact G.
Qed.

Lemma gibbs_dominated : dominated gibbs p0 l.
Proof.
  intros a Ha. split; [apply gibbs_nonneg; exact Ha | split; [apply nonneg; exact Ha |]].
  intros Z. unfold gibbs. rewrite Z. unfold Rdiv. ring.
Qed.

Lemma log_gibbs a : 0 < p0 a -> ln (gibbs a) = ln (p0 a) - f a - ln partition_function.
Proof.
  intros H. unfold gibbs. rewrite ln_quotient, ln_mult, ln_exp; try lra.
  - apply exp_pos.
  - apply Rmult_lt_0_compat; [exact H | apply exp_pos].
  - apply partition_pos.
Qed.

(** KL(p‖p_0) + E_p[f] = KL(p‖p⋆) − log Z, for every distribution p. *)
Theorem gibbs_gap p : dominated p p0 l -> sum p l = 1 ->
  free_energy p = KL p gibbs l - ln partition_function.
Proof.
  intros D S. unfold free_energy, KL. rewrite <- Rsum_add.
  transitivity (sum (fun a => p a * ln (p a / gibbs a) - p a * ln partition_function) l).
  - apply sum_ext. intros a Ha. destruct (D a Ha) as (H & H0 & Z).
    destruct (Req_dec (p a) 0) as [-> | N]; [ring |].
    assert (P0 : 0 < p0 a) by (destruct (Req_dec (p0 a) 0); [elim N; auto | lra]).
    assert (PG : 0 < gibbs a).
    { assert (G := gibbs_nonneg a Ha).
      destruct (Req_dec (gibbs a) 0) as [E | E]; [assert (B := gibbs_zero a E); lra | lra]. }
    rewrite (ln_quotient (p a) (p0 a)), (ln_quotient (p a) (gibbs a)) by lra.
    rewrite (log_gibbs a P0). ring.
  - rewrite Rsum_sub, Rsum_scale_r, S. ring.
Qed.

Lemma free_energy_gibbs : free_energy gibbs = - ln partition_function.
Proof.
  rewrite (gibbs_gap gibbs gibbs_dominated gibbs_total).
  rewrite (proj2 (KL_zero gibbs gibbs l (gibbs_dominates gibbs gibbs_dominated)
    gibbs_total gibbs_total)) by reflexivity. ring.
Qed.

(** F(p) − F(p⋆) = KL(p‖p⋆), for every distribution p. *)
Theorem gibbs_excess p : dominated p p0 l -> sum p l = 1 ->
  free_energy p - free_energy gibbs = KL p gibbs l.
Proof. intros D S. rewrite free_energy_gibbs, (gibbs_gap p D S). ring. Qed.

(** p⋆ is a minimiser, *)
Theorem gibbs_optimal p : dominated p p0 l -> sum p l = 1 ->
  free_energy gibbs <= free_energy p.
Proof.
  intros D S. assert (E := gibbs_excess p D S).
  assert (N := KL_nonneg p gibbs l (gibbs_dominates p D) S gibbs_total). lra.
Qed.

(** and the only one. *)
Theorem gibbs_unique p : dominated p p0 l -> sum p l = 1 ->
  free_energy p <= free_energy gibbs -> forall a, In a l -> p a = gibbs a.
Proof.
  intros D S L. assert (E := gibbs_excess p D S).
  assert (N := KL_nonneg p gibbs l (gibbs_dominates p D) S gibbs_total).
  apply (proj1 (KL_zero p gibbs l (gibbs_dominates p D) S gibbs_total)). lra.
Qed.

(** The Lagrange condition: log(p⋆(a)/p_0(a)) + f(a) is the same for all tokens. *)
Theorem gibbs_stationary a : 0 < p0 a -> ln (gibbs a / p0 a) + f a = - ln partition_function.
Proof.
  intros H. assert (PG : 0 < gibbs a).
  { apply Rmult_lt_0_compat; [| apply Rinv_0_lt_compat, partition_pos].
    apply Rmult_lt_0_compat; [exact H | apply exp_pos]. }
  rewrite ln_quotient, (log_gibbs a H) by assumption. ring.
Qed.

End Gibbs.

(** ** The pointwise problem of Theorem 20 *)

(** σ(x) = 1/(1 + e^(−x)), logit = σ⁻¹ *)
Definition sigma (x : R) : R := / (1 + exp (- x)).
Definition logit (r : R) : R := ln (r / (1 - r)).

(** Z = 1 − ρ_0 + ρ_0 e^η, ρ⋆ = ρ_0 e^η / Z, and the cost ηρ⋆ − log Z *)
Definition normaliser (rho eta : R) : R := 1 - rho + rho * exp eta.
Definition recovered (rho eta : R) : R := rho * exp eta / normaliser rho eta.
Definition cost (rho eta : R) : R := eta * recovered rho eta - ln (normaliser rho eta).

Lemma exp_ge_1 x : 0 <= x -> 1 <= exp x.
Proof.
  intros [H | <-]; [| rewrite exp_0; lra]. apply Rlt_le. rewrite <- exp_0.
  apply exp_increasing. exact H.
Qed.

Lemma normaliser_pos rho eta : 0 <= rho <= 1 -> 0 < normaliser rho eta.
Proof.
  intros H. unfold normaliser. assert (X := exp_pos eta).
  destruct (Req_dec rho 0) as [-> | N]; [lra |].
  assert (0 < rho * exp eta) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

(** Equation 77: ρ⋆ = σ(logit ρ_0 + η) for 0 < ρ_0 < 1. *)
Theorem sigmoid_form rho eta : 0 < rho < 1 -> recovered rho eta = sigma (logit rho + eta).
Proof.
  intros H. unfold sigma, logit, recovered, normaliser.
  rewrite Ropp_plus_distr, exp_plus, (exp_Ropp eta), (exp_Ropp (ln _)), exp_ln
    by (apply Rdiv_lt_0_compat; lra).
  assert (X := exp_pos eta). field.
  assert (0 < rho * exp eta) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

(** Equation 77: ρ⋆ = 1/(1 + ((1−ρ_0)/ρ_0) e^(−η)). *)
Theorem odds_form rho eta : 0 < rho <= 1 ->
  recovered rho eta = / (1 + (1 - rho) / rho * exp (- eta)).
Proof.
  intros H. unfold recovered, normaliser. rewrite exp_Ropp. assert (X := exp_pos eta).
  assert (0 < rho * exp eta) by (apply Rmult_lt_0_compat; lra).
  field. repeat split; lra.
Qed.

Section Pointwise.
Context {A : Type}.
Variables (l : list A) (p0 : A -> R) (inR : A -> bool) (eta : R).
Hypothesis nonneg : forall a, In a l -> 0 <= p0 a.
Hypothesis total : sum p0 l = 1.
Implicit Types (p : A -> R) (a : A).

(** p(R) = Σ_(a∈R) p(a) *)
Definition mass (p : A -> R) : R := sum (fun a => p a * (if inR a then 1 else 0)) l.

(** The cost η 1[a ∉ R] of a token; eq. 72 is KL(p‖p_0) plus its mean. *)
Definition tilt (a : A) : R := if inR a then 0 else eta.
Definition pointwise (p : A -> R) : R := free_energy l p0 tilt p.
Definition optimum : A -> R := gibbs l p0 tilt.

(** Equation 72: the objective is KL(p‖p_0) + η p(R^c). *)
Theorem pointwise_objective p : sum p l = 1 ->
  pointwise p = KL p p0 l + eta * (1 - mass p).
Proof.
  intros S. unfold pointwise, free_energy. f_equal.
  rewrite <- S. unfold mass. rewrite <- Rsum_sub, <- Rsum_scale.
  apply sum_ext. intros a _. unfold tilt. destruct (inR a); ring.
Qed.

(** Equation 72: the objective is strictly convex. *)
Theorem strictly_convex p q th a : 0 < th < 1 ->
  dominated p p0 l -> dominated q p0 l -> sum p l = 1 -> sum q l = 1 ->
  In a l -> p a <> q a ->
  pointwise (fun a => th * p a + (1 - th) * q a) < th * pointwise p + (1 - th) * pointwise q.
Proof.
  intros Hth Dp Dq Sp Sq Ha N.
  assert (C := KL_strictly_convex p q p0 l th a Hth Dp Dq Sp Sq Ha N).
  unfold pointwise, free_energy.
  rewrite (sum_ext (fun a => (th * p a + (1 - th) * q a) * tilt a)
    (fun a => th * (p a * tilt a) + (1 - th) * (q a * tilt a))) by (intros b _; ring).
  rewrite Rsum_add, !Rsum_scale. lra.
Qed.

Lemma tilt_exp a : exp (- tilt a) = exp (- eta) * exp (if inR a then eta else 0).
Proof.
  rewrite <- exp_plus. f_equal. unfold tilt. destruct (inR a); ring.
Qed.

(** Equation 75: Z = Σ_a p_0(a) e^(η 1[a ∈ R]) = 1 − ρ_0 + ρ_0 e^η. *)
Theorem normalisation :
  sum (fun a => p0 a * exp (if inR a then eta else 0)) l = normaliser (mass p0) eta.
Proof.
  unfold normaliser, mass. rewrite <- total at 1. rewrite <- Rsum_scale_r, <- Rsum_sub, <- Rsum_add.
  apply sum_ext. intros a _. destruct (inR a); [ring |]. rewrite exp_0. ring.
Qed.

Lemma partition_normaliser :
  partition_function l p0 tilt = exp (- eta) * normaliser (mass p0) eta.
Proof.
  rewrite <- normalisation, <- Rsum_scale. apply sum_ext. intros a _.
  rewrite tilt_exp. ring.
Qed.

Lemma mass_bounds : 0 <= mass p0 <= 1.
Proof.
  split.
  - apply Rsum_nonneg. intros a Ha. specialize (nonneg a Ha). destruct (inR a); lra.
  - rewrite <- total. apply Rsum_le. intros a Ha. specialize (nonneg a Ha).
    destruct (inR a); lra.
Qed.

(** Equation 73: at p⋆ the derivative of the Lagrange function,
    log(p⋆(a)/p_0(a)) + 1 + η 1[a ∉ R] + ν, vanishes at all tokens, with ν = log Z − η − 1. *)
Theorem stationary a : In a l -> 0 < p0 a ->
  ln (optimum a / p0 a) + 1 + tilt a + (ln (normaliser (mass p0) eta) - eta - 1) = 0.
Proof.
  intros _ Pa. assert (E := gibbs_stationary l p0 tilt nonneg total a Pa).
  fold optimum in E. rewrite partition_normaliser, ln_mult, ln_exp in E
    by (apply exp_pos || apply normaliser_pos, mass_bounds). lra.
Qed.

(** Equation 74 (eq. 47): p⋆(a) = p_0(a) e^(η 1[a ∈ R]) / Z. *)
Theorem gibbs_measure a :
  optimum a = p0 a * exp (if inR a then eta else 0) / normaliser (mass p0) eta.
Proof.
  unfold optimum, gibbs. rewrite partition_normaliser, tilt_exp.
  assert (P := normaliser_pos (mass p0) eta mass_bounds). assert (X := exp_pos (- eta)).
  field. split; lra.
Qed.

(** Equation 76: ρ⋆ = ρ_0 e^η / (1 − ρ_0 + ρ_0 e^η). *)
Theorem recovery_probability : mass optimum = recovered (mass p0) eta.
Proof.
  unfold mass at 1.
  rewrite (sum_ext _ (fun a => exp eta / normaliser (mass p0) eta
    * (p0 a * (if inR a then 1 else 0)))).
  - rewrite Rsum_scale. fold (mass p0). unfold recovered.
    assert (P := normaliser_pos (mass p0) eta mass_bounds). field. lra.
  - intros a _. rewrite gibbs_measure.
    assert (P := normaliser_pos (mass p0) eta mass_bounds).
    destruct (inR a); field; lra.
Qed.

Lemma optimum_total : sum optimum l = 1.
Proof. apply gibbs_total; assumption. Qed.

(** Equation 78 (eq. 49): KL(p⋆‖p_0) = ηρ⋆ − log Z. *)
Theorem kl_cost : KL optimum p0 l = cost (mass p0) eta.
Proof.
  assert (E := free_energy_gibbs l p0 tilt nonneg total).
  fold optimum in E. fold (pointwise optimum) in E.
  rewrite (pointwise_objective optimum optimum_total), partition_normaliser in E.
  rewrite ln_mult, ln_exp in E by (apply exp_pos || apply normaliser_pos, mass_bounds).
  unfold cost. rewrite <- recovery_probability. lra.
Qed.

(** Theorem 20: p⋆ is the optimum, among all distributions p. *)
Theorem pointwise_optimum p : dominated p p0 l -> sum p l = 1 ->
  pointwise optimum <= pointwise p.
Proof. apply gibbs_optimal; assumption. Qed.

(** Theorem 20: F(p) − F(p⋆) = KL(p‖p⋆). *)
Theorem pointwise_gap p : dominated p p0 l -> sum p l = 1 ->
  pointwise p - pointwise optimum = KL p optimum l.
Proof. apply gibbs_excess; assumption. Qed.

(** Theorem 20: there is no other. *)
Theorem pointwise_unique p : dominated p p0 l -> sum p l = 1 ->
  pointwise p <= pointwise optimum -> forall a, In a l -> p a = optimum a.
Proof. apply gibbs_unique; assumption. Qed.

End Pointwise.

(** Remark 9 (eq. 79): the prefix has weight P in the KL and Q in the penalty,
    P·KL(p‖p_0) + Qη p(R^c). Its optimum is that of Theorem 20 with (Q/P)η for η. *)
Theorem importance_weight {A} (l : list A) p0 inR eta P Q :
  (forall a, In a l -> 0 <= p0 a) -> sum p0 l = 1 -> 0 < P ->
  forall p, dominated p p0 l -> sum p l = 1 ->
  let best := optimum l p0 inR (Q / P * eta) in
  P * KL best p0 l + Q * eta * (1 - mass l inR best)
  <= P * KL p p0 l + Q * eta * (1 - mass l inR p).
Proof.
  intros Hn Ht HP p D S best.
  assert (B := pointwise_optimum l p0 inR (Q / P * eta) Hn Ht p D S).
  rewrite !pointwise_objective in B by (exact S || apply optimum_total; assumption).
  fold best in B. apply (Rmult_le_compat_l P) in B; [| lra].
  replace (P * (KL best p0 l + Q / P * eta * (1 - mass l inR best)))
    with (P * KL best p0 l + Q * eta * (1 - mass l inR best)) in B by (field; lra).
  replace (P * (KL p p0 l + Q / P * eta * (1 - mass l inR p)))
    with (P * KL p p0 l + Q * eta * (1 - mass l inR p)) in B by (field; lra).
  exact B.
Qed.

(** Remark 9: what any other p has more is P·KL(p‖p⋆). *)
Theorem importance_gap {A} (l : list A) p0 inR eta P Q :
  (forall a, In a l -> 0 <= p0 a) -> sum p0 l = 1 -> 0 < P ->
  forall p, dominated p p0 l -> sum p l = 1 ->
  let best := optimum l p0 inR (Q / P * eta) in
  P * KL p p0 l + Q * eta * (1 - mass l inR p)
  - (P * KL best p0 l + Q * eta * (1 - mass l inR best)) = P * KL p best l.
Proof.
  intros Hn Ht HP p D S best.
  assert (B := pointwise_gap l p0 inR (Q / P * eta) Hn Ht p D S).
  rewrite !pointwise_objective in B by (exact S || apply optimum_total; assumption).
  fold best in B. rewrite <- B. field. lra.
Qed.

(** Remark 9: at p⋆ P·log(p⋆(a)/p_0(a)) + Q·η·1[a∉R] is the same at all tokens. *)
Theorem importance_stationary {A} (l : list A) p0 inR eta P Q :
  (forall a, In a l -> 0 <= p0 a) -> sum p0 l = 1 -> 0 < P ->
  let best := optimum l p0 inR (Q / P * eta) in
  forall a b, 0 < p0 a -> 0 < p0 b ->
  P * ln (best a / p0 a) + Q * tilt inR eta a = P * ln (best b / p0 b) + Q * tilt inR eta b.
Proof.
  intros Hn Ht HP best a b Pa Pb.
  assert (L : forall c, 0 < p0 c -> P * ln (best c / p0 c) + Q * tilt inR eta c
    = P * - ln (partition_function l p0 (tilt inR (Q / P * eta)))).
  { intros c Pc. rewrite <- (gibbs_stationary l p0 (tilt inR (Q / P * eta)) Hn Ht c Pc).
    fold (optimum l p0 inR (Q / P * eta)). fold best. unfold tilt.
    destruct (inR c); field; lra. }
  rewrite (L a Pa), (L b Pb). reflexivity.
Qed.

(** Where a token of R has positive probability, ρ_0 > 0. *)
Theorem mass_pos {A} (l : list A) (inR : A -> bool) p0 a :
  (forall b, In b l -> 0 <= p0 b) -> In a l -> 0 < p0 a -> inR a = true -> 0 < mass l inR p0.
Proof.
  intros Hn Ha Pa Ra. apply (Rsum_positive _ l a); [| exact Ha | rewrite Ra; lra].
  intros b Hb. specialize (Hn b Hb). destruct (inR b); lra.
Qed.
