(** * Relative entropy

    Main definitions: [KL], [dominated], [position_KL].
    Main statements: [KL_nonneg] (Gibbs's inequality), [KL_zero] (it vanishes only at
    the base distribution), [KL_chain_rule] (KL(P‖P_0) = Σ_k KL_k), [KL_mixture] and
    [KL_strictly_convex]. *)

Require Export Formal.Reals Formal.Expectation.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

(** KL(p‖p_0) = Σ_a p(a) log(p(a)/p_0(a)), a term with p(a) = 0 being 0. *)
Definition KL {A} (p p0 : A -> R) (l : list A) : R :=
  sum (fun a => p a * ln (p a / p0 a)) l.

(** p and p_0 are nowhere negative, and p is 0 where p_0 is. *)
Definition dominated {A} (p p0 : A -> R) (l : list A) : Prop :=
  forall a, In a l -> 0 <= p a /\ 0 <= p0 a /\ (p0 a = 0 -> p a = 0).

(** KL_k, the paper's KL_(k+1), at the prefix of w: KL(p(·|y_<k) ‖ p_0(·|y_<k)). *)
Definition position_KL {E} (p p0 : E -> R) (t : tree E) (k : nat) (w : path E) : R :=
  match state t w k with
  | Leaf => 0
  | Node c => KL (fun x => p (fst x)) (fun x => p0 (fst x)) c
  end.

Section Lists.
Context {A : Type}.
Implicit Types (p q : A -> R) (l : list A).

Lemma KL_term a b : 0 <= a -> 0 <= b -> (b = 0 -> a = 0) -> a - b <= a * ln (a / b).
Proof.
  intros Ha Hb D. destruct (Req_dec a 0) as [Z | Z]; [rewrite Z; lra |].
  assert (Pa : 0 < a) by lra.
  assert (Pb : 0 < b) by (destruct (Req_dec b 0) as [Zb | Zb]; [elim Z; auto | lra]).
  assert (L := ln_le (b / a) (Rdiv_lt_0_compat b a Pb Pa)).
  rewrite ln_quotient in * by assumption.
  apply (Rmult_le_compat_l a) in L; [| lra].
  replace (a * (b / a - 1)) with (b - a) in L by (field; lra). lra.
Qed.

Lemma KL_term_strict a b : 0 <= a -> 0 <= b -> (b = 0 -> a = 0) ->
  a * ln (a / b) = a - b -> a = b.
Proof.
  intros Ha Hb D Eq. destruct (Req_dec a 0) as [Z | Z]; [rewrite Z in *; lra |].
  assert (Pa : 0 < a) by lra.
  assert (Pb : 0 < b) by (destruct (Req_dec b 0) as [Zb | Zb]; [elim Z; auto | lra]).
  destruct (Req_dec (b / a) 1) as [O | N].
  - apply (f_equal (Rmult a)) in O. replace (a * (b / a)) with b in O by (field; lra). lra.
  - assert (L := ln_lt (b / a) (Rdiv_lt_0_compat b a Pb Pa) N).
    rewrite ln_quotient in * by assumption.
    apply (Rmult_lt_compat_l a) in L; [| exact Pa].
    replace (a * (b / a - 1)) with (b - a) in L by (field; lra). lra.
Qed.

(** Gibbs's inequality: KL(p‖p_0) ≥ 0 for distributions p and p_0. *)
Theorem KL_nonneg p p0 l : dominated p p0 l -> sum p l = 1 -> sum p0 l = 1 -> 0 <= KL p p0 l.
Proof.
  intros D S S0. replace 0 with (sum (fun a => p a - p0 a) l).
  - apply Rsum_le.
    intros a Ha. destruct (D a Ha) as (H & H0 & Z). apply KL_term; assumption.
  - rewrite Rsum_sub, S, S0. reals. lra.
Qed.

(** KL(p‖p_0) = 0 only for p = p_0. *)
Theorem KL_zero p p0 l : dominated p p0 l -> sum p l = 1 -> sum p0 l = 1 ->
  KL p p0 l = 0 <-> forall a, In a l -> p a = p0 a.
Proof.
  intros D S S0. split.
  - intros Z a Ha. destruct (D a Ha) as (H & H0 & Zp). apply KL_term_strict; try assumption.
    apply Rminus_diag_uniq.
    apply (Rsum_zero_terms (fun a => p a * ln (p a / p0 a) - (p a - p0 a)) l); [| | exact Ha].
    + intros b Hb. destruct (D b Hb) as (Hp & Hp0 & Hz).
      assert (B := KL_term (p b) (p0 b) Hp Hp0 Hz). lra.
    + rewrite !Rsum_sub, S, S0. fold (KL p p0 l). rewrite Z. reals. lra.
  - intros Eq. unfold KL. apply Rsum_all_zero. intros a Ha.
    rewrite <- (Eq a Ha). destruct (Req_dec (p a) 0) as [-> | N]; [reals; ring |].
    unfold Rdiv. rewrite Rinv_r, ln_1 by exact N. reals. ring.
Qed.

(** With m = θp + (1−θ)q: θ KL(p‖p_0) + (1−θ) KL(q‖p_0)
    = KL(m‖p_0) + θ KL(p‖m) + (1−θ) KL(q‖m). *)
Theorem KL_mixture p q p0 l th : 0 < th < 1 -> dominated p p0 l -> dominated q p0 l ->
  let m := fun a => th * p a + (1 - th) * q a in
  th * KL p p0 l + (1 - th) * KL q p0 l
  = KL m p0 l + (th * KL p m l + (1 - th) * KL q m l).
Proof.
  intros Hth Dp Dq m. unfold KL.
  rewrite <- !Rsum_scale, <- !Rsum_add.
  apply sum_ext. intros a Ha. reals.
  destruct (Dp a Ha) as (Hp & H0 & Zp). destruct (Dq a Ha) as (Hq & _ & Zq).
  destruct (Req_dec (p0 a) 0) as [Z0 | N0].
  { assert (m a = 0) as -> by (unfold m; rewrite (Zp Z0), (Zq Z0); ring).
    rewrite (Zp Z0), (Zq Z0). ring. }
  assert (P0 : 0 < p0 a) by lra.
  assert (M : m a = th * p a + (1 - th) * q a) by reflexivity.
  assert (Hm : p a <> 0 \/ q a <> 0 -> 0 < m a).
  { rewrite M. intros [N | N].
    - assert (0 < th * p a) by (apply Rmult_lt_0_compat; lra).
      assert (0 <= (1 - th) * q a) by (apply Rmult_le_pos; lra). lra.
    - assert (0 <= th * p a) by (apply Rmult_le_pos; lra).
      assert (0 < (1 - th) * q a) by (apply Rmult_lt_0_compat; lra). lra. }
  destruct (Req_dec (p a) 0) as [Ep | Np], (Req_dec (q a) 0) as [Eq | Nq].
  - rewrite M, Ep, Eq. ring.
  - rewrite (ln_quotient (q a) (p0 a)), (ln_quotient (m a) (p0 a)), (ln_quotient (q a) (m a))
      by (lra || (apply Hm; auto)).
    rewrite M, Ep. ring.
  - rewrite (ln_quotient (p a) (p0 a)), (ln_quotient (m a) (p0 a)), (ln_quotient (p a) (m a))
      by (lra || (apply Hm; auto)).
    rewrite M, Eq. ring.
  - rewrite (ln_quotient (q a) (p0 a)), (ln_quotient (m a) (p0 a)), (ln_quotient (q a) (m a)),
      (ln_quotient (p a) (p0 a)), (ln_quotient (p a) (m a)) by (lra || (apply Hm; auto)).
    rewrite M. ring.
Qed.

(** KL(·‖p_0) is strictly convex. *)
Theorem KL_strictly_convex p q p0 l th a : 0 < th < 1 ->
  dominated p p0 l -> dominated q p0 l -> sum p l = 1 -> sum q l = 1 ->
  In a l -> p a <> q a ->
  KL (fun a => th * p a + (1 - th) * q a) p0 l < th * KL p p0 l + (1 - th) * KL q p0 l.
Proof.
  intros Hth Dp Dq Sp Sq Ha N. rewrite (KL_mixture p q p0 l th Hth Dp Dq).
  set (m := fun a => th * p a + (1 - th) * q a).
  assert (Sm : sum m l = 1).
  { unfold m. rewrite Rsum_add, !Rsum_scale, Sp, Sq. reals. ring. }
  assert (B : forall b, In b l -> 0 <= th * p b /\ 0 <= (1 - th) * q b).
  { intros b Hb. destruct (Dp b Hb) as (Hp & _). destruct (Dq b Hb) as (Hq & _).
    split; apply Rmult_le_pos; lra. }
  assert (Dpm : dominated p m l).
  { intros b Hb. destruct (Dp b Hb) as (Hp & _). destruct (B b Hb) as (B1 & B2).
    unfold m. split; [exact Hp | split; [lra |]]. intros Z.
    apply (Rmult_eq_reg_l th); lra. }
  assert (Dqm : dominated q m l).
  { intros b Hb. destruct (Dq b Hb) as (Hq & _). destruct (B b Hb) as (B1 & B2).
    unfold m. split; [exact Hq | split; [lra |]]. intros Z.
    apply (Rmult_eq_reg_l (1 - th)); lra. }
  assert (Kq := KL_nonneg q m l Dqm Sq Sm).
  assert (Kp := KL_nonneg p m l Dpm Sp Sm).
  assert (Np : KL p m l <> 0).
  { intros Z. apply N. assert (Eq := proj1 (KL_zero p m l Dpm Sp Sm) Z a Ha).
    unfold m in Eq. apply (Rmult_eq_reg_l (1 - th)); lra. }
  assert (0 < th * KL p m l) by (apply Rmult_lt_0_compat; lra).
  assert (0 <= (1 - th) * KL q m l) by (apply Rmult_le_pos; lra). lra.
Qed.

End Lists.

(** Remark 1, jointly Gaussian: with conditional variances v before the position and v'
    after it, and MI = ½ log(v/v'), the information v − v' is v (1 − e^(−2MI)). *)
Theorem gaussian_information v v' : 0 < v -> 0 < v' ->
  v - v' = v * (1 - exp (- (2 * (1 / 2 * ln (v / v'))))).
