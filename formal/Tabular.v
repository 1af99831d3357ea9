(** * Tabular policies: one logit per token of each prefix

    Labels hold their prefix: [row e] are the tokens that stand beside e, [all] all labels.
    The score of the logit of b at e is 1[b = e] − p(b), for b in the row of e, and else 0.

    Main definition: [logit_score].
    Main statements: [logit_tangent], [logit_is_score]; [tabular_combination] (along z the score
    is z less its mean); [tabular_innovation], [tabular_failure] (innovations, and failures less
    their probability, are scores along some z); [two_tokens], [tabular_strict] (Lemma 12 is an
    equality, or strict). *)

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

(** Of three tokens a, b, c of positive probability, D of mean zero over all: if D is
    proportional to every tabular score, then it is 0. *)
Lemma three_tokens {order : Ordered K} {E} (p D : E -> K)
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

(** ** Lemma 12 by the number of tokens of non-zero probability *)

Section Counted.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E : Type}.
Add Ring K_counted_ring : (ring_laws (K := K)).
Variables (p : E -> K) (t : tree E).
Hypothesis pol : policy p t.
Let stoch : stochastic p t := proj1 pol.

Lemma possible_path u : policy p u -> exists v, In v (paths u) /\ weight p v <> 0.
Proof.
  intros P. assert (T := factorisation p u (proj1 P)).
  assert (D : (exists v, In v (paths u) /\ weight p v <> 0)
    \/ forall v, In v (paths u) -> weight p v = 0).
  { clear - order. induction (paths u) as [| v l [(x & Hx & Nx) | Z]]; [right; intros v [] | |].
    - left. exists x. split; [right; exact Hx | exact Nx].
    - destruct (eq_decided (weight p v) 0) as [Q | Q].
      + right. intros x [<- | Hx]; [exact Q | exact (Z x Hx)].
      + left. exists v. split; [left; reflexivity | exact Q]. }
  destruct D as [D | Z]; [exact D |]. destruct one_neq_zero.
  rewrite <- T. apply sum_all_zero. exact Z.
Qed.

Lemma possible_token c e : policy p (Node c) -> In e (map fst c) -> p e <> 0 ->
  exists x v, fst x = e /\ In x c /\ In (x :: v) (paths (Node c)) /\ weight p (x :: v) <> 0.
Proof.
  intros Pc He Ne. apply in_map_iff in He. destruct He as (x & Q & Hx).
  destruct (possible_path (snd x) (policy_child p c x Pc Hx)) as (v & Hv & Nv).
  exists x, v. repeat split; try assumption.
  - apply in_paths_node. eauto.
  - simpl. intros Q0. destruct (no_zero_divisors _ _ Q0); [rewrite Q in * |]; contradiction.
Qed.

Lemma value_at (f : E -> K) k w x v : In w (paths t) -> In (x :: v) (paths (state t w k)) ->
  at_position f k (firstn k w ++ x :: v) = f (fst x).
Proof.
  intros Hw Hv. replace k with (k + 0)%nat at 1 by lia.
  exact (at_position_shift f t k 0 w (x :: v) Hw Hv).
Qed.

(** A function of the first k + 1 tokens is, behind a prefix, its mean given the next token. *)
Lemma given_token X k w c x v : known t (S k) X -> In w (paths t) -> state t w k = Node c ->
  In x c -> In v (paths (snd x)) ->
  X (firstn k w ++ x :: v) = expect p (snd x) (fun z => X (firstn k w ++ x :: z)).
Proof.
  intros KX Hw Hs Hx Hv. assert (Sn := stochastic_state p t w k stoch Hw). rewrite Hs in Sn.
  assert (Hp : forall z, In z (paths (snd x)) -> In (x :: z) (paths (state t w k)))
    by (intros z Hz; rewrite Hs; apply in_paths_node; eauto).
  rewrite <- (expect_const p (snd x) (X (firstn k w ++ x :: v)) (stochastic_child p c x Sn Hx)).
  apply expect_ext. intros z Hz. apply KX; [apply continued; auto .. |].
  replace (S k) with (k + 1)%nat by lia. rewrite !(firstn_more t k 1 w) by auto. reflexivity.
