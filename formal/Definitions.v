(** * Definitions

    All that the theorems over a ring speak of. The paper counts positions from
    1, these files from 0: position k is the token that follows a prefix of k
    tokens, the paper's position k + 1. So [h] k is the paper's h_k, while
    [innovation] k is its Δ_(k+1), [information] k its I_(k+1), and so on.

    A language model is a finite tree. An edge carries a label of some type E,
    from which a policy p : E -> K reads the probability of the token given the
    prefix. Labels are arbitrary: where each holds its whole prefix, every policy
    on the tree is such a p. A second policy, a score, or an adversary's law is a
    second function on the same labels. Branches may have different lengths. *)

Require Export Formal.Sums.
Import ListNotations.
Open Scope K_scope.

Inductive tree (E : Type) : Type :=
| Leaf : tree E                               (* the sequence has ended *)
| Node : list (E * tree E) -> tree E.         (* the tokens that may follow *)
Arguments Leaf {E}.
Arguments Node {E} _.

(** A step is a token with the subtree that it leads to; a path, a list of steps. *)
Definition step (E : Type) : Type := (E * tree E)%type.
Definition path (E : Type) : Type := list (step E).

(** All complete sequences y. *)
Fixpoint paths {E} (t : tree E) : list (path E) :=
  match t with
  | Leaf => [[]]
  | Node c => flat_map (fun x => map (cons x) (paths (snd x))) c
  end.

(** The lists of tokens that may follow a prefix, for all prefixes. *)
Fixpoint nodes {E} (t : tree E) : list (list (step E)) :=
  match t with
  | Leaf => []
  | Node c => c :: flat_map (fun x => nodes (snd x)) c
  end.

(** What follows the first k tokens of w; after its end a sequence stays ended. *)
Fixpoint state {E} (t : tree E) (w : path E) (k : nat) {struct k} : tree E :=
  match k, w with
  | S k', x :: w' => state (snd x) w' k'
  | _, _ => t
  end.

(** No sequence is longer than T. *)
Definition length_at_most {E} (T : nat) (t : tree E) : Prop :=
  forall w, In w (paths t) -> (length w <= T)%nat.

(** X is a function of the first k tokens. *)
Definition known {E K} (t : tree E) (k : nat) (X : path E -> K) : Prop :=
  forall w w', In w (paths t) -> In w' (paths t) ->
  firstn k w = firstn k w' -> X w = X w'.

Section Expectation.
Context {K : Type} {ring : Ring K} {E : Type}.
Variable p : E -> K.

(** Σ_a p(a|x) = 1 at every prefix x. *)
Definition stochastic (t : tree E) : Prop :=
  forall c, In c (nodes t) -> sum (fun x => p (fst x)) c = 1.

(** Eq. 1: P(y) = Π_k p(y_k|y_<k). *)
Fixpoint weight (w : path E) : K :=
  match w with
  | [] => 1
  | x :: w' => p (fst x) * weight w'
  end.

(** E[X] = Σ_y P(y) X(y) *)
Definition expect (t : tree E) (X : path E -> K) : K :=
  sum (fun w => weight w * X w) (paths t).

(** The same by backward recursion. *)
Fixpoint backward (t : tree E) (X : path E -> K) : K :=
  match t with
  | Leaf => X []
  | Node c => sum (fun x => p (fst x) * backward (snd x) (fun w => X (x :: w))) c
  end.

(** E[X | first k tokens] as a function of the sequence. *)
Definition cond (t : tree E) (k : nat) (X : path E -> K) (w : path E) : K :=
  expect (state t w k) (fun v => X (firstn k w ++ v)).

Definition cov (t : tree E) (X Y : path E -> K) : K :=
  let a := expect t X in let b := expect t Y in expect t (fun w => (X w - a) * (Y w - b)).
Definition var (t : tree E) (X : path E -> K) : K := cov t X X.

(** Cov(X, Y | first k tokens), Var(X | first k tokens) *)
Definition condcov (t : tree E) (k : nat) (X Y : path E -> K) (w : path E) : K :=
  cov (state t w k) (fun v => X (firstn k w ++ v)) (fun v => Y (firstn k w ++ v)).
Definition condvar (t : tree E) (k : nat) (X : path E -> K) (w : path E) : K :=
  condcov t k X X w.

(** ** Section 4 *)

(** Definition 1: h_k(y_≤k) = E[Harm | y_≤k]. *)
Definition h (t : tree E) (Harm : path E -> K) (k : nat) : path E -> K := cond t k Harm.

(** Definition 3: Δ = h after the token − h before it. *)
Definition innovation (t : tree E) (Harm : path E -> K) (k : nat) (w : path E) : K :=
  h t Harm (S k) w - h t Harm k w.

(** Definition 5: I = E[Δ²]. *)
Definition information (t : tree E) (Harm : path E -> K) (k : nat) : K :=
  expect t (fun w => innovation t Harm k w * innovation t Harm k w).

(** Remark 1: I_V(Harm; y_j … y_(k−1) | y_<j) = E[Var(Harm|y_<j)] − E[Var(Harm|y_<k)]. *)
Definition variance_information (t : tree E) (Harm : path E -> K) (j k : nat) : K :=
  expect t (condvar t j Harm) - expect t (condvar t k Harm).

