(** * Tabular policies: one logit per token of each prefix

    Labels hold their prefix: [row e] are the tokens that stand beside e, [all] all labels.
    The score of the logit of b at e is 1[b = e] − p(b), for b in the row of e, and else 0.

    Main definition: [logit_score].
    Main statements: [logit_tangent], [logit_is_score]; [tabular_combination] (along z the score
    is z less its mean); [tabular_innovation], [tabular_failure] (innovations, and failures less
    their probability, are scores along some z); [two_tokens]; [three_tokens]. *)

Require Export Formal.Pairing.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

Section Tabular.
Context {K : Type} {ring : Ring K} {E : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variables (p : E -> K) (t : tree E) (eqb : E -> E -> bool) (row : E -> list E) (all : list E).
Hypothesis stoch : stochastic p t.
Hypothesis eqb_spec : forall a b, eqb a b = true <-> a = b.
Hypothesis row_spec : forall c x, In c (nodes t) -> In x c -> row (fst x) = map fst c.
Hypothesis row_once : forall c, In c (nodes t) -> NoDup (map fst c).
Hypothesis all_once : NoDup all.
Hypothesis all_spec : forall c x, In c (nodes t) -> In x c -> In (fst x) all.
Implicit Types (w u v : path E) (z : E -> K).

Definition logit_score (b e : E) : K :=
  if existsb (eqb b) (row e) then (if eqb b e then 1 else 0) - p b else 0.

Let scores (k : nat) (b : E) : path E -> K := at_position (logit_score b) k.

Lemma in_row b m : existsb (eqb b) m = true <-> In b m.
Proof.
  rewrite existsb_exists. split.
  - intros (x & Hx & Q). apply eqb_spec in Q. rewrite Q. exact Hx.
  - intros H. exists b. split; [exact H | apply eqb_spec; reflexivity].
Qed.

Lemma sum_at (f : E -> K) m e : NoDup m -> In e m ->
  sum (fun b => if eqb b e then f b else 0) m = f e.
Proof.
  induction m as [| b m IH]; intros N He; [contradiction |].
  inversion N as [| ? ? Nb Nm]. subst. rewrite sum_cons. destruct He as [-> | He].
  - rewrite (proj2 (eqb_spec e e) eq_refl), sum_all_zero; [ring |].
    intros x Hx. destruct (eqb x e) eqn:Q; [| reflexivity].
    apply eqb_spec in Q. rewrite Q in Hx. contradiction.
  - rewrite (IH Nm He). destruct (eqb b e) eqn:Q; [| ring].
    apply eqb_spec in Q. rewrite Q in Nb. contradiction.
Qed.

Lemma sum_within (f : E -> K) m : NoDup m -> (forall b, In b m -> In b all) ->
  sum (fun b => if existsb (eqb b) m then f b else 0) all = sum f m.
Proof.
  induction m as [| r m IH]; intros N Hm; [apply sum_all_zero; reflexivity |].
  inversion N as [| ? ? Nr Nm]. subst.
  rewrite sum_cons, <- (IH Nm) by (intros b Hb; apply Hm; right; exact Hb).
  rewrite <- (sum_at f all r all_once) by (apply Hm; left; reflexivity).
  rewrite <- sum_add. apply sum_ext. intros b _. simpl.
  destruct (eqb b r) eqn:Q; simpl; [| ring].
  apply eqb_spec in Q. subst. destruct (existsb (eqb r) m) eqn:X; [| ring].
  apply in_row in X. contradiction.
Qed.

(** Along z, at a token of a prefix: Σ_b z_b s_b = z − Σ_b p(b) z_b. *)
Lemma row_combination z c x : In c (nodes t) -> In x c ->
  sum (fun b => z b * logit_score b (fst x)) all
  = z (fst x) - sum (fun y => p (fst y) * z (fst y)) c.
Proof.
  intros Hc Hx. assert (Er := row_spec c x Hc Hx). assert (N := row_once c Hc).
  assert (He : In (fst x) (map fst c)) by (apply in_map; exact Hx).
  rewrite <- (sum_at z (map fst c) (fst x) N He).
  rewrite <- (sum_map fst (fun b => p b * z b)), <- sum_sub.
  rewrite <- (sum_within _ (map fst c) N).
  - apply sum_ext. intros b _. unfold logit_score. rewrite Er.
    destruct (existsb (eqb b) (map fst c)); [| ring]. destruct (eqb b (fst x)); ring.
  - intros b Hb. apply in_map_iff in Hb. destruct Hb as (y & <- & Hy).
    apply (all_spec c); assumption.
Qed.

(** Each logit is a parameter: it moves the policy along p·s, a tangent with score s. *)
Theorem logit_tangent b : tangent (fun e => p e * logit_score b e) t.
Proof.
  intros c Hc. rewrite (sum_ext _ (fun x => p (fst x) * (if existsb (eqb b) (map fst c)
    then (if eqb b (fst x) then 1 else 0) - p b else 0))).
  - destruct (existsb (eqb b) (map fst c)) eqn:X; [| apply sum_all_zero; intros; ring].
    apply in_row in X. rewrite (sum_ext _ (fun x => (if eqb (fst x) b then p (fst x) else 0)
      - p (fst x) * p b)).
    + rewrite sum_sub, sum_scale_r, (stoch c Hc).
      rewrite <- (sum_map fst (fun e => if eqb e b then p e else 0)).
      rewrite (sum_at p (map fst c) b (row_once c Hc) X). ring.
    + intros x _. destruct (eqb b (fst x)) eqn:Q.
      * apply eqb_spec in Q. rewrite (proj2 (eqb_spec (fst x) b) (eq_sym Q)). ring.
      * destruct (eqb (fst x) b) eqn:Q'; [| ring].
        apply eqb_spec in Q'. rewrite (proj2 (eqb_spec b (fst x)) (eq_sym Q')) in Q. discriminate Q.
  - intros x Hx. unfold logit_score. rewrite (row_spec c x Hc Hx). reflexivity.
