(** * The gaps in Theorem 13 and Lemma 28

    Both bounds are Cauchy and Schwarz's inequality for a function D of the first k + 1
    tokens and the scores S i at position k, where the prefix is drawn from a law q and
    the token from the policy p: Theorem 13 with q = p and D = Δ ([innovation_pairing]),
    Lemma 28 with q the adversary and D = 1[y_k ∉ R] − P(y_k ∉ R | y_<k)
    ([recovery_pairing]). Here is what the bounds leave, and when that is nothing; and a
    bound by the range of h in place of its variance ([oscillation], Remark 2).

    Main statements: [gap_at], [gap_along], [mean_gap], [spread], [uniform_gap], [sharp_gap],
    [two_draws], [gap_merged], [projection_form], [projection_scaled], [proportional_at],
    [proportional], [prefix_pairing] (identities, over any ring); [mean_bound], [sharp_bound], [best_bound], [at_equality],
    [at_proportional], [equality_along], [mean_equality],
    [mean_equality_attained], [sharp_equality], [best_equality]. *)

Require Export Formal.Recovery.
Import ListNotations.
Open Scope K_scope.

Section Definitions.
Context {K : Type} {ring : Ring K} {E I : Type}.
Variables (q p : E -> K) (t : tree E) (k : nat) (coordinates : list I).
Variables (D : path E -> K) (S : I -> path E -> K).
Implicit Types (X : path E -> K) (w : path E) (i : I).

(** E[X], the prefix drawn from q and what follows from p. *)
Definition joint X : K := expect q t (cond p t k X).

(** E[D² | y_<k], E[D·S_i | y_<k], Σ_i E[S_i² | y_<k], and their means over the prefixes. *)
Definition square_at w : K := cond p t k (fun u => D u * D u) w.
Definition product_at i w : K := cond p t k (fun u => D u * S i u) w.
Definition trace_at w : K := sum (fun i => cond p t k (fun u => S i u * S i u) w) coordinates.
Definition square : K := expect q t square_at.
Definition product i : K := expect q t (product_at i).
Definition trace : K := expect q t trace_at.

(** sᵀz *)
Definition combination (z : I -> K) w : K := sum (fun i => z i * S i w) coordinates.

End Definitions.