Qed.

(** At most two tokens of a list have positive probability: a mean is that of two values. *)
Lemma two_values (c : list (step E)) a b :
  (forall x, In x c -> p (fst x) <> 0 -> x = a \/ x = b) -> exists m n, forall f : step E -> K,
  sum (fun x => p (fst x) * f x) c = m * f a + n * f b.
Proof.
  induction c as [| x c IH]; intros H.
  - exists 0, 0. intros f. rewrite sum_nil. ring.
  - destruct IH as (m & n & Q); [intros y Hy; apply H; right; exact Hy |].
    destruct (eq_decided (p (fst x)) 0) as [Z | N].
    + exists m, n. intros f. rewrite sum_cons, Q, Z. ring.
    + destruct (H x (or_introl eq_refl) N) as [-> | ->].
      * exists (p (fst a) + m), n. intros f. rewrite sum_cons, Q. ring.
      * exists m, (p (fst b) + n). intros f. rewrite sum_cons, Q. ring.
Qed.

(** Two tokens of positive probability: Lemma 12 is an equality, tabular or not. *)
Theorem two_tokens {I} (coordinates : list I) (dp s : I -> E -> K) Harm k w c a b :
  (forall i, tangent (dp i) t) -> (forall i, is_score p (s i) (dp i) t) ->
  In w (paths t) -> state t w k = Node c ->
  (forall x, In x c -> p (fst x) <> 0 -> x = a \/ x = b) ->
  condvar p t k (h p t Harm (S k)) w * fisher_trace p coordinates t s k w
  = norm2 coordinates (fun i => contribution p t Harm (s i) k w).
Proof.
  intros Tg Sc Hw Hs Hab. set (D := innovation p t Harm k).
  destruct (proj1 (innovation_pairing p coordinates dp s t stoch Tg Sc Harm k) w Hw) as (V & C & F).
  rewrite <- V, <- F. unfold norm2.
  rewrite <- (sum_ext _ _ coordinates (fun i _ => f_equal2 mul (C i) (C i))).
  apply (at_equality p t k coordinates D (fun i => at_position (s i) k) pol w Hw).
  intros i u v _ Hu Hv Nu Nv. rewrite Hs in Hu, Hv. set (f := at_position (s i) k).
  set (mean X x := expect p (snd x) (fun z => X (firstn k w ++ x :: z))).
  assert (KD : known t (S k) D) by (apply known_innovation; exact stoch).
  assert (Kf : known t (S k) f) by apply known_at_position.
  destruct (two_values c a b Hab) as (m & n & Two).
  assert (MD : m * mean D a + n * mean D b = 0).
  { rewrite <- Two, <- (innovation_mean p t stoch Harm k w Hw). unfold cond.
    rewrite Hs, expect_node. reflexivity. }
  assert (Mf : m * mean f a + n * mean f b = 0).
  { rewrite <- Two, <- (score_mean p (dp i) (s i) t stoch (Tg i) (Sc i) k w Hw). unfold cond.
    rewrite Hs, expect_node. reflexivity. }
  assert (One : m * 1 + n * 1 = 1).
  { transitivity (sum (fun x => p (fst x) * 1) c); [symmetry; exact (Two (fun _ => 1)) |].
    rewrite sum_scale_r, (proj1 pol c); [ring |].
    apply (in_nodes_state t k w); [exact Hw | rewrite Hs; left; reflexivity]. }
  assert (Z : mean D a * mean f b = mean D b * mean f a).
  { apply eq_sub. transitivity ((m * mean D a + n * mean D b) * (mean f b - mean f a)
      - (mean D b - mean D a) * (m * mean f a + n * mean f b)
      + (1 - (m * 1 + n * 1)) * (mean D a * mean f b - mean D b * mean f a)); [ring |].
    rewrite MD, Mf, One. ring. }
  apply in_paths_node in Hu. destruct Hu as (x & u' & -> & Hx & Hu').
  apply in_paths_node in Hv. destruct Hv as (y & v' & -> & Hy & Hv').
  assert (Px : p (fst x) <> 0) by (intros Q; apply Nu; simpl; rewrite Q; ring).
  assert (Py : p (fst y) <> 0) by (intros Q; apply Nv; simpl; rewrite Q; ring).
  transitivity (mean D x * mean f y); [exact (f_equal2 mul
    (given_token D k w c x u' KD Hw Hs Hx Hu') (given_token f k w c y v' Kf Hw Hs Hy Hv')) |].
  transitivity (mean D y * mean f x); [| symmetry; exact (f_equal2 mul
    (given_token D k w c y v' KD Hw Hs Hy Hv') (given_token f k w c x u' Kf Hw Hs Hx Hu'))].
  destruct (Hab x Hx Px) as [-> | ->], (Hab y Hy Py) as [-> | ->]; try ring; [| symmetry]; exact Z.
