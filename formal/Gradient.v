(** * Section 5: the gradient of the expected harm

    The gradient along a tangent dp of the policy, with s the score along dp: one
    coordinate of the paper's gradient, for any parameterisation. The derivative is
    that of the sum over all sequences, computed with dual numbers.

    Main statements: [policy_gradient] (eq. 19), [score_sum] (eq. 20), [score_mean],
    [earlier_innovations] (eq. 22), [later_innovations] (eq. 23),
    [gradient_innovation], [gradient_characterisation] (Theorem 8), [gradient_shifted]
    (Remark 2), [baseline], [baseline_excess], [baseline_trace], [gradient_linear], [environment_turn]. *)

Require Export Formal.Martingale.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

Section Gradient.
Context {K : Type} {ring : Ring K} {E : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variables (p dp s : E -> K) (t : tree E).
Hypothesis stoch : stochastic p t.
Hypothesis tang : tangent dp t.
Hypothesis score : is_score p s dp t.
Implicit Types (Harm X : path E -> K) (w v : path E).

Lemma score_child c x : is_score p s dp (Node c) -> In x c -> is_score p s dp (snd x).
Proof.
  intros H Hx d y Hd. apply H. right. apply in_flat_map. exists x. auto.
Qed.

(** ∇P(y) = P(y) Σ_k s_k *)
Lemma dual_weight u w : is_score p s dp u -> In w (paths u) ->
  weight (fun e => (p e, dp e) : dual) w
  = (weight p w, weight p w * sum (fun x => s (fst x)) w).
Proof.
  revert w. induction u as [| c IH] using tree_induction; intros w H Hw.
  - apply in_paths_leaf in Hw as ->. unfold sum. simpl. f_equal. ring.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    simpl weight. rewrite (IH x Hx w' (score_child c x H Hx) Hw').
    rewrite (H c x (or_introl eq_refl) Hx), sum_cons.
    apply injective_projections; simpl; ring.
Qed.

Lemma dual_sum {A} (f : A -> dual) l : snd (sum f l) = sum (fun x => snd (f x)) l.
Proof.
  induction l as [| x l IH]; [reflexivity |].
  rewrite !sum_cons, <- IH. reflexivity.
Qed.

(** Equation 19: ∇E[X] = E[X ∇log P(y)] for every X that does not depend on θ. *)
Theorem policy_gradient X :
  derivative p dp t X = expect p t (fun w => X w * sum (fun x => s (fst x)) w).
Proof.
  unfold derivative, expect at 1. rewrite dual_sum. apply sum_ext. intros w Hw.
  rewrite (dual_weight t w score Hw). simpl. ring.
Qed.

(** Equation 20: ∇log P(y) = Σ_k s_k. *)
Theorem score_sum T w : (length w <= T)%nat ->
  sum (fun x => s (fst x)) w = sum (fun k => at_position s k w) (seq 0 T).
Proof.
  clear. revert T. induction w as [| x w IH]; intros T HT.
  - symmetry. apply sum_all_zero. intros k _. destruct k; reflexivity.
  - destruct T as [| T]; [simpl in HT; lia |].
    simpl seq. rewrite !sum_cons, <- seq_shift, sum_map. f_equal.
    apply IH. simpl in HT. lia.
Qed.

Lemma score_node u c : is_score p s dp u -> tangent dp u -> In c (nodes u) ->
  sum (fun x => p (fst x) * s (fst x)) c = 0.
Proof.
  intros H T Hc. rewrite <- (T c Hc). apply sum_ext. intros x Hx.
  symmetry. apply (H c x Hc Hx).
Qed.

(** A score has mean zero given the prefix: E[s_k | y_<k] = 0. *)
Theorem score_mean k w : In w (paths t) -> cond p t k (at_position s k) w = 0.
Proof.
  intros Hw. rewrite cond_at_position by assumption.
  assert (N := fun c => in_nodes_state t k w c Hw).
  destruct (state t w k) as [| c]; [reflexivity |].
  apply (score_node t c score tang). apply N. left. reflexivity.
Qed.

Lemma expect_known_score k F : known t k F ->
  expect p t (fun w => F w * at_position s k w) = 0.
Proof.
  intros HF. rewrite (expect_known p t k) by assumption. apply expect_zero. intros w Hw.
  rewrite score_mean by exact Hw. ring.
Qed.

(** Equation 22: E[Δ_j s_k] = 0 for j < k. *)
Theorem earlier_innovations Harm j k : (j < k)%nat ->
  expect p t (fun w => innovation p t Harm j w * at_position s k w) = 0.
Proof.
  intros L. apply expect_known_score. apply known_le with (S j); [lia |].
  apply known_innovation.
Qed.

(** Equation 23: E[Δ_j s_k] = 0 for j > k. *)
Theorem later_innovations Harm j k : (k < j)%nat ->
  expect p t (fun w => innovation p t Harm j w * at_position s k w) = 0.
Proof.
  intros L. rewrite (expect_ext p t _ (fun w => at_position s k w * innovation p t Harm j w))
    by (intros w _; ring).
  apply orthogonal_to_known; [exact stoch |].
  apply known_le with (S k); [lia | apply known_at_position].
Qed.

(** Equation 24: at a prefix, the contribution is E[h s | y_<k]. *)
Lemma contribution_product Harm k w : In w (paths t) -> contribution p t Harm s k w
  = cond p t k (fun u => h p t Harm (S k) u * at_position s k u) w.
Proof.
  intros Hw. unfold contribution. rewrite condcov_product by assumption.
  rewrite score_mean by exact Hw. ring.
Qed.

(** Equation 25: G_k = E[Δ_k s_k]. *)
Theorem gradient_innovation Harm k :
  gradient p t Harm s k = expect p t (fun w => innovation p t Harm k w * at_position s k w).
Proof.
  unfold gradient. rewrite (expect_ext p t _ _ (contribution_product Harm k)).
  rewrite expect_cond by exact stoch.
  rewrite (expect_ext p t (fun w => innovation p t Harm k w * at_position s k w)
    (fun w => h p t Harm (S k) w * at_position s k w - h p t Harm k w * at_position s k w))
    by (intros w _; unfold innovation; ring).
  rewrite expect_sub, (expect_known_score k (h p t Harm k)) by apply known_h. ring.
Qed.

Lemma gradient_harm Harm k :
  gradient p t Harm s k = expect p t (fun w => Harm w * at_position s k w).
Proof.
  unfold gradient. rewrite (expect_ext p t _ _ (contribution_product Harm k)).
  rewrite expect_cond by exact stoch.
  rewrite (expect_ext p t _ (fun w => at_position s k w * h p t Harm (S k) w))
    by (intros w _; ring).
  rewrite <- (h_conditional p t stoch Harm (S k)) by apply known_at_position.
  apply expect_ext. intros w _. ring.
Qed.

(** Theorem 8: ∇E[Harm] = Σ_k E[Cov(h, s_k | y_<k)]. *)
Theorem gradient_characterisation Harm T : length_at_most T t ->
  derivative p dp t Harm = sum (gradient p t Harm s) (seq 0 T).
Proof.
  intros HT. rewrite policy_gradient.
  rewrite (expect_ext p t _ (fun w => sum (fun k => Harm w * at_position s k w) (seq 0 T))).
  - rewrite expect_sum. apply sum_ext. intros k _. symmetry. apply gradient_harm.
  - intros w Hw. rewrite sum_scale, <- (score_sum T w (HT w Hw)). reflexivity.
Qed.

(** Theorem 8, second form: ∇E[Harm] = Σ_k E[Δ_k s_k]. *)
Theorem gradient_characterisation_innovations Harm T : length_at_most T t ->
  derivative p dp t Harm = sum (fun k =>
    expect p t (fun w => innovation p t Harm k w * at_position s k w)) (seq 0 T).
Proof.
  intros HT. rewrite (gradient_characterisation Harm T HT). apply sum_ext. intros k _.
  apply gradient_innovation.
Qed.

(** What has mean zero given the position adds nothing to the harm's gradient there. *)
Theorem gradient_shifted Harm X k :
  gradient p t (fun w => Harm w + X w - cond p t (S k) X w) s k = gradient p t Harm s k.
Proof.
  rewrite !gradient_harm.
  rewrite (expect_ext p t _ (fun w => Harm w * at_position s k w
    + (at_position s k w * X w - at_position s k w * cond p t (S k) X w)))
    by (intros w _; ring).
  rewrite expect_add, expect_sub, <- (expect_known p t (S k) (at_position s k) X)
    by (exact stoch || apply known_at_position). ring.
Qed.

(** The baseline of least variance: with N = ‖s‖² and b⋆·E[N | y_<k] = E[Harm·N | y_<k], the
    second moment with b exceeds that with b⋆ by E[(b − b⋆)²·E[N | y_<k]], for any N. *)
Theorem baseline_excess Harm N k b best : known t k b -> known t k best ->
  (forall w, In w (paths t) ->
     best w * cond p t k N w = cond p t k (fun u => Harm u * N u) w) ->
  expect p t (fun w => (Harm w - b w) * (Harm w - b w) * N w)
  - expect p t (fun w => (Harm w - best w) * (Harm w - best w) * N w)
  = expect p t (fun w => (b w - best w) * (b w - best w) * cond p t k N w).
Proof.
  intros Kb Kd Hd. rewrite <- expect_sub.
  assert (KF : known t k (fun w => b w - best w)) by (apply known_combine; assumption).
  assert (KF2 : known t k (fun w => (b w - best w) * (b w - best w)))
    by (apply known_combine; assumption).
  assert (KG : known t k (fun w => (1 + 1) * ((b w - best w) * best w))).
  { intros w w' Hw Hw' F. rewrite (Kb w w'), (Kd w w') by assumption. reflexivity. }
  rewrite (expect_ext p t _ (fun w => (b w - best w) * (b w - best w) * N w
    + ((1 + 1) * ((b w - best w) * best w) * N w
       - (1 + 1) * ((b w - best w) * (Harm w * N w))))) by (intros w _; ring).
  rewrite expect_add, expect_sub.
  rewrite (expect_known p t k (fun w => (b w - best w) * (b w - best w))) by assumption.
  rewrite (expect_known p t k (fun w => (1 + 1) * ((b w - best w) * best w))) by assumption.
  rewrite (expect_scale p t (1 + 1)).
  rewrite (expect_known p t k (fun w => b w - best w) (fun w => Harm w * N w)) by assumption.
  rewrite (expect_ext p t (fun w => (1 + 1) * ((b w - best w) * best w) * cond p t k N w)
    (fun w => (1 + 1) * ((b w - best w) * cond p t k (fun u => Harm u * N u) w))).
  - rewrite expect_scale. ring.
  - intros w Hw. rewrite <- (Hd w Hw). ring.
Qed.

(** A baseline, any function of the prefix, leaves the gradient unchanged. *)
Theorem baseline Harm k b : known t k b ->
  expect p t (fun w => (Harm w - b w) * at_position s k w) = gradient p t Harm s k.
Proof.
  intros Hb. rewrite gradient_harm.
  rewrite (expect_ext p t _ (fun w => Harm w * at_position s k w - b w * at_position s k w))
    by (intros w _; ring).
  rewrite expect_sub, (expect_known_score k b Hb). ring.
Qed.

(** The gradient is linear in the harm: a reward model's error has its own gradient. *)
Theorem gradient_linear Harm Harm' k :
  gradient p t (fun w => Harm w - Harm' w) s k
  = gradient p t Harm s k - gradient p t Harm' s k.
Proof.
  rewrite !gradient_harm, <- expect_sub. apply expect_ext. intros w _. ring.
Qed.

(** Tokens of the environment, whose score is zero, contribute nothing. *)
Theorem environment_turn Harm k : (forall w, In w (paths t) -> at_position s k w = 0) ->
  gradient p t Harm s k = 0.
Proof.
  intros Hs. rewrite gradient_harm. apply expect_zero. intros w Hw.
  rewrite (Hs w Hw). ring.
Qed.

End Gradient.

Section Trace.
Context {K : Type} {ring : Ring K} {E I : Type}.
Add Ring K_trace_ring : (ring_laws (K := K)).
Variables (p : E -> K) (coordinates : list I) (dp s : I -> E -> K) (t : tree E).
Hypothesis stoch : stochastic p t.
Hypothesis tang : forall i, tangent (dp i) t.
Hypothesis score : forall i, is_score p (s i) (dp i) t.

(** tr Cov((Harm − b)·s) exceeds that with b⋆ = E[Harm·‖s‖² | y_<k]/E[‖s‖² | y_<k] by
    E[(b − b⋆)²·E[‖s‖² | y_<k]]. *)
Theorem baseline_trace Harm k b best : known t k b -> known t k best ->
  let N w := norm2 coordinates (fun i => at_position (s i) k w) in
  let trace c := sum (fun i => var p t (fun w => (Harm w - c w) * at_position (s i) k w)) coordinates in
  (forall w, In w (paths t) ->
     best w * cond p t k N w = cond p t k (fun u => Harm u * N u) w) ->
  trace b - trace best = expect p t (fun w => (b w - best w) * (b w - best w) * cond p t k N w).
Proof.
  intros Kb Kd N trace Hd. rewrite <- (baseline_excess p t stoch Harm N k b best Kb Kd Hd).
  assert (V : forall c, known t k c -> trace c
    = expect p t (fun w => (Harm w - c w) * (Harm w - c w) * N w)
      - norm2 coordinates (fun i => gradient p t Harm (s i) k)).
  { intros c Kc. unfold trace, norm2.
    transitivity (sum (fun i => expect p t (fun w => (Harm w - c w) * (Harm w - c w)
        * (at_position (s i) k w * at_position (s i) k w))
      - gradient p t Harm (s i) k * gradient p t Harm (s i) k) coordinates).
    - apply sum_ext. intros i _. unfold var. rewrite cov_product by exact stoch.
      rewrite !(baseline p (dp i) (s i) t stoch (tang i) (score i) Harm k c Kc).
      f_equal. apply expect_ext. intros w _. ring.
    - rewrite sum_sub, <- expect_sum. f_equal. apply expect_ext. intros w _.
      unfold N, norm2. rewrite <- sum_scale. reflexivity. }
  rewrite (V b Kb), (V best Kd). ring.
Qed.

End Trace.
