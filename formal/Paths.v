(** * Trees, paths and what is known

    Main statements: [tree_induction], [in_paths_node], [continued] (a prefix and a
    continuation make a sequence), [known_le], [known_continued]. *)

Require Export Formal.Definitions.
Require Import Lia.
Import ListNotations.
Open Scope K_scope.

(** ** Paths, prefixes and what follows them *)

Section Paths.
Context {E : Type}.
Implicit Types (t : tree E) (w v u : path E) (c : list (step E)).

Section Induction.
Variable P : tree E -> Prop.
Hypothesis leaf : P Leaf.
Hypothesis node : forall c, (forall x, In x c -> P (snd x)) -> P (Node c).

Fixpoint tree_induction t : P t :=
  match t with
  | Leaf => leaf
  | Node c => node c ((fix all l : forall x, In x l -> P (snd x) :=
      match l with
      | [] => fun x H => False_ind _ H
      | y :: l' => fun x H =>
          match H with
          | or_introl e => eq_ind y (fun z => P (snd z)) (tree_induction (snd y)) x e
          | or_intror H' => all l' x H'
          end
      end) c)
  end.
End Induction.

Lemma in_paths_node c w :
  In w (paths (Node c)) <-> exists x w', w = x :: w' /\ In x c /\ In w' (paths (snd x)).
Proof.
  simpl. rewrite in_flat_map. split.
  - intros (x & Hx & H). apply in_map_iff in H. destruct H as (w' & <- & Hw).
    exists x, w'. auto.
  - intros (x & w' & -> & Hx & Hw). exists x. split; [exact Hx |].
    apply in_map. exact Hw.
Qed.

Lemma in_paths_leaf w : In w (paths (@Leaf E)) <-> w = [].
Proof.
  simpl. split.
  - intros [H | []]. symmetry. exact H.
  - intros ->. left. reflexivity.
Qed.

Lemma state_leaf w k : In w (paths Leaf) -> state (@Leaf E) w k = Leaf.
Proof. intros H. apply in_paths_leaf in H as ->. destruct k; reflexivity. Qed.

Lemma state_firstn t w k : state t (firstn k w) k = state t w k.
Proof.
  revert t w. induction k as [| k IH]; intros t w; [reflexivity |].
  destruct w as [| x w]; [reflexivity |]. simpl. apply IH.
Qed.

(** Sequences that share k tokens reach the same state. *)
Lemma state_shared t w w' k : firstn k w = firstn k w' -> state t w k = state t w' k.
Proof.
  intros H. rewrite <- (state_firstn t w k), <- (state_firstn t w' k), H. reflexivity.
Qed.

Lemma in_nodes_state t k w c :
  In w (paths t) -> In c (nodes (state t w k)) -> In c (nodes t).
Proof.
  revert t w. induction k as [| k IH]; intros t w Hw Hc; [exact Hc |].
  destruct t as [| d].
  - rewrite state_leaf in Hc by exact Hw. exact Hc.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    simpl in *. right. apply in_flat_map. exists x. split; [exact Hx |].
    apply (IH (snd x) w' Hw' Hc).
Qed.

(** A prefix of a sequence, continued. *)
Lemma continued t k w v :
  In w (paths t) -> In v (paths (state t w k)) -> In (firstn k w ++ v) (paths t).
Proof.
  revert t w. induction k as [| k IH]; intros t w Hw Hv; [exact Hv |].
  destruct t as [| d].
  - rewrite state_leaf in Hv by exact Hw. apply in_paths_leaf in Hw as ->. exact Hv.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    apply in_paths_node. exists x, (firstn k w' ++ v). simpl in *.
    split; [reflexivity |]. split; [exact Hx |]. apply IH; assumption.
Qed.

Lemma rest_of t k w : In w (paths t) -> In (skipn k w) (paths (state t w k)).
Proof.
  revert t w. induction k as [| k IH]; intros t w Hw; [exact Hw |].
  destruct t as [| d].
  - rewrite state_leaf by exact Hw. apply in_paths_leaf in Hw as ->. left. reflexivity.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw'). apply IH. exact Hw'.
Qed.

Lemma firstn_continued t k w v :
  In w (paths t) -> In v (paths (state t w k)) -> firstn k (firstn k w ++ v) = firstn k w.
Proof.
  revert t w. induction k as [| k IH]; intros t w Hw Hv; [reflexivity |].
  destruct t as [| d].
  - rewrite state_leaf in Hv by exact Hw. apply in_paths_leaf in Hw as ->.
    apply in_paths_leaf in Hv as ->. reflexivity.
  - apply in_paths_node in Hw. destruct Hw as (x & w' & -> & Hx & Hw').
    simpl. f_equal. apply (IH (snd x)); assumption.
Qed.

Lemma state_end t w k : In w (paths t) -> (length w <= k)%nat -> state t w k = Leaf.
Proof.
  revert t w. induction k as [| k IH]; intros t w Hw Hk.
  - destruct w; [| simpl in Hk; lia]. destruct t as [| c]; [reflexivity |].
    apply in_paths_node in Hw. destruct Hw as (x & w' & H & _). discriminate H.
  - destruct t as [| c]; [apply state_leaf; exact Hw |].
    apply in_paths_node in Hw. destruct Hw as (x & w' & -> & _ & Hw').
    apply IH; [exact Hw' | simpl in Hk; lia].
Qed.

Lemma firstn_le {A} (j k : nat) (w w' : list A) :
  (j <= k)%nat -> firstn k w = firstn k w' -> firstn j w = firstn j w'.
Proof.
  intros Hjk H. replace j with (min j k) by lia.
  rewrite <- !firstn_firstn. rewrite H. reflexivity.
Qed.

End Paths.

(** ** Known random variables *)

Section Known.
Context {E K : Type}.
Implicit Types (t : tree E) (X : path E -> K).

Lemma known_le t j k X : (j <= k)%nat -> known t j X -> known t k X.
Proof.
  intros Hjk H w w' Hw Hw' F. apply H; [assumption .. |].
  apply firstn_le with k; assumption.
Qed.

Lemma known_firstn t k (g : path E -> K) : known t k (fun w => g (firstn k w)).
Proof. intros w w' _ _ F. rewrite F. reflexivity. Qed.

Lemma known_combine {L M} t k (f : K -> L -> M) X (Y : path E -> L) :
  known t k X -> known t k Y -> known t k (fun w => f (X w) (Y w)).
Proof. intros HX HY w w' Hw Hw' F. rewrite (HX w w'), (HY w w'); auto. Qed.

Lemma known_continued t k X w v : known t k X ->
  In w (paths t) -> In v (paths (state t w k)) -> X (firstn k w ++ v) = X w.
Proof.
  intros H Hw Hv. apply H.
  - apply continued; assumption.
  - exact Hw.
  - apply firstn_continued with t; assumption.
Qed.

Lemma known_at_end t T X : length_at_most T t -> known t T X.
Proof.
  intros HT w w' Hw Hw' F.
  rewrite !firstn_all2 in F by (apply HT; assumption). rewrite F. reflexivity.
Qed.
End Known.
