(** * The definitions, evaluated

    [values] evaluates the definitions themselves, nothing else, over the rational
    numbers, on a tree whose labels are [token]s. The numbers are compared with those
    of the solvers. *)

Require Export Formal.Definitions.
Require Export QArith Qcanon.
Import ListNotations.
Open Scope K_scope.

(** A number a/b. *)
Definition q (a : Z) (b : positive) : Qc := Q2Qc (a # b).

(** A token with its probability under the policy and under the adversary, whether it
    is a recovery token, its score along some parameters, and, where it ends the
    sequence, the harm of the sequence. *)
Record token := Token {
  probability : Qc;
  adversary : Qc;
  recovers : bool;
  scores : list Qc;
  harm : Qc
}.

Definition score (i : nat) (e : token) : Qc := nth i (scores e) 0.
Definition tangent_along (i : nat) (e : token) : Qc := probability e * score i e.
Definition harm_of (w : path token) : Qc := last (map (fun x => harm (fst x)) w) 0.

(** For a tree of depth T with n parameters. *)
Definition values (T n : nat) (t : tree token) : list Qc :=
  let p := probability in let r := recovers in let q := adversary in
  let positions := seq 0 T in
  [expect p t harm_of; backward p t harm_of; var p t harm_of]
  ++ map (information p t harm_of) positions
  ++ map (fun k => expect p t (condvar p t k harm_of)) (seq 0 (S T))
  ++ [variance_information p t harm_of 1 T]
  ++ flat_map (fun w => map (fun k => h p t harm_of k w) (seq 0 (S T))) (paths t)
  ++ flat_map (fun w => map (fun k => rho p t r k w) positions) (paths t)
  ++ map (recovery_information q p t r) positions
  ++ map (penalty q p t r) positions
  ++ flat_map (fun i =>
       derivative p (tangent_along i) t harm_of
       :: map (gradient p t harm_of (score i)) positions
       ++ map (fun k => expect p t (fisher p t (score i) (score i) k)) positions
       ++ map (recovery_gradient q p t r (score i)) positions) (seq 0 n).

(** Numerators and denominators, to be printed. *)
Definition show (l : list Qc) : list (Z * positive) :=
  map (fun x => (Qnum (this x), Qden (this x))) l.
