(** * Means under the tilted laws P⋆_λ ∝ P_0 e^(−λHarm), as λ grows

    Main definitions: [moment], [tilted_mean], [tilted_variance], over a list of weights;
    [conditional_mean], [conditional_variance], given the first k tokens.
    Main statements: [tilted_mean_derivative] (d/dλ E⋆ = −Var⋆), [tilted_mean_integral],
    [tilted_KL_integral] (KL = ∫ a·Var⋆_a da); [prefill_integral], [prefill_first_order],
    [tilted_pairs], [tilted_bound], [tilted_bound_square]; [KL_tail], [optimal_rest],
    [recovery_beyond_horizon], [optimal_to_go]
    (Proposition 29, β = 0), [tail_divergence], [tail_integral]. *)

Require Export Formal.Attack Formal.Optimum Formal.Derivative.
Require Import Lra Lia.
Import ListNotations.
Open Scope R_scope.

(** A continuous function has an integral, *)
Lemma integrable (g : R -> R) a b : continuity g -> Riemann_integrable g a b.
Proof.
  intros C. destruct (Rle_dec a b) as [H | H].
  - apply continuity_implies_RiemannInt; [exact H | intros x _; apply C].
  - apply RiemannInt_P1, continuity_implies_RiemannInt; [lra | intros x _; apply C].
Qed.

(** which is that of its derivative. *)
Lemma integral_of_derivative (f g : R -> R) a b :
  (forall x, derivable_pt_lim f x (g x)) -> continuity g ->
  forall pr : Riemann_integrable g a b, RiemannInt pr = f b - f a.
Proof.
  intros D C pr. set (d := (fun x => exist _ (g x) (D x)) : derivable f).
  exact (FTC_Riemann (mkC1 (diff0 := d) C) pr).
Qed.

Section Tilted.
Context {A : Type}.
Variables (l : list A) (q X : A -> R).
Hypothesis nonneg : forall a, In a l -> 0 <= q a.
Hypothesis total : sum q l = 1.

(** Σ_a q(a) X(a)^n e^(−sX(a)) *)
Definition moment (n : nat) (s : R) : R := sum (fun a => q a * X a ^ n * exp (- (s * X a))) l.
Definition tilted_mean (s : R) : R := moment 1 s / moment 0 s.
Definition tilted_variance (s : R) : R :=
  moment 2 s / moment 0 s - tilted_mean s * tilted_mean s.

Lemma moment_pos s : 0 < moment 0 s.
Proof.
  assert (P := partition_pos l q (fun a => s * X a) nonneg total).
  unfold partition_function in P. unfold moment.
  rewrite (sum_ext _ (fun a => q a * exp (- (s * X a)))) by (intros; simpl; ring). exact P.
Qed.

Lemma moment_derivative n s : derivable_pt_lim (moment n) s (- moment (S n) s).
Proof.
  replace (- moment (S n) s)
    with (sum (fun a => q a * X a ^ n * (exp (- (s * X a)) * - (1 * X a + s * 0))) l).
  - apply (derivable_sum (fun s a => q a * X a ^ n * exp (- (s * X a)))). intros a _.
    apply (derivable_pt_lim_scal (fun s => exp (- (s * X a)))).
    apply (derivable_pt_lim_comp (fun s => - (s * X a)) exp); [| apply derivable_pt_lim_exp].
    apply (derivable_pt_lim_opp (fun s => s * X a)).
    apply (derivable_pt_lim_mult id (fun _ => X a));
      [apply derivable_pt_lim_id | apply derivable_pt_lim_const].
  - unfold moment. transitivity (-1 * sum (fun a => q a * X a ^ S n * exp (- (s * X a))) l);
      [| ring].
    rewrite <- Rsum_scale. apply sum_ext. intros a _. simpl. ring.
Qed.

(** d/ds of the mean is minus the variance. *)
Theorem tilted_mean_derivative s : derivable_pt_lim tilted_mean s (- tilted_variance s).
Proof.
  assert (P := moment_pos s).
  replace (- tilted_variance s) with ((- moment 2 s * moment 0 s - - moment 1 s * moment 1 s)
    / Rsqr (moment 0 s)) by (unfold tilted_variance, tilted_mean, Rsqr; field; lra).
  apply (derivable_pt_lim_div (moment 1) (moment 0)); [apply moment_derivative .. | lra].
