(** * Where the derivative of the objective vanishes

    θ ↦ p θ is a family of policies, differentiable at θ_0 with derivative dp, as in
    Derivative.v.

    Main statements: [objective_slope]; [decided_objective] (training does not start beyond the
    horizon). *)

Require Export Formal.Derivative Formal.Directions Formal.Optimum.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

Section Stationary.
Context {E : Type}.
Variables (p : R -> E -> R) (dp : E -> R) (t : tree E) (theta : R).
Hypothesis pol : forall th, policy (p th) t.
Hypothesis differentiable : forall c x, In c (nodes t) -> In x c ->
  derivable_pt_lim (fun th => p th (fst x)) theta (dp (fst x)).
Variables (p0 : E -> R) (Harm : path E -> R) (lambda : R) (T : nat).
Hypothesis positive : forall c x, In c (nodes t) -> In x c ->
  0 < p theta (fst x) /\ 0 < p0 (fst x).
Hypothesis bounded : length_at_most T t.
Implicit Types (w v : path E).

Let l : E -> R := log_ratio p theta p0.
Let tang : tangent dp t := differentiable_tangent p dp t theta pol differentiable.
Let stoch : stochastic (p theta) t := proj1 (pol theta).

(** The derivative of eq. 2 is that of E_θ[λHarm + Σ_k l(y_k)] for l fixed, l = log(P/P_0). *)
Theorem objective_slope :
  derivable_pt_lim (fun th => objective p0 t Harm lambda (weight (p th))) theta
    (derivative (p theta) dp t (fun w => lambda * Harm w + sum (fun x => l (fst x)) w)).
Proof.
  assert (Add : forall X Y a, derivative (p theta) dp t (fun w => a * X w + Y w)
    = a * derivative (p theta) dp t X + derivative (p theta) dp t Y).
  { intros X Y a. unfold derivative, expect. rewrite !dual_sum.
    rewrite <- Rsum_scale, <- Rsum_add. apply sum_ext. intros w _. simpl. reals. ring. }
  rewrite Add.
  exact (derivable_pt_lim_plus (fun th => lambda * expect (p th) t Harm)
    (fun th => KL (weight (p th)) (weight p0) (paths t)) theta _ _
    (derivable_pt_lim_scal _ lambda theta _ (derivable_expect p dp t theta differentiable Harm))
    (derivable_KL p dp t theta pol differentiable p0 positive)).
Qed.

(** Where Harm is decided by k tokens and P = P_0 from position k on, moving those positions
    alone does not change eq. 2 to first order. *)
Theorem decided_objective k : known t k Harm -> moves_from dp k t ->
  (forall w j x, In w (paths t) -> (k <= j)%nat -> nth_error w j = Some x ->
     p theta (fst x) = p0 (fst x)) ->
  derivable_pt_lim (fun th => objective p0 t Harm lambda (weight (p th))) theta 0.
Proof.
  intros HH M Eq. set (X := fun w => lambda * Harm w + sum (fun x => l (fst x)) w).
  assert (Z : derivative (p theta) dp t X = 0).
  { apply (decided_derivative (p theta) dp t X k T stoch tang bounded); [| exact M].
    assert (Late : forall w, In w (paths t) -> sum (fun x => l (fst x)) (skipn k w) = 0).
    { intros w Hw. apply Rsum_all_zero. intros x Hx. apply In_nth_error in Hx.
      destruct Hx as (j & Hj).
      assert (Hn : nth_error w (k + j) = Some x).
      { rewrite <- (firstn_skipn k w). rewrite nth_error_app2.
        - rewrite firstn_length, <- Hj. f_equal.
          assert (Lj : (j < length (skipn k w))%nat) by (refine (proj1 (nth_error_Some (skipn k w) j) (fun Z => _));
              discriminate (eq_trans (eq_sym Hj) Z)).
          rewrite skipn_length in Lj. lia.
        - rewrite firstn_length. lia. }
      assert (Px := Eq w (k + j)%nat x Hw ltac:(lia) Hn). unfold l, log_ratio. rewrite Px.
      assert (Ex : exists c, In c (nodes t) /\ In x c).
      { clear - Hw Hn. revert w Hw Hn. generalize (k + j)%nat as i.
        induction t as [| c IH] using tree_induction; intros i w Hw Hn.
        - apply in_paths_leaf in Hw as ->. destruct i; discriminate Hn.
        - apply in_paths_node in Hw. destruct Hw as (y & w' & -> & Hy & Hw').
          destruct i as [| i].
          + injection Hn as ->. exists c. split; [left; reflexivity | exact Hy].
          + destruct (IH y Hy i w' Hw' Hn) as (d & Hd & Hx). exists d.
            split; [right; apply in_flat_map; exists y; auto | exact Hx]. }
      destruct Ex as (c & Hc & Hxc). destruct (positive c x Hc Hxc) as [_ P0].
      unfold Rdiv. rewrite Rinv_r, ln_1 by lra. reflexivity. }
    assert (Early : forall w, In w (paths t) ->
      sum (fun x => l (fst x)) w = sum (fun x => l (fst x)) (firstn k w)).
    { intros w Hw. rewrite <- (firstn_skipn k w) at 1. rewrite (sum_app (K := R)), (Late w Hw).
      reals. ring. }
    intros w w' Hw Hw' F. unfold X. rewrite (HH w w' Hw Hw' F), (Early w Hw), (Early w' Hw'), F.
    reflexivity. }
  rewrite <- Z. exact objective_slope.
Qed.

End Stationary.
