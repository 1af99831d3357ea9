(** * Steps towards the optimum, families, one position

    Main definitions: [mirror_step], [mirror_path], [progress]; [penalty_optimum].
    Main statements: [mirror_step_excess], [mirror_path_law] (after any steps of mirror descent
    the law is the optimum of eq. 2 for a smaller λ), [mirror_path_difference],
    [mirror_path_optimum]; [penalty_optimum_form], [one_position_excess], [penalty_costs];
    [log_ratio_difference]; [objective_difference], [objective_derivative] (any family). *)

Require Export Formal.Optimum Formal.Robustness.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

Section Laws.
Context {A : Type}.
Implicit Types (l : list A) (u v f g : A -> R) (a b : A).

(** Weights in proportion make the same Gibbs measure. *)
Lemma gibbs_proportional l u f v g k : 0 < k -> partition_function l v g <> 0 ->
  (forall a, In a l -> u a * exp (- f a) = k * (v a * exp (- g a))) ->
  forall a, In a l -> gibbs l u f a = gibbs l v g a.
Proof.
  intros Hk HZ H a Ha. unfold gibbs. rewrite (H a Ha).
  replace (partition_function l u f) with (k * partition_function l v g).
  - field. split; lra.
  - unfold partition_function. rewrite <- Rsum_scale. apply sum_ext. intros b Hb.
    symmetry. apply H. exact Hb.
Qed.

Variables (l : list A) (p0 cost : A -> R).
Hypothesis nonneg : forall a, In a l -> 0 <= p0 a.
Hypothesis total : sum p0 l = 1.

(** One step of size τ from the law p: P ∝ p·exp(−τ(cost + log(p/p_0))). *)
Definition mirror_step (p : A -> R) (tau : R) : A -> R :=
  gibbs l p (fun a => tau * (cost a + ln (p a / p0 a))).

(** The steps of the given sizes, the latest first, from p_0 on. *)
Fixpoint mirror_path (taus : list R) : A -> R :=
  match taus with
  | [] => p0
  | tau :: before => mirror_step (mirror_path before) tau
  end.

(** 1 − Π_i (1 − τ_i) *)
Definition progress (taus : list R) : R := 1 - fold_right (fun tau r => (1 - tau) * r) 1 taus.

(** The step minimises τ·E_q[cost + log(p/p_0)] + KL(q‖p), and what any other law q has more
    is KL(q‖P). *)
Theorem mirror_step_excess p tau q : (forall a, In a l -> 0 <= p a) -> sum p l = 1 ->
  dominated q p l -> sum q l = 1 ->
  let L q := tau * sum (fun a => q a * (cost a + ln (p a / p0 a))) l + KL q p l in
  L q - L (mirror_step p tau) = KL q (mirror_step p tau) l.
Proof.
  intros Hn Ht D S L. unfold mirror_step at 2.
  rewrite <- (gibbs_excess l p (fun a => tau * (cost a + ln (p a / p0 a))) Hn Ht q D S).
  assert (F : forall r, free_energy l p (fun a => tau * (cost a + ln (p a / p0 a))) r = L r).
  { intros r. unfold free_energy, L. rewrite Rplus_comm. f_equal. rewrite <- Rsum_scale.
    apply sum_ext. intros a _. ring. }
  rewrite !F. reflexivity.
Qed.

(** After any steps the law is p_0·exp(−(1−Π_i(1−τ_i))·cost)/Z. *)
Theorem mirror_path_law taus a : In a l ->
  mirror_path taus a = gibbs l p0 (fun a => progress taus * cost a) a.
