package definition

import (
	"fmt"

	"sounding/exact/field"
	"sounding/model"
)

// Analyze computes the analysis of an instance by definition, the rational
// quantities in exact, the others in reals. It is an error for the process to
// have more sequences than MaxSteps allows.
func Analyze[E, D any](exact field.Field[E], reals field.Real[D], in *model.Instance) (*model.Profile[E, D], error) {
	a := model.NewProfile[E, D](in)
	if err := addRationals(exact, in, a); err != nil {
		return nil, err
	}
	if err := addReals(reals, in, a); err != nil {
		return nil, err
	}
	return a, nil
}

func addRationals[E, D any](f field.Field[E], in *model.Instance, a *model.Profile[E, D]) error {
	o, err := ofProcess(f, in.Process)
	if err != nil {
		return err
	}
	q, err := Adversary(f, in)
	if err != nil {
		return err
	}
	a.ExpectedHarm = o.Expectation(o.Harm())
	a.Variance = o.Variance()[0][0]
	a.Horizon = o.Horizon()
	score := o.Score(model.Parameterisation{Kind: model.Tabular})
	for i := range a.Positions {
		t, pos := i+1, &a.Positions[i]
		pos.Information = o.Information(t)
		gradient := score.Position(t, o.Harm())
		pos.GradientNormSquared = f.Dot(gradient, gradient)
		pos.FisherTrace = score.MeanFisherTrace(t)
		pos.RecoveryProbability = o.RecoveryProbability(in.Recovery, t)
		pos.RecoveryInformation = o.RecoveryInformation(in.Recovery, q, t)
	}
	return nil
}

func addReals[E, D any](r field.Real[D], in *model.Instance, a *model.Profile[E, D]) error {
	o, err := ofProcess(r, in.Process)
	if err != nil {
		return err
	}
	tilt, err := HarmTilt(r, o, in.Lambda)
	if err != nil {
		return err
	}
	law, err := Tilted(r, o, tilt)
	if err != nil {
		return err
	}
	kl, err := PositionKL(r, o, law)
	if err != nil {
		return err
	}
	for i := range a.Positions {
		t, pos := i+1, &a.Positions[i]
		pos.EquilibriumKL = kl[i]
		if pos.GibbsRecovery, pos.GibbsKL, err = gibbsMeans(r, o, in, t); err != nil {
			return err
		}
	}
	return nil
}

// gibbsMeans returns the expectations under the model's own prefixes of ρ* and
// of the KL of the pointwise problem at position t.
func gibbsMeans[D any](r field.Real[D], o *Oracle[D], in *model.Instance, t int) (recovery, kl D, err error) {
	eta, err := r.FromRat(in.Eta(t))
	if err != nil {
		return recovery, kl, err
	}
	u, err := r.Exp(eta)
	if err != nil {
		return recovery, kl, fmt.Errorf("e^η at position %d: %w", t, err)
	}
	solution, err := Gibbs(r, o, in.Recovery, t, u)
	if err != nil {
		return recovery, kl, err
	}
	rows, err := RowKL(r, o, t, solution)
	if err != nil {
		return recovery, kl, err
	}
	rho := o.recovering(in.Recovery, t, solution)
	return o.OverPrefixes(o.numbers.Prob, t, rho), o.OverPrefixes(o.numbers.Prob, t, rows), nil
}

func ofProcess[E any](f field.Field[E], p *model.Process) (*Oracle[E], error) {
	m, err := NumbersOf(f, p)
	if err != nil {
		return nil, err
	}
	return New(f, m)
}
