package main

import (
	"fmt"

	"sounding/gate"
	"sounding/model"
	"sounding/theorems"
	"sounding/verify"
)

// readInstance reads an instance, or that of a counterexample or of a failure of a solver.
func (c *console) readInstance(name string) (*model.Instance, error) {
	f, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := instanceOf(peek(f))
	if err != nil {
		return nil, unusable(fmt.Errorf("%s: %w", name, advised(err)))
	}
	return in, nil
}

func instanceOf(f *file) (*model.Instance, error) {
	switch f.format {
	case verify.CounterexampleFormat:
		stored, err := verify.ReadStored(f)
		if err != nil {
			return nil, err
		}
		return stored.Case.Instance, nil
	case gate.FailureFormat:
		saved, err := gate.ReadSaved(f)
		if err != nil {
			return nil, err
		}
		return saved.Instance, nil
	case gate.TrainingFailureFormat:
		saved, err := gate.ReadSavedTraining(f)
		if err != nil {
			return nil, err
		}
		return saved.Question.Instance, nil
	}
	return model.ReadInstance(f)
}

// readCase reads the instance of --instance, with what the other flags put beside it.
func (v *verifyCommand) readCase(c *console) (*model.Case, error) {
	epsilon, err := model.ParseRational(v.Epsilon)
	if err != nil {
		return nil, unusable(fmt.Errorf("--epsilon: %w", err))
	}
	in, err := c.readInstance(v.Instance)
	if err != nil {
		return nil, err
	}
	given, err := theorems.Given(in, epsilon)
	if err != nil {
		return nil, unusable(err)
	}
	if v.Tuned == "" {
		return given, nil
	}
	tuned, err := c.readInstance(v.Tuned)
	if err != nil {
		return nil, err
	}
	if err := theorems.GivePolicy(given, tuned); err != nil {
		return nil, unusable(fmt.Errorf("%s: %w", v.Tuned, err))
	}
	return given, nil
}
