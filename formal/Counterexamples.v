(** * Refuted wordings

    Each is an instance, evaluated in ℚ. Tokens are those of Evaluate.v.

    Main statements: [orthogonal_score] (the converses of Remark 2 and of Theorem 10),
    [off_the_support] (Theorem 10 at every prefix), [orthogonal_to_recovery] (Remark 7),
    [information_returns] (§10.2), [boundary] (Theorem 8 at the boundary),
    [unbounded_score] (Remark 4). *)

Require Import Formal.Evaluate Formal.Gradient.
Import ListNotations.
Open Scope K_scope.

(** A token with probability p under policy and adversary, score s and harm h. *)
Definition at_end (p s h : Qc) (r : bool) : step token := (Token p p r [s] h, Leaf).

Ltac evaluated := apply Qc_is_canon; vm_compute; reflexivity.
Ltac different := intros H; apply (f_equal this) in H; vm_compute in H; discriminate H.

(** Three tokens of probability ⅓, with scores 0, 1, −1 and harms 1, 0, 0. *)
Definition three : tree token :=
  Node [at_end (q 1 3) 0 1 true; at_end (q 1 3) 1 0 false; at_end (q 1 3) (-(1)) 0 false].

(** Remark 2 and Theorem 10, converses: the contribution and the gradient are 0, although
    harm depends on the token and I_1 > 0, for a score that is not zero. *)
Theorem orthogonal_score :
  contribution probability three harm_of (score 0) 0 [] = 0
  /\ gradient probability three harm_of (score 0) 0 = 0
  /\ information probability three harm_of 0 <> 0
  /\ expect probability three (fisher probability three (score 0) (score 0) 0) <> 0.
Proof. split; [| split; [| split]]; (evaluated || different). Qed.

(** Remark 7: I^rec > 0 and G^rec = 0, for a score that is not zero. *)
Theorem orthogonal_to_recovery :
  recovery_gradient adversary probability three recovers (score 0) 0 = 0
  /\ recovery_information adversary probability three recovers 0 <> 0.
Proof. split; (evaluated || different). Qed.

(** A token of probability 0, after which harm is open. *)
Definition after_null : tree token := Node [at_end (q 1 2) 1 1 true; at_end (q 1 2) (-(1)) 0 false].
Definition null_branch : step token := (Token 0 0 true [0] 0, after_null).
Definition sure_branch : step token := (Token 1 1 false [0] 0, Node [at_end 1 0 0 false]).
Definition off_support : tree token := Node [null_branch; sure_branch].

(** Theorem 10 holds almost surely, not at every prefix: harm is decided at once, and yet
    the contribution at the prefix of probability 0 is not 0. *)
Theorem off_the_support :
  decided_after probability off_support harm_of 0
  /\ contribution probability off_support harm_of (score 0) 1 [null_branch] <> 0.
Proof.
  split; [| different].
  exists (fun _ => 0). intros w [<- | [<- | [<- | []]]] N.
  - elim N. evaluated.
  - elim N. evaluated.
  - evaluated.
Qed.

(** Harm 1 if the first and the third of three fair tokens agree. *)
Definition third (first : Qc) : tree token :=
  Node [at_end (q 1 2) 0 first true; at_end (q 1 2) 0 (1 - first) false].
Definition second (first : Qc) (outcome : bool) : tree token :=
  let leaf h := Node [at_end (q 1 2) 0 h true; at_end (q 1 2) 0 h false] in
  if outcome then Node [(Token (q 1 2) (q 1 2) true [0] 0, third first);
                        (Token (q 1 2) (q 1 2) false [0] 0, third first)]
  else Node [(Token (q 1 2) (q 1 2) true [0] 0, leaf first);
             (Token (q 1 2) (q 1 2) false [0] 0, leaf first)].
Definition returning : tree token :=
  Node [(Token (q 1 2) (q 1 2) true [0] 0, second 1 true);
        (Token (q 1 2) (q 1 2) false [0] 0, second 1 false)].

(** §10.2: the information can vanish and come back: I_1 > 0, I_2 = 0, I_3 > 0. *)
Theorem information_returns :
  information probability returning harm_of 0 <> 0
  /\ information probability returning harm_of 1 = 0
  /\ information probability returning harm_of 2 <> 0.
Proof. split; [| split]; (evaluated || different). Qed.

(** Two tokens of probabilities 0 and 1, harms 1 and 0. *)
Definition edge_of_domain : tree token := Node [at_end 0 0 1 true; at_end 1 0 0 false].

(** Theorem 8 at the boundary of a parameter domain: a probability 0 with derivative 1
    has no score; the derivative of E[Harm] is 1, and the gradient formula gives 0
    whatever the score is. *)
Theorem boundary (s : token -> Qc) :
  derivative probability (fun e => if recovers e then 1 else -(1)) edge_of_domain harm_of = 1
  /\ gradient probability edge_of_domain harm_of s 0 = 0.
Proof.
  split; [evaluated |].
  unfold gradient, contribution, condcov, cov, h, cond, expect, at_position, sum,
    edge_of_domain, at_end, harm_of. simpl. ring.
Qed.

(** Two fair tokens with harms a and 0, scores 1/a and −1/a. *)
Definition half : Qc := (/ (1 + 1))%Qc.
Definition small_harm (a : Qc) : tree token :=
  Node [at_end half (/ a)%Qc a true; at_end half (- / a)%Qc 0 false].

(** Remark 4: the gradient can stay ½ however little harm information there is: I = a²/4. *)
Theorem unbounded_score (a : Qc) : a <> 0 ->
  information probability (small_harm a) harm_of 0 = (half * half * (a * a))%Qc
  /\ gradient probability (small_harm a) harm_of (score 0) 0 = half.
Proof.
  intros N. unfold information, innovation, gradient, contribution, condcov, cov, h, cond,
    expect, at_position, sum, small_harm, at_end, harm_of, score, half.
  split; simpl; field; repeat split; (exact N || discriminate).
Qed.
