(** * The real numbers as an ordered ring, and logarithms

    Main statements: the instances [R_ring] and [R_ordered], by which every theorem
    over a ring holds of the reals; [ln_le], ln x ≤ x − 1, strict unless x = 1. *)

Require Export Formal.Sums.
Require Export Reals.
Require Import Lra.
Open Scope R_scope.

#[global] Instance R_ring : Ring R := {| ring_laws := RTheory |}.

#[global] Instance R_ordered : Ordered R.
Proof.
  refine {| le := Rle |}.
  - exact Rle_trans.
  - exact Rle_antisym.
  - intros a b. destruct (Rle_or_lt a b); [left | right]; lra.
  - intros a b c H. apply Rplus_le_compat_r. exact H.
  - exact Rmult_le_pos.
  - exact Rmult_integral.
  - exact R1_neq_R0.
  - exact Req_dec.
Defined.

Lemma ln_lt x : 0 < x -> x <> 1 -> ln x < x - 1.
Proof.
  intros Hx N. assert (L : ln x <> 0).
  { intros Z. apply N. rewrite <- (exp_ln x Hx), Z. apply exp_0. }
  assert (H := exp_ineq1 (ln x) L). rewrite (exp_ln x Hx) in H. lra.
Qed.

Lemma ln_le x : 0 < x -> ln x <= x - 1.
Proof.
  intros Hx. destruct (Req_dec x 1) as [-> | N].
  - rewrite ln_1. lra.
  - apply Rlt_le. apply ln_lt; assumption.
Qed.

Lemma ln_quotient a b : 0 < a -> 0 < b -> ln (a / b) = ln a - ln b.
Proof.
  intros Ha Hb. unfold Rdiv. rewrite ln_mult, ln_Rinv; [ring | assumption .. |].
  apply Rinv_0_lt_compat. exact Hb.
Qed.

(** In the files over R the operations of the ring are those of the reals. *)
Ltac reals :=
  change (@add R R_ring) with Rplus in *; change (@mul R R_ring) with Rmult in *;
  change (@sub R R_ring) with Rminus in *; change (@opp R R_ring) with Ropp in *;
  change (@zero R R_ring) with 0 in *; change (@one R R_ring) with 1 in *;
  change (@le R R_ring R_ordered) with Rle in *.

(** ** Sums of real numbers: the lemmas of Sums.v in the operations of the reals *)

Section RealSums.
Context {A : Type}.
Implicit Types (f g : A -> R) (l : list A).

Lemma Rsum_add f g l : sum (fun x => f x + g x) l = sum f l + sum g l.
Proof. exact (sum_add f g l). Qed.

Lemma Rsum_sub f g l : sum (fun x => f x - g x) l = sum f l - sum g l.
Proof. exact (sum_sub f g l). Qed.

Lemma Rsum_scale c f l : sum (fun x => c * f x) l = c * sum f l.
Proof. exact (sum_scale c f l). Qed.

Lemma Rsum_scale_r c f l : sum (fun x => f x * c) l = sum f l * c.
Proof. exact (sum_scale_r c f l). Qed.

Lemma Rsum_le f g l : (forall x, In x l -> f x <= g x) -> sum f l <= sum g l.
Proof. exact (sum_le f g l). Qed.

Lemma Rsum_nonneg f l : (forall x, In x l -> 0 <= f x) -> 0 <= sum f l.
Proof. exact (sum_nonneg f l). Qed.

Lemma Rsum_zero_terms f l : (forall x, In x l -> 0 <= f x) -> sum f l = 0 ->
  forall x, In x l -> f x = 0.
Proof. exact (sum_zero_terms f l). Qed.

Lemma Rsum_all_zero f l : (forall x, In x l -> f x = 0) -> sum f l = 0.
Proof. exact (sum_all_zero f l). Qed.

Lemma Rsum_positive f l x : (forall y, In y l -> 0 <= f y) -> In x l -> 0 < f x ->
  0 < sum f l.
Proof.
  intros H Hx P. destruct (Rsum_nonneg f l H) as [L | Z]; [exact L |].
  rewrite (Rsum_zero_terms f l H (eq_sym Z) x Hx) in P. lra.
Qed.
End RealSums.
