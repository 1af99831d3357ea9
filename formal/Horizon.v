(** * Section 6: the harm horizon

    Main statements: [horizon] (Theorem 9), [no_information_no_gradient],
    [zero_contribution], [zero_gradient] (Theorem 10), [uncorrelated_beyond]
    (Proposition 26), [distance_to_decided], [decided_is_nearest] (approximate horizon),
    [decided_by_mean], [distance_to_known], [nothing_left], [equal_harm] (Remark 2),
    [stopping_horizon], [certain_token], [gradient_where_uncertain],
    [information_where_uncertain], [ended]. *)

Require Export Formal.Gradient.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

Section Horizon.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variables (p : E -> K) (t : tree E).
Hypothesis pol : policy p t.
Implicit Types (Harm X Y F : path E -> K) (w v : path E).

Let stoch : stochastic p t := proj1 pol.

Lemma information_nonneg Harm k : 0 <= information p t Harm k.
Proof. apply expect_nonneg; [exact pol |]. intros w _. apply square_nonneg. Qed.

(** h_k is a function g of the first k tokens. *)
Lemma h_of_prefix Harm k w :
  h p t Harm k w
  = (fun u => expect p (state t u k) (fun v => Harm (u ++ v))) (firstn k w).
Proof. unfold h, cond. rewrite state_firstn. reflexivity. Qed.

(** Σ_(s≥k) I_s = E[(Harm − h_k)²] *)
Theorem distance_to_decided Harm k n : length_at_most (k + n) t ->
  sum (information p t Harm) (seq k n)
  = expect p t (fun w => (Harm w - h p t Harm k w) * (Harm w - h p t Harm k w)).
Proof.
  intros HT. rewrite (best_approximation p t k) by (exact stoch || apply known_h).
  rewrite (residual p t stoch Harm k n HT).
  rewrite (expect_zero p t (fun w => (cond p t k Harm w - h p t Harm k w) * _)); [ring |].
  intros w _. unfold h. ring.
Qed.

(** Σ_(s≥k) I_s = 0 only where Harm = h_k almost surely. *)
Theorem decided_by_mean Harm k n : length_at_most (k + n) t ->
  sum (information p t Harm) (seq k n) = 0 -> almost_surely p t (fun w => Harm w = h p t Harm k w).
Proof.
  intros HT Z w Hw Nw. apply eq_sub, square_zero. rewrite (distance_to_decided Harm k n HT) in Z.
  exact (expect_zero_surely p t _ pol (fun u _ => square_nonneg _) Z w Hw Nw).
Qed.

(** E[(Harm − F)²] = Σ_(s≥k) I_s + E[(h_k − F)²] for every F of the first k tokens. *)
Theorem distance_to_known Harm k n F : length_at_most (k + n) t -> known t k F ->
  expect p t (fun w => (Harm w - F w) * (Harm w - F w))
  = sum (information p t Harm) (seq k n)
    + expect p t (fun w => (h p t Harm k w - F w) * (h p t Harm k w - F w)).
Proof.
  intros HT HF. rewrite (best_approximation p t k) by (exact stoch || exact HF).
  rewrite (residual p t stoch Harm k n HT). reflexivity.
Qed.

(** Where nothing is left after k tokens, Var(Harm | y_<k) = 0 at every prefix that P reaches. *)
Theorem nothing_left Harm k n w : length_at_most (k + n) t ->
  sum (information p t Harm) (seq k n) = 0 -> In w (paths t) -> weight p (firstn k w) <> 0 ->
  condvar p t k Harm w = 0.
Proof.
  intros HT Z. rewrite <- (residual p t stoch Harm k n HT) in Z.
  apply (expect_zero_prefix p t k _ w pol); [apply known_condcov | | exact Z].
  intros u Hu. apply condvar_nonneg; assumption.
Qed.

(** No function g of the first k tokens is nearer to Harm:
    Σ_(s≥k) I_s = min_g E[(Harm − g(y_≤k))²]. *)
Theorem decided_is_nearest Harm k n g : length_at_most (k + n) t ->
  sum (information p t Harm) (seq k n)
  <= expect p t (fun w => (Harm w - g (firstn k w)) * (Harm w - g (firstn k w))).