Qed.

Lemma variance_continuous : continuity tilted_variance.
Proof.
  assert (M : forall n, continuity (moment n)).
  { intros n s. apply derivable_continuous_pt. exists (- moment (S n) s).
    apply moment_derivative. }
  intros s. apply (continuity_pt_minus (fun s => moment 2 s / moment 0 s)
    (fun s => tilted_mean s * tilted_mean s)).
  - apply (continuity_pt_div (moment 2) (moment 0)); [apply M .. |].
    assert (P := moment_pos s). lra.
  - assert (C : continuity_pt tilted_mean s).
    { apply derivable_continuous_pt. exists (- tilted_variance s). apply tilted_mean_derivative. }
    apply (continuity_pt_mult tilted_mean tilted_mean); exact C.
Qed.

(** The mean at s is that at 0 less the integral of the variances. *)
Theorem tilted_mean_integral s (pr : Riemann_integrable tilted_variance 0 s) :
  tilted_mean s = tilted_mean 0 - RiemannInt pr.
Proof.
  assert (D : forall x, derivable_pt_lim (fun s => - tilted_mean s) x (tilted_variance x)).
  { intros x. rewrite <- (Ropp_involutive (tilted_variance x)).
    apply (derivable_pt_lim_opp tilted_mean). apply tilted_mean_derivative. }
  rewrite (integral_of_derivative _ _ 0 s D variance_continuous pr). ring.
Qed.

Lemma mean_at_zero : tilted_mean 0 = sum (fun a => q a * X a) l.
Proof.
  unfold tilted_mean, moment.
  rewrite (sum_ext (fun a => q a * X a ^ 0 * _) q), total.
  - rewrite (sum_ext _ (fun a => q a * X a)); [field |]. intros a _.
    rewrite Rmult_0_l, Ropp_0, exp_0. simpl. ring.
  - intros a _. rewrite Rmult_0_l, Ropp_0, exp_0. simpl. ring.
Qed.

Lemma variance_at_zero : tilted_variance 0
  = sum (fun a => q a * (X a * X a)) l - tilted_mean 0 * tilted_mean 0.
Proof.
  unfold tilted_variance. f_equal. unfold moment.
  rewrite (sum_ext (fun a => q a * X a ^ 0 * _) q), total.
  - rewrite (sum_ext _ (fun a => q a * (X a * X a))); [field |]. intros a _.
    rewrite Rmult_0_l, Ropp_0, exp_0. simpl. ring.
  - intros a _. rewrite Rmult_0_l, Ropp_0, exp_0. simpl. ring.
Qed.

(** −s·mean − log Z, the relative entropy of the tilted law, is the integral of a·Var_a. *)
Theorem tilted_KL_integral s (pr : Riemann_integrable (fun a => a * tilted_variance a) 0 s) :
  - (s * tilted_mean s) - ln (moment 0 s) = RiemannInt pr.
Proof.
  set (f s := - (s * tilted_mean s) - ln (moment 0 s)).
  assert (D : forall x, derivable_pt_lim f x (x * tilted_variance x)).
  { intros x. assert (P := moment_pos x).
    replace (x * tilted_variance x) with (- (1 * tilted_mean x + x * - tilted_variance x)
      - / moment 0 x * - moment 1 x) by (unfold tilted_mean; field; lra).
    apply (derivable_pt_lim_minus (fun s => - (s * tilted_mean s)) (fun s => ln (moment 0 s))).
    - apply (derivable_pt_lim_opp (fun s => s * tilted_mean s)).
      apply (derivable_pt_lim_mult id tilted_mean);
        [apply derivable_pt_lim_id | apply tilted_mean_derivative].
    - apply (derivable_pt_lim_comp (moment 0) ln);
        [apply moment_derivative | apply derivable_pt_lim_ln; exact P]. }
  assert (C : continuity (fun a => a * tilted_variance a)).
  { intros x. apply (continuity_pt_mult id tilted_variance);
      [apply derivable_continuous_pt, derivable_pt_id | apply variance_continuous]. }
  rewrite (integral_of_derivative f _ 0 s D C pr).
  assert (Z : f 0 = 0).
  { unfold f. assert (M0 : moment 0 0 = 1).
    { unfold moment. rewrite <- total. apply sum_ext. intros a _.
      rewrite Rmult_0_l, Ropp_0, exp_0. simpl. ring. }
    rewrite M0, ln_1. ring. }
  fold (f s). rewrite Z. ring.
