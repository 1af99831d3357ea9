(** * Section 4: the martingale decomposition of harm

    For every finite tree, ragged ones included, over every commutative ring:
    [factorisation] (eq. 1), [recursion] (Definition 1), [martingale]
    (Proposition 2), [doob], [orthogonal_to_known], [orthogonal],
    [weighted_innovations] (Proposition 4),
    [information_variance] (Definition 5), [variance_reduction], [total_variance],
    [total_variance_at] (Proposition 6), [variance_decomposition] (Corollary 7),
    [chain_rule] (Remark 1), [information_of_prompts]. *)

Require Export Formal.Expectation.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

Section Martingale.
Context {K : Type} {ring : Ring K} {E : Type}.
Add Ring K_ring : (ring_laws (K := K)).
Variables (p : E -> K) (t : tree E).
Hypothesis stoch : stochastic p t.
Implicit Types (Harm X : path E -> K) (w v : path E).

(** Equation 1: Σ_y P(y) = 1. *)
Theorem factorisation : sum (weight p) (paths t) = 1.
Proof.
  rewrite <- (expect_const p t 1 stoch). apply sum_ext. intros w _. ring.
Qed.

(** Equation 1: P(y) = P(y_<k) P(y_≥k). *)
Theorem factorisation_split k w : weight p w = weight p (firstn k w) * weight p (skipn k w).
Proof.
  clear stoch. revert w. induction k as [| k IH]; intros w; [simpl; ring |].
  destruct w as [| x w]; [simpl; ring |]. simpl. rewrite (IH w). ring.
Qed.

(** Definition 1: the sum over all completions is the backward recursion. *)
Theorem recursion X : backward p t X = expect p t X.
Proof.
  clear stoch. revert X. induction t as [| c IH] using tree_induction; intros X.
  - symmetry. apply expect_leaf.
  - rewrite expect_node, backward_node. apply sum_ext. intros x Hx.
    rewrite (IH x Hx). reflexivity.
Qed.

(** Definition 1: h_0 = E[Harm]. *)
Theorem h_first Harm w : h p t Harm 0 w = expect p t Harm.
Proof. reflexivity. Qed.

(** Definition 1: h_T = Harm. *)
Theorem h_last Harm T w : length_at_most T t -> In w (paths t) -> h p t Harm T w = Harm w.
Proof.
  intros HT Hw. apply cond_known; [exact stoch | apply known_at_end; exact HT | exact Hw].
Qed.

(** Definition 1: h_k is the conditional expectation E[Harm | y_≤k]:
    E[F·Harm] = E[F·h_k] for every F of the first k tokens. *)
Theorem h_conditional Harm k F : known t k F ->
  expect p t (fun w => F w * Harm w) = expect p t (fun w => F w * h p t Harm k w).
Proof. intros HF. apply expect_known; assumption. Qed.

Lemma known_h Harm k : known t k (h p t Harm k).
Proof. apply known_cond. Qed.

(** Proposition 2: E[h_(k+1) | y_≤k] = h_k(y_≤k), at every prefix. *)
Theorem martingale Harm k w : In w (paths t) -> cond p t k (h p t Harm (S k)) w = h p t Harm k w.
Proof.
  intros Hw. unfold h. replace (S k) with (k + 1)%nat by lia.
  apply tower; assumption.
Qed.

(** Proposition 2, iterated. *)
Theorem martingale_iterated Harm j k w : (j <= k)%nat -> In w (paths t) ->
  cond p t j (h p t Harm k) w = h p t Harm j w.
Proof.
  intros Hjk Hw. unfold h. replace k with (j + (k - j))%nat by lia. apply tower; assumption.
Qed.

(** Definition 3: Δ_k = E[Harm | y_≤k] − E[Harm | y_<k]. *)
Theorem innovation_definition Harm k w :
  innovation p t Harm k w = cond p t (S k) Harm w - cond p t k Harm w.
Proof. reflexivity. Qed.

(** Definition 3: an innovation has mean zero given the prefix. *)
Theorem innovation_mean Harm k w : In w (paths t) -> cond p t k (innovation p t Harm k) w = 0.
Proof.
  intros Hw. unfold innovation. rewrite cond_sub, martingale by exact Hw.
  rewrite cond_known by (exact stoch || apply known_h || exact Hw). ring.
Qed.

(** Definition 3: an innovation is known once its token is. *)
Theorem known_innovation Harm k : known t (S k) (innovation p t Harm k).
Proof.
  apply (known_combine t _ sub (h p t Harm (S k)) (h p t Harm k)).
  - apply known_h.
  - apply known_le with k; [lia | apply known_h].
Qed.

(** Proposition 4, first part: Harm = E[Harm] + Σ_k Δ_k on every sequence. *)
Theorem doob Harm T w : length_at_most T t -> In w (paths t) ->
  Harm w = expect p t Harm + sum (fun k => innovation p t Harm k w) (seq 0 T).
Proof.
  intros HT Hw. unfold innovation. rewrite (telescope (fun k => h p t Harm k w)).
  rewrite h_last, h_first by assumption. ring.