Qed.

End Counted.

Section Strict.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E : Type}.
Add Ring K_strict_ring : (ring_laws (K := K)).
Variables (p : E -> K) (t : tree E) (eqb : E -> E -> bool) (row : E -> list E) (all : list E).
Hypothesis pol : policy p t.
Hypothesis eqb_spec : forall a b, eqb a b = true <-> a = b.
Hypothesis row_spec : forall c x, In c (nodes t) -> In x c -> row (fst x) = map fst c.
Hypothesis row_once : forall c, In c (nodes t) -> NoDup (map fst c).
Hypothesis all_once : NoDup all.
Hypothesis all_spec : forall c x, In c (nodes t) -> In x c -> In (fst x) all.
Hypothesis prefix_held : forall w v k x y, In w (paths t) -> In v (paths t) ->
  nth_error w k = Some x -> nth_error v k = Some y -> fst x = fst y ->
  firstn (S k) w = firstn (S k) v.
Let stoch : stochastic p t := proj1 pol.
Let scores : E -> E -> K := logit_score p eqb row.

Lemma two_others (c : list (step E)) a1 a2 a3 :
  (forall a, In a [a1; a2; a3] -> In a (map fst c) /\ p a <> 0) -> NoDup [a1; a2; a3] ->
  forall a, exists b d, In b (map fst c) /\ In d (map fst c) /\ p b <> 0 /\ p d <> 0
    /\ b <> a /\ d <> a /\ b <> d.
