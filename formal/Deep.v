(** * What a minimiser of the deep objective pays, eq. 43

    The minimiser p is compared with the policy that keeps p up to position k and follows
    the base model p_0 from there on. Positions are counted from 0: those from k on lie
    beyond the horizon. Labels know their position: [early] tells those before k.

    Main statements: [expect_early] (what is known after k tokens does not depend on later
    conditionals), [comparison_objective], [comparison_gap], [minimiser_pays] and [minimiser_pays_at_most]
    (Theorem 22 for eq. 43, repaired). *)

Require Export Formal.Optimum.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

(** The lists of tokens that may follow prefixes of k tokens. *)
Fixpoint level {E} (k : nat) (t : tree E) : list (list (step E)) :=
  match t, k with
  | Leaf, _ => []
  | Node c, O => [c]
  | Node c, S k' => flat_map (fun x => level k' (snd x)) c
  end.

Section Levels.
Context {E : Type}.
Implicit Types (t : tree E) (w : path E) (c : list (step E)).

Lemma level_child k c x d : In x c -> In d (level k (snd x)) -> In d (level (S k) (Node c)).
Proof. intros Hx Hd. apply in_flat_map. exists x. auto. Qed.

Lemma level_nodes k t c : In c (level k t) -> In c (nodes t).
Proof.
  revert t. induction k as [| k IH]; intros [| d] H; try contradiction.
  - destruct H as [<- | []]. left. reflexivity.
  - apply in_flat_map in H. destruct H as (x & Hx & Hc). right.
    apply in_flat_map. exists x. auto.
Qed.

Lemma nodes_level t c : In c (nodes t) -> exists k, In c (level k t).
Proof.
  induction t as [| d IH] using tree_induction; intros H; [contradiction |].
  destruct H as [<- | H]; [exists 0%nat; left; reflexivity |].
  apply in_flat_map in H. destruct H as (x & Hx & Hc).
  destruct (IH x Hx Hc) as (k & Hk). exists (S k). apply level_child with x; assumption.
Qed.