Proof.
  intros HT. rewrite (best_approximation p t k) by (exact stoch || apply known_firstn).
  rewrite (residual p t stoch Harm k n HT). apply le_sub.
  match goal with |- _ <= _ + ?r - _ => set (rest := r) end.
  replace (_ + rest - _) with rest by ring. apply expect_nonneg; [exact pol |].
  intros w _. apply square_nonneg.
Qed.

Lemma longer m n : (m <= n)%nat -> length_at_most m t -> length_at_most n t.
Proof. intros L H w Hw. specialize (H w Hw). lia. Qed.

Lemma undecided_nothing Harm k T : length_at_most T t ->
  (forall j, (k <= j)%nat -> information p t Harm j = 0) -> decided_after p t Harm k.
Proof.
  intros HT HI. exists (fun u => expect p (state t u k) (fun v => Harm (u ++ v))).
  intros w Hw Nw. rewrite <- (h_of_prefix Harm k w). apply eq_sub. apply square_zero.
  apply (expect_zero_surely p t (fun w => (Harm w - h p t Harm k w) * (Harm w - h p t Harm k w)));
    [exact pol | intros u _; apply square_nonneg | | exact Hw | exact Nw].
  rewrite <- (distance_to_decided Harm k T) by (apply longer with T; [lia | exact HT]).
  apply sum_all_zero. intros j Hj. apply in_seq in Hj. apply HI. lia.
Qed.

Lemma decided_nothing Harm k T j : length_at_most T t ->
  decided_after p t Harm k -> (k <= j)%nat -> information p t Harm j = 0.
Proof.
  intros HT [g Hg] Hj.
  assert (L : length_at_most (k + (S (j - k) + T)) t) by (apply longer with T; [lia | exact HT]).
  assert (Z : sum (information p t Harm) (seq k (S (j - k) + T)) = 0).
  { apply le_antisym.
    - rewrite <- (sum_zero (paths t)).
      apply le_trans with (1 := decided_is_nearest Harm k _ g L). apply eq_le.
      apply sum_ext. intros w Hw. destruct (eq_decided (weight p w) 0) as [W | W].
      + rewrite W. ring.
      + rewrite (Hg w Hw W). ring.
    - apply sum_nonneg. intros i _. apply information_nonneg. }
  apply (sum_zero_terms _ _ (fun i _ => information_nonneg Harm i) Z).
  apply in_seq. lia.
Qed.

(** Theorem 9: I_k = 0 beyond the first k tokens ⇔ Harm = g(y_≤k) almost surely. *)
Theorem horizon Harm k T : length_at_most T t ->
  (forall j, (k <= j)%nat -> information p t Harm j = 0) <-> decided_after p t Harm k.
Proof.
  intros HT. split.
  - apply undecided_nothing with T. exact HT.
  - intros D j Hj. apply decided_nothing with k T; assumption.
Qed.

(** ** Zero gradient *)

Lemma cov_zero u X Y : policy p u -> var p u X = 0 -> cov p u X Y = 0.
Proof.
  intros Hu V. apply square_zero. apply le_antisym; [| apply square_nonneg].
  apply le_trans with (var p u X * var p u Y).
  - apply (cauchy_schwarz (weight p) (fun w => X w - expect p u X) (fun w => Y w - expect p u Y)).
    intros w Hw. apply weight_nonneg with u; assumption.
  - rewrite V. apply eq_le. ring.
Qed.

(** What is almost surely constant has covariance 0 with everything. *)
Lemma cov_surely_constant u X Y a : policy p u ->
  (forall v, In v (paths u) -> weight p v <> 0 -> X v = a) -> cov p u X Y = 0.
Proof.
  intros Hu H. assert (Ea : expect p u X = a).
  { rewrite <- (expect_const p u a (proj1 Hu)). apply sum_ext. intros v Hv.
    destruct (eq_decided (weight p v) 0) as [W | W]; [rewrite W; ring |].
    rewrite (H v Hv W). reflexivity. }
  unfold cov. rewrite Ea. apply sum_all_zero. intros v Hv.
  destruct (eq_decided (weight p v) 0) as [W | W]; [rewrite W; ring |].
  rewrite (H v Hv W). ring.
Qed.

(** Remark 2: where all tokens of non-zero probability lead to equal harm, the contribution
    is 0, for every score. *)