Proof.
  intros H N a. inversion N as [| ? ? N1 N']. inversion N' as [| ? ? N2 _]. subst. simpl in *.
  assert (H1 := H a1). assert (H2 := H a2). assert (H3 := H a3).
  destruct (eqb a1 a) eqn:Q1; [apply eqb_spec in Q1; subst; exists a2, a3; intuition auto |].
  assert (a1 <> a) by (intros Q; apply eqb_spec in Q; congruence).
  destruct (eqb a2 a) eqn:Q2; [apply eqb_spec in Q2; subst; exists a1, a3; intuition auto |].
  assert (a2 <> a) by (intros Q; apply eqb_spec in Q; congruence).
  exists a1, a2. intuition auto.
Qed.

(** Three tokens of positive probability and harm that varies: Lemma 12 is strict. *)
Theorem tabular_strict Harm k w c a1 a2 a3 : In w (paths t) -> state t w k = Node c ->
  (forall a, In a [a1; a2; a3] -> In a (map fst c) /\ p a <> 0) -> NoDup [a1; a2; a3] ->
  condvar p t k (h p t Harm (S k)) w <> 0 ->
  norm2 all (fun b => contribution p t Harm (scores b) k w)
  < condvar p t k (h p t Harm (S k)) w * fisher_trace p all t scores k w.
Proof.
  intros Hw Hs Three Once N.
  set (dp b e := p e * scores b e).
  assert (Tg : forall b, tangent (dp b) t)
    by (intros b; apply logit_tangent; assumption).
  assert (Sc : forall b, is_score p (scores b) (dp b) t) by (intros b ? ? _ _; reflexivity).
  split; [exact (pointwise_bound p all dp scores t pol Tg Sc Harm k w Hw) |].
  intros Eq. apply N. set (D := innovation p t Harm k).
  destruct (proj1 (innovation_pairing p all dp scores t stoch Tg Sc Harm k) w Hw) as (V & C & F).
  rewrite <- V, <- F in Eq. unfold norm2 in Eq.
  rewrite <- (sum_ext _ _ all (fun b _ => f_equal2 mul (C b) (C b))) in Eq.
  symmetry in Eq.
  assert (Along := proj1 (at_equality p t k all D (fun b => at_position (scores b) k) pol w Hw) Eq).
  rewrite <- V. clear V C F N Eq.
  destruct (tabular_innovation p t eqb row all stoch eqb_spec row_spec row_once all_once all_spec
    prefix_held Harm k) as (z & Hz).
  assert (Hc : In c (nodes t))
    by (apply (in_nodes_state t k w); [exact Hw | rewrite Hs; left; reflexivity]).
  assert (Pc := policy_state p t w k pol Hw). rewrite Hs in Pc.
  assert (At := fun f x v => value_at t f k w x v Hw).
  assert (Dz : forall x v, In (x :: v) (paths (state t w k)) ->
    D (firstn k w ++ x :: v) = z (fst x)).
  { intros x v Hv. rewrite <- (At z x v Hv). apply Hz. apply continued; assumption. }
  assert (Z : forall a, In a (map fst c) -> p a <> 0 -> z a = 0).
  { apply (three_tokens p z eqb (map fst c) eqb_spec).
    - rewrite sum_map. exact (proj1 pol c Hc).
    - rewrite sum_map. transitivity (cond p t k D w); [| apply innovation_mean; assumption].
      unfold cond. rewrite Hs, expect_node. apply sum_ext. intros x Hx. f_equal.
      rewrite <- (expect_const p (snd x) (z (fst x)) (stochastic_child p c x (proj1 Pc) Hx)).
      apply expect_ext. intros v Hv. symmetry. apply Dz. rewrite Hs. apply in_paths_node. eauto.
    - exact (two_others c a1 a2 a3 Three Once).
    - intros b a d Hb Ha Hd Na Nd.
      destruct (possible_token p c a Pc Ha Na) as (x & u & <- & Hx & Hu & Nu).
      destruct (possible_token p c d Pc Hd Nd) as (y & v & <- & Hy & Hv & Nv).
      rewrite <- Hs in Hu, Hv.
      assert (Ball : In b all).
      { apply in_map_iff in Hb. destruct Hb as (y0 & <- & Hy0). exact (all_spec c y0 Hc Hy0). }
      assert (M := Along b (x :: u) (y :: v) Ball Hu Hv Nu Nv).
      assert (M' := eq_trans (eq_sym (f_equal2 mul (Dz x u Hu) (At (scores b) y v Hv)))
        (eq_trans M (f_equal2 mul (Dz y v Hv) (At (scores b) x u Hu)))).
      assert (L : forall e, In e c -> scores b (fst e) = (if eqb b (fst e) then 1 else 0) - p b).
      { intros e He. unfold scores, logit_score. rewrite (row_spec c e Hc He).
        rewrite (proj2 (in_row eqb eqb_spec b (map fst c)) Hb). reflexivity. }
      rewrite (L x Hx), (L y Hy) in M'. exact M'. }
  apply (expect_surely_zero p (state t w k)). intros v Hv Nv. rewrite Hs in Hv.
  apply in_paths_node in Hv. destruct Hv as (x & v' & -> & Hx & Hv').
  assert (Hv0 : In (x :: v') (paths (state t w k))) by (rewrite Hs; apply in_paths_node; eauto).
  transitivity (z (fst x) * z (fst x)); [exact (f_equal2 mul (Dz x v' Hv0) (Dz x v' Hv0)) |].
  rewrite (Z (fst x)); [ring | apply in_map; exact Hx |].
  intros Q. apply Nv. simpl. rewrite Q. ring.
Qed.
End Strict.