Qed.

(** Z·(E_0[X] − E_s[X]) is half the sum over pairs of q q' (X − X')(u' − u), u = e^(−sX), no
    term of which is negative for s ≥ 0. *)
Theorem tilted_pairs s : let u a := exp (- (s * X a)) in
  2 * (moment 0 s * (sum (fun a => q a * X a) l - tilted_mean s))
  = sum (fun a => sum (fun b => q a * q b * ((X a - X b) * (u b - u a))) l) l
  /\ (0 <= s -> forall a b, In a l -> In b l -> 0 <= q a * q b * ((X a - X b) * (u b - u a))).
Proof.
  intros u. split.
  - assert (P := moment_pos s).
    replace (2 * (moment 0 s * (sum (fun a => q a * X a) l - tilted_mean s)))
      with (2 * (moment 0 s * sum (fun a => q a * X a) l - moment 1 s))
      by (unfold tilted_mean; field; lra).
    assert (M1 : moment 1 s = sum (fun a => q a * X a * u a) l)
      by (apply sum_ext; intros; unfold u; simpl; ring).
    assert (M0 : moment 0 s = sum (fun a => q a * u a) l)
      by (apply sum_ext; intros; unfold u; simpl; ring).
    transitivity (sum (fun a => sum (fun b =>
      (q a * X a) * (q b * u b) + (q a * u a) * (q b * X b)
      - ((q a * X a * u a) * q b + q a * (q b * X b * u b))) l) l).
    + symmetry. rewrite (sum_ext _ (fun a => sum (fun b => (q a * X a) * (q b * u b)) l
        + sum (fun b => (q a * u a) * (q b * X b)) l
        - (sum (fun b => (q a * X a * u a) * q b) l + sum (fun b => q a * (q b * X b * u b)) l)))
        by (intros a _; cbv beta; rewrite Rsum_sub, !Rsum_add; reflexivity).
      rewrite Rsum_sub, !Rsum_add.
      assert (Pr := fun f g : A -> R => sum_product (K := R) f g l l). reals.
      rewrite !Pr, total, M0, M1. reals. ring.
    + apply sum_ext. intros a _. apply sum_ext. intros b _. ring.
  - intros Hs a b Ha Hb. apply Rmult_le_pos; [apply Rmult_le_pos; apply nonneg; assumption |].
    unfold u. destruct (Rle_or_lt (X b) (X a)) as [L | L].
    + apply Rmult_le_pos; [lra |]. assert (s * X b <= s * X a) by (apply Rmult_le_compat_l; lra).
      destruct (Req_dec (s * X a) (s * X b)) as [-> | N]; [lra |].
      assert (M := exp_increasing (- (s * X a)) (- (s * X b)) ltac:(lra)). lra.
    + rewrite <- Rmult_opp_opp. apply Rmult_le_pos; [lra |].
      assert (s * X a <= s * X b) by (apply Rmult_le_compat_l; lra).
      destruct (Req_dec (s * X a) (s * X b)) as [-> | N]; [lra |].
      assert (M := exp_increasing (- (s * X b)) (- (s * X a)) ltac:(lra)). lra.
Qed.

(** The mean falls by at most tanh(s/4), for 0 ≤ X ≤ 1. *)
Theorem tilted_bound s : 0 <= s -> (forall a, In a l -> 0 <= X a <= 1) ->
  sum (fun a => q a * X a) l - tilted_mean s <= tanh (s / 4).