Qed.

Theorem logit_is_score b : is_score p (logit_score b) (fun e => p e * logit_score b e) t.
Proof. intros c x _ _. reflexivity. Qed.

Lemma token_node w k x : In w (paths t) -> nth_error w k = Some x ->
  exists c, state t w k = Node c /\ In c (nodes t) /\ In x c.
Proof.
  intros Hw Hx. assert (H := rest_of t k w Hw).
  assert (Hc := fun c => in_nodes_state t k w c Hw).
  assert (Sk : exists v, skipn k w = x :: v).
  { clear - Hx. revert w Hx. induction k as [| k IH]; intros [| y w] Hx; try discriminate Hx.
    - injection Hx as ->. exists w. reflexivity.
    - apply IH. exact Hx. }
  destruct Sk as (v & Sk). rewrite Sk in H. destruct (state t w k) as [| c].
  - apply in_paths_leaf in H. discriminate H.
  - apply in_paths_node in H. destruct H as (y & v' & Q & Hy & _). injection Q as -> ->.
    exists c. split; [reflexivity | split; [apply Hc; left; reflexivity | exact Hy]].
Qed.

(** Along z the score at position k is z(y_k) − E[z(y_k) | y_<k]. *)
Theorem tabular_combination z k w : In w (paths t) ->
  combination all (scores k) z w = at_position z k w - cond p t k (at_position z k) w.
Proof.
  intros Hw. rewrite (cond_at_position p z t k w stoch Hw). unfold combination, scores, at_position.
  destruct (nth_error w k) as [x |] eqn:Q.
  - destruct (token_node w k x Hw Q) as (c & -> & Hc & Hx). apply row_combination; assumption.
  - rewrite (state_end t w k Hw) by (apply nth_error_None; exact Q).
    rewrite sum_all_zero by (intros; ring). ring.
Qed.

(** Failures less their probability are the score along z = 1[e ∉ R]. *)
Theorem tabular_failure (R : E -> bool) k w : In w (paths t) ->
  centred_failure p t R k w = combination all (scores k) (fun e => if R e then 0 else 1) w.
Proof. intros Hw. rewrite tabular_combination by exact Hw. reflexivity. Qed.

(** Labels hold their prefix. *)
Hypothesis prefix_held : forall w v k x y, In w (paths t) -> In v (paths t) ->
  nth_error w k = Some x -> nth_error v k = Some y -> fst x = fst y ->
  firstn (S k) w = firstn (S k) v.

Let labelled (k : nat) (e : E) w : bool :=
  match nth_error w k with Some x => eqb (fst x) e | None => false end.

(** Innovations are the score along z, z their values at the labels. *)
Theorem tabular_innovation Harm k : exists z, forall w, In w (paths t) ->
  innovation p t Harm k w = combination all (scores k) z w
  /\ innovation p t Harm k w = at_position z k w.
Proof.
  set (z e := match find (labelled k e) (paths t) with
    | Some w => innovation p t Harm k w | None => 0 end).
  assert (Z : forall w, In w (paths t) -> innovation p t Harm k w = at_position z k w).
  { intros w Hw. unfold at_position. destruct (nth_error w k) as [x |] eqn:Q.
    - unfold z. destruct (find (labelled k (fst x)) (paths t)) as [v |] eqn:F.
      + apply find_some in F. destruct F as [Hv L]. unfold labelled in L.
        destruct (nth_error v k) as [y |] eqn:Qv; [| discriminate L]. apply eqb_spec in L.
        apply (known_innovation p t); [assumption .. |].
        apply (prefix_held w v k x y); auto.
      + assert (N := find_none _ _ F w Hw). unfold labelled in N. rewrite Q in N.
        rewrite (proj2 (eqb_spec _ _) eq_refl) in N. discriminate N.
    - apply nth_error_None in Q. unfold innovation, h, cond.
      rewrite !(state_end t w), !firstn_all2 by (exact Hw || lia). ring. }
  exists z. intros w Hw. split; [| apply Z; exact Hw].
  rewrite tabular_combination, <- (Z w Hw) by exact Hw.
  rewrite (cond_ext p t k (at_position z k) (innovation p t Harm k) w Hw)
    by (intros u Hu; symmetry; apply Z; exact Hu).
  rewrite innovation_mean by assumption. ring.
Qed.

End Tabular.

Section Few.
Context {K : Type} {ring : Ring K}.
Add Ring K_ring2 : (ring_laws (K := K)).

(** Of two tokens, both of mean zero: p_a p_b (D_a S_b − D_b S_a)² = 0, so that Lemma 12 is an
    equality, tabular or not. *)
Theorem two_tokens (pa pb Da Db Sa Sb : K) :
  pa * Da + pb * Db = 0 -> pa * Sa + pb * Sb = 0 ->
  pa * pb * ((Da * Sb - Db * Sa) * (Da * Sb - Db * Sa)) = 0.
Proof.
  intros HD HS.
  assert (Z : pa * (Da * Sb - Db * Sa) = 0).
  { transitivity ((pa * Da + pb * Db) * Sb - Db * (pa * Sa + pb * Sb)); [ring |].
    rewrite HD, HS. ring. }
  transitivity (pb * (Da * Sb - Db * Sa) * (pa * (Da * Sb - Db * Sa))); [ring |].
  rewrite Z. ring.
Qed.

(** Of three tokens a, b, c of positive probability, D of mean zero over all: if D is
    proportional to every tabular score, then it is 0. *)
Theorem three_tokens {order : Ordered K} {E} (p D : E -> K)
  (eqb : E -> E -> bool) (l : list E) :
  (forall a b, eqb a b = true <-> a = b) -> sum p l = 1 -> sum (fun e => p e * D e) l = 0 ->
  (forall a, exists b c, In b l /\ In c l /\ p b <> 0 /\ p c <> 0 /\ b <> a /\ c <> a /\ b <> c) ->
  let s b e := (if eqb b e then 1 else 0) - p b in
  (forall b a c, In b l -> In a l -> In c l -> p a <> 0 -> p c <> 0 -> D a * s b c = D c * s b a) ->
  forall a, In a l -> p a <> 0 -> D a = 0.
Proof.
  intros Eq Sp SD Three s H a Ha Na.
  assert (Ne : forall x y, x <> y -> eqb x y = false).
  { intros x y N. destruct (eqb x y) eqn:Q; [apply Eq in Q; contradiction | reflexivity]. }
  assert (Same : forall c, In c l -> p c <> 0 -> D c = D a).
  { intros c Hc Nc. destruct (Three a) as (b & b' & Hb & Hb' & Nb & Nb' & Nba & Nba' & Nbb').
    (* a token other than a and c *)
    assert (X : exists x, In x l /\ p x <> 0 /\ x <> a /\ x <> c).
    { destruct (eqb b c) eqn:Q.
      - apply Eq in Q. subst c. exists b'. repeat split; auto.
      - exists b. repeat split; auto. intros ->. rewrite (proj2 (Eq c c) eq_refl) in Q. discriminate Q. }
    destruct X as (x & Hx & Nx & Nxa & Nxc).
    assert (Q := H x a c Hx Ha Hc Na Nc). unfold s in Q.
    rewrite (Ne x c Nxc), (Ne x a Nxa) in Q. apply eq_sub.
    destruct (no_zero_divisors (p x) (D c - D a)) as [Z | Z]; [| contradiction | exact Z].
    transitivity (D a * (0 - p x) - D c * (0 - p x)); [ring |]. rewrite Q. ring. }
  transitivity (sum (fun e => p e * D a) l).
  - rewrite sum_scale_r, Sp. ring.
  - rewrite <- SD. apply sum_ext. intros e He. destruct (eq_decided (p e) 0) as [Z | N].
    + rewrite Z. ring.
    + rewrite (Same e He N). reflexivity.
Qed.

End Few.
