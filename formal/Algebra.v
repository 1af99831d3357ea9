(** * Number systems

    Main definitions: [Ring], a commutative ring; [Ordered], a totally ordered
    ring without zero divisors; their instance [Qc], the rational numbers of
    the standard library. The reals are in Reals.v, the dual numbers in
    Gradient.v. Equality is Coq's own. *)

Require Export List Ring.
Require Import QArith Qcanon.
Import ListNotations.

Class Ring (K : Type) := {
  zero : K;  one : K;
  add : K -> K -> K;  mul : K -> K -> K;  sub : K -> K -> K;  opp : K -> K;
  ring_laws : ring_theory zero one add mul sub opp eq
}.

Declare Scope K_scope.
Delimit Scope K_scope with K.
Notation "0" := zero : K_scope.
Notation "1" := one : K_scope.
Infix "+" := add : K_scope.
Infix "*" := mul : K_scope.
Infix "-" := sub : K_scope.
Notation "- x" := (opp x) : K_scope.

Class Ordered (K : Type) {ring : Ring K} := {
  le : K -> K -> Prop;
  le_trans : forall a b c, le a b -> le b c -> le a c;
  le_antisym : forall a b, le a b -> le b a -> a = b;
  le_total : forall a b, le a b \/ le b a;
  le_add : forall a b c, le a b -> le (a + c)%K (b + c)%K;
  le_mul : forall a b, le 0%K a -> le 0%K b -> le 0%K (a * b)%K;
  no_zero_divisors : forall a b : K, (a * b)%K = 0%K -> a = 0%K \/ b = 0%K;
  one_neq_zero : (1 : K)%K <> 0%K;
  eq_decided : forall a b : K, a = b \/ a <> b
}.
Infix "<=" := le : K_scope.

(** a < b *)
Definition lt {K} `{Ordered K} (a b : K) : Prop := le a b /\ a <> b.
Infix "<" := lt : K_scope.

(** ** The rational numbers *)

#[global] Instance Qc_ring : Ring Qc := {| ring_laws := Qcrt |}.

Lemma Qc_le_total (a b : Qc) : (a <= b \/ b <= a)%Qc.
Proof.
  destruct (Qclt_le_dec a b) as [H | H].
  - left. apply Qclt_le_weak. exact H.
  - right. exact H.
Qed.

Lemma Qc_le_mul (a b : Qc) : (0 <= a -> 0 <= b -> 0 <= a * b)%Qc.
Proof.
  intros Ha Hb. rewrite <- (Qcmult_0_l b). apply Qcmult_le_compat_r; assumption.
Qed.

Lemma Qc_one_neq_zero : 1%Qc <> 0%Qc.
Proof. discriminate. Qed.

Lemma Qc_eq_decided (a b : Qc) : a = b \/ a <> b.
Proof. destruct (Qc_eq_dec a b); [left | right]; assumption. Qed.

#[global] Instance Qc_ordered : Ordered Qc.
Proof.
  refine {| le := Qcle |}.
  - exact Qcle_trans.
  - exact Qcle_antisym.
  - exact Qc_le_total.
  - intros a b c H. apply Qcplus_le_compat; [exact H | apply Qcle_refl].
  - exact Qc_le_mul.
  - exact Qcmult_integral.
  - exact Qc_one_neq_zero.
  - exact Qc_eq_decided.
Defined.

(** ** What follows from the laws of an ordered ring *)

Section Order.
Context {K : Type} {ring : Ring K} {order : Ordered K}.
Open Scope K_scope.
Add Ring K_ring : (ring_laws (K := K)).
Implicit Types a b c : K.

Lemma le_refl a : a <= a.
Proof. destruct (le_total a a); assumption. Qed.

Lemma eq_le a b : a = b -> a <= b.
Proof. intros ->. apply le_refl. Qed.

Lemma le_sub a b : 0 <= b - a -> a <= b.
Proof.
  intros H. apply (le_add _ _ a) in H.
  replace (0 + a) with a in H by ring. replace (b - a + a) with b in H by ring.
  exact H.
Qed.

Lemma sub_nonneg a b : a <= b -> 0 <= b - a.
Proof.
  intros H. apply (le_add _ _ (- a)) in H.
  replace (a + - a) with 0 in H by ring. replace (b + - a) with (b - a) in H by ring.
  exact H.
Qed.

Lemma le_add2 a b c d : a <= b -> c <= d -> a + c <= b + d.
Proof.
  intros Hab Hcd. apply le_trans with (b + c).
  - apply le_add. exact Hab.
  - replace (b + c) with (c + b) by ring. replace (b + d) with (d + b) by ring.
    apply le_add. exact Hcd.
Qed.

Lemma add_nonneg a b : 0 <= a -> 0 <= b -> 0 <= a + b.
Proof.
  intros Ha Hb. replace 0 with (0 + 0 : K) by ring. apply le_add2; assumption.
Qed.

Lemma mul_le_l a b c : 0 <= c -> a <= b -> c * a <= c * b.
Proof.
  intros Hc Hab. apply le_sub. replace (c * b - c * a) with (c * (b - a)) by ring.
  apply le_mul; [exact Hc | apply sub_nonneg; exact Hab].
Qed.

Lemma square_nonneg a : 0 <= a * a.
Proof.
  destruct (le_total 0 a) as [H | H].
  - apply le_mul; exact H.
  - apply sub_nonneg in H. replace (0 - a) with (- a) in H by ring.
    replace (a * a) with (- a * - a) by ring. apply le_mul; exact H.
Qed.

Lemma square_zero a : a * a = 0 -> a = 0.
Proof. intros H. destruct (no_zero_divisors _ _ H); assumption. Qed.

Lemma sum_of_nonneg_zero a b : 0 <= a -> 0 <= b -> a + b = 0 -> a = 0 /\ b = 0.
Proof.
  intros Ha Hb H.
  assert (Ha0 : a <= 0).
  { apply le_sub. replace (0 - a) with (a + b - a) by (rewrite H; reflexivity).
    replace (a + b - a) with b by ring. exact Hb. }
  assert (a = 0) as -> by (apply le_antisym; assumption).
  split; [reflexivity |]. replace b with (0 + b) by ring. exact H.
Qed.

Lemma one_pos : 0 <= 1.
Proof. replace 1 with (1 * 1 : K) by ring. apply square_nonneg. Qed.

Lemma eq_sub a b : a - b = 0 -> a = b.
Proof. intros H. replace a with (a - b + b) by ring. rewrite H. ring. Qed.

Lemma lt_le_trans a b c : a < b -> b <= c -> a < c.
Proof.
  intros [H N] Hbc. split; [apply le_trans with b; assumption |].
  intros E. apply N. apply le_antisym; [exact H |]. rewrite E. exact Hbc.
Qed.

Lemma mul_neq_zero a b : a <> 0 -> b <> 0 -> a * b <> 0.
Proof. intros Ha Hb H. destruct (no_zero_divisors _ _ H); contradiction. Qed.

End Order.