Proof.
  intros Hs HX. set (m := sum (fun a => q a * X a) l). assert (P := moment_pos s).
  assert (E := exp_pos (- s)).
  assert (Low : exp (- s) * m <= moment 1 s).
  { unfold m. rewrite <- Rsum_scale. apply Rsum_le. intros a Ha. specialize (HX a Ha).
    specialize (nonneg a Ha). simpl pow. rewrite Rmult_1_r.
    rewrite (Rmult_comm (exp (- s))). apply Rmult_le_compat_l; [apply Rmult_le_pos; lra |].
    assert (s * X a <= s * 1) by (apply Rmult_le_compat_l; lra).
    destruct (Req_dec (s * X a) s) as [-> | N]; [lra |].
    apply Rlt_le, exp_increasing. lra. }
  assert (High : moment 0 s - moment 1 s <= 1 - m).
  { unfold m. rewrite <- total. unfold moment. rewrite <- !Rsum_sub. apply Rsum_le.
    intros a Ha. specialize (HX a Ha). specialize (nonneg a Ha). reals. simpl pow.
    replace (q a * 1 * exp (- (s * X a)) - q a * (X a * 1) * exp (- (s * X a)))
      with (q a * (1 - X a) * exp (- (s * X a))) by ring.
    replace (q a - q a * X a) with (q a * (1 - X a) * 1) by ring.
    apply Rmult_le_compat_l; [apply Rmult_le_pos; lra |].
    assert (0 <= s * X a) by (apply Rmult_le_pos; lra). rewrite <- exp_0.
    destruct (Req_dec (s * X a) 0) as [-> | N]; [rewrite Ropp_0; lra |].
    apply Rlt_le, exp_increasing. lra. }
  assert (Rm : 0 <= m <= 1).
  { unfold m. split.
    - apply Rsum_nonneg. intros a Ha. specialize (HX a Ha). specialize (nonneg a Ha).
      apply Rmult_le_pos; lra.
    - rewrite <- total. apply Rsum_le. intros a Ha. specialize (HX a Ha). specialize (nonneg a Ha).
      rewrite <- (Rmult_1_r (q a)) at 2. apply Rmult_le_compat_l; lra. }
  (* the mean is at least that of a coin with the same odds, tilted *)
  set (r := 1 - m). assert (N := normaliser_pos r s ltac:(unfold r; lra)).
  assert (Coin : exp (- s) * m * (moment 0 s - moment 1 s) <= moment 1 s * (1 - m)).
  { apply Rle_trans with (exp (- s) * m * (1 - m)).
    - apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | exact High].
    - apply Rmult_le_compat_r; lra. }
  assert (B := boost_bound r s ltac:(unfold r; lra) Hs).
  assert (Q : 1 - recovered r s <= tilted_mean s).
  { apply (Rmult_le_reg_r (moment 0 s * normaliser r s)); [apply Rmult_lt_0_compat; assumption |].
    unfold tilted_mean, recovered.
    replace ((1 - r * exp s / normaliser r s) * (moment 0 s * normaliser r s))
      with ((normaliser r s - r * exp s) * moment 0 s) by (field; lra).
    replace (moment 1 s / moment 0 s * (moment 0 s * normaliser r s))
      with (moment 1 s * normaliser r s) by (field; lra).
    unfold normaliser, r. apply (Rmult_le_compat_l (exp s)) in Coin; [| apply Rlt_le, exp_pos].
    replace (exp s * (exp (- s) * m * (moment 0 s - moment 1 s)))
      with (exp s * exp (- s) * (m * (moment 0 s - moment 1 s))) in Coin by ring.
    rewrite <- exp_plus in Coin. replace (s + - s) with 0 in Coin by ring.
    rewrite exp_0 in Coin. lra. }
  unfold r in *. lra.
Qed.

