package model

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/go-json-experiment/json/jsontext"
)

// Format names the file form of an instance: one JSON object, keys exactly as
// below, each at most once.
//
//	format      "sounding/instance/1"
//	vocabulary  V, or the list of the V names of the tokens; tokens are 0…V−1
//	length      T
//	layers      the layers in order; layer i governs position i+1:
//	              weights  one row per state: a list of V weights, or an object
//	                       from token to weight (the others are 0)
//	              next     one row per state: the state that each token leads to,
//	                       for every token of positive weight; absent in a layer
//	                       of a prefix tree, where x and a lead to x·V + a
//	              repeat   how many times the layer stands in a row; absent for 1
//	harm        denominator, and values: one per state of layer T
//	recovery    R, increasing; absent for none
//	adversary   Q: "policy" (the default), "uniform", or layers with weights (and
//	            repeat) on the model's own transitions, T−1 or T of them
//	lambda      λ, a string: an integer, a decimal or a fraction; 1 when absent
//	beta        β, likewise; 0 when absent
//	gamma       γ, likewise; 1 when absent
//
// The edges of a row are the tokens that its row of next names; in a layer of a
// prefix tree all of them are.
const Format = "sounding/instance/1"

// Limits of the file form, beside MaxStates, which bounds V, T and the states.
const (
	// MaxFileSize bounds the bytes of an instance.
	MaxFileSize = 64 << 20
	// MaxDigits bounds the digits of an integer, and those of a rational: of a
	// decimal in all, of a fraction in numerator and denominator each.
	MaxDigits = 40
	// MaxAdversaryLayers bounds the layers of an adversary given by rows. Each
	// costs a list header, 48 bytes, however few of them the file writes out.
	MaxAdversaryLayers = 1 << 22
)

// ReadInstance reads an instance from a file that holds nothing else. The error
// names the place by a JSON pointer and says what is accepted there.
func ReadInstance(r io.Reader) (*Instance, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("instance: %w", err)
	}
	if len(data) > MaxFileSize {
		return nil, fmt.Errorf("instance: a file of more than %d bytes, accepted are at most as many", MaxFileSize)
	}
	// Names are compared where they are read, so the decoder need not keep them.
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true))
	in := new(Instance)
	if err := in.UnmarshalJSONFrom(dec); err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return nil, fmt.Errorf("instance: more text after byte %d, accepted is one object", dec.InputOffset())
	}
	return in, nil
}

// UnmarshalJSONFrom reads an instance that is the next value of dec. It makes
// Instance part of any format read by github.com/go-json-experiment/json; the
// places in its errors are then those of the whole document.
func (in *Instance) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return fmt.Errorf("instance: %w", misread(err))
	}
	place := string(dec.StackPointer())
	if len(raw) > MaxFileSize {
		return fmt.Errorf("instance: %w", wrong(place, "%d bytes, accepted are at most %d", len(raw), MaxFileSize))
	}
	read, err := (&value{raw: raw, root: place}).instance()
	if err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	*in = *read
	return nil
}

// misread turns an error of the JSON decoder into one of this package.
func misread(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case err == io.EOF:
		return wrong("", "no text, accepted is one JSON object")
	case !errors.As(err, &syntax):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return wrong(string(syntax.JSONPointer), "the text ends here, at byte %d, accepted is one complete JSON object", syntax.ByteOffset)
	}
	return wrong(string(syntax.JSONPointer), "not JSON at byte %d: %v", syntax.ByteOffset, syntax.Err)
}

// instance reads the whole object.
func (v *value) instance() (*Instance, error) {
	f, err := v.object(5, "format", "vocabulary", "length", "layers", "harm",
		"recovery", "adversary", "lambda", "beta", "gamma")
	if err != nil {
		return nil, err
	}
	if s, _ := f[0].text(); s != Format {
		return nil, f[0].wrong("accepted is %q", Format)
	}
	p, err := v.process(&f[1], &f[2], &f[3], &f[4])
	if err != nil {
		return nil, err
	}
	in := NewInstance(p)
	if in.Recovery, err = f[5].recovery(p.Vocabulary()); err != nil {
		return nil, err
	}
	if in.Adversary, err = f[6].adversary(p); err != nil {
		return nil, err
	}
	for i, q := range []*big.Rat{in.Lambda, in.Beta, in.Gamma} {
		if err := f[7+i].rational(q); err != nil {
			return nil, err
		}
	}
	return in, within(v.place(), in.Validate())
}