Lemma state_level k t w c : In w (paths t) -> state t w k = Node c -> In c (level k t).
Proof.
  revert t w. induction k as [| k IH]; intros t w Hw H.
  - simpl in H. rewrite H. left. reflexivity.
  - destruct t as [| d].
    + rewrite state_leaf in H by exact Hw. discriminate H.
    + apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
      apply level_child with x; [exact Hx | apply (IH (snd x) w'); assumption].
Qed.

(** Policies that agree before position k give what is known by then the same mean. *)
Theorem expect_early (p p' : E -> R) k t X :
  stochastic p t -> stochastic p' t -> known t k X ->
  (forall j c x, (j < k)%nat -> In c (level j t) -> In x c -> p (fst x) = p' (fst x)) ->
  expect p t X = expect p' t X.
Proof.
  revert t X. induction k as [| k IH]; intros t X Sp Sp' HX A.
  - destruct (paths t) as [| w l] eqn:P; [unfold expect; rewrite P; reflexivity |].
    assert (C : forall u, In u (paths t) -> X u = X w).
    { intros u Hu. apply HX; [exact Hu | rewrite P; left; reflexivity | reflexivity]. }
    rewrite (expect_ext p t X (fun _ => X w) C), (expect_ext p' t X (fun _ => X w) C).
    rewrite (expect_const p t (X w) Sp), (expect_const p' t (X w) Sp'). reflexivity.
  - destruct t as [| c]; [reflexivity |]. rewrite !expect_node. apply sum_ext. intros x Hx.
    rewrite (A 0%nat c x) by (lia || (left; reflexivity) || exact Hx). f_equal. apply IH.
    + apply stochastic_child with c; assumption.
    + apply stochastic_child with c; assumption.
    + intros u u' Hu Hu' F. apply HX; [apply in_paths_node; eauto .. |]. simpl. rewrite F.
      reflexivity.
    + intros j d y Hj Hd Hy. apply (A (S j) d y); [lia | | exact Hy].
      apply level_child with x; assumption.
Qed.

End Levels.

Section Comparison.
Context {E : Type}.
Variables (p0 p q : E -> R) (t : tree E) (Harm : path E -> R) (lambda : R).
Variables (inR : E -> bool) (eta : nat -> R) (k T : nat) (early : E -> bool).
Hypothesis base : policy p0 t.
Hypothesis pol : policy p t.
Hypothesis adversary : policy q t.
Hypothesis dom : dominated_on p p0 t.
Hypothesis bounded : length_at_most T t.
Hypothesis k_le_T : (k <= T)%nat.
(** Harm is decided by the first k tokens, on every sequence. *)
Hypothesis decided : known t k Harm.
Hypothesis early_spec : forall j c x, In c (level j t) -> In x c ->
  early (fst x) = true <-> (j < k)%nat.

(** p before position k, p_0 from there on. *)
Definition comparison (e : E) : R := if early e then p e else p0 e.

Lemma comparison_early j c x : (j < k)%nat -> In c (level j t) -> In x c ->
  comparison (fst x) = p (fst x).
Proof.
  intros Hj Hc Hx. unfold comparison. rewrite (proj2 (early_spec j c x Hc Hx) Hj). reflexivity.
Qed.

Lemma comparison_late j c x : (k <= j)%nat -> In c (level j t) -> In x c ->
  comparison (fst x) = p0 (fst x).
Proof.
  intros Hj Hc Hx. unfold comparison. destruct (early (fst x)) eqn:Ex; [| reflexivity].
  assert (j < k)%nat by (apply (early_spec j c x Hc Hx); exact Ex). lia.
Qed.

Lemma comparison_stochastic : stochastic comparison t.
Proof.
  intros c Hc. destruct (nodes_level t c Hc) as (j & Hj).
  destruct (le_lt_dec k j) as [L | L].
  - rewrite <- (proj1 base c Hc). apply sum_ext. intros x Hx.
    apply (comparison_late j c x); assumption.
  - rewrite <- (proj1 pol c Hc). apply sum_ext. intros x Hx.
    apply (comparison_early j c x); assumption.
Qed.

Lemma comparison_dominated : dominated_on comparison p0 t.
Proof.
  intros c Hc x Hx. destruct (dom c Hc x Hx) as (H & H0 & Z). unfold comparison.
  destruct (early (fst x)); auto.
Qed.

Lemma comparison_expect X j : (j <= k)%nat -> known t j X ->
  expect comparison t X = expect p t X.
Proof.
  intros Hj HX. apply (expect_early comparison p j t X comparison_stochastic (proj1 pol) HX).
  intros i c x Hi Hc Hx. apply (comparison_early i c x); [lia | assumption | assumption].
Qed.

Lemma known_position_KL (r : E -> R) j : known t j (position_KL r p0 t j).
Proof.
  intros w w' _ _ F. unfold position_KL. rewrite (state_shared t w w' j F). reflexivity.
Qed.

Lemma comparison_KL_early j : (j < k)%nat ->
  expect comparison t (position_KL comparison p0 t j) = expect p t (position_KL p p0 t j).
Proof.
  intros Hj. rewrite (comparison_expect _ j) by (lia || apply known_position_KL).
  apply expect_ext. intros w Hw. unfold position_KL.
  destruct (state t w j) as [| c] eqn:Hs; [reflexivity |].
  assert (Hc := state_level j t w c Hw Hs). unfold KL. apply sum_ext. intros x Hx.
  rewrite (comparison_early j c x Hj Hc Hx). reflexivity.
Qed.

Lemma comparison_KL_late j : (k <= j)%nat ->
  expect comparison t (position_KL comparison p0 t j) = 0.
Proof.
  intros Hj. refine (expect_zero (ring := R_ring) comparison t _ _). intros w Hw.
  unfold position_KL.
  destruct (state t w j) as [| c] eqn:Hs; [reflexivity |].
  assert (Hc := state_level j t w c Hw Hs). unfold KL. apply Rsum_all_zero. intros x Hx.
  rewrite (comparison_late j c x Hj Hc Hx).
  destruct (Req_dec (p0 (fst x)) 0) as [-> | N]; [ring |].
  unfold Rdiv. rewrite Rinv_r, ln_1 by exact N. ring.
Qed.

Lemma penalty_agrees (r r' : E -> R) j : stochastic r t -> stochastic r' t ->
  (forall c x, In c (level j t) -> In x c -> r (fst x) = r' (fst x)) ->
  penalty q r t inR j = penalty q r' t inR j.
Proof.
  intros Sr Sr' A. apply expect_ext. intros w Hw. unfold failure.
  rewrite !cond_at_position by assumption.
  destruct (state t w j) as [| c] eqn:Hs; [reflexivity |].
  apply sum_ext. intros x Hx. rewrite (A c x (state_level j t w c Hw Hs) Hx). reflexivity.
Qed.

Let terms (r : E -> R) (j : nat) : R :=
  expect r t (position_KL r p0 t j) + eta j * penalty q r t inR j.

(** The objective of the comparison policy. *)
Theorem comparison_objective :
  deep_objective p0 t Harm lambda q comparison inR eta T
  = lambda * expect p t Harm + sum (terms p) (seq 0 k)
    + sum (fun j => eta j * penalty q p0 t inR j) (seq k (T - k)).
Proof.
  rewrite (deep_objective_by_position p0 t Harm lambda q comparison inR eta T
    comparison_stochastic comparison_dominated bounded).
  rewrite (comparison_expect Harm k (le_n k) decided).
  replace T with (k + (T - k))%nat at 1 by lia. rewrite seq_app, sum_app. reals. simpl plus.
  rewrite Rplus_assoc. f_equal. f_equal.
  - apply sum_ext. intros j Hj. apply in_seq in Hj. unfold terms.
    rewrite comparison_KL_early by lia. f_equal. f_equal.
    apply penalty_agrees; [exact comparison_stochastic | apply pol |].
    intros c x Hc Hx. apply (comparison_early j c x); [lia | assumption | assumption].
  - apply sum_ext. intros j Hj. apply in_seq in Hj.
    rewrite comparison_KL_late by lia. rewrite Rplus_0_l. f_equal.
    apply penalty_agrees; [exact comparison_stochastic | apply base |].
    intros c x Hc Hx. apply (comparison_late j c x); [lia | assumption | assumption].
Qed.

(** What the policy p has more than the comparison: Σ_(j≥k) KL_j, less what it saves in
    penalty, Σ_(j≥k) η_j (penalty_j(P_0) − penalty_j(P)), which is η_j E_Q[ρ − ρ_0]. *)
Theorem comparison_gap :
  deep_objective p0 t Harm lambda q p inR eta T
  - deep_objective p0 t Harm lambda q comparison inR eta T
  = sum (fun j => expect p t (position_KL p p0 t j)) (seq k (T - k))
    - sum (fun j => eta j * (penalty q p0 t inR j - penalty q p t inR j)) (seq k (T - k)).
Proof.
  rewrite comparison_objective.
  rewrite (deep_objective_by_position p0 t Harm lambda q p inR eta T (proj1 pol) dom bounded).
  replace T with (k + (T - k))%nat at 1 by lia. rewrite seq_app, sum_app. reals. simpl plus.
  change (fun j => expect p t (position_KL p p0 t j) + eta j * penalty q p t inR j)
    with (terms p).
  rewrite (sum_ext (fun j => eta j * (penalty q p0 t inR j - penalty q p t inR j))
    (fun j => eta j * penalty q p0 t inR j - eta j * penalty q p t inR j)) by (intros; ring).
  rewrite Rsum_sub.
  assert (Eq : sum (terms p) (seq k (T - k))
    = sum (fun j => expect p t (position_KL p p0 t j)) (seq k (T - k))
      + sum (fun j => eta j * penalty q p t inR j) (seq k (T - k))) by apply Rsum_add.
  lra.
Qed.

(** Theorem 22 for eq. 43, repaired: beyond the horizon a global minimiser, or any policy
    no worse than the comparison, pays in KL at most what it saves in penalty. *)
Theorem minimiser_pays :
  deep_objective p0 t Harm lambda q p inR eta T
  <= deep_objective p0 t Harm lambda q comparison inR eta T ->
  sum (fun j => expect p t (position_KL p p0 t j)) (seq k (T - k))
  <= sum (fun j => eta j * (penalty q p0 t inR j - penalty q p t inR j)) (seq k (T - k)).
Proof. intros L. assert (G := comparison_gap). lra. Qed.

(** With ρ_0 ≥ δ where Q goes, so that the base model's penalty is at most 1 − δ:
    Σ_(j≥k) KL_j ≤ (1 − δ) Σ_(j≥k) η_j. *)
Theorem minimiser_pays_at_most delta : (forall j, 0 <= eta j) ->
  (forall j, (k <= j < T)%nat -> penalty q p0 t inR j <= 1 - delta) ->
  deep_objective p0 t Harm lambda q p inR eta T
  <= deep_objective p0 t Harm lambda q comparison inR eta T ->
  sum (fun j => expect p t (position_KL p p0 t j)) (seq k (T - k))
  <= (1 - delta) * sum eta (seq k (T - k)).
Proof.
  intros He Hd L. apply Rle_trans with (1 := minimiser_pays L).
  rewrite <- Rsum_scale. apply Rsum_le. intros j Hj. apply in_seq in Hj.
  rewrite (Rmult_comm (1 - delta)).
  apply Rmult_le_compat_l; [apply He |].
  assert (N : 0 <= penalty q p t inR j).
  { refine (expect_nonneg (order := R_ordered) q t _ adversary _). intros w Hw.
    refine (expect_nonneg (order := R_ordered) p _ _ (policy_state p t w j pol Hw) _).
    intros v _. unfold failure, at_position.
    destruct (nth_error (firstn j w ++ v) j) as [x |]; [destruct (inR (fst x)) |];
      reals; lra. }
  specialize (Hd j ltac:(lia)). lra.
Qed.

End Comparison.