Lemma below_tanh g x : 0 <= 1 + g -> g <= tanh (x / 4) -> exp (- x) * ((1 + g) * (1 + g)) <= (1 - g) * (1 - g).
Proof.
  intros Hg H. set (v := exp (- (x / 2))).
  assert (Pv : 0 < v) by apply exp_pos.
  assert (V : exp (- x) = v * v) by (unfold v; rewrite <- exp_plus; f_equal; field).
  assert (T : tanh (x / 4) * (1 + v) = 1 - v).
  { unfold tanh, sinh, cosh, v. replace (- (x / 2)) with (- (x / 4) + - (x / 4)) by field.
    rewrite exp_plus. assert (Pa := exp_pos (x / 4)). assert (Pb := exp_pos (- (x / 4))).
    assert (AB : exp (x / 4) * exp (- (x / 4)) = 1) by (rewrite <- exp_plus, <- exp_0; f_equal; ring).
    set (a := exp (x / 4)) in *. set (b := exp (- (x / 4))) in *.
    assert (Eb : b = / a) by (apply (Rmult_eq_reg_l a); [rewrite AB; field; lra | lra]).
    rewrite Eb. field. split; [lra |]. assert (0 < a * a) by (apply Rmult_lt_0_compat; exact Pa). lra. }
  assert (L : v * (1 + g) <= 1 - g).
  { apply Rmult_le_compat_r with (r := 1 + v) in H; [| lra]. rewrite T in H. lra. }
  assert (P : 0 <= v * (1 + g)) by (apply Rmult_le_pos; lra).
  rewrite V. replace (v * v * ((1 + g) * (1 + g))) with (v * (1 + g) * (v * (1 + g))) by ring.
  apply Rmult_le_compat; assumption.
Qed.

(** The same without a root of e^(−s): e^(−s)·(1 + g)² ≤ (1 − g)². *)
Theorem tilted_bound_square s : 0 <= s -> (forall a, In a l -> 0 <= X a <= 1) ->
  let g := sum (fun a => q a * X a) l - tilted_mean s in
  exp (- s) * ((1 + g) * (1 + g)) <= (1 - g) * (1 - g).
Proof.
  intros Hs HX g. apply below_tanh; [| exact (tilted_bound s Hs HX)].
  destruct (tilted_pairs s) as [Eq Pos]. specialize (Pos Hs). fold g in Eq.
  assert (P := moment_pos s).
  assert (N : 0 <= moment 0 s * g).
  { apply Rmult_le_reg_l with 2; [lra |]. rewrite Eq, Rmult_0_r.
    apply Rsum_nonneg. intros a Ha. apply Rsum_nonneg. intros b Hb. apply Pos; assumption. }
  assert (0 <= g); [| lra].
  apply Rmult_le_reg_l with (moment 0 s); [exact P | rewrite Rmult_0_r; exact N].
Qed.

End Tilted.

(** ** The rest of a sequence, given its first k tokens *)

(** The KL of the positions from k on is the mean KL of what follows k tokens. *)
Theorem KL_tail {E} (p p0 : E -> R) (t : tree E) k n : stochastic p t -> dominated_on p p0 t ->
  length_at_most (k + n) t ->
  sum (fun j => expect p t (position_KL p p0 t j)) (seq k n)
  = expect p t (fun w => KL (weight p) (weight p0) (paths (state t w k))).
Proof.
  revert t. induction k as [| k IH]; intros t S D HT.
  - rewrite <- (KL_chain_rule p p0 t n S D HT). symmetry.
    exact (expect_const p t (KL (weight p) (weight p0) (paths t)) S).
  - rewrite <- seq_shift, (sum_map (K := R)). destruct t as [| c].
    + rewrite expect_leaf. rewrite Rsum_all_zero.
      * unfold KL. simpl. unfold sum. simpl. reals. unfold Rdiv. rewrite Rinv_1, Rmult_1_r, ln_1.
        ring.
      * intros j _. rewrite expect_leaf. reflexivity.
    + rewrite expect_node.
      transitivity (sum (fun x => sum (fun j =>
        p (fst x) * expect p (snd x) (position_KL p p0 (snd x) j)) (seq k n)) c).
      * rewrite (sum_swap (K := R)). apply sum_ext. intros j _.
        exact (expect_node p c (position_KL p p0 (Node c) (Datatypes.S j))).
      * apply sum_ext. intros x Hx. rewrite Rsum_scale. reals. apply Rmult_eq_compat_l.
        apply IH.
        -- apply stochastic_child with c; assumption.
        -- apply dominated_child with c; assumption.
        -- intros w Hw. assert (L : (length (x :: w) <= Datatypes.S k + n)%nat).
           { apply HT. apply in_paths_node. exists x, w. auto. }
           exact (le_S_n _ _ L).
