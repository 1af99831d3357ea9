(** * Theorem 8 as a true derivative, and the gradient of the relative entropy

    θ ↦ p θ is a family of policies, differentiable at θ_0 with derivative dp.

    Main statements: [differentiable_tangent], [differentiable_score] (both follow from
    differentiability), [expected_harm_derivative] (Theorem 8), [KL_derivative] (the
    gradient of KL(P_θ‖P_0) is reward-to-go), [frozen_prefixes_miss] (the gradient with
    frozen prefixes is not it). *)

Require Export Formal.Divergence Formal.Gradient.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

Lemma derivable_sum {A} (f : R -> A -> R) (df : A -> R) (l : list A) theta :
  (forall x, In x l -> derivable_pt_lim (fun th => f th x) theta (df x)) ->
  derivable_pt_lim (fun th => sum (f th) l) theta (sum df l).
Proof.
  induction l as [| x l IH]; intros H.
  - apply (derivable_pt_lim_const 0).
  - apply (derivable_pt_lim_plus (fun th => f th x) (fun th => sum (f th) l)).
    + apply H. left. reflexivity.
    + apply IH. intros y Hy. apply H. right. exact Hy.
Qed.

(** A function that is nowhere negative has derivative 0 where it vanishes. *)
Lemma derivative_at_zero f x d : (forall y, 0 <= f y) -> f x = 0 ->
  derivable_pt_lim f x d -> d = 0.
Proof.
  intros N Z D. set (pr := exist (derivable_pt_abs f x) d D : derivable_pt f x).
  assert (M := deriv_minimum f (x - 1) (x + 1) x pr ltac:(lra) ltac:(lra)
    (fun y _ _ => eq_ind_r (fun z => z <= f y) (N y) Z)).
  exact M.
Qed.

Section Family.
Context {E : Type}.
Variables (p : R -> E -> R) (dp : E -> R) (t : tree E) (theta : R).
Hypothesis pol : forall th, policy (p th) t.
Hypothesis differentiable : forall c x, In c (nodes t) -> In x c ->
  derivable_pt_lim (fun th => p th (fst x)) theta (dp (fst x)).
Implicit Types (Harm : path E -> R) (w : path E).

(** ∇ log p at θ_0 *)
Definition log_derivative (e : E) : R := dp e / p theta e.

(** Σ_a dp(a|x) = 0, because Σ_a p(a|x) = 1 for every θ. *)
Theorem differentiable_tangent : tangent dp t.
Proof.
  intros c Hc. apply (uniqueness_limite (fun _ => 1) theta).
  - assert (D := derivable_sum (fun th x => p th (fst x)) (fun x => dp (fst x)) c theta
      (fun x Hx => differentiable c x Hc Hx)).
    intros eps He. destruct (D eps He) as (delta & H). exists delta.
    intros u Hu Hd. specialize (H u Hu Hd).
    rewrite (proj1 (pol (theta + u)) c Hc), (proj1 (pol theta) c Hc) in H. exact H.
  - apply derivable_pt_lim_const.
Qed.

(** dp = p·s: where p is 0 it has a minimum, so that dp is 0 there too. *)
Theorem differentiable_score : is_score (p theta) log_derivative dp t.
Proof.
  intros c x Hc Hx. unfold log_derivative. reals.
  destruct (Req_dec (p theta (fst x)) 0) as [Z | N].
  - rewrite Z, (derivative_at_zero (fun th => p th (fst x)) theta (dp (fst x))).
    + ring.
    + intros th. exact (proj2 (pol th) c x Hc Hx).
    + exact Z.
    + apply differentiable with c; assumption.
  - field. exact N.
Qed.

Lemma derivable_weight u w : (forall c x, In c (nodes u) -> In x c ->
    derivable_pt_lim (fun th => p th (fst x)) theta (dp (fst x))) ->
  In w (paths u) ->
  derivable_pt_lim (fun th => weight (p th) w) theta
    (snd (weight (fun e => (p theta e, dp e) : dual) w)).