Qed.

(** Proposition 4, strengthened: E[Δ_k F] = 0 for every F of the prefix. *)
Theorem orthogonal_to_known Harm k F : known t k F ->
  expect p t (fun w => F w * innovation p t Harm k w) = 0.
Proof.
  intros HF. rewrite (expect_known p t k) by assumption. apply expect_zero. intros w Hw.
  rewrite innovation_mean by exact Hw. ring.
Qed.

Lemma orthogonal_ordered Harm j k : (j < k)%nat ->
  expect p t (fun w => innovation p t Harm j w * innovation p t Harm k w) = 0.
Proof.
  intros Hjk. apply orthogonal_to_known. apply known_le with (S j); [lia |].
  apply known_innovation.
Qed.

(** Proposition 4, second part: E[Δ_j Δ_k] = 0 for j ≠ k. *)
Theorem orthogonal Harm j k : j <> k ->
  expect p t (fun w => innovation p t Harm j w * innovation p t Harm k w) = 0.
Proof.
  intros N. assert (D : (j < k)%nat \/ (k < j)%nat) by lia. destruct D as [L | L].
  - apply orthogonal_ordered. exact L.
  - rewrite <- (orthogonal_ordered Harm k j L). apply expect_ext. intros w _. ring.
Qed.

(** Proposition 4: E[(Σ_k r_k Δ_k)²] = Σ_k r_k² I_k for all weights r. *)
Theorem weighted_innovations Harm (r : nat -> K) T :
  expect p t (fun w => sum (fun k => r k * innovation p t Harm k w) (seq 0 T)
                       * sum (fun k => r k * innovation p t Harm k w) (seq 0 T))
  = sum (fun k => r k * r k * information p t Harm k) (seq 0 T).
Proof.
  induction T as [| T IH]; [apply expect_zero; intros w _; simpl; ring |].
  set (A n w := sum (fun k => r k * innovation p t Harm k w) (seq 0 n)) in *.
  assert (KA : known t T (A T)).
  { intros w w' Hw Hw' F. apply sum_ext. intros k Hk. apply in_seq in Hk. f_equal.
    apply (known_le t (S k) T); [lia | apply known_innovation | assumption ..]. }
  transitivity (expect p t (fun w => A T w * A T w
    + ((1 + 1) * r T * (A T w * innovation p t Harm T w)
       + r T * r T * (innovation p t Harm T w * innovation p t Harm T w)))).
  - apply expect_ext. intros w _. unfold A.
    rewrite seq_S, sum_app, sum_cons, sum_nil. simpl plus. ring.
  - rewrite !expect_add, !expect_scale, (orthogonal_to_known Harm T (A T) KA).
    unfold A. rewrite IH, seq_S, sum_app, sum_cons, sum_nil. simpl plus.
    unfold information at 3. ring.
Qed.

Lemma cond_square_innovation Harm k w : In w (paths t) ->
  cond p t k (fun u => innovation p t Harm k u * innovation p t Harm k u) w
  = condvar p t k (h p t Harm (S k)) w.
Proof.
  intros Hw. unfold condvar, condcov, cov, cond. apply expect_ext. intros v Hv.
  unfold innovation. assert (Eh : h p t Harm k (firstn k w ++ v)
      = expect p (state t w k) (fun v => h p t Harm (S k) (firstn k w ++ v))).
  { rewrite (known_continued t k) by (assumption || apply known_h).
    symmetry. apply (martingale Harm k w Hw). }
  rewrite Eh. reflexivity.
Qed.

(** Definition 5: E[Δ²] = E[Var(h after the token | prefix)]. *)
Theorem information_variance Harm k :
  information p t Harm k = expect p t (condvar p t k (h p t Harm (S k))).
Proof.
  unfold information. rewrite <- (expect_cond p t k) by exact stoch.
  apply expect_ext. intros w Hw. apply cond_square_innovation. exact Hw.
Qed.

(** Proposition 6 at a prefix, the law of total variance used by (A) and (B):
    Var(Harm | y_<k) = E[Var(Harm | y_≤k) | y_<k] + Var(h after the token | y_<k). *)
Theorem total_variance_at Harm j k w : (j <= k)%nat -> In w (paths t) ->
  condvar p t j Harm w
  = cond p t j (condvar p t k Harm) w + condvar p t j (h p t Harm k) w.
Proof.
  intros Hjk Hw. unfold condvar. rewrite !condcov_product by assumption.
  rewrite martingale_iterated by assumption. fold (h p t Harm j w).
  rewrite (cond_ext p t j (fun u => condcov p t k Harm Harm u)
    (fun u => h p t (fun u => Harm u * Harm u) k u - h p t Harm k u * h p t Harm k u)).
  - rewrite cond_sub, martingale_iterated by assumption. unfold h. ring.
  - exact Hw.
  - intros u Hu. apply condcov_product; assumption.
Qed.