Qed.

Section Rest.
Context {E : Type}.
Variables (p0 : E -> R) (t : tree E) (Harm : path E -> R).
Hypothesis base : policy p0 t.
Implicit Types (w v : path E) (k : nat).

(** E and Var of Harm under P⋆_s(· | y_≤k). *)
Definition conditional_mean k w : R -> R :=
  tilted_mean (paths (state t w k)) (weight p0) (fun v => Harm (firstn k w ++ v)).
Definition conditional_variance k w : R -> R :=
  tilted_variance (paths (state t w k)) (weight p0) (fun v => Harm (firstn k w ++ v)).

Lemma rest_nonneg k w : In w (paths t) ->
  forall v, In v (paths (state t w k)) -> 0 <= weight p0 v.
Proof. intros Hw v. exact (weight_nonneg p0 _ v (policy_state p0 t w k base Hw)). Qed.

Lemma rest_total k w : In w (paths t) -> sum (weight p0) (paths (state t w k)) = 1.
Proof.
  intros Hw. exact (factorisation p0 (state t w k) (proj1 (policy_state p0 t w k base Hw))).
Qed.

Lemma moment_soft k w s :
  moment (paths (state t w k)) (weight p0) (fun v => Harm (firstn k w ++ v)) 0 s
  = soft p0 t Harm s k w.
Proof. apply sum_ext. intros v _. simpl. ring. Qed.

(** It is E_0[Harm·e^(−sHarm) | y_≤k] / E_0[e^(−sHarm) | y_≤k], and h_k at s = 0. *)
Theorem conditional_mean_form k w s : In w (paths t) ->
  conditional_mean k w s
  = cond p0 t k (fun u => Harm u * exp (- (s * Harm u))) w / soft p0 t Harm s k w
  /\ conditional_mean k w 0 = h p0 t Harm k w.
Proof.
  intros Hw. split.
  - unfold conditional_mean, tilted_mean. rewrite moment_soft. f_equal.
    apply sum_ext. intros v _. simpl. reals. ring.
  - apply mean_at_zero. apply rest_total. exact Hw.
Qed.

Lemma conditional_variance_continuous k w : In w (paths t) ->
  continuity (conditional_variance k w).
Proof. intros Hw. apply variance_continuous; [apply rest_nonneg | apply rest_total]; exact Hw. Qed.

(** What alignment is left behind a prefix: E⋆_s[Harm | y_≤k] = h_k − ∫_0^s Var⋆_a(Harm | y_≤k) da. *)
Theorem prefill_integral k w s : In w (paths t) ->
  exists pr : Riemann_integrable (conditional_variance k w) 0 s,
  conditional_mean k w s = h p0 t Harm k w - RiemannInt pr.
Proof.
  intros Hw. exists (integrable _ 0 s (conditional_variance_continuous k w Hw)). rewrite <- (proj2 (conditional_mean_form k w 0 Hw)).
  apply tilted_mean_integral; [apply rest_nonneg | apply rest_total]; exact Hw.
Qed.

(** Its mean under P_0, to first order: s·Σ_(j≥k) I_j. *)
Theorem prefill_first_order k n : length_at_most (k + n) t ->
  derivable_pt_lim (fun s => expect p0 t (fun w => h p0 t Harm k w - conditional_mean k w s)) 0
    (sum (information p0 t Harm) (seq k n)).
Proof.
  intros HT. rewrite <- (residual p0 t (proj1 base) Harm k n HT).
  apply (derivable_sum (fun s w => weight p0 w * (h p0 t Harm k w - conditional_mean k w s))
    (fun w => weight p0 w * condvar p0 t k Harm w)).
  intros w Hw. apply (derivable_pt_lim_scal (fun s => h p0 t Harm k w - conditional_mean k w s)).
  replace (condvar p0 t k Harm w) with (0 - - conditional_variance k w 0).
  - apply (derivable_pt_lim_minus (fun _ => h p0 t Harm k w) (conditional_mean k w)).
    + apply derivable_pt_lim_const.
    + apply tilted_mean_derivative; [apply rest_nonneg | apply rest_total]; exact Hw.
  - unfold condvar. rewrite (condcov_product p0 t k Harm Harm w (proj1 base) Hw).
    unfold conditional_variance. rewrite variance_at_zero, mean_at_zero
      by (apply rest_total; exact Hw). reals. unfold cond, expect. reals. ring.
