(** * Recoverability

    Main definition: [recoverable] (Definition 21).
    Main statements: [rho_mass]; [optimum_recoverable] (Theorem 22 on the tree: the policy
    that is the pointwise optimum at every prefix); [recoverable_penalty], which feeds
    [minimiser_pays_at_most]. *)

Require Export Formal.Deep Formal.Robustness.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

Section Recoverable.
Context {E : Type}.
Variables (q : E -> R) (t : tree E) (inR : E -> bool).
Implicit Types (p : E -> R) (w : path E) (c : list (step E)).

(** Definition 21: ρ_t ≥ ε for all t ≤ d and Q-almost all prefixes y_<t. Position t has a
    prefix of t − 1 tokens. *)
Definition recoverable p (epsilon : R) (d : nat) : Prop :=
  forall j w, (j < d)%nat -> In w (paths t) -> (j < length w)%nat ->
  weight q (firstn j w) <> 0 -> epsilon <= rho p t inR j w.

(** ρ is the mass of R among the tokens that may follow. *)
Theorem rho_mass p j w c : stochastic p t -> In w (paths t) -> state t w j = Node c ->
  rho p t inR j w = mass c (fun x => inR (fst x)) (fun x => p (fst x)).
Proof.
  intros S Hw Hs. unfold rho, recovery. rewrite (cond_at_position p _ t j w S Hw), Hs.
  reflexivity.
Qed.

Lemma state_node j w : In w (paths t) -> (j < length w)%nat -> exists c, state t w j = Node c.
Proof.
  intros Hw Hj. destruct (state t w j) as [| c] eqn:Hs; [| exists c; reflexivity].
  assert (H := rest_of t j w Hw). rewrite Hs in H. apply in_paths_leaf in H.
  apply (f_equal (@length _)) in H. rewrite skipn_length in H. simpl in H. lia.
Qed.

(** Theorem 22: if the base model is δ-recoverable at depth d, then the policy p that is
    the pointwise optimum at every prefix, with tilt η_t = βγ^t at position t, is
    recoverable at depth d with ε = σ(logit δ + βγ^d). *)
Theorem optimum_recoverable p0 p beta gamma delta d :
  0 <= beta -> 0 < gamma <= 1 -> 0 < delta < 1 -> policy p0 t -> stochastic p t ->
  (forall j c x, In c (level j t) -> In x c -> p (fst x)
     = optimum c (fun x => p0 (fst x)) (fun x => inR (fst x)) (eta beta gamma (S j)) x) ->
  recoverable p0 delta d -> recoverable p (sigma (logit delta + eta beta gamma d)) d.
Proof.
  intros Hb Hg Hd P0 Sp Opt Rec j w Hj Hw Hl Nq.
  assert (R0 := Rec j w Hj Hw Hl Nq). destruct (state_node j w Hw Hl) as (c & Hs).
  assert (Hc := state_level j t w c Hw Hs). assert (Hn := level_nodes j t c Hc).
  rewrite (rho_mass p0 j w c (proj1 P0) Hw Hs) in R0.
  rewrite (rho_mass p j w c Sp Hw Hs).
  set (base := fun x : step E => p0 (fst x)) in *.
  set (R' := fun x : step E => inR (fst x)) in *.
  assert (Nb : forall x, In x c -> 0 <= base x) by (intros x Hx; exact (proj2 P0 c x Hn Hx)).
  assert (Tb : sum base c = 1) by exact (proj1 P0 c Hn).
  assert (M : mass c R' (fun x => p (fst x)) = mass c R' (optimum c base R' (eta beta gamma (S j)))).
  { unfold mass. apply sum_ext. intros x Hx. rewrite (Opt j c x Hc Hx). reflexivity. }
  rewrite M, recovery_probability by assumption.
  apply (robustness beta gamma Hb Hg); [exact Hd | | lia].
  split; [exact R0 |]. apply (mass_bounds c base R' Nb Tb).
Qed.

(** If P_0 is δ-recoverable at depth d, its penalty at every position t ≤ d is at most
    1 − δ. *)
Theorem recoverable_penalty p0 delta d j : policy q t -> policy p0 t -> delta <= 1 ->
  recoverable p0 delta d -> (j < d)%nat -> penalty q p0 t inR j <= 1 - delta.
Proof.
  intros Q P0 Hd Rec Hj. rewrite <- (expect_const q t (1 - delta) (proj1 Q)).
  unfold penalty. apply Rsum_le. intros w Hw.
  destruct (Req_dec (weight q w) 0) as [Z | N]; [rewrite Z; reals; lra |].
  reals. apply Rmult_le_compat_l; [exact (weight_nonneg q t w Q Hw) |].
  destruct (le_lt_dec (length w) j) as [L | L].
  - unfold failure. rewrite (cond_at_position p0 _ t j w (proj1 P0) Hw), state_end by assumption.
    reals. lra.
  - destruct (state_node j w Hw L) as (c & Hs).
    rewrite (failure_probability p0 t inR (proj1 P0) j w Hw) by (rewrite Hs; discriminate).
    assert (R0 := Rec j w Hj Hw L (weight_prefix q j w N)). reals. lra.
Qed.

End Recoverable.