Theorem equal_harm Harm (s : E -> K) k w a : In w (paths t) ->
  (forall v, In v (paths (state t w k)) -> weight p v <> 0 ->
     h p t Harm (S k) (firstn k w ++ v) = a) ->
  contribution p t Harm s k w = 0.
Proof.
  intros Hw Ha. apply cov_surely_constant with a; [apply policy_state; assumption | exact Ha].
Qed.

(** No information at k: h no longer varies with the token, at any prefix that p reaches. *)
Lemma no_information Harm k w : information p t Harm k = 0 -> In w (paths t) ->
  weight p (firstn k w) <> 0 -> condvar p t k (h p t Harm (S k)) w = 0.
Proof.
  intros I Hw Nw. rewrite information_variance in I by exact stoch.
  apply (expect_zero_prefix p t k _ w pol); try assumption.
  - apply known_condcov.
  - intros u Hu. apply condvar_nonneg; assumption.
Qed.

(** A position without information has no gradient, whatever the score; in equation 59
    the functional part vanishes. *)
Theorem no_information_no_gradient Harm (s : E -> K) k :
  information p t Harm k = 0 -> gradient p t Harm s k = 0.
Proof.
  intros I. apply sum_all_zero. intros w Hw.
  destruct (eq_decided (weight p w) 0) as [W | W]; [rewrite W; ring |].
  assert (C : contribution p t Harm s k w = 0).
  { apply cov_zero; [apply policy_state; assumption |].
    apply (no_information Harm k w I Hw). intros Z. apply W.
    rewrite (factorisation_split p k w), Z. ring. }
  rewrite C. ring.
Qed.

(** Theorem 10 at a prefix, and Proposition 26: beyond the horizon h is uncorrelated
    with every Y, at every prefix of non-zero probability. *)
Theorem uncorrelated_beyond Harm Y k T j w : length_at_most T t ->
  decided_after p t Harm k -> (k <= j)%nat -> In w (paths t) ->
  weight p (firstn j w) <> 0 -> condcov p t j (h p t Harm (S j)) Y w = 0.
Proof.
  intros HT D Hj Hw Nw. apply cov_zero; [apply policy_state; assumption |].
  apply (no_information Harm j w); [| exact Hw | exact Nw].
  apply decided_nothing with k T; assumption.
Qed.

(** Theorem 10: C_j(y_<j) = 0 beyond the horizon, for every score. *)
Theorem zero_contribution Harm (s : E -> K) k T j w : length_at_most T t ->
  decided_after p t Harm k -> (k <= j)%nat -> In w (paths t) ->
  weight p (firstn j w) <> 0 -> contribution p t Harm s j w = 0.
Proof. exact (fun HT D => uncorrelated_beyond Harm (at_position s j) k T j w HT D). Qed.

Lemma expect_surely_zero X : almost_surely p t (fun w => X w = 0) -> expect p t X = 0.
Proof.
  intros H. apply sum_all_zero. intros w Hw. destruct (eq_decided (weight p w) 0) as [W | W].
  - rewrite W. ring.
  - rewrite (H w Hw W). ring.
Qed.

Lemma weight_prefix k w : weight p w <> 0 -> weight p (firstn k w) <> 0.
Proof.
  intros N Z. apply N. rewrite (factorisation_split p k w), Z. ring.
Qed.

(** Proposition 26, in expectation. *)
Theorem uncorrelated_in_expectation Harm Y k T j : length_at_most T t ->
  decided_after p t Harm k -> (k <= j)%nat ->
  expect p t (condcov p t j (h p t Harm (S j)) Y) = 0.
Proof.
  intros HT D Hj. apply expect_surely_zero. intros w Hw Nw.
  apply uncorrelated_beyond with k T; try assumption. apply weight_prefix. exact Nw.
Qed.

(** Theorem 10: G_j = 0 beyond the horizon, for every score. *)
Theorem zero_gradient Harm (s : E -> K) k T j : length_at_most T t ->
  decided_after p t Harm k -> (k <= j)%nat -> gradient p t Harm s j = 0.
Proof. exact (uncorrelated_in_expectation Harm (at_position s j) k T j). Qed.

(** ** A horizon that depends on the prefix *)