Proof.
  revert a. induction taus as [| tau before IH]; intros a Ha.
  - unfold gibbs, partition_function, progress. simpl.
    rewrite (sum_ext _ p0).
    + rewrite total. reals. replace (- ((1 - 1) * cost a)) with 0 by ring. rewrite exp_0. field.
    + intros b _. replace (- ((1 - 1) * cost b)) with 0 by ring. rewrite exp_0. ring.
  - simpl mirror_path. unfold mirror_step. set (p := mirror_path before) in *.
    set (m := progress before) in *. set (f := fun a => m * cost a) in *.
    assert (Z := partition_pos l p0 f nonneg total).
    apply (gibbs_proportional l p _ p0 _
      (/ partition_function l p0 f * exp (tau * ln (partition_function l p0 f)))).
    + apply Rmult_lt_0_compat; [apply Rinv_0_lt_compat; exact Z | apply exp_pos].
    + assert (Z' := partition_pos l p0 (fun a => progress (tau :: before) * cost a) nonneg total).
      lra.
    + intros b Hb. rewrite (IH b Hb). destruct (Req_dec (p0 b) 0) as [Z0 | N0].
      * unfold gibbs at 1. rewrite Z0. unfold Rdiv. ring.
      * assert (P0 : 0 < p0 b) by (assert (N := nonneg b Hb); lra).
        assert (L := gibbs_stationary l p0 f nonneg total b P0).
        replace (ln (gibbs l p0 f b / p0 b)) with (- ln (partition_function l p0 f) - f b) by lra.
        unfold gibbs at 1. unfold Rdiv.
        replace (p0 b * exp (- f b) * / partition_function l p0 f
          * exp (- (tau * (cost b + (- ln (partition_function l p0 f) - f b)))))
          with (/ partition_function l p0 f * p0 b * (exp (- f b)
          * exp (- (tau * (cost b + (- ln (partition_function l p0 f) - f b)))))) by ring.
        rewrite <- exp_plus.
        replace (/ partition_function l p0 f * exp (tau * ln (partition_function l p0 f))
          * (p0 b * exp (- (progress (tau :: before) * cost b))))
          with (/ partition_function l p0 f * p0 b * (exp (tau * ln (partition_function l p0 f))
          * exp (- (progress (tau :: before) * cost b)))) by ring.
        rewrite <- exp_plus. f_equal. f_equal.
        replace (progress (tau :: before)) with (m + tau - tau * m)
          by (unfold m, progress; simpl; ring).
        unfold f. ring.
    + exact Ha.
Qed.

(** log(P_n/P_0)(a) − log(P_n/P_0)(b) = −(1−Π_i(1−τ_i))·(cost(a) − cost(b)), after any steps. *)
Theorem mirror_path_difference taus a b : In a l -> In b l -> 0 < p0 a -> 0 < p0 b ->
  ln (mirror_path taus a / p0 a) - ln (mirror_path taus b / p0 b)
  = - (progress taus * (cost a - cost b)).
Proof.
  intros Ha Hb Pa Pb. rewrite (mirror_path_law taus a Ha), (mirror_path_law taus b Hb).
  assert (La := gibbs_stationary l p0 (fun a => progress taus * cost a) nonneg total a Pa).
  assert (Lb := gibbs_stationary l p0 (fun a => progress taus * cost a) nonneg total b Pb).
  cbv beta in La, Lb. lra.
Qed.

(** ** One position: harm and penalty of a token *)

Variable inR : A -> bool.

(** cost + KL, and the penalty p(R^c) *)
Let bill p : R := sum (fun a => p a * cost a) l + KL p p0 l.
Let penalised eta p : R := bill p + eta * (1 - mass l inR p).
(** P ∝ p_0·exp(−cost + η·1[a∈R]) *)
Definition penalty_optimum (eta : R) : A -> R := gibbs l p0 (fun a => cost a + tilt inR eta a).

(** penalty_optimum is p_0(a)·e^(−cost(a) + η·1[a∈R]), normalised. *)
Theorem penalty_optimum_form eta a : In a l -> penalty_optimum eta a
  = p0 a * exp (- cost a + (if inR a then eta else 0))
    / sum (fun a => p0 a * exp (- cost a + (if inR a then eta else 0))) l.
Proof.
  intros Ha. set (g := fun a => cost a - (if inR a then eta else 0)).
  assert (Eg : forall b, - g b = - cost b + (if inR b then eta else 0))
    by (intros b; unfold g; ring).
  transitivity (gibbs l p0 g a).
  - apply (gibbs_proportional l p0 _ p0 g (exp (- eta))); [apply exp_pos | | | exact Ha].
    + assert (Z := partition_pos l p0 g nonneg total). lra.
    + intros b _. rewrite Eg.
      replace (exp (- eta) * (p0 b * exp (- cost b + (if inR b then eta else 0))))
        with (p0 b * (exp (- eta) * exp (- cost b + (if inR b then eta else 0)))) by ring.
      rewrite <- exp_plus. f_equal. f_equal. unfold tilt. destruct (inR b); ring.
  - unfold gibbs, partition_function. rewrite Eg. f_equal.
    apply sum_ext. intros b _. rewrite Eg. reflexivity.
Qed.

(** One position, eq. 43: L(p) − L(P) = KL(p‖P) for every p. *)
Theorem one_position_excess eta p : dominated p p0 l -> sum p l = 1 ->
  penalised eta p - penalised eta (penalty_optimum eta) = KL p (penalty_optimum eta) l.
Proof.
  intros D S. assert (F : forall r, sum r l = 1 ->
    free_energy l p0 (fun a => cost a + tilt inR eta a) r = penalised eta r).
  { intros r Sr. assert (O := pointwise_objective l p0 inR eta r Sr).
    unfold pointwise, free_energy in O. unfold free_energy, penalised, bill.
    rewrite (sum_ext _ (fun a => r a * cost a + r a * tilt inR eta a)) by (intros; ring).
    rewrite Rsum_add. lra. }
  rewrite <- (F p S), <- F by (apply gibbs_total; assumption).
  apply gibbs_excess; assumption.
Qed.

(** A larger penalty costs more in cost + KL, where R is neither empty nor everything. *)
Theorem penalty_costs eta eta' a b : 0 <= eta' < eta ->
  In a l -> 0 < p0 a -> inR a = true -> In b l -> 0 < p0 b -> inR b = false ->
  bill (penalty_optimum eta') < bill (penalty_optimum eta).
Proof.
  intros He Ha Pa Ra Hb Pb Rb. set (P := penalty_optimum eta). set (P' := penalty_optimum eta').
  assert (D : dominated P p0 l) by (apply gibbs_dominated; assumption).
  assert (D' : dominated P' p0 l) by (apply gibbs_dominated; assumption).
  assert (S : sum P l = 1) by (apply gibbs_total; assumption).
  assert (S' : sum P' l = 1) by (apply gibbs_total; assumption).
  assert (G := one_position_excess eta P' D' S'). assert (G' := one_position_excess eta' P D S).
  fold P in G. fold P' in G'. unfold penalised in G, G'.
  assert (DP : dominated P P' l) by (apply gibbs_dominates; assumption).
  assert (DP' : dominated P' P l) by (apply gibbs_dominates; assumption).
  assert (K := KL_nonneg P' P l DP' S' S). assert (K' := KL_nonneg P P' l DP S S').
  assert (N : KL P P' l <> 0).
  { intros Z. assert (Eq := proj1 (KL_zero P P' l DP S S') Z).
    assert (La := gibbs_stationary l p0 (fun a => cost a + tilt inR eta a) nonneg total a Pa).
    assert (Lb := gibbs_stationary l p0 (fun a => cost a + tilt inR eta a) nonneg total b Pb).
    assert (La' := gibbs_stationary l p0 (fun a => cost a + tilt inR eta' a) nonneg total a Pa).
    assert (Lb' := gibbs_stationary l p0 (fun a => cost a + tilt inR eta' a) nonneg total b Pb).
    fold (penalty_optimum eta) in La, Lb. fold (penalty_optimum eta') in La', Lb'.
    fold P in La, Lb. fold P' in La', Lb'. rewrite (Eq a Ha) in La. rewrite (Eq b Hb) in Lb.
    unfold tilt in *. rewrite Ra in *. rewrite Rb in *. lra. }
  set (m := mass l inR P) in *. set (m' := mass l inR P') in *.
  (* the penalty falls: (η − η')(p'(R^c) − p(R^c)) = KL + KL' > 0 *)
  assert (Fall : 0 < (eta - eta') * (m - m')) by lra.
  assert (M : m' < m).
  { destruct (Rlt_or_le m' m) as [L | L]; [exact L |].
    assert (0 <= (eta - eta') * (m' - m)) by (apply Rmult_le_pos; lra). lra. }
  assert (0 <= eta' * (m - m')) by (apply Rmult_le_pos; lra). lra.
Qed.

End Laws.

(** ** Laws of sequences *)

Section Sequences.
Context {E : Type}.
Variables (p0 : E -> R) (t : tree E) (Harm : path E -> R) (lambda : R).
Hypothesis pol : policy p0 t.
Implicit Types (P : path E -> R) (w v : path E).

(** Mirror descent on eq. 2 over the laws of sequences: after steps τ_1, …, τ_n the law is the
    optimum for λ(1−Π_i(1−τ_i)), which keeps the base model's conditionals beyond the horizon. *)
Theorem mirror_path_optimum taus w : In w (paths t) ->
  mirror_path (paths t) (weight p0) (fun w => lambda * Harm w) taus w
  = optimal_law p0 t Harm (lambda * progress taus) w.
Proof.
  intros Hw. rewrite (mirror_path_law _ _ _ (base_nonneg p0 t pol) (base_total p0 t pol) taus w Hw).
  assert (Z := partition_pos (paths t) (weight p0) (fun w => lambda * progress taus * Harm w)
    (base_nonneg p0 t pol) (base_total p0 t pol)).
  apply (gibbs_proportional (paths t) _ _ _ _ 1); [lra | lra | | exact Hw].
  intros v _. rewrite Rmult_1_l. f_equal. f_equal. ring.
Qed.

(** log(P⋆/P_0)(y) − log(P⋆/P_0)(y') = −λ(Harm(y) − Harm(y')) *)
Theorem log_ratio_difference w v : In w (paths t) -> In v (paths t) ->
  0 < weight p0 w -> 0 < weight p0 v ->
  ln (optimal_law p0 t Harm lambda w / weight p0 w)
  - ln (optimal_law p0 t Harm lambda v / weight p0 v) = - (lambda * (Harm w - Harm v)).
Proof.
  intros Hw Hv Pw Pv. unfold optimal_law.
  assert (N := base_nonneg p0 t pol). assert (T := base_total p0 t pol).
  assert (A := gibbs_stationary _ _ (fun w => lambda * Harm w) N T w Pw).
  assert (B := gibbs_stationary _ _ (fun w => lambda * Harm w) N T v Pv).
  cbv beta in A, B. lra.
Qed.

(** L(P) − L(P') = KL(P‖P⋆) − KL(P'‖P⋆) *)
Theorem objective_difference P P' :
  dominated P (weight p0) (paths t) -> sum P (paths t) = 1 ->
  dominated P' (weight p0) (paths t) -> sum P' (paths t) = 1 ->
  objective p0 t Harm lambda P - objective p0 t Harm lambda P'
  = KL P (optimal_law p0 t Harm lambda) (paths t) - KL P' (optimal_law p0 t Harm lambda) (paths t).
Proof.
  intros D S D' S'. assert (A := optimum_excess p0 t Harm lambda pol P D S).
  assert (B := optimum_excess p0 t Harm lambda pol P' D' S'). lra.
Qed.

(** The two have the same derivatives along every family of laws. *)
Theorem objective_derivative (P : R -> path E -> R) theta d :
  (forall th, dominated (P th) (weight p0) (paths t) /\ sum (P th) (paths t) = 1) ->
  derivable_pt_lim (fun th => objective p0 t Harm lambda (P th)) theta d
  <-> derivable_pt_lim (fun th => KL (P th) (optimal_law p0 t Harm lambda) (paths t)) theta d.
Proof.
  intros H.
  assert (Eq : forall th, objective p0 t Harm lambda (P th)
    = KL (P th) (optimal_law p0 t Harm lambda) (paths t)
      + objective p0 t Harm lambda (optimal_law p0 t Harm lambda)).
  { intros th. destruct (H th) as [D S].
    assert (A := optimum_excess p0 t Harm lambda pol (P th) D S). lra. }
  split; intros L e He; destruct (L e He) as (delta & B); exists delta; intros u Hu Hd;
    specialize (B u Hu Hd).
  - rewrite !Eq in B. match type of B with Rabs (?x / u - d) < e =>
      match goal with |- Rabs (?y / u - d) < e => replace y with x by ring end end. exact B.
  - rewrite !Eq. match type of B with Rabs (?x / u - d) < e =>
      match goal with |- Rabs (?y / u - d) < e => replace y with x by ring end end. exact B.
Qed.

End Sequences.