(** ** Section 5 *)

(** The value of s at the token in position k; 0 after the end. *)
Definition at_position (s : E -> K) (k : nat) (w : path E) : K :=
  match nth_error w k with
  | Some x => s (fst x)
  | None => 0
  end.

(** C(y_<k) = Cov(h, s | y_<k) and G = E[C], for one coordinate s of the score. *)
Definition contribution (t : tree E) (Harm : path E -> K) (s : E -> K) (k : nat)
  : path E -> K := condcov t k (h t Harm (S k)) (at_position s k).
Definition gradient (t : tree E) (Harm : path E -> K) (s : E -> K) (k : nat) : K :=
  expect t (contribution t Harm s k).

(** dp is a tangent: Σ_a dp(a|x) = 0 at every prefix x. *)
Definition tangent (dp : E -> K) (t : tree E) : Prop :=
  forall c, In c (nodes t) -> sum (fun x => dp (fst x)) c = 0.

(** s = ∇ log p along dp: dp = p·s, so that dp = 0 where p = 0. *)
Definition is_score (s dp : E -> K) (t : tree E) : Prop :=
  forall c x, In c (nodes t) -> In x c -> dp (fst x) = p (fst x) * s (fst x).

(** ** Section 6 *)

(** P holds on every sequence of non-zero probability. *)
Definition almost_surely (t : tree E) (P : path E -> Prop) : Prop :=
  forall w, In w (paths t) -> weight w <> 0 -> P w.

(** Theorem 9 (ii): Harm = g(first k tokens) almost surely. *)
Definition decided_after (t : tree E) (Harm : path E -> K) (k : nat) : Prop :=
  exists g : path E -> K, almost_surely t (fun w => Harm w = g (firstn k w)).

(** ** Section 7: scores with coordinates s i, i in I *)

(** ‖v‖² = Σ_i v_i² *)
Definition norm2 {I} (coordinates : list I) (v : I -> K) : K :=
  sum (fun i => v i * v i) coordinates.

(** Definition 11: the entries of F(y_<k) = E[s sᵀ | y_<k], and its trace. *)
Definition fisher (t : tree E) (s s' : E -> K) (k : nat) : path E -> K :=
  cond t k (fun w => at_position s k w * at_position s' k w).
Definition fisher_trace {I} (coordinates : list I) (t : tree E) (s : I -> E -> K)
  (k : nat) (w : path E) : K := sum (fun i => fisher t (s i) (s i) k w) coordinates.

(** ** Section 9 *)

(** Definition 16: 1[y_k ∉ R]; and ρ(y_<k) = P(y_k ∈ R | y_<k). *)
Definition failure (R : E -> bool) : nat -> path E -> K :=
  at_position (fun e => if R e then 0 else 1).
Definition recovery (R : E -> bool) : nat -> path E -> K :=
  at_position (fun e => if R e then 1 else 0).
Definition rho (t : tree E) (R : E -> bool) (k : nat) : path E -> K :=
  cond t k (recovery R k).

End Expectation.

Section Recovery.
Context {K : Type} {ring : Ring K} {E : Type}.
Variables (q p : E -> K) (t : tree E) (R : E -> bool).

(** Definition 17, the penalty at position k: E_(y_<k ∼ Q)[P(y_k ∉ R | y_<k)]. *)
Definition penalty (k : nat) : K := expect q t (cond p t k (failure R k)).

(** Definition 18: I^rec = E_Q[ρ(1 − ρ)]. *)
Definition recovery_information (k : nat) : K :=
  expect q t (fun w => rho p t R k w * (1 - rho p t R k w)).

(** G^rec = E_Q[Cov(1[y_k ∉ R], s | y_<k)] *)
Definition recovery_gradient (s : E -> K) (k : nat) : K :=
  expect q t (condcov p t k (failure R k) (at_position s k)).

End Recovery.

(** p is a policy: stochastic, and nowhere negative. *)
Definition policy {K} `{Ordered K} {E} (p : E -> K) (t : tree E) : Prop :=
  stochastic p t /\ forall c x, In c (nodes t) -> In x c -> 0 <= p (fst x).

(** ** Dual numbers: K[ε] with ε² = 0 *)

Section Dual.
Context {K : Type} {ring : Ring K}.
Add Ring K_ring : (ring_laws (K := K)).

Definition dual : Type := (K * K)%type.
Definition dual_mul (a b : dual) : dual :=
  (fst a * fst b, fst a * snd b + snd a * fst b).

Lemma dual_laws : ring_theory (0, 0) (1, 0)
  (fun a b : dual => (fst a + fst b, snd a + snd b)) dual_mul
  (fun a b : dual => (fst a - fst b, snd a - snd b))
  (fun a : dual => (- fst a, - snd a)) eq.
Proof.
  split; intros; apply injective_projections; unfold dual_mul; cbn [fst snd]; ring.
Qed.

#[global] Instance dual_ring : Ring dual := {| ring_laws := dual_laws |}.

(** The derivative of Σ_y P(y) X(y) along dp, X fixed: its ε-part at p + ε dp. *)
Definition derivative {E} (p dp : E -> K) (t : tree E) (X : path E -> K) : K :=
  snd (expect (fun e => (p e, dp e) : dual) t (fun w => (X w, 0) : dual)).
End Dual.