Lemma firstn_more u k j w v : In w (paths u) -> In v (paths (state u w k)) ->
  firstn (k + j) (firstn k w ++ v) = firstn k w ++ firstn j v.
Proof.
  clear. revert u w. induction k as [| k IH]; intros u w Hw Hv; [reflexivity |].
  destruct u as [| c].
  - rewrite state_leaf in Hv by exact Hw.
    apply in_paths_leaf in Hw as ->. apply in_paths_leaf in Hv as ->.
    destruct j; reflexivity.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    simpl. f_equal. apply (IH (snd x)); assumption.
Qed.

Lemma known_shift k j X w : known t (k + j) X -> In w (paths t) ->
  known (state t w k) j (fun v => X (firstn k w ++ v)).
Proof.
  intros HX Hw v v' Hv Hv' F. apply HX; [apply continued; assumption .. |].
  rewrite (firstn_more t k j w v Hw Hv), (firstn_more t k j w v' Hw Hv'), F. reflexivity.
Qed.

(** Stopping horizon: Var(Harm | y_<k) = 0 at a prefix ⇒ C = 0 at it and at all its
    continuations y_<j of non-zero probability given it, for every score. *)
Theorem stopping_horizon Harm (s : E -> K) k m w : In w (paths t) ->
  condvar p t k Harm w = 0 -> weight p (firstn m (skipn k w)) <> 0 ->
  contribution p t Harm s (k + m) w = 0.
Proof.
  intros Hw V N. set (j := (k + m)%nat).
  assert (Z : forall i, (k <= i)%nat -> cond p t k (condvar p t i Harm) w = 0).
  { intros i Hi. rewrite (total_variance_at p t stoch Harm k i w Hi Hw) in V.
    apply (sum_of_nonneg_zero _ (condvar p t k (h p t Harm i) w)); [| | exact V].
    - apply expect_nonneg; [apply policy_state; assumption |].
      intros v Hv. apply condvar_nonneg; [exact pol | apply continued; assumption].
    - apply condvar_nonneg; assumption. }
  assert (Vj : condvar p t j Harm w = 0).
  { rewrite <- (firstn_skipn k w).
    apply (expect_zero_prefix p (state t w k) m
      (fun v => condvar p t j Harm (firstn k w ++ v)) (skipn k w)).
    - apply policy_state; assumption.
    - apply known_shift; [apply known_condcov | exact Hw].
    - intros v Hv. apply condvar_nonneg; [exact pol | apply continued; assumption].
    - apply (Z j). unfold j. lia.
    - apply rest_of. exact Hw.
    - exact N. }
  apply cov_zero; [apply policy_state; assumption |].
  rewrite (total_variance_at p t stoch Harm j (S j) w) in Vj by (lia || exact Hw).
  apply (sum_of_nonneg_zero (cond p t j (condvar p t (S j) Harm) w)); [| | exact Vj].
  - apply expect_nonneg; [apply policy_state; assumption |].
    intros v Hv. apply condvar_nonneg; [exact pol | apply continued; assumption].
  - exact (condvar_nonneg p t j (h p t Harm (S j)) w pol Hw).
Qed.

