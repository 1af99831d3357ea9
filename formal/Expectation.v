(** * Expectations over trees

    Main statements: [expect_node] (one step of the recursion), [shift] (the
    conditional expectation within a subtree), [tower], [pull_out] (a known
    factor leaves the conditional expectation), the laws of covariances, and
    [expect_zero_prefix] (what has expectation 0 and is not negative vanishes). *)

Require Export Formal.Paths.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

(** ** Expectations *)

Section Expectation.
Context {K : Type} {ring : Ring K} {E : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variable p : E -> K.
Implicit Types (t : tree E) (X Y F : path E -> K) (w v : path E).

Lemma expect_leaf X : expect p Leaf X = X [].
Proof. unfold expect, sum. simpl. ring. Qed.

Lemma expect_node c X :
  expect p (Node c) X = sum (fun x => p (fst x) * expect p (snd x) (fun w => X (x :: w))) c.
Proof.
  unfold expect. simpl paths. rewrite sum_flat_map. apply sum_ext. intros x _.
  rewrite sum_map, <- sum_scale. apply sum_ext. intros w _. simpl. ring.
Qed.

Lemma backward_node c X :
  backward p (Node c) X = sum (fun x => p (fst x) * backward p (snd x) (fun w => X (x :: w))) c.
Proof. reflexivity. Qed.

Lemma expect_ext t X Y : (forall w, In w (paths t) -> X w = Y w) -> expect p t X = expect p t Y.
Proof. intros H. apply sum_ext. intros w Hw. rewrite (H w Hw). reflexivity. Qed.

Lemma expect_add t X Y : expect p t (fun w => X w + Y w) = expect p t X + expect p t Y.
Proof.
  unfold expect. rewrite <- sum_add. apply sum_ext. intros w _. ring.
Qed.

Lemma expect_sub t X Y : expect p t (fun w => X w - Y w) = expect p t X - expect p t Y.
Proof.
  unfold expect. rewrite <- sum_sub. apply sum_ext. intros w _. ring.
Qed.

Lemma expect_scale t (a : K) X : expect p t (fun w => a * X w) = a * expect p t X.
Proof.
  unfold expect. rewrite <- sum_scale. apply sum_ext. intros w _. ring.
Qed.

Lemma expect_sum {A} t (X : A -> path E -> K) (l : list A) :
  expect p t (fun w => sum (fun i => X i w) l) = sum (fun i => expect p t (X i)) l.
Proof.
  unfold expect. rewrite sum_swap. apply sum_ext. intros w _. symmetry. apply sum_scale.
Qed.

Lemma expect_zero t X : (forall w, In w (paths t) -> X w = 0) -> expect p t X = 0.
Proof.
  intros H. apply sum_all_zero. intros w Hw. rewrite (H w Hw). ring.
Qed.

Lemma stochastic_child c x : stochastic p (Node c) -> In x c -> stochastic p (snd x).
Proof.
  intros S Hx d Hd. apply S. right. apply in_flat_map. exists x. auto.
Qed.

Lemma stochastic_node c : stochastic p (Node c) -> sum (fun x => p (fst x)) c = 1.
Proof. intros S. apply S. left. reflexivity. Qed.

Lemma stochastic_state t w k : stochastic p t -> In w (paths t) -> stochastic p (state t w k).
Proof. intros S Hw c Hc. apply S. apply in_nodes_state with k w; assumption. Qed.

Lemma expect_const t a : stochastic p t -> expect p t (fun _ => a) = a.
Proof.
  induction t as [| c IH] using tree_induction; intros S.
  - apply expect_leaf.
  - rewrite expect_node. transitivity (sum (fun x => p (fst x) * a) c).
    + apply sum_ext. intros x Hx. rewrite IH; [reflexivity | exact Hx |].
      apply stochastic_child with c; assumption.
    + rewrite sum_scale_r, stochastic_node by exact S. ring.
Qed.

(** ** Conditional expectations *)

(** Conditioning in two steps: the second within the subtree. *)
Lemma shift t k j X w v : In w (paths t) -> In v (paths (state t w k)) ->
  cond p t (k + j) X (firstn k w ++ v)
  = cond p (state t w k) j (fun u => X (firstn k w ++ u)) v.
Proof.
  revert t X w. induction k as [| k IH]; intros t X w Hw Hv; [reflexivity |].
  destruct t as [| c].
  - rewrite state_leaf in * by exact Hw.
    apply in_paths_leaf in Hw as ->. apply in_paths_leaf in Hv as ->.
    destruct j; reflexivity.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    exact (IH (snd x) (fun u => X (x :: u)) w' Hw' Hv).
Qed.

Lemma expect_cond t k X : stochastic p t -> expect p t (cond p t k X) = expect p t X.
Proof.
  revert t X. induction k as [| k IH]; intros t X S.
  - exact (expect_const t (expect p t X) S).
  - destruct t as [| c]; [rewrite !expect_leaf; apply expect_leaf |].
    rewrite !expect_node. apply sum_ext. intros x Hx. f_equal.
    apply (IH (snd x) (fun u => X (x :: u))). apply stochastic_child with c; assumption.
Qed.

(** E[E[X | k + j tokens] | k tokens] = E[X | k tokens] *)
Lemma tower t k j X w : stochastic p t -> In w (paths t) ->
  cond p t k (cond p t (k + j) X) w = cond p t k X w.
Proof.
  intros S Hw. unfold cond at 1.
  rewrite (expect_ext _ _ (cond p (state t w k) j (fun u => X (firstn k w ++ u)))).
  - apply expect_cond. apply stochastic_state; assumption.
  - intros v Hv. apply shift; assumption.
Qed.

Lemma cond_ext t k X Y w : In w (paths t) ->
  (forall u, In u (paths t) -> X u = Y u) -> cond p t k X w = cond p t k Y w.
Proof.
  intros Hw H. apply expect_ext. intros v Hv. apply H. apply continued; assumption.
Qed.

Lemma cond_add t k X Y w :
  cond p t k (fun u => X u + Y u) w = cond p t k X w + cond p t k Y w.
Proof. apply expect_add. Qed.

Lemma cond_sub t k X Y w :
  cond p t k (fun u => X u - Y u) w = cond p t k X w - cond p t k Y w.
Proof. apply expect_sub. Qed.

Lemma known_cond t k X : known t k (cond p t k X).
Proof.
  intros w w' _ _ F. unfold cond. rewrite (state_shared _ _ _ _ F), F. reflexivity.
Qed.

(** A known factor leaves the conditional expectation. *)
Lemma pull_out t k F X w : known t k F -> In w (paths t) ->
  cond p t k (fun u => F u * X u) w = F w * cond p t k X w.
Proof.
  intros HF Hw. unfold cond. rewrite <- expect_scale. apply expect_ext. intros v Hv.
  rewrite (known_continued _ _ _ _ _ HF Hw Hv). reflexivity.
Qed.

Lemma cond_known t k F w : stochastic p t -> known t k F -> In w (paths t) ->
  cond p t k F w = F w.
Proof.
  intros S HF Hw. unfold cond. transitivity (expect p (state t w k) (fun _ => F w)).
  - apply expect_ext. intros v Hv. apply (known_continued t k); assumption.
  - apply expect_const. apply stochastic_state; assumption.
Qed.

(** E[F X] = E[F E[X | k tokens]] for every known F: what makes [cond] the
    conditional expectation. *)
Lemma expect_known t k F X : stochastic p t -> known t k F ->
  expect p t (fun w => F w * X w) = expect p t (fun w => F w * cond p t k X w).
Proof.
  intros S HF. rewrite <- (expect_cond t k) by exact S. apply expect_ext.
  intros w Hw. apply pull_out; assumption.
Qed.

(** ** Covariances *)

Lemma cov_product t X Y : stochastic p t ->
  cov p t X Y = expect p t (fun w => X w * Y w) - expect p t X * expect p t Y.
Proof.
  intros S. unfold cov. set (a := expect p t X). set (b := expect p t Y).
  rewrite (expect_ext _ _ (fun w => (X w * Y w - (b * X w + a * Y w)) + a * b)).
  - rewrite expect_add, expect_sub, expect_add, !expect_scale, expect_const by exact S.
    fold a b. ring.
  - intros w _. ring.
Qed.

Lemma condcov_product t k X Y w : stochastic p t -> In w (paths t) ->
  condcov p t k X Y w = cond p t k (fun u => X u * Y u) w - cond p t k X w * cond p t k Y w.
Proof. intros S Hw. apply cov_product. apply stochastic_state; assumption. Qed.

Lemma cov_ext t X X' Y Y' :
  (forall w, In w (paths t) -> X w = X' w) -> (forall w, In w (paths t) -> Y w = Y' w) ->
  cov p t X Y = cov p t X' Y'.
Proof.
  intros HX HY. unfold cov. rewrite (expect_ext t X X' HX), (expect_ext t Y Y' HY).
  apply expect_ext. intros w Hw. rewrite (HX w Hw), (HY w Hw). reflexivity.
Qed.

Lemma condcov_ext t k X X' Y Y' w : In w (paths t) ->
  (forall u, In u (paths t) -> X u = X' u) -> (forall u, In u (paths t) -> Y u = Y' u) ->
  condcov p t k X Y w = condcov p t k X' Y' w.
Proof.
  intros Hw HX HY. apply cov_ext; intros v Hv; [apply HX | apply HY];
    apply continued; assumption.
Qed.

Lemma known_condcov t k X Y : known t k (condcov p t k X Y).
Proof.
  intros w w' _ _ F. unfold condcov. rewrite (state_shared _ _ _ _ F), F. reflexivity.
Qed.

(** E[(X − F)²] = E[Var(X|y_<k)] + E[(E[X|y_<k] − F)²] for every known F. *)
Lemma best_approximation t k X F : stochastic p t -> known t k F ->
  expect p t (fun w => (X w - F w) * (X w - F w))
  = expect p t (condvar p t k X)
    + expect p t (fun w => (cond p t k X w - F w) * (cond p t k X w - F w)).
Proof.
  intros S HF. rewrite <- expect_add. rewrite <- (expect_cond t k) by exact S.
  apply expect_ext. intros w Hw.
  unfold condvar. rewrite condcov_product by assumption.
  rewrite (cond_ext t k _ (fun u => (X u * X u - F u * ((1 + 1) * X u)) + F u * F u)) by
    (assumption || (intros; ring)).
  rewrite cond_add, cond_sub, (pull_out t k F) by assumption.
  rewrite (cond_known t k (fun u => F u * F u)) by
    (assumption || apply known_combine; assumption).
  replace (cond p t k (fun u => (1 + 1) * X u) w) with ((1 + 1) * cond p t k X w)
    by (symmetry; apply expect_scale).
  ring.
Qed.

(** ** The token in position k *)

Lemma at_position_shift (s : E -> K) t k j w v : In w (paths t) ->
  In v (paths (state t w k)) -> at_position s (k + j) (firstn k w ++ v) = at_position s j v.
Proof.
  revert t w. induction k as [| k IH]; intros t w Hw Hv; [reflexivity |].
  destruct t as [| c].
  - rewrite state_leaf in Hv by exact Hw.
    apply in_paths_leaf in Hw as ->. apply in_paths_leaf in Hv as ->.
    destruct j; reflexivity.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    exact (IH (snd x) w' Hw' Hv).
Qed.

Lemma known_at_position (s : E -> K) t k : known t (S k) (at_position s k).
Proof.
  intros w w' _ _. unfold at_position. revert w w'.
  induction k as [| k IH]; intros w w' F; destruct w, w'; try discriminate F.
  - reflexivity.
  - injection F as ->. reflexivity.
  - reflexivity.
  - apply IH. injection F. intros F' _. exact F'.
Qed.

Lemma expect_first_token (s : E -> K) c : stochastic p (Node c) ->
  expect p (Node c) (at_position s 0) = sum (fun x => p (fst x) * s (fst x)) c.
Proof.
  intros S. rewrite expect_node. apply sum_ext. intros x Hx. f_equal.
  exact (expect_const (snd x) (s (fst x)) (stochastic_child c x S Hx)).
Qed.

(** E[s_k | y_<k] as a sum over the tokens that may follow. *)
Lemma cond_at_position (s : E -> K) t k w : stochastic p t -> In w (paths t) ->
  cond p t k (at_position s k) w
  = match state t w k with
    | Leaf => 0
    | Node c => sum (fun x => p (fst x) * s (fst x)) c
    end.
Proof.
  intros S Hw. unfold cond.
  rewrite (expect_ext _ _ (at_position s 0)).
  - assert (S' := stochastic_state t w k S Hw). destruct (state t w k) as [| c].
    + apply expect_leaf.
    + apply expect_first_token. exact S'.
  - intros v Hv. rewrite <- (at_position_shift s t k 0 w v) by assumption.
    rewrite PeanoNat.Nat.add_0_r. reflexivity.
Qed.

End Expectation.

(** ** Policies over an ordered ring *)

Section Policy.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E : Type}.
Add Ring K_ring2 : (ring_laws (K := K)).
Variable p : E -> K.
Implicit Types (t : tree E) (X Y F : path E -> K) (w v : path E).

Lemma policy_child c x : policy p (Node c) -> In x c -> policy p (snd x).
Proof.
  intros [S N] Hx. split; [apply stochastic_child with c; assumption |].
  intros d y Hd. apply N. right. apply in_flat_map. exists x. auto.
Qed.

Lemma policy_edge c x : policy p (Node c) -> In x c -> 0 <= p (fst x).
Proof. intros [_ N]. apply N. left. reflexivity. Qed.

Lemma policy_state t w k : policy p t -> In w (paths t) -> policy p (state t w k).
Proof.
  intros [S N] Hw. split; [apply stochastic_state; assumption |].
  intros d y Hd. apply N. apply in_nodes_state with k w; assumption.
Qed.

Lemma weight_nonneg t w : policy p t -> In w (paths t) -> 0 <= weight p w.
Proof.
  revert w. induction t as [| c IH] using tree_induction; intros w H Hw.
  - apply in_paths_leaf in Hw as ->. apply one_pos.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    simpl. apply le_mul.
    + apply (policy_edge c x); assumption.
    + apply (IH x Hx w'); [apply policy_child with c; assumption | exact Hw'].
Qed.

Lemma expect_nonneg t X : policy p t -> (forall w, In w (paths t) -> 0 <= X w) ->
  0 <= expect p t X.
Proof.
  intros H HX. apply sum_nonneg. intros w Hw.
  apply le_mul; [apply weight_nonneg with t; assumption | apply HX; exact Hw].
Qed.

Lemma expect_le t X Y : policy p t -> (forall w, In w (paths t) -> X w <= Y w) ->
  expect p t X <= expect p t Y.
Proof.
  intros H HX. apply le_sub. rewrite <- expect_sub. apply expect_nonneg; [exact H |].
  intros w Hw. apply sub_nonneg. apply HX. exact Hw.
Qed.

(** It is enough that X ≤ Y on the sequences of non-zero probability. *)
Lemma expect_le_surely t X Y : policy p t -> almost_surely p t (fun w => X w <= Y w) ->
  expect p t X <= expect p t Y.
Proof.
  intros H HX. apply le_sub. rewrite <- expect_sub. apply sum_nonneg. intros w Hw.
  destruct (eq_decided (weight p w) 0) as [W | W].
  - rewrite W. apply eq_le. ring.
  - apply le_mul; [apply weight_nonneg with t; assumption |].
    apply sub_nonneg, HX; assumption.
Qed.

(** If X ≥ 0 has expectation 0, it vanishes almost surely. *)
Lemma expect_zero_surely t X : policy p t -> (forall w, In w (paths t) -> 0 <= X w) ->
  expect p t X = 0 -> almost_surely p t (fun w => X w = 0).
Proof.
  intros H HX Z w Hw Nw.
  assert (T := sum_zero_terms (fun w => weight p w * X w) (paths t)
    (fun w Hw => le_mul _ _ (weight_nonneg t w H Hw) (HX w Hw)) Z w Hw).
  destruct (no_zero_divisors _ _ T); [contradiction | assumption].
Qed.

Lemma var_nonneg t X : policy p t -> 0 <= var p t X.
Proof. intros H. apply expect_nonneg; [exact H |]. intros w _. apply square_nonneg. Qed.

Lemma condvar_nonneg t k X w : policy p t -> In w (paths t) -> 0 <= condvar p t k X w.
Proof. intros H Hw. apply var_nonneg. apply policy_state; assumption. Qed.

(** If X ≥ 0 is known after k tokens and has expectation 0, it vanishes at every
    prefix of k tokens that has non-zero probability. *)
Lemma expect_zero_prefix t k X w : policy p t -> known t k X ->
  (forall u, In u (paths t) -> 0 <= X u) -> expect p t X = 0 ->
  In w (paths t) -> weight p (firstn k w) <> 0 -> X w = 0.
Proof.
  revert t X w. induction k as [| k IH]; intros t X w H HX N Z Hw Nw.
  - rewrite <- Z, <- (expect_const p t (X w)) by apply H.
    apply expect_ext. intros u Hu. apply HX; auto.
  - destruct t as [| c].
    { rewrite expect_leaf in Z. apply in_paths_leaf in Hw as ->. exact Z. }
    rewrite expect_node in Z.
    assert (NX : forall x, In x c -> 0 <= expect p (snd x) (fun u => X (x :: u))).
    { intros x Hx. apply expect_nonneg; [apply policy_child with c; assumption |].
      intros u Hu. apply N. apply in_paths_node. exists x, u. auto. }
    apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    simpl in Nw.
    apply (IH (snd x) (fun u => X (x :: u))).
    + apply policy_child with c; assumption.
    + intros u u' Hu Hu' F. apply HX; [apply in_paths_node; eauto .. |].
      simpl. rewrite F. reflexivity.
    + intros u Hu. apply N. apply in_paths_node. exists x, u. auto.
    + assert (T := sum_zero_terms _ _
        (fun x Hx => le_mul _ _ (policy_edge c x H Hx) (NX x Hx)) Z x Hx).
      destruct (no_zero_divisors _ _ T) as [P0 | Z0]; [| exact Z0].
      destruct Nw. simpl in *. rewrite P0. ring.
    + exact Hw'.
    + intros P0. apply Nw. rewrite P0. ring.
Qed.

End Policy.