Proof.
  revert w. induction u as [| c IH] using tree_induction; intros w H Hw.
  - apply in_paths_leaf in Hw as ->. apply (derivable_pt_lim_const 1).
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    assert (F : fst (weight (fun e => (p theta e, dp e) : dual) w') = weight (p theta) w').
    { clear. induction w' as [| y w IH]; [reflexivity |]. simpl. rewrite IH. reflexivity. }
    replace (snd (weight (fun e => (p theta e, dp e) : dual) (x :: w')))
      with (dp (fst x) * weight (p theta) w'
        + p theta (fst x) * snd (weight (fun e => (p theta e, dp e) : dual) w')).
    + apply (derivable_pt_lim_mult (fun th => p th (fst x)) (fun th => weight (p th) w')).
      * apply (H c x (or_introl eq_refl) Hx).
      * apply (IH x Hx w'); [| exact Hw']. intros d y Hd. apply H. right.
        apply in_flat_map. exists x. auto.
    + simpl. rewrite F. reals. ring.
Qed.

Lemma derivable_expect X :
  derivable_pt_lim (fun th => expect (p th) t X) theta (derivative (p theta) dp t X).
Proof.
  unfold derivative, expect. rewrite dual_sum.
  apply (derivable_sum (fun th w => weight (p th) w * X w)). intros w Hw. simpl. reals.
  replace (_ + _) with (snd (weight (fun e => (p theta e, dp e) : dual) w) * X w
    + weight (p theta) w * 0).
  - apply (derivable_pt_lim_mult (fun th => weight (p th) w) (fun _ => X w)).
    + apply (derivable_weight t w differentiable Hw).
    + apply derivable_pt_lim_const.
  - ring.
Qed.

(** Theorem 8: θ ↦ E_θ[Harm] has the derivative Σ_k E[Cov(h, ∇log p | y_<k)]. *)
Theorem expected_harm_derivative Harm T : length_at_most T t ->
  derivable_pt_lim (fun th => expect (p th) t Harm) theta
    (sum (gradient (p theta) t Harm log_derivative) (seq 0 T)).
Proof.
  intros HT. rewrite <- (gradient_characterisation (p theta) dp log_derivative t
    (proj1 (pol theta)) differentiable_tangent differentiable_score Harm T HT).
  apply derivable_expect.
Qed.

(** ** The gradient of KL(P_θ‖P_0) *)

Variable p0 : E -> R.
Hypothesis positive : forall c x, In c (nodes t) -> In x c ->
  0 < p theta (fst x) /\ 0 < p0 (fst x).

(** log(p/p_0) at a token *)
Definition log_ratio (e : E) : R := ln (p theta e / p0 e).

Lemma weights_positive u w : (forall c x, In c (nodes u) -> In x c ->
    0 < p theta (fst x) /\ 0 < p0 (fst x)) -> In w (paths u) ->
  0 < weight (p theta) w /\ 0 < weight p0 w /\
  ln (weight (p theta) w / weight p0 w) = sum (fun x => log_ratio (fst x)) w.
Proof.
  revert w. induction u as [| c IH] using tree_induction; intros w H Hw.
  - apply in_paths_leaf in Hw as ->. unfold sum. simpl. reals.
    unfold Rdiv. rewrite Rinv_1, Rmult_1_r, ln_1. lra.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    destruct (H c x (or_introl eq_refl) Hx) as (A & B).
    destruct (IH x Hx w') as (A' & B' & L); [| exact Hw' |].
    { intros d y Hd. apply H. right. apply in_flat_map. exists x. auto. }
    rewrite sum_cons, <- L. simpl weight. reals. unfold log_ratio.
    split; [apply Rmult_lt_0_compat; assumption |].
    split; [apply Rmult_lt_0_compat; assumption |].
    rewrite <- ln_mult by (apply Rdiv_lt_0_compat; assumption). f_equal. field. lra.
Qed.

Lemma derivable_entropy (f : R -> R) d c : 0 < f theta -> 0 < c ->
  derivable_pt_lim f theta d ->
  derivable_pt_lim (fun th => f th * ln (f th / c)) theta (d * ln (f theta / c) + d).
Proof.
  intros Hf Hc D.
  replace (d * ln (f theta / c) + d)
    with (d * ln (f theta / c) + f theta * (/ (f theta / c) * (d * / c + f theta * 0)))
    by (field; lra).
  apply (derivable_pt_lim_mult f (fun th => ln (f th / c))); [exact D |].
  apply (derivable_pt_lim_comp (fun th => f th / c) ln).
  - apply (derivable_pt_lim_mult f (fun _ => / c)); [exact D | apply derivable_pt_lim_const].
  - apply derivable_pt_lim_ln. apply Rdiv_lt_0_compat; assumption.
Qed.

(** The derivative of KL(P_θ‖P_0) is that of E_θ[X] for the fixed X = log(P/P_0). *)
Lemma derivable_KL :
  derivable_pt_lim (fun th => KL (weight (p th)) (weight p0) (paths t)) theta
    (derivative (p theta) dp t (fun w => sum (fun x => log_ratio (fst x)) w)).
Proof.
  assert (Z : derivative (p theta) dp t (fun _ => 1) = 0).
  { apply (uniqueness_limite (fun _ => 1) theta).
    - intros eps He. destruct (derivable_expect (fun _ => 1) eps He) as (delta & H).
      exists delta. intros u Hu Hd. specialize (H u Hu Hd).
      rewrite !(expect_const (p _) t 1) in H by apply pol. exact H.
    - apply derivable_pt_lim_const. }
  replace (derivative (p theta) dp t (fun w => sum (fun x => log_ratio (fst x)) w))
    with (sum (fun w => snd (weight (fun e => (p theta e, dp e) : dual) w)
        * ln (weight (p theta) w / weight p0 w)
        + snd (weight (fun e => (p theta e, dp e) : dual) w)) (paths t)).
  - unfold KL. apply (derivable_sum (fun th w => weight (p th) w * ln (weight (p th) w / weight p0 w))).
    intros w Hw. destruct (weights_positive t w positive Hw) as (A & B & _).
    apply (derivable_entropy (fun th => weight (p th) w)); [exact A | exact B |].
    apply (derivable_weight t w differentiable Hw).
  - rewrite Rsum_add. rewrite <- (Rplus_0_r (derivative _ _ _ _)), <- Z.
    unfold derivative, expect. rewrite !dual_sum. f_equal.
    + apply sum_ext. intros w Hw. destruct (weights_positive t w positive Hw) as (_ & _ & L).
      rewrite L. simpl. reals. ring.
    + apply sum_ext. intros w Hw. simpl. reals. ring.
Qed.

(** The token-level KL, repaired: ∇KL(P_θ‖P_0) = Σ_k E[s_k Σ_(j≥k) log(p_j/p_0j)], the
    score against the KL to go. *)
Theorem KL_derivative T : length_at_most T t ->
  derivable_pt_lim (fun th => KL (weight (p th)) (weight p0) (paths t)) theta
    (sum (fun k => expect (p theta) t (fun w => at_position log_derivative k w
        * sum (fun j => at_position log_ratio j w) (seq k (T - k)))) (seq 0 T)).
Proof.
  intros HT. set (s := log_derivative).
  assert (G := policy_gradient (p theta) dp s t differentiable_score).
  assert (M := expect_known_score (p theta) dp s t (proj1 (pol theta))
    differentiable_tangent differentiable_score).
  replace (sum _ (seq 0 T))
    with (derivative (p theta) dp t (fun w => sum (fun x => log_ratio (fst x)) w));
    [exact derivable_KL |].
  rewrite G.
  rewrite (expect_ext _ t _ (fun w => sum (fun k => at_position s k w
    * sum (fun j => at_position log_ratio j w) (seq 0 T)) (seq 0 T))).
  - rewrite expect_sum. apply sum_ext. intros k Hk. apply in_seq in Hk.
    rewrite (expect_ext _ t _ (fun w => sum (fun j =>
        at_position log_ratio j w * at_position s k w) (seq 0 k)
      + at_position s k w * sum (fun j => at_position log_ratio j w) (seq k (T - k)))%K).
    + rewrite expect_add, expect_sum, (sum_all_zero _ (seq 0 k)).
      * reals. ring.
      * intros j Hj. apply in_seq in Hj. apply M. apply known_le with (S j); [lia |].
        apply known_at_position.
    + intros w _. replace T with (k + (T - k))%nat at 1 by lia.
      rewrite seq_app, sum_app, (sum_scale_r (K := R)). simpl. reals. ring.
  - intros w Hw. rewrite (score_sum log_ratio T w (HT w Hw)), (score_sum s T w (HT w Hw)).
    rewrite Rsum_scale_r. reals. ring.
Qed.

End Family.

(** The gradient with frozen prefixes, E[s_k log(p_k/p_0k)], misses the later KL: with
    V = T = 2, P uniform and P_0 uniform but (¼, ¾) after token 0, it is 0 at the first
    position, where the true one, along the logit of token 0, is ⅛ log(4/3). *)
Theorem frozen_prefixes_miss :
  let p (_ : R * R) := / 2 in
  let tail a b := Node [((0, ln (/ 2 / a)), Leaf); ((0, ln (/ 2 / b)), Leaf)] in
  let t := Node [((/ 2, ln (/ 2 / / 2)), tail (/ 4) (3 / 4));
                 ((- / 2, ln (/ 2 / / 2)), tail (/ 2) (/ 2))] in
  let s := fst : R * R -> R in let ratio := snd : R * R -> R in
  expect p t (fun w => at_position s 0 w * at_position ratio 0 w) = 0
  /\ expect p t (fun w => at_position s 0 w
       * sum (fun j => at_position ratio j w) (seq 0 2)) = / 8 * ln (4 / 3).
Proof.
  intros p tail t s ratio.
  assert (H1 : ln (/ 2 / / 2) = 0) by (replace (/ 2 / / 2) with 1 by field; apply ln_1).
  assert (H2 : ln (/ 2 / / 4) + ln (/ 2 / (3 / 4)) = ln (4 / 3)).
  { rewrite <- ln_mult by lra. f_equal. field. }
  unfold t, tail, p, s, ratio, expect, at_position, sum. simpl. reals. rewrite !H1.
  split; [ring |]. rewrite <- H2. field.
Qed.
