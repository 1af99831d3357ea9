(** * Information in nats: Gaussian positions, and Pinsker's bound on the mean harm

    Main statements: [gaussian_scaled], [gaussian_order] (Remark 1: variance and entropy order
    Gaussian positions alike, where the conditional variance before them is the same);
    [moved_harm_squared], [worse_by_harm] (Assumption 1). *)

Require Export Formal.Minimiser.
Require Import Lra.
Import ListNotations.
Open Scope R_scope.

(** Remark 1, jointly Gaussian: (v − v')·e^(2MI) = v·(e^(2MI) − 1), MI = ½ log(v/v'). *)
Theorem gaussian_scaled v v' : 0 < v -> 0 < v' ->
  (v - v') * exp (2 * (1 / 2 * ln (v / v'))) = v * (exp (2 * (1 / 2 * ln (v / v'))) - 1).
Proof.
  intros H H'. replace (2 * (1 / 2 * ln (v / v'))) with (ln (v / v')) by field.
  rewrite exp_ln by (apply Rdiv_lt_0_compat; assumption). field. lra.
Qed.

(** Remark 1, jointly Gaussian: of two positions after the same ones, that of more variance
    information has more mutual information. *)
Theorem gaussian_order v v1 v2 : 0 < v -> 0 < v1 -> 0 < v2 ->
  v - v1 < v - v2 <-> 1 / 2 * ln (v / v1) < 1 / 2 * ln (v / v2).
Proof.
  intros H H1 H2. rewrite !ln_quotient by assumption. split; intros L.
  - assert (M := ln_increasing v2 v1 H2 ltac:(lra)). lra.
  - assert (M := ln_lt_inv v2 v1 H2 H1 ltac:(lra)). lra.
Qed.

Section Pinsker.
Context {E : Type}.
Variables (p0 : E -> R) (t : tree E) (Harm : path E -> R).
Hypothesis pol : policy p0 t.
Hypothesis harm_range : forall w, In w (paths t) -> 0 <= Harm w <= 1.
Implicit Type P : path E -> R.

(** 2(E_0[Harm] − E_P[Harm])² ≤ KL(P‖P_0) *)
Theorem moved_harm_squared P : dominated P (weight p0) (paths t) -> sum P (paths t) = 1 ->
  let d := mean t Harm (weight p0) - mean t Harm P in 2 * (d * d) <= KL P (weight p0) (paths t).
Proof.
  intros D S d. assert (M := moved_harm p0 t Harm pol harm_range P (4 * d) D S). fold d in M. lra.
Qed.

(** Where P is no worse than P_0 in eq. 2, KL(P‖P_0) ≤ λ(E_0[Harm] − E_P[Harm]). *)
Theorem worse_by_harm P lambda :
  objective p0 t Harm lambda P <= objective p0 t Harm lambda (weight p0) ->
  KL P (weight p0) (paths t) <= lambda * (mean t Harm (weight p0) - mean t Harm P).
Proof.
  unfold objective. fold (mean t Harm P). fold (mean t Harm (weight p0)).
  assert (K0 : KL (weight p0) (weight p0) (paths t) = 0).
  { apply (proj2 (KL_zero (weight p0) (weight p0) (paths t)
      (fun w Hw => conj (base_nonneg p0 t pol w Hw) (conj (base_nonneg p0 t pol w Hw) (fun Z => Z)))
      (base_total p0 t pol) (base_total p0 t pol))). reflexivity. }
  rewrite K0. lra.
Qed.

End Pinsker.