Section Identities.
Context {K : Type} {ring : Ring K} {E I : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variables (q p : E -> K) (t : tree E) (k : nat) (coordinates : list I).
Variables (D : path E -> K) (S : I -> path E -> K).
Hypothesis stochq : stochastic q t.
Implicit Types (X Y : path E -> K) (w u v : path E) (i : I).

Let SQ := square_at p t k D.
Let C i w := product_at p t k D S i w.
Let TR := trace_at p t k coordinates S.
Let I2 := square q p t k D.
Let G i := product q p t k D S i.

Lemma cond_scale (a : K) X w : cond p t k (fun u => a * X u) w = a * cond p t k X w.
Proof. apply expect_scale. Qed.

Lemma joint_add X Y : joint q p t k (fun u => X u + Y u) = joint q p t k X + joint q p t k Y.
Proof. unfold joint. rewrite <- expect_add. apply expect_ext. intros w _. apply cond_add. Qed.

Lemma joint_sub X Y : joint q p t k (fun u => X u - Y u) = joint q p t k X - joint q p t k Y.
Proof. unfold joint. rewrite <- expect_sub. apply expect_ext. intros w _. apply cond_sub. Qed.

Lemma joint_scale (a : K) X : joint q p t k (fun u => a * X u) = a * joint q p t k X.
Proof. unfold joint. rewrite <- expect_scale. apply expect_ext. intros w _. apply cond_scale. Qed.

Lemma joint_sum {A} (X : A -> path E -> K) l :
  joint q p t k (fun u => sum (fun a => X a u) l) = sum (fun a => joint q p t k (X a)) l.
Proof.
  unfold joint. rewrite <- expect_sum. apply expect_ext. intros w _.
  apply (expect_sum p (state t w k) (fun a v => X a (firstn k w ++ v)) l).
Qed.

Lemma joint_ext X Y : (forall u, In u (paths t) -> X u = Y u) ->
  joint q p t k X = joint q p t k Y.
Proof. intros H. apply expect_ext. intros w Hw. apply cond_ext; assumption. Qed.

Lemma trace_joint : trace q p t k coordinates S
  = sum (fun i => joint q p t k (fun u => S i u * S i u)) coordinates.
Proof. unfold trace, trace_at, joint. apply expect_sum. Qed.

(** Lemma 12: E[D²|x]·tr F(x) − ‖C(x)‖² is half of Σ_i E[(D(u)S_i(v) − D(v)S_i(u))² | x], u and
    v two independent draws of what follows the prefix x: Lagrange's identity. *)
Theorem gap_at w :
  (1 + 1) * (SQ w * TR w - norm2 coordinates (fun i => C i w))
  = sum (fun i => cond p t k (fun u => cond p t k (fun v =>
      (D u * S i v - D v * S i u) * (D u * S i v - D v * S i u)) w) w) coordinates.
Proof.
  unfold TR, trace_at, norm2. rewrite <- sum_scale, <- sum_sub, <- sum_scale.
  apply sum_ext. intros i _.
  transitivity (sum (fun u => sum (fun v => weight p u * weight p v *
    ((D (firstn k w ++ u) * S i (firstn k w ++ v) - D (firstn k w ++ v) * S i (firstn k w ++ u))
     * (D (firstn k w ++ u) * S i (firstn k w ++ v) - D (firstn k w ++ v) * S i (firstn k w ++ u))))
    (paths (state t w k))) (paths (state t w k))).
  - rewrite <- (lagrange (weight p) (fun u => D (firstn k w ++ u))
      (fun u => S i (firstn k w ++ u))). reflexivity.
  - unfold cond, expect. apply sum_ext. intros u _. rewrite <- sum_scale.
    apply sum_ext. intros v _. ring.
Qed.

Lemma deviation i :
  expect q t (fun w => (C i w - G i) * (C i w - G i))
  = expect q t (fun w => C i w * C i w) - G i * G i.
Proof. exact (cov_product q t (C i) (C i) stochq). Qed.

(** Theorem 13: what is left of E[E[D²|x]·tr F(x)] beyond ‖G‖² are the gaps at the
    prefixes, and E‖C(x) − G‖². *)
Theorem mean_gap :
  expect q t (fun w => SQ w * TR w) - norm2 coordinates G
  = expect q t (fun w => SQ w * TR w - norm2 coordinates (fun i => C i w))
    + expect q t (fun w => norm2 coordinates (fun i => C i w - G i)).
Proof.
  rewrite expect_sub. unfold norm2. rewrite !expect_sum.
  rewrite (sum_ext _ _ coordinates (fun i _ => deviation i)), sum_sub. ring.
Qed.

(** E‖C(x) − G‖² is half of E‖C(x) − C(x')‖², x and x' two independent prefixes. *)
Theorem spread :
  (1 + 1) * expect q t (fun w => norm2 coordinates (fun i => C i w - G i))
  = expect q t (fun w => expect q t (fun v => norm2 coordinates (fun i => C i w - C i v))).
Proof.
  unfold norm2. rewrite expect_sum, <- sum_scale.
  rewrite (expect_ext q t (fun w => expect q t _) (fun w => sum (fun i =>
    expect q t (fun v => (C i w - C i v) * (C i w - C i v))) coordinates))
    by (intros w _; apply expect_sum).
  rewrite expect_sum. apply sum_ext. intros i _. rewrite deviation.
  rewrite (expect_ext q t (fun w => expect q t _) (fun w =>
    C i w * C i w - (1 + 1) * G i * C i w + expect q t (fun v => C i v * C i v))).
  - rewrite expect_add, expect_sub, expect_scale, expect_const by exact stochq.
    change (expect q t (C i)) with (G i). ring.
  - intros w _. rewrite (expect_ext q t _ (fun v =>
      C i w * C i w - (1 + 1) * C i w * C i v + C i v * C i v)) by (intros; ring).
    rewrite expect_add, expect_sub, !expect_scale, expect_const by exact stochq.
    change (expect q t (C i)) with (G i). ring.
Qed.

(** Theorem 13 with κ: the rest of κ·I is E[E[D²|x]·(κ − tr F(x))] and the gap above. *)
Theorem uniform_gap kappa :
  kappa * I2 - norm2 coordinates G
  = expect q t (fun w => SQ w * (kappa - TR w))
    + (expect q t (fun w => SQ w * TR w) - norm2 coordinates G).
Proof.
  unfold I2, square. fold SQ. rewrite <- expect_scale.
  rewrite (expect_ext q t (fun w => SQ w * (kappa - TR w))
    (fun w => kappa * SQ w - SQ w * TR w)) by (intros; ring).
  rewrite expect_sub. ring.
Qed.

(** The bound without κ, times I: I(I·tr F̄ − ‖G‖²) = E‖I·s − G·D‖². *)
Theorem sharp_gap :
  I2 * (I2 * trace q p t k coordinates S - norm2 coordinates G)
  = sum (fun i => joint q p t k (fun u =>
      (I2 * S i u - G i * D u) * (I2 * S i u - G i * D u))) coordinates.
Proof.
  rewrite trace_joint. unfold norm2. rewrite <- sum_scale, <- sum_sub, <- sum_scale.
  apply sum_ext. intros i _. symmetry.
  rewrite (joint_ext _ (fun u => I2 * I2 * (S i u * S i u) - (1 + 1) * I2 * G i * (D u * S i u)
    + G i * G i * (D u * D u))) by (intros; ring).
  rewrite joint_add, joint_sub, !joint_scale.
  change (joint q p t k (fun u => D u * S i u)) with (G i).
  change (joint q p t k (fun u => D u * D u)) with I2. ring.
Qed.

(** The same gap without the factor: half of Σ_i E[(D(u)S_i(v) − D(v)S_i(u))²], u and v two
    independent draws of a prefix and a token. *)
Theorem two_draws :
  (1 + 1) * (I2 * trace q p t k coordinates S - norm2 coordinates G)
  = sum (fun i => joint q p t k (fun u => joint q p t k (fun v =>
      (D u * S i v - D v * S i u) * (D u * S i v - D v * S i u)))) coordinates.
Proof.
  rewrite trace_joint. unfold norm2. rewrite <- sum_scale, <- sum_sub, <- sum_scale.
  apply sum_ext. intros i _. set (f := joint q p t k (fun u => S i u * S i u)). symmetry.
  rewrite (joint_ext _ (fun u => f * (D u * D u) - (1 + 1) * G i * (D u * S i u)
    + I2 * (S i u * S i u))).
  - rewrite joint_add, joint_sub, !joint_scale.
    change (joint q p t k (fun u => D u * S i u)) with (G i).
    change (joint q p t k (fun u => D u * D u)) with I2. fold f. ring.
  - intros u _. rewrite (joint_ext _ (fun v => D u * D u * (S i v * S i v)
      - (1 + 1) * (D u * S i u) * (D v * S i v) + S i u * S i u * (D v * D v))) by (intros; ring).
    rewrite joint_add, joint_sub, !joint_scale. fold f.
    change (joint q p t k (fun u => D u * S i u)) with (G i).
    change (joint q p t k (fun u => D u * D u)) with I2. ring.
Qed.

(** The gap of sums V = Σv, F = Σf, C = Σc over prefixes, prefix by prefix: that of the sums so
    far, that of the next prefix, and a cross term, which times Vv is a sum of squares. *)
Theorem gap_merged (V F C' v f c : K) :
  (V + v) * (F + f) - (C' + c) * (C' + c)
  = (V * F - C' * C') + (v * f - c * c) + (V * f + v * F - (1 + 1) * (C' * c))
  /\ V * v * (V * f + v * F - (1 + 1) * (C' * c))
     = (V * c - v * C') * (V * c - v * C') + v * v * (V * F - C' * C') + V * V * (v * f - c * c).
Proof. split; ring. Qed.

(** E[(d·D − sᵀz)²] = d²·I − 2d·zᵀG + zᵀF̄z for every d and z. *)
Theorem projection_form (d : K) z :
  joint q p t k (fun u => (d * D u - combination coordinates S z u)
                          * (d * D u - combination coordinates S z u))
  = d * d * I2 - (1 + 1) * d * sum (fun i => z i * G i) coordinates
    + joint q p t k (fun u => combination coordinates S z u * combination coordinates S z u).
Proof.
  rewrite (joint_ext _ (fun u => d * d * (D u * D u)
    - (1 + 1) * d * (D u * combination coordinates S z u)
    + combination coordinates S z u * combination coordinates S z u)) by (intros; ring).
  rewrite joint_add, joint_sub, !joint_scale.
  rewrite (joint_ext (fun u => D u * combination coordinates S z u)
    (fun u => sum (fun i => z i * (D u * S i u)) coordinates)).
  - rewrite joint_sum. rewrite (sum_ext _ (fun i => z i * G i)); [reflexivity |].
    intros i _. apply joint_scale.
  - intros u _. unfold combination. rewrite <- sum_scale. apply sum_ext. intros; ring.
Qed.

(** Where F̄z = d·G, d(d·I − zᵀG) = E[(d·D − sᵀz)²]: with d = det F̄ and z = adj(F̄)G, which
    have F̄z = d·G, and with d = 1 and z = F̄⁺G. *)
Theorem projection_scaled (d : K) z :
  (forall i, In i coordinates ->
     sum (fun j => joint q p t k (fun u => S i u * S j u) * z j) coordinates = d * G i) ->
  d * (d * I2 - sum (fun i => z i * G i) coordinates)
  = joint q p t k (fun u => (d * D u - combination coordinates S z u)
                            * (d * D u - combination coordinates S z u)).
Proof.
  intros Hz. symmetry. rewrite projection_form.
  replace (joint q p t k (fun u => combination coordinates S z u * combination coordinates S z u))
    with (d * sum (fun i => z i * G i) coordinates); [ring |].
  rewrite <- sum_scale. rewrite (joint_ext _ (fun u => sum (fun i => z i * sum (fun j =>
    z j * (S i u * S j u)) coordinates) coordinates)).
  - rewrite joint_sum. apply sum_ext. intros i Hi. rewrite joint_scale, joint_sum.
    replace (d * (z i * G i)) with (z i * (d * G i)) by ring. rewrite <- (Hz i Hi). f_equal.
    apply sum_ext. intros j _. rewrite joint_scale. ring.
  - intros u _. unfold combination at 1. rewrite <- sum_scale_r. apply sum_ext. intros i _.
    unfold combination. rewrite <- !sum_scale. apply sum_ext. intros j _. ring.
Qed.

(** s = c(y_<k)·D gives equality at the prefix. *)
Theorem proportional_at (c : I -> K) w :
  (forall i v, In i coordinates -> In v (paths (state t w k)) ->
     S i (firstn k w ++ v) = c i * D (firstn k w ++ v)) ->
  SQ w * TR w = norm2 coordinates (fun i => C i w).
Proof.
  intros H. unfold TR, trace_at, norm2. rewrite <- sum_scale. apply sum_ext. intros i Hi.
  assert (Ci : C i w = c i * SQ w).
  { unfold C, product_at, SQ, square_at, cond. rewrite <- expect_scale. apply expect_ext.
    intros v Hv. rewrite (H i v Hi Hv). ring. }
  assert (Fi : cond p t k (fun u => S i u * S i u) w = c i * (c i * SQ w)).
  { unfold SQ, square_at, cond. rewrite <- !expect_scale. apply expect_ext.
    intros v Hv. rewrite (H i v Hi Hv). ring. }
  rewrite Ci, Fi. ring.
Qed.

(** s = c·D, c the same at all prefixes, gives equality in the bound without κ. *)
Theorem proportional (c : I -> K) :
  (forall i u, In i coordinates -> In u (paths t) -> S i u = c i * D u) ->
  I2 * trace q p t k coordinates S = norm2 coordinates G.
Proof.
  intros H. rewrite trace_joint. unfold norm2. rewrite <- sum_scale. apply sum_ext. intros i Hi.
  assert (Gi : G i = c i * I2).
  { change (joint q p t k (fun u => D u * S i u) = c i * joint q p t k (fun u => D u * D u)).
    rewrite <- joint_scale. apply joint_ext. intros u Hu. rewrite (H i u Hi Hu). ring. }
  assert (Fi : joint q p t k (fun u => S i u * S i u) = c i * (c i * I2)).
  { change I2 with (joint q p t k (fun u => D u * D u)). rewrite <- !joint_scale.
    apply joint_ext. intros u Hu. rewrite (H i u Hi Hu). ring. }
  rewrite Gi, Fi. ring.
Qed.

End Identities.

Section Order.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E I : Type}.
Add Ring K_ring2 : (ring_laws (K := K)).
Variables (q p : E -> K) (t : tree E) (k : nat) (coordinates : list I).
Variables (D : path E -> K) (S : I -> path E -> K).
Hypothesis polq : policy q t.
Hypothesis pol : policy p t.
Implicit Types (X Y : path E -> K) (w u v : path E) (i : I).

Let SQ := square_at p t k D.
Let C i w := product_at p t k D S i w.
Let TR := trace_at p t k coordinates S.
Let I2 := square q p t k D.
Let G i := product q p t k D S i.
Let TR2 := trace q p t k coordinates S.

(** P holds wherever a prefix of q and a continuation of p have non-zero probability. *)
Definition jointly_surely (P : path E -> Prop) : Prop :=
  forall w v, In w (paths t) -> weight q w <> 0 ->
  In v (paths (state t w k)) -> weight p v <> 0 -> P (firstn k w ++ v).

Lemma joint_nonneg X : (forall u, 0 <= X u) -> 0 <= joint q p t k X.
Proof.
  intros H. apply expect_nonneg; [exact polq |]. intros w Hw.
  apply expect_nonneg; [apply policy_state; assumption |]. intros v _. apply H.
Qed.

Lemma joint_zero X : (forall u, 0 <= X u) ->
  joint q p t k X = 0 <-> jointly_surely (fun u => X u = 0).
Proof.
  intros H. split.
  - intros Z w v Hw Nw Hv Nv.
    assert (Zw : cond p t k X w = 0).
    { apply (expect_zero_surely q t (cond p t k X) polq); [| exact Z | exact Hw | exact Nw].
      intros x Hx. apply expect_nonneg; [apply policy_state; assumption | intros; apply H]. }
    exact (expect_zero_surely p (state t w k) (fun v => X (firstn k w ++ v))
      (policy_state p t w k pol Hw) (fun v _ => H _) Zw v Hv Nv).
  - intros Z. apply (expect_surely_zero q t). intros w Hw Nw.
    apply (expect_surely_zero p (state t w k)). intros v Hv Nv. apply Z; assumption.
Qed.

Lemma half_nonneg (a : K) : 0 <= (1 + 1) * a -> 0 <= a.
Proof.
  intros H. destruct (le_total 0 a) as [P | N]; [exact P |].
  apply le_trans with ((1 + 1) * a); [exact H |].
  apply le_sub. replace (a - (1 + 1) * a) with (0 - a) by ring. apply sub_nonneg. exact N.
Qed.

Lemma pointwise i w : In w (paths t) ->
  C i w * C i w <= SQ w * cond p t k (fun u => S i u * S i u) w.
Proof.
  intros Hw. exact (expect_cauchy_schwarz p (state t w k) (policy_state p t w k pol Hw)
    (fun v => D (firstn k w ++ v)) (fun v => S i (firstn k w ++ v))).
Qed.

Lemma gap_nonneg w : In w (paths t) -> 0 <= SQ w * TR w - norm2 coordinates (fun i => C i w).
Proof.
  intros Hw. apply sub_nonneg. unfold norm2, TR, trace_at. rewrite <- sum_scale.
  apply sum_le. intros i _. apply pointwise. exact Hw.
Qed.

Lemma norm2_nonneg (x : I -> K) : 0 <= norm2 coordinates x.
Proof. apply sum_nonneg. intros i _. apply square_nonneg. Qed.

Lemma norm2_zero (x : I -> K) : norm2 coordinates x = 0 -> forall i, In i coordinates -> x i = 0.
Proof.
  intros Z i Hi. apply square_zero.
  exact (sum_zero_terms _ _ (fun j _ => square_nonneg (x j)) Z i Hi).
Qed.

(** ‖G‖² ≤ E[E[D²|x]·tr F(x)] *)
Theorem mean_bound : norm2 coordinates G <= expect q t (fun w => SQ w * TR w).
Proof.
  apply le_sub. unfold G, SQ, TR. rewrite mean_gap by apply polq. apply add_nonneg.
  - apply expect_nonneg; [exact polq |]. exact gap_nonneg.
  - apply expect_nonneg; [exact polq |]. intros w _. apply norm2_nonneg.
Qed.

(** ‖G‖² ≤ I·tr F̄ *)
Theorem sharp_bound : norm2 coordinates G <= I2 * TR2.
Proof.
  apply le_sub, half_nonneg. unfold I2, TR2, G. rewrite two_draws.
  apply sum_nonneg. intros i _. apply joint_nonneg. intros u. apply joint_nonneg.
  intros v. apply square_nonneg.
Qed.

(** F̄z = G, as z = F̄⁺G has if G is in the range of F̄. *)
Definition solves (z : I -> K) : Prop := forall i, In i coordinates ->
  sum (fun j => joint q p t k (fun u => S i u * S j u) * z j) coordinates = G i.

Lemma best_gap z : solves z ->
  I2 - sum (fun i => z i * G i) coordinates
  = joint q p t k (fun u => (D u - combination coordinates S z u)
                            * (D u - combination coordinates S z u)).
Proof.
  intros Hz. assert (H := projection_scaled q p t k coordinates D S 1 z).
  assert (Hz1 : forall i, In i coordinates ->
    sum (fun j => joint q p t k (fun u => S i u * S j u) * z j) coordinates
    = 1 * product q p t k D S i) by (intros i Hi; rewrite (Hz i Hi); unfold G; ring).
  specialize (H Hz1). unfold I2, G.
  transitivity (1 * (1 * square q p t k D
    - sum (fun i => z i * product q p t k D S i) coordinates)); [ring |].
  rewrite H. apply joint_ext. intros u _. ring.
Qed.

(** GᵀF̄⁺G ≤ I *)
Theorem best_bound z : solves z -> sum (fun i => z i * G i) coordinates <= I2.
Proof.
  intros Hz. apply le_sub. rewrite (best_gap z Hz). apply joint_nonneg.
  intros u. apply square_nonneg.
Qed.

(** Equality at a prefix: D and every S_i are proportional where p is not zero. *)
Theorem at_equality w : In w (paths t) ->
  SQ w * TR w = norm2 coordinates (fun i => C i w)
  <-> forall i u v, In i coordinates ->
      In u (paths (state t w k)) -> In v (paths (state t w k)) ->
      weight p u <> 0 -> weight p v <> 0 ->
      D (firstn k w ++ u) * S i (firstn k w ++ v) = D (firstn k w ++ v) * S i (firstn k w ++ u).
Proof.
  intros Hw.
  assert (L : forall i, In i coordinates ->
    C i w * C i w <= SQ w * cond p t k (fun u => S i u * S i u) w)
    by (intros i _; apply pointwise; exact Hw).
  assert (CS := fun i => expect_cauchy_schwarz_equality p (state t w k)
    (policy_state p t w k pol Hw) (fun v => D (firstn k w ++ v)) (fun v => S i (firstn k w ++ v))).
  unfold TR, trace_at, norm2. rewrite <- sum_scale. split.
  - intros Eq i u v Hi. symmetry in Eq.
    assert (Ei := proj1 (sums_equal _ _ _ L) Eq i Hi). apply (proj1 (CS i) Ei).
  - intros H. symmetry. apply (proj2 (sums_equal _ _ _ L)). intros i Hi.
    apply (proj2 (CS i)). intros u v Hu Hv. apply H; assumption.
Qed.

(** Remark 5: where E[D²|x] ≠ 0 that is S_i = (C_i(x)/E[D²|x])·D. *)
Theorem at_proportional w : In w (paths t) -> SQ w <> 0 ->
  SQ w * TR w = norm2 coordinates (fun i => C i w)
  <-> forall i u, In i coordinates -> In u (paths (state t w k)) -> weight p u <> 0 ->
      SQ w * S i (firstn k w ++ u) = C i w * D (firstn k w ++ u).
Proof.
  intros Hw N. rewrite (at_equality w Hw). split; intros H.
  - intros i u Hi Hu Nu. unfold SQ, square_at, C, product_at, cond, expect.
    rewrite <- !sum_scale_r. apply sum_ext. intros v Hv.
    destruct (eq_decided (weight p v) 0) as [W | W]; [rewrite W; ring |].
    transitivity (weight p v * D (firstn k w ++ v)
      * (D (firstn k w ++ v) * S i (firstn k w ++ u))); [ring |].
    rewrite <- (H i u v Hi Hu Hv Nu W). ring.
  - intros i u v Hi Hu Hv Nu Nv. apply eq_sub.
    destruct (no_zero_divisors (SQ w) (D (firstn k w ++ u) * S i (firstn k w ++ v)
      - D (firstn k w ++ v) * S i (firstn k w ++ u))) as [Z | Z]; [| contradiction | exact Z].
    transitivity (D (firstn k w ++ u) * (SQ w * S i (firstn k w ++ v))
      - D (firstn k w ++ v) * (SQ w * S i (firstn k w ++ u))); [ring |].
    rewrite (H i u Hi Hu Nu), (H i v Hi Hv Nv). ring.
Qed.

(** Equality in ‖G‖² ≤ E[E[D²|x]·tr F(x)]: equality at every prefix of non-zero
    probability, and C the same there. *)
Theorem mean_equality :
  expect q t (fun w => SQ w * TR w) = norm2 coordinates G
  <-> (forall w, In w (paths t) -> weight q w <> 0 ->
         SQ w * TR w = norm2 coordinates (fun i => C i w))
      /\ (forall w i, In w (paths t) -> weight q w <> 0 -> In i coordinates -> C i w = G i).
Proof.
  assert (M := mean_gap q p t k coordinates D S (proj1 polq)).
  fold SQ TR in M. change (product q p t k D S) with G in M.
  split.
  - intros Eq. rewrite Eq in M. replace (norm2 coordinates G - norm2 coordinates G) with (0 : K) in M by ring.
    symmetry in M. apply sum_of_nonneg_zero in M.
    + destruct M as [A B]. split.
      * intros w Hw Nw. apply eq_sub.
        exact (expect_zero_surely q t _ polq gap_nonneg A w Hw Nw).
      * intros w i Hw Nw Hi. apply eq_sub. apply (norm2_zero (fun i => C i w - G i)); [| exact Hi].
        exact (expect_zero_surely q t _ polq (fun u _ => norm2_nonneg _) B w Hw Nw).
    + apply expect_nonneg; [exact polq | exact gap_nonneg].
    + apply expect_nonneg; [exact polq |]. intros w _. apply norm2_nonneg.
  - intros [A B]. apply eq_sub. etransitivity; [exact M |].
    assert (Z1 : expect q t (fun w => SQ w * TR w - norm2 coordinates (fun i => C i w)) = 0).
    { apply (expect_surely_zero q t). intros w Hw Nw. rewrite (A w Hw Nw). ring. }
    assert (Z2 : expect q t (fun w => norm2 coordinates (fun i => C i w - G i)) = 0).
    { apply (expect_surely_zero q t). intros w Hw Nw. apply sum_all_zero. intros i Hi.
      rewrite (B w i Hw Nw Hi). ring. }
    etransitivity; [exact (f_equal2 add Z1 Z2) | ring].
Qed.

(** It is attained where S_i = c_i(y_<k)·D with c_i(y_<k)·E[D² | y_<k] the same at all prefixes. *)
Theorem mean_equality_attained (c : I -> path E -> K) (a : I -> K) :
  (forall w i v, In w (paths t) -> In i coordinates -> In v (paths (state t w k)) ->
     S i (firstn k w ++ v) = c i w * D (firstn k w ++ v)) ->
  (forall w i, In w (paths t) -> In i coordinates -> c i w * SQ w = a i) ->
  expect q t (fun w => SQ w * TR w) = norm2 coordinates G.
Proof.
  intros Hc Ha.
  assert (Ci : forall w i, In w (paths t) -> In i coordinates -> C i w = a i).
  { intros w i Hw Hi. rewrite <- (Ha w i Hw Hi). unfold C, product_at, SQ, square_at, cond.
    rewrite <- expect_scale. apply expect_ext. intros v Hv. rewrite (Hc w i v Hw Hi Hv). ring. }
  apply mean_equality. split.
  - intros w Hw _. apply proportional_at with (c := fun i => c i w).
    intros i v Hi Hv. apply Hc; assumption.
  - intros w i Hw _ Hi. rewrite (Ci w i Hw Hi). unfold G, product.
    rewrite (expect_ext q t _ (fun _ => a i) (fun u Hu => Ci u i Hu Hi)).
    symmetry. apply expect_const. apply polq.
Qed.

(** Equality in ‖G‖² ≤ I·tr F̄: I·s = G·D almost surely. *)
Theorem sharp_equality :
  I2 * TR2 = norm2 coordinates G
  <-> forall i, In i coordinates -> jointly_surely (fun u => I2 * S i u = G i * D u).
Proof.
  assert (M := sharp_gap q p t k coordinates D S).
  change (square q p t k D) with I2 in M. change (trace q p t k coordinates S) with TR2 in M.
  change (product q p t k D S) with G in M.
  assert (J : forall i u, 0 <= (I2 * S i u - G i * D u) * (I2 * S i u - G i * D u))
    by (intros; apply square_nonneg).
  split.
  - intros Eq i Hi w v Hw Nw Hv Nv. apply eq_sub, square_zero. rewrite Eq in M.
    replace (I2 * (norm2 coordinates G - norm2 coordinates G)) with (0 : K) in M by ring.
    symmetry in M.
    assert (Zi := sum_zero_terms _ _ (fun j _ => joint_nonneg _ (J j)) M i Hi).
    exact (proj1 (joint_zero _ (J i)) Zi w v Hw Nw Hv Nv).
  - intros H. rewrite (sum_all_zero _ coordinates) in M.
    + destruct (no_zero_divisors _ _ M) as [Z | Z]; [| apply eq_sub; exact Z].
      rewrite Z. assert (GZ : norm2 coordinates G = 0); [| rewrite GZ; ring].
      assert (DZ := proj1 (joint_zero _ (fun u => square_nonneg (D u))) Z).
      apply sum_all_zero. intros i _. replace (G i) with (0 : K); [ring |]. symmetry.
      apply (expect_surely_zero q t). intros w Hw Nw.
      apply (expect_surely_zero p (state t w k)). intros v Hv Nv.
      rewrite (square_zero _ (DZ w v Hw Nw Hv Nv)). ring.
    + intros i Hi. apply joint_zero; [apply J |].
      intros w v Hw Nw Hv Nv. rewrite (H i Hi w v Hw Nw Hv Nv). ring.
Qed.

(** Equality in GᵀF̄⁺G ≤ I: D = sᵀz almost surely. *)
Theorem best_equality z : solves z ->
  sum (fun i => z i * G i) coordinates = I2
  <-> jointly_surely (fun u => D u = combination coordinates S z u).
Proof.
  intros Hz. assert (M := best_gap z Hz).
  assert (J := joint_zero _ (fun u => square_nonneg (D u - combination coordinates S z u))).
  split.
  - intros Eq w v Hw Nw Hv Nv. apply eq_sub, square_zero.
    apply (proj1 J); [| assumption ..]. rewrite <- M, Eq. ring.
  - intros H. symmetry. apply eq_sub. rewrite M. apply (proj2 J).
    intros w v Hw Nw Hv Nv. rewrite <- (H w v Hw Nw Hv Nv). ring.
Qed.

(** Where D = sᵀz, as with some z for tabular policies, z solves F̄z = G, and zᵀG = I. *)
Theorem spanned z : (forall u, In u (paths t) -> D u = combination coordinates S z u) ->
  solves z /\ sum (fun i => z i * G i) coordinates = I2.
Proof.
  intros H. assert (Hz : solves z).
  { intros i _. rewrite (sum_ext _ (fun j => joint q p t k (fun u => z j * (S i u * S j u))))
      by (intros j _; rewrite joint_scale; ring).
    rewrite <- joint_sum. change (G i) with (joint q p t k (fun u => D u * S i u)).
    apply joint_ext. intros u Hu. rewrite (H u Hu).
    unfold combination. rewrite <- sum_scale_r. apply sum_ext. intros j _. ring. }
  split; [exact Hz |]. apply (best_equality z Hz).
  intros w v Hw _ Hv _. apply H. apply continued; assumption.
Qed.

End Order.

(** ** Along one direction z, at a prefix *)

Section Along.
Context {K : Type} {ring : Ring K} {E I : Type}.
Add Ring K_ring5 : (ring_laws (K := K)).
Variables (p : E -> K) (t : tree E) (k : nat) (coordinates : list I).
Variables (D : path E -> K) (S : I -> path E -> K) (z : I -> K).
Implicit Types (w u v : path E).

Let sz : path E -> K := combination coordinates S z.

Lemma product_along w : product_at p t k D (fun _ : unit => sz) tt w
  = sum (fun i => z i * product_at p t k D S i w) coordinates.
Proof.
  unfold product_at. rewrite (sum_ext _ (fun i => cond p t k (fun u => z i * (D u * S i u)) w))
    by (intros i _; symmetry; apply expect_scale).
  unfold cond. rewrite <- expect_sum. apply expect_ext. intros v _. unfold sz, combination.
  rewrite <- sum_scale. apply sum_ext. intros i _. ring.
Qed.

(** E[D²|x]·zᵀF(x)z − (zᵀC(x))² is half of E[(D(u)s(v)ᵀz − D(v)s(u)ᵀz)² | x], u and v two
    independent draws of what follows x. With z = C(x) this is E[D²|x]·CᵀFC − ‖C‖⁴. *)
Theorem gap_along w :
  let c := sum (fun i => z i * product_at p t k D S i w) coordinates in
  (1 + 1) * (square_at p t k D w * cond p t k (fun u => sz u * sz u) w - c * c)
  = cond p t k (fun u => cond p t k (fun v =>
      (D u * sz v - D v * sz u) * (D u * sz v - D v * sz u)) w) w.
Proof.
  intros c. assert (G := gap_at p t k [tt] D (fun _ : unit => sz) w).
  unfold trace_at, norm2 in G. rewrite !sum_cons, !sum_nil, product_along in G. fold c in G.
  transitivity ((1 + 1) * (square_at p t k D w * (cond p t k (fun u => sz u * sz u) w + 0)
    - (c * c + 0))); [ring |]. rewrite G. ring.
Qed.

Context {order : Ordered K}.

(** (zᵀC)² = E[D²|x]·zᵀFz ⇔ D(u)s(v)ᵀz = D(v)s(u)ᵀz at tokens of positive probability. *)
Theorem equality_along w : policy p t -> In w (paths t) ->
  let c := sum (fun i => z i * product_at p t k D S i w) coordinates in
  square_at p t k D w * cond p t k (fun u => sz u * sz u) w = c * c
  <-> forall u v, In u (paths (state t w k)) -> In v (paths (state t w k)) ->
      weight p u <> 0 -> weight p v <> 0 ->
      D (firstn k w ++ u) * sz (firstn k w ++ v) = D (firstn k w ++ v) * sz (firstn k w ++ u).
Proof.
  intros pol Hw c. assert (A := at_equality p t k [tt] D (fun _ : unit => sz) pol w Hw).
  unfold trace_at, norm2 in A. rewrite !sum_cons, !sum_nil, product_along in A. fold c in A.
  replace (cond p t k (fun u => sz u * sz u) w + 0)
    with (cond p t k (fun u => sz u * sz u) w) in A by ring.
  replace (c * c + 0) with (c * c) in A by ring.
  rewrite A. split; [intros H u v; apply (H tt); left; reflexivity |].
  intros H i u v _. apply H.
Qed.

End Along.

(** At one prefix: in the tree that follows y_<k the means over prefixes are the values at y_<k,
    and [joint] is the conditional expectation; so what is said here of I, G and F̄ holds of
    E[D² | y_<k], E[D·s | y_<k] and F(y_<k). *)
Theorem prefix_pairing {K} {ring : Ring K} {E I} (p : E -> K) (coordinates : list I)
  (t : tree E) (D : path E -> K) (S : I -> path E -> K) k w : stochastic p t -> In w (paths t) ->
  let u := state t w k in
  let D' v := D (firstn k w ++ v) in
  let S' i v := S i (firstn k w ++ v) in
  square p p u 0 D' = square_at p t k D w
  /\ (forall i, product p p u 0 D' S' i = product_at p t k D S i w)
  /\ trace p p u 0 coordinates S' = trace_at p t k coordinates S w
  /\ (forall X, joint p p u 0 (fun v => X (firstn k w ++ v)) = cond p t k X w).
Proof.
  intros stoch Hw u D' S'. assert (Su := stochastic_state p t w k stoch Hw).
  assert (Z : forall X : path E -> K, expect p u (cond p u 0 X) = expect p u X)
    by (intros X; apply expect_cond; exact Su).
  split; [| split; [| split]].
  - exact (Z (fun v => D' v * D' v)).
  - intros i. exact (Z (fun v => D' v * S' i v)).
  - unfold trace, trace_at. rewrite expect_sum. apply sum_ext. intros i _.
    exact (Z (fun v => S' i v * S' i v)).
  - intros X. exact (Z (fun v => X (firstn k w ++ v))).
Qed.

Section Oscillation.
Context {K : Type} {ring : Ring K} {order : Ordered K} {E : Type}.
Add Ring K_ring4 : (ring_laws (K := K)).
Variables (p dp s : E -> K) (t : tree E).
Hypothesis pol : policy p t.
Hypothesis tang : tangent dp t.
Hypothesis score : is_score p s dp t.

Lemma product_le (x y b m : K) : - b <= x -> x <= b -> - m <= y -> y <= m -> x * y <= b * m.
Proof.
  intros Hx Hx' Hy Hy'. apply le_sub, half_nonneg.
  replace ((1 + 1) * (b * m - x * y)) with ((b - x) * (y - - m) + (x - - b) * (m - y)) by ring.
  apply add_nonneg; apply le_mul; apply sub_nonneg; assumption.
Qed.

(** Remark 2: where h lies between a and b at every token of non-zero probability, and
    −M ≤ s ≤ M, twice the contribution is at most (b − a)·E[M | y_<k]. With −s for s it is at least minus
    that. *)
Theorem oscillation Harm (M : path E -> K) (a b : K) k w : In w (paths t) ->
  (forall v, In v (paths (state t w k)) -> weight p v <> 0 ->
     a <= h p t Harm (S k) (firstn k w ++ v) /\ h p t Harm (S k) (firstn k w ++ v) <= b
     /\ - M (firstn k w ++ v) <= at_position s k (firstn k w ++ v)
     /\ at_position s k (firstn k w ++ v) <= M (firstn k w ++ v)) ->
  (1 + 1) * contribution p t Harm s k w <= (b - a) * cond p t k M w.
Proof.
  intros Hw Hv.
  assert (stoch := proj1 pol).
  assert (Z := score_mean p dp s t stoch tang score k w Hw).
  assert (C : (1 + 1) * contribution p t Harm s k w = cond p t k (fun u =>
    ((1 + 1) * h p t Harm (S k) u - (a + b)) * at_position s k u) w).
  { unfold contribution. rewrite condcov_product, Z by assumption.
    rewrite (cond_ext p t k (fun u => (_ - _) * _) (fun u =>
      (1 + 1) * (h p t Harm (S k) u * at_position s k u) - (a + b) * at_position s k u))
      by (exact Hw || (intros; ring)).
    rewrite cond_sub, !cond_scale, Z. ring. }
  rewrite C, <- cond_scale. apply le_sub. unfold cond. rewrite <- expect_sub.
  apply sum_nonneg. intros v Iv.
  destruct (eq_decided (weight p v) 0) as [W | W].
  - rewrite W. apply eq_le. ring.
  - apply le_mul; [apply weight_nonneg with (state t w k); [apply policy_state | ]; assumption |].
    destruct (Hv v Iv W) as (Ha & Hb & Hm & Hm'). apply sub_nonneg, product_le; [| | assumption ..].
    + apply le_sub. set (x := h p t Harm (S k) (firstn k w ++ v)) in *.
      replace ((1 + 1) * x - (a + b) - - (b - a)) with ((x - a) + (x - a)) by ring.
      apply add_nonneg; apply sub_nonneg; exact Ha.
    + apply le_sub. set (x := h p t Harm (S k) (firstn k w ++ v)) in *.
      replace (b - a - ((1 + 1) * x - (a + b))) with ((b - x) + (b - x)) by ring.
      apply add_nonneg; apply sub_nonneg; exact Hb.
Qed.

End Oscillation.

Section Instances.
Context {K : Type} {ring : Ring K} {E I : Type}.
Add Ring K_ring3 : (ring_laws (K := K)).
Variables (q p : E -> K) (coordinates : list I) (dp s : I -> E -> K) (t : tree E).
Hypothesis stoch : stochastic p t.
Hypothesis tang : forall i, tangent (dp i) t.
Hypothesis score : forall i, is_score p (s i) (dp i) t.

Let scores k i : path E -> K := at_position (s i) k.

(** Theorem 13 is about D = Δ under the law of the policy. *)
Theorem innovation_pairing Harm k :
  (forall w, In w (paths t) ->
     square_at p t k (innovation p t Harm k) w = condvar p t k (h p t Harm (S k)) w
     /\ (forall i, product_at p t k (innovation p t Harm k) (scores k) i w
                   = contribution p t Harm (s i) k w)
     /\ trace_at p t k coordinates (scores k) w = fisher_trace p coordinates t s k w)
  /\ square p p t k (innovation p t Harm k) = information p t Harm k
  /\ (forall i, product p p t k (innovation p t Harm k) (scores k) i = gradient p t Harm (s i) k).
Proof.
  assert (C : forall w i, In w (paths t) ->
    product_at p t k (innovation p t Harm k) (scores k) i w = contribution p t Harm (s i) k w).
  { intros w i Hw. unfold product_at, contribution, scores, innovation.
    rewrite condcov_product by assumption.
    assert (Z := score_mean p (dp i) (s i) t stoch (tang i) (score i) k w Hw). rewrite Z.
    rewrite (cond_ext p t k _ (fun u => h p t Harm (S k) u * at_position (s i) k u
      - h p t Harm k u * at_position (s i) k u)) by (exact Hw || (intros; ring)).
    rewrite cond_sub, (pull_out p t k (h p t Harm k)), Z by (exact Hw || apply known_h). ring. }
  split; [| split].
  - intros w Hw. split; [| split; [| reflexivity]].
    + apply cond_square_innovation; assumption.
    + intros i. apply C. exact Hw.
  - apply expect_cond. exact stoch.
  - intros i. apply expect_ext. intros w Hw. apply C. exact Hw.
Qed.

Variable R : E -> bool.

(** D of Lemma 28. *)
Definition centred_failure (k : nat) (u : path E) : K :=
  failure R k u - cond p t k (failure R k) u.

(** Lemma 28 is about D = 1[y_k ∉ R] − P(y_k ∉ R | y_<k) with prefixes of the adversary. *)
Theorem recovery_pairing k :
  (forall w, In w (paths t) ->
     square_at p t k (centred_failure k) w = rho p t R k w * (1 - rho p t R k w)
     /\ (forall i, product_at p t k (centred_failure k) (scores k) i w
                   = condcov p t k (failure R k) (at_position (s i) k) w)
     /\ trace_at p t k coordinates (scores k) w = fisher_trace p coordinates t s k w)
  /\ square q p t k (centred_failure k) = recovery_information q p t R k
  /\ (forall i, product q p t k (centred_failure k) (scores k) i
                = recovery_gradient q p t R (s i) k).
Proof.
  assert (KC := known_cond p t k (failure R k)).
  assert (V : forall w, In w (paths t) ->
    square_at p t k (centred_failure k) w = rho p t R k w * (1 - rho p t R k w)).
  { intros w Hw. rewrite recovery_variance_at by assumption. apply expect_ext. intros v Hv.
    unfold centred_failure. rewrite (known_continued t k (cond p t k (failure R k))) by assumption.
    reflexivity. }
  assert (C : forall w i, In w (paths t) -> product_at p t k (centred_failure k) (scores k) i w
    = condcov p t k (failure R k) (at_position (s i) k) w).
  { intros w i Hw. unfold product_at, scores, centred_failure.
    rewrite condcov_product by assumption.
    assert (Z := score_mean p (dp i) (s i) t stoch (tang i) (score i) k w Hw). rewrite Z.
    rewrite (cond_ext p t k _ (fun u => failure R k u * at_position (s i) k u
      - cond p t k (failure R k) u * at_position (s i) k u)) by (exact Hw || (intros; ring)).
    rewrite cond_sub, (pull_out p t k (cond p t k (failure R k))), Z by assumption. ring. }
  split; [| split].
  - intros w Hw. split; [exact (V w Hw) | split; [| reflexivity]]. intros i. apply C. exact Hw.
  - apply expect_ext. exact V.
  - intros i. apply expect_ext. intros w Hw. apply C. exact Hw.
Qed.

End Instances.