(** Where one token is certain, h does not vary, and scores and contributions vanish. *)
Theorem certain_token Harm (dp s s' : E -> K) k w c x : tangent dp t -> is_score p s dp t ->
  In w (paths t) -> state t w k = Node c -> (forall y, In y c -> p (fst y) <> 0 -> y = x) ->
  condvar p t k (h p t Harm (S k)) w = 0 /\ fisher p t s s' k w = 0
  /\ contribution p t Harm s k w = 0.
Proof.
  intros T Sc Hw Hs Hx.
  assert (First : forall v, In v (paths (state t w k)) -> weight p v <> 0 ->
    firstn 1 v = [x]).
  { intros v Hv Nv. rewrite Hs in Hv. apply in_paths_node in Hv.
    destruct Hv as (y & v' & -> & Hy & _). simpl. rewrite (Hx y Hy); [reflexivity |].
    intros Z. apply Nv. simpl. rewrite Z. ring. }
  assert (Ha : forall v, In v (paths (state t w k)) -> weight p v <> 0 ->
    h p t Harm (S k) (firstn k w ++ v)
    = expect p (state t (firstn k w ++ [x]) (S k)) (fun u => Harm ((firstn k w ++ [x]) ++ u))).
  { intros v Hv Nv. rewrite h_of_prefix. replace (S k) with (k + 1)%nat by lia.
    rewrite (firstn_more t k 1 w v Hw Hv), (First v Hv Nv). reflexivity. }
  assert (Pw := policy_state p t w k pol Hw).
  split; [| split]; [exact (cov_surely_constant _ _ _ _ Pw Ha) | |
    exact (cov_surely_constant _ _ _ _ Pw Ha)].
  assert (Hc : In c (nodes t)) by (apply (in_nodes_state t k w); [exact Hw | rewrite Hs; left; reflexivity]).
  assert (S0 : s (fst x) = 0).
  { rewrite <- (T c Hc). transitivity (sum (fun y => p (fst y) * s (fst x)) c).
    - rewrite sum_scale_r, (proj1 pol c Hc). ring.
    - apply sum_ext. intros y Hy. rewrite (Sc c y Hc Hy).
      destruct (eq_decided (p (fst y)) 0) as [Z | N]; [rewrite Z; ring |].
      rewrite (Hx y Hy N). reflexivity. }
  apply sum_all_zero. intros v Hv.
  destruct (eq_decided (weight p v) 0) as [W | W]; [rewrite W; ring |].
  replace k with (k + 0)%nat at 1 by lia. rewrite (at_position_shift s t k 0 w v Hw Hv).
  assert (F := First v Hv W). destruct v as [| y v']; [discriminate F |]. injection F as ->.
  unfold at_position at 1. simpl. rewrite S0. ring.
Qed.

(** After the end of a sequence there is neither contribution nor Fisher information. *)
Theorem ended Harm (s s' : E -> K) k w : In w (paths t) -> (length w <= k)%nat ->
  contribution p t Harm s k w = 0 /\ fisher p t s s' k w = 0.
Proof.
  intros Hw Hk. unfold contribution, condcov, cov, fisher, cond.
  rewrite (state_end t w k Hw Hk). rewrite !expect_leaf, app_nil_r.
  unfold at_position. rewrite (proj2 (nth_error_None _ _)).
  - split; ring.
  - rewrite firstn_length. lia.
Qed.

(** So the gradient is that of the prefixes with Var(Harm | y_<k) ≠ 0 alone: X is 1 there, and
    anything elsewhere, such as 0. *)
Theorem gradient_where_uncertain Harm (dp s : E -> K) (X : nat -> path E -> K) T :
  tangent dp t -> is_score p s dp t -> length_at_most T t ->
  (forall k w, In w (paths t) -> condvar p t k Harm w <> 0 -> X k w = 1) ->
  derivative p dp t Harm
  = sum (fun k => expect p t (fun w => X k w * contribution p t Harm s k w)) (seq 0 T).
Proof.
  intros Tg Sc HT HX. rewrite (gradient_characterisation p dp s t stoch Tg Sc Harm T HT).
  apply sum_ext. intros k _. apply expect_ext. intros w Hw.
  destruct (eq_decided (condvar p t k Harm w) 0) as [Z | N].
  - replace k with (k + 0)%nat by lia. rewrite (stopping_horizon Harm s k 0 w Hw Z).
    + ring.
    + exact one_neq_zero.
  - rewrite (HX k w Hw N). ring.
Qed.

(** And I_k is that of the prefixes behind which more than one token may follow. *)
Theorem information_where_uncertain Harm (X : path E -> K) k :
  (forall w, In w (paths t) -> X w = 1 \/ exists c x, state t w k = Node c
     /\ forall y, In y c -> p (fst y) <> 0 -> y = x) ->
  information p t Harm k = expect p t (fun w => X w * condvar p t k (h p t Harm (S k)) w).
Proof.
  intros HX. rewrite information_variance by exact stoch. apply expect_ext. intros w Hw.
  destruct (HX w Hw) as [-> | (c & x & Hs & Hx)]; [ring |].
  assert (S0 : is_score p (fun _ => 0) (fun _ => 0) t) by (intros ? ? _ _; ring).
  rewrite (proj1 (certain_token Harm (fun _ => 0) (fun _ => 0) (fun _ => 0) k w c x
    (fun _ _ => sum_zero _) S0 Hw Hs Hx)). ring.
Qed.

End Horizon.