Proof.
  intros H H'. replace (2 * (1 / 2 * ln (v / v'))) with (ln (v / v')) by field.
  rewrite exp_Ropp, exp_ln by (apply Rdiv_lt_0_compat; assumption). field. lra.
Qed.

(** ** The chain rule *)

Section Chain.
Context {E : Type}.
Variables (p p0 : E -> R).
Implicit Types (t : tree E) (w : path E).

(** p and p_0 are nowhere negative on the tree, and p is 0 where p_0 is. *)
Definition dominated_on (t : tree E) : Prop :=
  forall c, In c (nodes t) -> dominated (fun x => p (fst x)) (fun x => p0 (fst x)) c.

Lemma dominated_child c x : dominated_on (Node c) -> In x c -> dominated_on (snd x).
Proof. intros D Hx d Hd. apply D. right. apply in_flat_map. exists x. auto. Qed.

Lemma weights_dominated t : dominated_on t -> dominated (weight p) (weight p0) (paths t).
Proof.
  induction t as [| c IH] using tree_induction; intros D w Hw.
  - apply in_paths_leaf in Hw as ->. simpl. reals. lra.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    destruct (IH x Hx (dominated_child c x D Hx) w' Hw') as (H & H0 & Z).
    destruct (D c (or_introl eq_refl) x Hx) as (Hp & Hp0 & Zp).
    simpl. reals. split; [| split].
    + apply Rmult_le_pos; assumption.
    + apply Rmult_le_pos; assumption.
    + intros M. apply Rmult_integral in M. destruct M as [M | M].
      * rewrite (Zp M). ring.
      * rewrite (Z M). ring.
Qed.

Lemma KL_node c : stochastic p (Node c) -> dominated_on (Node c) ->
  KL (weight p) (weight p0) (paths (Node c))
  = KL (fun x => p (fst x)) (fun x => p0 (fst x)) c
    + sum (fun x => p (fst x) * KL (weight p) (weight p0) (paths (snd x))) c.
Proof.
  intros stoch D. unfold KL. simpl paths. rewrite (sum_flat_map (K := R)).
  rewrite <- Rsum_add. apply sum_ext. intros x Hx.
  rewrite (sum_map (K := R)), <- Rsum_scale.
  assert (One : sum (weight p) (paths (snd x)) = 1).
  { rewrite <- (expect_const p (snd x) 1 (stochastic_child p c x stoch Hx)).
    apply sum_ext. intros w _. reals. ring. }
  transitivity (sum (fun w => p (fst x) * ln (p (fst x) / p0 (fst x)) * weight p w
    + p (fst x) * (weight p w * ln (weight p w / weight p0 w))) (paths (snd x))).
  - apply sum_ext. intros w Hw. simpl. reals.
    destruct (weights_dominated _ (dominated_child c x D Hx) w Hw) as (H & H0 & Z).
    destruct (D c (or_introl eq_refl) x Hx) as (Hp & Hp0 & Zp).
    destruct (Req_dec (p (fst x)) 0) as [-> | N]; [ring |].
    destruct (Req_dec (weight p w) 0) as [-> | Nw]; [ring |].
    assert (0 < p0 (fst x)).
    { destruct (Req_dec (p0 (fst x)) 0) as [Z0 | Z0]; [elim N; auto | lra]. }
    assert (0 < weight p0 w).
    { destruct (Req_dec (weight p0 w) 0) as [Z0 | Z0]; [elim Nw; auto | lra]. }
    replace (p (fst x) * weight p w / (p0 (fst x) * weight p0 w))
      with ((p (fst x) / p0 (fst x)) * (weight p w / weight p0 w)) by (field; lra).
    rewrite ln_mult by (apply Rdiv_lt_0_compat; lra). ring.
  - rewrite Rsum_add, Rsum_scale, One. reals. rewrite Rmult_1_r. reflexivity.
Qed.

(** KL(P‖P_0) = Σ_k E_P[KL(p(·|y_<k) ‖ p_0(·|y_<k))] *)
Theorem KL_chain_rule t T : stochastic p t -> dominated_on t -> length_at_most T t ->
  KL (weight p) (weight p0) (paths t)
  = sum (fun k => expect p t (position_KL p p0 t k)) (seq 0 T).
Proof.
  revert T. induction t as [| c IH] using tree_induction; intros T stoch D HT.
  - rewrite Rsum_all_zero.
    + unfold KL. simpl. unfold sum. simpl. reals.
      unfold Rdiv. rewrite Rinv_1, Rmult_1_r, ln_1. ring.
    + intros k _. rewrite expect_leaf. unfold position_KL. destruct k; reflexivity.
  - destruct T as [| T].
    + assert (Z : paths (Node c) = []).
      { destruct (paths (Node c)) as [| w l] eqn:P; [reflexivity |]. exfalso.
        assert (Hw : In w (paths (Node c))) by (rewrite P; left; reflexivity).
        assert (L := HT w Hw). apply in_paths_node in Hw.
        destruct Hw as (x & w' & -> & _). simpl in L. lia. }
      unfold KL. rewrite Z. reflexivity.
    + rewrite KL_node by assumption.
      simpl seq. rewrite (sum_cons (K := R)), <- seq_shift, (sum_map (K := R)).
      apply (f_equal2 Rplus).
      * symmetry. exact (expect_const p (Node c) (KL _ _ c) stoch).
      * transitivity (sum (fun x => sum (fun k =>
          p (fst x) * expect p (snd x) (position_KL p p0 (snd x) k)) (seq 0 T)) c).
        { apply sum_ext. intros x Hx. rewrite Rsum_scale. f_equal. apply IH.
          - exact Hx.
          - apply stochastic_child with c; assumption.
          - apply dominated_child with c; assumption.
          - intros w Hw. assert (L : (length (x :: w) <= S T)%nat).
            { apply HT. apply in_paths_node. exists x, w. auto. }
            exact (le_S_n _ _ L). }
        rewrite (sum_swap (K := R)). apply sum_ext. intros k _. symmetry.
        exact (expect_node p c (position_KL p p0 (Node c) (S k))).
Qed.

End Chain.
