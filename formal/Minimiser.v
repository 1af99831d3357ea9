(** * Every minimiser stays near the base model

    Main statements: [cost_le_square_all] (KL ≤ η²/8 for every sign of η), [hoeffding]
    (Hoeffding's lemma), [moved_harm] (s(E_0 − E_P)[Harm] ≤ KL + s²/8), and
    [minimiser_near_base]: in every family that contains P_0, every minimiser of eq. 2 has
    KL(P‖P_0) ≤ λ²/2, so that KL_k = O(λ²) at every position (Theorem 27, part 1). *)

Require Export Formal.Robustness Formal.Optimum.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

(** The cost at tilt −η is that of the complement at tilt η. *)
Lemma cost_opposite r x : 0 <= r <= 1 -> cost r (- x) = cost (1 - r) x.
Proof.
  intros H. assert (N := normaliser_pos (1 - r) x ltac:(lra)). assert (X := exp_pos x).
  assert (Eq : normaliser r (- x) = exp (- x) * normaliser (1 - r) x).
  { unfold normaliser. rewrite exp_Ropp. field. lra. }
  unfold cost, recovered. rewrite Eq, ln_mult, ln_exp by (exact N || apply exp_pos).
  unfold normaliser in *. rewrite exp_Ropp. field. split; lra.
Qed.

(** KL ≤ η²/8 *)
Theorem cost_le_square_all r x : 0 <= r <= 1 -> cost r x <= x * x / 8.
Proof.
  intros H. destruct (Rle_or_lt 0 x) as [P | P]; [apply cost_le_square; assumption |].
  replace x with (- - x) at 1 by ring. rewrite cost_opposite by exact H.
  replace (x * x / 8) with (- x * - x / 8) by field. apply cost_le_square; lra.
Qed.

(** Hoeffding's lemma for a token: log(1 − m + m e^x) ≤ mx + x²/8. *)
Theorem hoeffding m x : 0 <= m <= 1 -> ln (normaliser m x) <= m * x + x * x / 8.
Proof.
  intros H. assert (N := normaliser_pos m x H). assert (X := exp_pos x).
  set (r := recovered m x). assert (B : 0 <= r <= 1) by (apply recovered_bounds; exact H).
  assert (Nr : normaliser r (- x) = / normaliser m x).
  { unfold r, recovered, normaliser in *. rewrite exp_Ropp. field. split; lra. }
  assert (Rr : recovered r (- x) = m).
  { unfold recovered. rewrite Nr. unfold r, recovered. rewrite exp_Ropp. field. split; lra. }
  assert (C := cost_le_square_all r (- x) B). unfold cost in C.
  rewrite Nr, Rr, ln_Rinv in C by exact N. lra.
Qed.

Section Near.
Context {E : Type}.
Variables (p0 : E -> R) (t : tree E) (Harm : path E -> R).
Hypothesis pol : policy p0 t.
Hypothesis harm_range : forall w, In w (paths t) -> 0 <= Harm w <= 1.
Implicit Types (P : path E -> R) (w : path E).

(** E_P[Harm] *)
Definition mean P : R := sum (fun w => P w * Harm w) (paths t).

(** e^(−sh) ≤ 1 − h + h e^(−s) for 0 ≤ h ≤ 1: the exponential is convex. *)
Lemma exp_chord s y : 0 <= y <= 1 -> exp (- (s * y)) <= 1 - y + y * exp (- s).
Proof.
  intros Hy. set (a := exp (- (s * y))). assert (Pa : 0 < a) by apply exp_pos.
  (* the tangent at −sy lies below the exponential, at 0 and at −s *)
  assert (T : forall u, a * (1 + (u + s * y)) <= exp u).
  { intros u. replace u with (- (s * y) + (u + s * y)) at 2 by ring. rewrite exp_plus.
    fold a. apply Rmult_le_compat_l; [lra |].
    destruct (Req_dec (u + s * y) 0) as [-> | N]; [rewrite exp_0; lra |].
    apply Rlt_le, exp_ineq1. exact N. }
  assert (T0 := T 0). rewrite exp_0 in T0. assert (T1 := T (- s)).
  apply (Rmult_le_compat_l (1 - y)) in T0; [| lra].
  apply (Rmult_le_compat_l y) in T1; [| lra].
  replace a with ((1 - y) * (a * (1 + (0 + s * y))) + y * (a * (1 + (- s + s * y)))) by ring.
  lra.
Qed.

Lemma mean_range P : (forall w, In w (paths t) -> 0 <= P w) -> sum P (paths t) = 1 ->
  0 <= mean P <= 1.
Proof.
  intros HP S. unfold mean. split.
  - apply Rsum_nonneg. intros w Hw. apply Rmult_le_pos; [apply HP | apply harm_range]; exact Hw.
  - rewrite <- S. apply Rsum_le. intros w Hw. rewrite <- (Rmult_1_r (P w)) at 2.
    apply Rmult_le_compat_l; [apply HP | apply harm_range]; exact Hw.
Qed.

(** s(E_0[Harm] − E_P[Harm]) ≤ KL(P‖P_0) + s²/8 for every s and every law P. *)
Theorem moved_harm P s : dominated P (weight p0) (paths t) -> sum P (paths t) = 1 ->
  s * (mean (weight p0) - mean P) <= KL P (weight p0) (paths t) + s * s / 8.
Proof.
  intros D S. set (m := mean (weight p0)).
  assert (L := optimum_least p0 t Harm s pol P D S).
  rewrite (objective_free_energy p0 t Harm s (optimal_law p0 t Harm s)) in L.
  unfold optimal_law in L.
  rewrite (free_energy_gibbs _ _ _ (base_nonneg p0 t pol) (base_total p0 t pol)) in L.
  set (Z := partition_function _ _ _) in L.
  assert (Rm : 0 <= m <= 1)
    by (apply mean_range; [exact (base_nonneg p0 t pol) | exact (base_total p0 t pol)]).
  assert (B : Z <= normaliser m (- s)).
  { unfold normaliser. unfold Z, partition_function.
    replace (1 - m + m * exp (- s)) with (sum (fun w =>
      weight p0 w * (1 - Harm w + Harm w * exp (- s))) (paths t)).
    - apply Rsum_le. intros w Hw. apply Rmult_le_compat_l.
      + exact (base_nonneg p0 t pol w Hw).
      + apply exp_chord. apply harm_range. exact Hw.
    - transitivity (sum (weight p0) (paths t) - m + m * exp (- s));
        [| rewrite (base_total p0 t pol); reflexivity].
      unfold m, mean. rewrite <- Rsum_scale_r, <- Rsum_sub, <- Rsum_add.
      apply sum_ext. intros w _. ring. }
  assert (PZ : 0 < Z) by exact (partition_pos _ _ _ (base_nonneg p0 t pol) (base_total p0 t pol)).
  assert (LZ : ln Z <= ln (normaliser m (- s))).
  { destruct B as [B | ->]; [apply Rlt_le, ln_increasing; assumption | lra]. }
  assert (H := hoeffding m (- s) Rm).
  unfold objective in L. fold (mean P) in L.
  replace (- s * - s / 8) with (s * s / 8) in H by field. lra.
Qed.

(** Theorem 27, part 1, for every family that contains P_0 and every λ ≥ 0: a minimiser of
    eq. 2, global, and even any P no worse than P_0, has KL(P‖P_0) ≤ λ²/2. *)
Theorem minimiser_near_base P lambda : 0 <= lambda ->
  dominated P (weight p0) (paths t) -> sum P (paths t) = 1 ->
  objective p0 t Harm lambda P <= objective p0 t Harm lambda (weight p0) ->
  KL P (weight p0) (paths t) <= lambda * lambda / 2.
Proof.
  intros Hl D S L. unfold objective in L.
  assert (K0 : KL (weight p0) (weight p0) (paths t) = 0).
  { apply (proj2 (KL_zero (weight p0) (weight p0) (paths t)
      (fun w Hw => conj (base_nonneg p0 t pol w Hw) (conj (base_nonneg p0 t pol w Hw) (fun Z => Z)))
      (base_total p0 t pol) (base_total p0 t pol))). reflexivity. }
  rewrite K0 in L. fold (mean P) in L. fold (mean (weight p0)) in L.
  assert (M := moved_harm P (2 * lambda) D S). lra.
Qed.

End Near.