Qed.

(** p has the law P⋆ of eq. 2 for λ. *)
Variables (p : E -> R) (lambda : R).
Hypothesis pol : policy p t.
Hypothesis dom : dominated_on p p0 t.
Hypothesis law : forall w, In w (paths t) -> weight p w = optimal_law p0 t Harm lambda w.

(** Then what follows k tokens has the law P⋆ of the tree behind them. *)
Theorem optimal_rest k w v : In w (paths t) -> weight p (firstn k w) <> 0 ->
  In v (paths (state t w k)) ->
  weight p v = optimal_law p0 (state t w k) (fun v => Harm (firstn k w ++ v)) lambda v.
Proof.
  intros Hw N Hv. set (st := state t w k) in *.
  set (S := soft p0 t Harm lambda k w). set (Z := soft p0 t Harm lambda 0 []).
  assert (PS : 0 < S) by (apply soft_pos; assumption).
  assert (PZ : 0 < Z) by (apply (soft_pos p0 t Harm lambda base 0 w Hw)).
  assert (Eq : forall u, In u (paths st) -> weight p (firstn k w) * weight p u
    = weight p0 (firstn k w) / Z * (weight p0 u * exp (- (lambda * Harm (firstn k w ++ u))))).
  { intros u Hu. rewrite <- weight_app, law by (apply continued; assumption).
    unfold optimal_law, gibbs. rewrite partition_soft, weight_app. fold Z. field. lra. }
  assert (Sum : weight p (firstn k w) = weight p0 (firstn k w) / Z * S).
  { transitivity (sum (fun u => weight p (firstn k w) * weight p u) (paths st)).
    - rewrite Rsum_scale, (factorisation p st) by (apply (policy_state p t w k pol Hw)).
      reals. ring.
    - rewrite (sum_ext _ _ _ Eq), Rsum_scale. reflexivity. }
  change (weight p v = weight p0 v * exp (- (lambda * Harm (firstn k w ++ v))) / S).
  apply (Rmult_eq_reg_l (weight p (firstn k w))); [| exact N].
  rewrite (Eq v Hv), Sum. field. lra.
Qed.

(** Beyond the horizon it recovers as often as P_0 does (Corollary 23). *)
Theorem recovery_beyond_horizon (inR : E -> bool) k j w : decided_after p0 t Harm k -> (k <= j)%nat ->
  In w (paths t) -> weight p (firstn j w) <> 0 -> rho p t inR j w = rho p0 t inR j w.
Proof.
  intros [g Hg] Hkj Hw N. apply sum_ext. intros v Hv. apply f_equal2; [| reflexivity].
  rewrite (optimal_rest j w v Hw N Hv).
  assert (S0 := soft_pos p0 t Harm lambda base j w Hw).
  assert (N0 : weight p0 (firstn j w) <> 0).
  { intros Z. apply N. rewrite <- (Rmult_1_r (weight p (firstn j w))).
    change 1 with (1 : R)%K.
    rewrite <- (factorisation p (state t w j) (proj1 (policy_state p t w j pol Hw))).
    reals. rewrite <- Rsum_scale. apply Rsum_all_zero. intros u Hu.
    rewrite <- weight_app, law by (apply continued; assumption).
    unfold optimal_law, gibbs. rewrite weight_app, Z. unfold Rdiv. ring. }
  change (weight p0 v * exp (- (lambda * Harm (firstn j w ++ v))) / soft p0 t Harm lambda j w = weight p0 v).
  destruct (Req_dec (weight p0 v) 0) as [-> | Nv]; [unfold Rdiv; ring |].
  rewrite (soft_decided p0 t Harm lambda base k j g w Hkj Hw N0 Hg) in *.
  rewrite (Hg (firstn j w ++ v)).
  - rewrite (firstn_le k j (firstn j w ++ v) w Hkj) by (apply firstn_continued with t; assumption).
    field. lra.
  - apply continued; assumption.
  - rewrite weight_app. exact (Rmult_integral_contrapositive_currified _ _ N0 Nv).