(** Proposition 6, (A) and (B): Var(Harm) = E[Var(Harm | y_≤k)] + Var(h_k). *)
Theorem total_variance Harm k :
  var p t Harm = expect p t (condvar p t k Harm) + var p t (h p t Harm k).
Proof.
  unfold var. rewrite !cov_product by exact stoch.
  rewrite (expect_ext p t (condvar p t k Harm) (fun w =>
    cond p t k (fun u => Harm u * Harm u) w - h p t Harm k w * h p t Harm k w)).
  - rewrite expect_sub, expect_cond by exact stoch.
    unfold h. rewrite expect_cond by exact stoch. ring.
  - intros w Hw. apply condcov_product; assumption.
Qed.

(** Proposition 6: I_V(Harm; y_k | y_<k) = I_k. *)
Theorem variance_reduction Harm k :
  information p t Harm k = variance_information p t Harm k (S k).
Proof.
  rewrite information_variance. unfold variance_information.
  rewrite (expect_ext p t (condvar p t k Harm) (fun w =>
    cond p t k (condvar p t (S k) Harm) w
    + condvar p t k (h p t Harm (S k)) w)).
  - rewrite expect_add, expect_cond by exact stoch. ring.
  - intros w Hw. apply total_variance_at; [lia | exact Hw].
Qed.

Lemma residual_first Harm : expect p t (condvar p t 0 Harm) = var p t Harm.
Proof. exact (expect_const p t (var p t Harm) stoch). Qed.

Lemma residual_last Harm T : length_at_most T t -> expect p t (condvar p t T Harm) = 0.
Proof.
  intros HT. apply expect_zero. intros w Hw. unfold condvar.
  rewrite condcov_product by assumption.
  assert (Q : forall X, cond p t T X w = X w).
  { intros X. apply cond_known; [exact stoch | apply known_at_end; exact HT | exact Hw]. }
  rewrite !Q. ring.
Qed.

(** Remark 1: the information of a block is the sum of that of its positions. *)
Theorem block_information Harm j n :
  variance_information p t Harm j (j + n)
  = sum (information p t Harm) (seq j n).
Proof.
  rewrite (sum_ext _ (fun k => variance_information p t Harm k (S k)))
    by (intros k _; apply variance_reduction).
  unfold variance_information.
  rewrite (sum_ext _ (fun k => 0 - expect p t (condvar p t (S k) Harm)
    - (0 - expect p t (condvar p t k Harm)))) by (intros k _; ring).
  rewrite (telescope_from (fun k => 0 - expect p t (condvar p t k Harm))). ring.
Qed.

(** What is open after k tokens: E[Var(Harm|y_≤k)] = Σ_(s≥k) I_s. *)
Theorem residual Harm k n : length_at_most (k + n) t ->
  expect p t (condvar p t k Harm) = sum (information p t Harm) (seq k n).
Proof.
  intros HT. rewrite <- block_information. unfold variance_information.
  rewrite (residual_last Harm (k + n) HT). ring.
Qed.

(** Corollary 7: Var(Harm) = Σ_k I_k. *)
Theorem variance_decomposition Harm T : length_at_most T t ->
  var p t Harm = sum (information p t Harm) (seq 0 T).
Proof. intros HT. rewrite <- residual_first. apply residual. exact HT. Qed.

(** The cuts c_0, c_1, …, c_n make the blocks (c_0, c_1), (c_1, c_2), … *)
Fixpoint blocks (first : nat) (cuts : list nat) : list (nat * nat) :=
  match cuts with
  | [] => []
  | k :: rest => (first, k) :: blocks k rest
  end.

Lemma last_cons {A} (x d : A) l : last (x :: l) d = last l x.
Proof.
  clear stoch. revert x d. induction l as [| y l IH]; intros x d; [reflexivity |].
  change (last (x :: y :: l) d) with (last (y :: l) d). rewrite !IH. reflexivity.
Qed.

(** Remark 1, equation 17: the chain rule, for every grouping into blocks. *)
Theorem chain_rule Harm first cuts :
  sum (fun b => variance_information p t Harm (fst b) (snd b)) (blocks first cuts)
  = variance_information p t Harm first (last cuts first).
Proof.
  revert first. induction cuts as [| k rest IH]; intros first.
  - unfold variance_information. simpl. ring.
  - simpl blocks. rewrite sum_cons, IH. cbn [fst snd].
    rewrite last_cons.
    unfold variance_information. ring.
Qed.

(** Remark 1: all positions together carry Var(Harm). *)
Theorem chain_total Harm T : length_at_most T t ->
  variance_information p t Harm 0 T = var p t Harm.
Proof.
  intros HT. unfold variance_information.
  rewrite residual_first, (residual_last Harm T HT). ring.
Qed.

End Martingale.

(** Random prompts are position 0: the information of a later position is the mean
    over the prompts of its information given the prompt. *)
Theorem information_of_prompts {K} {ring : Ring K} {E} (p : E -> K) c Harm k :
  information p (Node c) Harm (S k)
  = sum (fun x => p (fst x) * information p (snd x) (fun w => Harm (x :: w)) k) c.
Proof. apply expect_node. Qed.
