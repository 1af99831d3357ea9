(** * Derivatives in a direction, position by position

    A direction dp moves the probabilities of the tokens; it need not have a score, so that
    it may raise a probability from 0.

    Main definition: [slope], Σ_a dp(a|y_<k) E[X | y_<k a].
    Main statements: [derivative_by_position] (the product rule), [boundary_terms] (Theorem 8
    where probabilities are 0), [decided_slope], [decided_contribution], [decided_derivative]
    (Theorem 10 in every direction), [objective_terms] (eq. 2), [slope_to_go] (Proposition 29),
    [same_mean] (a change of measure, prefix by prefix), [penalty_slope]. *)

Require Export Formal.Horizon Formal.Recovery.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

Section Directions.
Context {K : Type} {ring : Ring K} {E : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variables (p dp : E -> K).
Implicit Types (t : tree E) (X F Harm : path E -> K) (w v u : path E) (l : E -> K).

(** Σ_a dp(a|y_<k) E[X | y_<k a], at the prefix of w. *)
Definition slope t X k w : K :=
  match state t w k with
  | Leaf => 0
  | Node c => sum (fun x => dp (fst x)
      * expect p (snd x) (fun v => X (firstn k w ++ x :: v))) c
  end.

Lemma dual_base t X : fst (expect (fun e => (p e, dp e) : dual) t (fun w => (X w, 0) : dual))
  = expect p t X.
Proof.
  assert (F : forall w, fst (weight (fun e => (p e, dp e) : dual) w) = weight p w).
  { induction w as [| x w IH]; [reflexivity |]. simpl. rewrite IH. reflexivity. }
  unfold expect. induction (paths t) as [| w m IH]; [reflexivity |].
  rewrite !sum_cons, <- IH, <- F. reflexivity.
Qed.

Lemma derivative_node c X : derivative p dp (Node c) X
  = sum (fun x => p (fst x) * derivative p dp (snd x) (fun v => X (x :: v))
      + dp (fst x) * expect p (snd x) (fun v => X (x :: v))) c.
Proof.
  unfold derivative. rewrite (expect_node (ring := dual_ring)), dual_sum.
  apply sum_ext. intros x _. simpl. rewrite dual_base. reflexivity.
Qed.

(** The product rule: the derivative of E[X] along dp is Σ_k E[Σ_a dp(a|y_<k) E[X | y_<k a]]. *)
Theorem derivative_by_position t X T : stochastic p t -> length_at_most T t ->
  derivative p dp t X = sum (fun k => expect p t (slope t X k)) (seq 0 T).
Proof.
  revert X T. induction t as [| c IH] using tree_induction; intros X T S HT.
  - rewrite sum_all_zero.
    + unfold derivative, expect. simpl. ring.
    + intros k _. rewrite expect_leaf. destruct k; reflexivity.
  - destruct T as [| T].
    + destruct (paths (Node c)) as [| w m] eqn:P.
      * unfold derivative, expect. rewrite P. reflexivity.
      * exfalso. assert (Hw : In w (paths (Node c))) by (rewrite P; left; reflexivity).
        assert (L := HT w Hw). apply in_paths_node in Hw.
        destruct Hw as (x & w' & -> & _). simpl in L. lia.
    + rewrite derivative_node, sum_add. simpl seq. rewrite sum_cons, <- seq_shift, sum_map.
      change (expect p (Node c) (slope (Node c) X 0)) with (expect p (Node c) (fun _ =>
        sum (fun x => dp (fst x) * expect p (snd x) (fun v => X (x :: v))) c)).
      rewrite (expect_const p (Node c)) by exact S.
      rewrite (sum_ext _ (fun x => sum (fun k => p (fst x)
        * expect p (snd x) (slope (snd x) (fun v => X (x :: v)) k)) (seq 0 T))).
      * rewrite sum_swap.
        rewrite (sum_ext (fun k => expect p (Node c) (slope (Node c) X (Datatypes.S k)))
          (fun k => sum (fun x => p (fst x)
            * expect p (snd x) (slope (snd x) (fun v => X (x :: v)) k)) c)); [ring |].
        intros k _. apply expect_node.
      * intros x Hx. rewrite sum_scale. f_equal. apply IH; [exact Hx | |].
        -- apply stochastic_child with c; assumption.
        -- intros w Hw. assert (L : (length (x :: w) <= Datatypes.S T)%nat).
           { apply HT. apply in_paths_node. exists x, w. auto. }
           exact (le_S_n _ _ L).
Qed.

Lemma known_slope t X k : known t k (slope t X k).
Proof.
  intros w w' _ _ F. unfold slope. rewrite (state_shared t w w' k F), F. reflexivity.
Qed.

(** What is known before the token adds nothing to the slope along a tangent. *)
Lemma slope_add_known t X F k w : stochastic p t -> tangent dp t -> known t k F ->
  In w (paths t) -> slope t (fun u => F u + X u) k w = slope t X k w.
Proof.
  intros St T HF Hw. unfold slope. destruct (state t w k) as [| c] eqn:Hs; [reflexivity |].
  assert (Hc : In c (nodes t))
    by (apply (in_nodes_state t k w); [exact Hw | rewrite Hs; left; reflexivity]).
  transitivity (sum (fun x => dp (fst x)) c * F w
    + sum (fun x => dp (fst x) * expect p (snd x) (fun v => X (firstn k w ++ x :: v))) c);
    [| rewrite (T c Hc); ring].
  rewrite <- sum_scale_r, <- sum_add. apply sum_ext. intros x Hx. rewrite expect_add.
  rewrite (expect_ext p (snd x) (fun v => F (firstn k w ++ x :: v)) (fun _ => F w)).
  - rewrite expect_const; [ring |]. apply stochastic_child with c; [| exact Hx].
    rewrite <- Hs. apply stochastic_state; assumption.
  - intros v Hv. apply (known_continued t k); [exact HF | exact Hw |]. rewrite Hs.
    apply in_paths_node. exists x, v. auto.
Qed.

(** Theorem 8 in every direction, one that raises probabilities from 0 included: the
    derivative of E[Harm] is Σ_k E[Σ_a dp(a|y_<k) (h(y_<k a) − h(y_<k))], and splits into the
    tokens with [pos], such as those of positive probability, and the others. *)
Theorem boundary_terms t Harm (pos : E -> bool) T : stochastic p t -> tangent dp t ->
  length_at_most T t ->
  let terms (b : bool) k w := match state t w k with
    | Leaf => 0
    | Node c => sum (fun x => if Bool.eqb (pos (fst x)) b then dp (fst x)
        * (expect p (snd x) (fun v => Harm (firstn k w ++ x :: v)) - h p t Harm k w) else 0) c
    end in
  derivative p dp t Harm
  = sum (fun k => expect p t (terms true k)) (seq 0 T)
    + sum (fun k => expect p t (terms false k)) (seq 0 T).
Proof.
  intros St T' HT terms. rewrite (derivative_by_position t Harm T St HT), <- sum_add.
  apply sum_ext. intros k _. rewrite <- expect_add. apply expect_ext. intros w Hw.
  unfold slope, terms. destruct (state t w k) as [| c] eqn:Hs; [ring |].
  assert (Hc : In c (nodes t))
    by (apply (in_nodes_state t k w); [exact Hw | rewrite Hs; left; reflexivity]).
  rewrite <- sum_add.
  transitivity (sum (fun x => dp (fst x)
    * (expect p (snd x) (fun v => Harm (firstn k w ++ x :: v)) - h p t Harm k w)) c).
  - rewrite (sum_ext (fun x => dp (fst x) * (_ - _)) (fun x =>
      dp (fst x) * expect p (snd x) (fun v => Harm (firstn k w ++ x :: v))
      - dp (fst x) * h p t Harm k w)) by (intros; ring).
    rewrite sum_sub, sum_scale_r, (T' c Hc). ring.
  - apply sum_ext. intros x _. destruct (pos (fst x)); simpl; ring.
Qed.

(** Theorem 10 in every direction: where Harm is decided by k tokens on every sequence, the
    slope is 0 at every later prefix, *)
Theorem decided_slope t X k j w : stochastic p t -> tangent dp t -> known t k X ->
  (k <= j)%nat -> In w (paths t) -> slope t X j w = 0.
Proof.
  intros St T HX Hj Hw. assert (KX := known_le t k j X Hj HX).
  transitivity (slope t (fun u => X u + 0) j w).
  - unfold slope. destruct (state t w j); [reflexivity |]. apply sum_ext. intros x _.
    f_equal. apply expect_ext. intros v _. ring.
  - rewrite (slope_add_known t (fun _ => 0) X j w St T KX Hw). unfold slope.
    destruct (state t w j); [reflexivity |]. apply sum_all_zero. intros x _.
    rewrite (expect_zero p (snd x)) by reflexivity. ring.
Qed.

(** and so is the contribution, for every score. *)
Theorem decided_contribution t Harm (s : E -> K) k j w : stochastic p t -> known t k Harm ->
  (k <= j)%nat -> In w (paths t) -> contribution p t Harm s j w = 0.
Proof.
  intros St HX Hj Hw. unfold contribution, condcov, cov.
  assert (C : forall v, In v (paths (state t w j)) ->
    h p t Harm (S j) (firstn j w ++ v) = Harm w).
  { intros v Hv. assert (Hu := continued t j w v Hw Hv). unfold h.
    rewrite (cond_known p t (S j) Harm) by
      (exact St || exact Hu || (apply known_le with k; [lia | exact HX])).
    apply (known_continued t j); [apply known_le with k; assumption | exact Hw | exact Hv]. }
  rewrite (expect_ext p _ _ (fun _ => Harm w) C).
  rewrite expect_const by (apply stochastic_state; assumption).
  apply expect_zero. intros v Hv. rewrite (C v Hv). ring.
Qed.

(** A direction that moves no token before position k. *)
Definition moves_from (k : nat) t : Prop :=
  forall w j, In w (paths t) -> (j < k)%nat -> at_position dp j w = 0.

Lemma slope_before t X k j w : moves_from k t -> (j < k)%nat -> In w (paths t) ->
  slope t X j w = 0.
Proof.
  intros M Hj Hw. unfold slope. destruct (state t w j) as [| c] eqn:Hs; [reflexivity |].
  apply sum_all_zero. intros x Hx. destruct (paths (snd x)) as [| v m] eqn:P.
  - unfold expect. rewrite P. unfold sum. simpl. ring.
  - assert (Hv : In (x :: v) (paths (state t w j))).
    { rewrite Hs. apply in_paths_node. exists x, v. rewrite P. simpl. auto. }
    assert (Z := M _ j (continued t j w _ Hw Hv) Hj).
    replace j with (j + 0)%nat in Z at 1 by lia.
    rewrite (at_position_shift dp t j 0 w (x :: v) Hw Hv) in Z.
    unfold at_position in Z. simpl in Z. rewrite Z. ring.
Qed.

(** Moving later positions alone does not change the mean of what is known after k tokens. *)
Theorem decided_derivative t X k T : stochastic p t -> tangent dp t -> length_at_most T t ->
  known t k X -> moves_from k t -> derivative p dp t X = 0.
Proof.
  intros St T' HT HX M. rewrite (derivative_by_position t X T St HT).
  apply sum_all_zero. intros j _. apply expect_zero. intros w Hw.
  destruct (PeanoNat.Nat.lt_ge_cases j k) as [L | L].
  - apply slope_before with k; assumption.
  - apply decided_slope with k; assumption.
Qed.

(** Equation 2, for arbitrary terms l: E[a·Harm + Σ_k l(y_k)] is a·E[Harm] plus the sum over
    positions of E[Σ_b p(b|y_<k) l(b)]. *)
Theorem objective_terms t Harm l (a : K) T : stochastic p t -> length_at_most T t ->
  expect p t (fun w => a * Harm w + sum (fun x => l (fst x)) w)
  = a * expect p t Harm
    + sum (fun k => expect p t (fun w => match state t w k with
        | Leaf => 0
        | Node c => sum (fun x => p (fst x) * l (fst x)) c
        end)) (seq 0 T).
Proof.
  intros St HT. rewrite expect_add, expect_scale. f_equal.
  rewrite (expect_ext p t _ (fun w => sum (fun k => at_position l k w) (seq 0 T)))
    by (intros w Hw; apply score_sum; apply HT; exact Hw).
  rewrite expect_sum. apply sum_ext. intros k _. rewrite <- (expect_cond p t k) by exact St.
  apply expect_ext. intros w Hw. apply cond_at_position; assumption.
Qed.

(** Proposition 29: for X = Harm + Σ_k l(y_k) the slope at y_<k is
    Σ_a dp(a|y_<k) (l(a) + J(y_<k a)), J(y_≤k) = E[Harm + Σ_(j>k) l(y_j) | y_≤k]. *)
Theorem slope_to_go t Harm l k w : stochastic p t -> tangent dp t -> In w (paths t) ->
  slope t (fun u => Harm u + sum (fun x => l (fst x)) u) k w
  = match state t w k with
    | Leaf => 0
    | Node c => sum (fun x => dp (fst x) * (l (fst x)
        + expect p (snd x) (fun v => Harm (firstn k w ++ x :: v) + sum (fun y => l (fst y)) v))) c
    end.
Proof.
  intros St T Hw.
  transitivity (slope t (fun u => sum (fun x => l (fst x)) (firstn k u)
    + (Harm u + sum (fun x => l (fst x)) (skipn k u))) k w).
  - unfold slope. destruct (state t w k); [reflexivity |]. apply sum_ext. intros x _. f_equal.
    apply expect_ext. intros v _. set (u := firstn k w ++ x :: v).
    rewrite <- (firstn_skipn k u) at 2. rewrite sum_app. ring.
  - rewrite slope_add_known by (assumption || apply (known_firstn t k)).
    unfold slope. destruct (state t w k) as [| c] eqn:Hs; [reflexivity |].
    apply sum_ext. intros x Hx. f_equal.
    rewrite <- (expect_const p (snd x) (l (fst x))), <- expect_add.
    + apply expect_ext. intros v Hv.
      assert (Hv' : In (x :: v) (paths (state t w k)))
        by (rewrite Hs; apply in_paths_node; exists x, v; auto).
      assert (Sk : skipn k (firstn k w ++ x :: v) = x :: v).
      { apply (app_inv_head (firstn k w)).
        rewrite <- (firstn_continued t k w (x :: v) Hw Hv') at 1. apply firstn_skipn. }
      rewrite Sk, sum_cons. ring.
    + apply stochastic_child with c; [| exact Hx]. rewrite <- Hs. apply stochastic_state; assumption.
Qed.

End Directions.

Section Measures.
Context {K : Type} {ring : Ring K} {E : Type}.
Add Ring K_ring2 : (ring_laws (K := K)).
Implicit Types (t : tree E) (X Y : path E -> K) (w : path E).

Lemma same_mean_scaled (p q : E -> K) t k X Y (a b : K) :
  stochastic p t -> stochastic q t -> known t k X -> known t k Y ->
  (forall w, In w (paths t) ->
     a * weight p (firstn k w) * X w = b * weight q (firstn k w) * Y w) ->
  a * expect p t X = b * expect q t Y.
Proof.
  revert t X Y a b. induction k as [| k IH]; intros t X Y a b Sp Sq HX HY H.
  - destruct (paths t) as [| w m] eqn:P.
    { unfold expect. rewrite P. unfold sum. simpl. ring. }
    assert (Hw : In w (paths t)) by (rewrite P; left; reflexivity).
    rewrite (expect_ext p t X (fun _ => X w)) by (intros u Hu; apply HX; auto).
    rewrite (expect_ext q t Y (fun _ => Y w)) by (intros u Hu; apply HY; auto).
    rewrite !expect_const by assumption. specialize (H w (or_introl eq_refl)). simpl in H.
    transitivity (a * 1 * X w); [ring |]. rewrite H. ring.
  - destruct t as [| c].
    { rewrite !expect_leaf. specialize (H [] (or_introl eq_refl)). simpl in H.
      transitivity (a * 1 * X []); [ring |]. rewrite H. ring. }
    rewrite !expect_node, <- !sum_scale. apply sum_ext. intros x Hx.
    transitivity (a * p (fst x) * expect p (snd x) (fun w => X (x :: w))); [ring |].
    transitivity (b * q (fst x) * expect q (snd x) (fun w => Y (x :: w))); [| ring].
    apply IH.
    + apply stochastic_child with c; assumption.
    + apply stochastic_child with c; assumption.
    + intros u u' Hu Hu' F. apply HX; [apply in_paths_node; eauto .. |].
      simpl. rewrite F. reflexivity.
    + intros u u' Hu Hu' F. apply HY; [apply in_paths_node; eauto .. |].
      simpl. rewrite F. reflexivity.
    + intros w Hw. specialize (H (x :: w)). simpl in H.
      transitivity (a * (p (fst x) * weight p (firstn k w)) * X (x :: w)); [ring |].
      rewrite H; [ring |]. apply in_paths_node. exists x, w. auto.
Qed.

(** P(y_<k)·X = Q(y_<k)·Y at every prefix, X and Y known there: the means are equal. *)
Theorem same_mean (p q : E -> K) t k X Y :
  stochastic p t -> stochastic q t -> known t k X -> known t k Y ->
  (forall w, In w (paths t) -> weight p (firstn k w) * X w = weight q (firstn k w) * Y w) ->
  expect p t X = expect q t Y.
Proof.
  intros Sp Sq HX HY H. transitivity (1 * expect p t X); [ring |].
  rewrite (same_mean_scaled p q t k X Y 1 1 Sp Sq HX HY); [ring |].
  intros w Hw. transitivity (weight p (firstn k w) * X w); [ring |]. rewrite (H w Hw). ring.
Qed.

End Measures.