Qed.

Lemma rest_mean k w : In w (paths t) -> weight p (firstn k w) <> 0 ->
  cond p t k Harm w = conditional_mean k w lambda.
Proof.
  intros Hw N. rewrite (proj1 (conditional_mean_form k w lambda Hw)). unfold cond, expect at 1.
  unfold cond, expect, Rdiv. rewrite <- Rsum_scale_r. apply sum_ext. intros v Hv.
  rewrite (optimal_rest k w v Hw N Hv). unfold optimal_law, gibbs, Rdiv. reals.
  change (partition_function (paths (state t w k)) (weight p0) _) with (soft p0 t Harm lambda k w).
  ring.
Qed.

(** Proposition 29, β = 0: J(y_≤k), the mean of λHarm and of all later log(P⋆/P_0), is
    −log E_0[e^(−λHarm) | y_≤k]. *)
Theorem optimal_to_go k w : In w (paths t) -> weight p (firstn k w) <> 0 ->
  lambda * cond p t k Harm w + KL (weight p) (weight p0) (paths (state t w k))
  = - ln (soft p0 t Harm lambda k w).
Proof.
  intros Hw N. set (st := state t w k). set (f := fun v => lambda * Harm (firstn k w ++ v)).
  assert (F := free_energy_gibbs (paths st) (weight p0) f (rest_nonneg k w Hw) (rest_total k w Hw)).
  change (partition_function (paths st) (weight p0) f) with (soft p0 t Harm lambda k w) in F.
  rewrite <- F. unfold free_energy. rewrite Rplus_comm. apply (f_equal2 Rplus).
  - apply sum_ext. intros v Hv. rewrite (optimal_rest k w v Hw N Hv). reflexivity.
  - unfold cond, expect. rewrite <- Rsum_scale. apply sum_ext. intros v Hv.
    rewrite (optimal_rest k w v Hw N Hv). reals.
    change (optimal_law p0 (state t w k) (fun v => Harm (firstn k w ++ v)) lambda v)
      with (gibbs (paths st) (weight p0) f v).
    change (f v) with (lambda * Harm (firstn k w ++ v)). ring.
Qed.

(** Σ_(j≥k) KL_j of P⋆ is E⋆[−λE⋆[Harm | y_≤k] − log E_0[e^(−λHarm) | y_≤k]], *)
Theorem tail_divergence k n : length_at_most (k + n) t ->
  sum (fun j => expect p t (position_KL p p0 t j)) (seq k n)
  = expect p t (fun w => - (lambda * conditional_mean k w lambda)
                         - ln (soft p0 t Harm lambda k w)).
Proof.
  intros HT. rewrite (KL_tail p p0 t k n (proj1 pol) dom HT). apply sum_ext. intros w Hw.
  destruct (Req_dec (weight p w) 0) as [Z | N].
  { rewrite Z. reals. rewrite !Rmult_0_l. reflexivity. }
  assert (Nk := weight_prefix p k w N).
  assert (G := optimal_to_go k w Hw Nk). rewrite (rest_mean k w Hw Nk) in G. reals.
  apply Rmult_eq_compat_l. lra.
Qed.

(** and the term at y_≤k is ∫_0^λ a·Var⋆_a(Harm | y_≤k) da. *)
Theorem tail_integral k w : In w (paths t) ->
  exists pr : Riemann_integrable (fun a => a * conditional_variance k w a) 0 lambda,
  - (lambda * conditional_mean k w lambda) - ln (soft p0 t Harm lambda k w) = RiemannInt pr.
Proof.
  intros Hw. assert (C : continuity (fun a => a * conditional_variance k w a)).
  { intros x. apply (continuity_pt_mult id); [apply derivable_continuous_pt, derivable_pt_id |].
    apply conditional_variance_continuous. exact Hw. }
  exists (integrable _ 0 lambda C). rewrite <- moment_soft.
  apply tilted_KL_integral; [apply rest_nonneg | apply rest_total]; exact Hw.
Qed.

End Rest.
