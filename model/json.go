package model

import (
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
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
//	              repeat   how many positions in a row it governs; absent for 1
//	harm        denominator, and values: one per state of layer T
//	recovery    R, increasing, or names of tokens; absent for none
//	adversary   Q: "policy" (the default), "uniform", or layers with weights (and
//	            repeat) on the model's own transitions, T−1 or T of them
//	lambda      λ, a string: an integer, a decimal or a fraction; 1 when absent
//	beta        β, likewise; 0 when absent
//	gamma       γ, likewise; 1 when absent
//
// The edges of a row are the tokens that its row of next names; in a layer of a
// prefix tree all of them are.
const Format = "sounding/instance/1"

// TrainingFormat names the file form of an instance with any of the further keys
//
//	reference    P_0, layers with weights (and repeat) on the model's own
//	             transitions, T of them; the policy when absent
//	behaviour    P_b, likewise
//	end          the token after which a sequence is over; none when absent
//	environment  positions whose tokens are not the policy's, increasing
//	temperature  τ, a string as lambda; 1 when absent
//	discount     γ_d, likewise
const TrainingFormat = "sounding/instance/2"

// Limits of the file form. MaxStates bounds V and the states of its distinct layers.
const (
	// MaxFileSize bounds the bytes of an instance.
	MaxFileSize = 64 << 20
	// MaxDigits bounds the digits of an integer, and those of a rational: of a
	// decimal in all, of a fraction in its numerator and its denominator.
	MaxDigits = 40
	// MaxLength bounds T. A position takes 8 bytes of memory, and 48 of an adversary given
	// by rows, even if the file repeats a single layer.
	MaxLength = 1 << 20
)

// ReadInstance reads an instance from a file that holds nothing else. Its error
// names the place by a JSON pointer and says what is wrong and what is wanted.
func ReadInstance(r io.Reader) (*Instance, error) {
	in := new(Instance)
	if err := strict.Read(r, MaxFileSize, in); err != nil {
		return nil, fmt.Errorf("instance: %w", err)
	}
	return in, nil
}

// UnmarshalJSONFrom reads the next value of dec, so that other formats read by
// github.com/go-json-experiment/json can contain an instance. The places in its
// errors are relative to the whole document.
func (in *Instance) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var f instanceFile
	start := dec.InputOffset()
	if err := strict.Decode(dec, &f); err != nil {
		return err
	}
	place := string(dec.StackPointer())
	if n := dec.InputOffset() - start; n > MaxFileSize {
		return strict.Errorf(place, "%d bytes: want at most %s", n, strict.Bytes(MaxFileSize))
	}
	read, err := f.instance()
	if err != nil {
		return strict.Within(place, err)
	}
	*in = *read
	return nil
}

// instanceFile is the file form.
type instanceFile struct {
	Format     formatFile     `json:"format" want:"\"sounding/instance/1\" or \"sounding/instance/2\""`
	Vocabulary vocabularyFile `json:"vocabulary" want:"the number of tokens, or the list of their names"`
	Length     *int           `json:"length" want:"the number of positions"`
	Layers     []layerFile    `json:"layers" want:"a list of layers, each an object with the key weights; optional next, repeat"`
	Harm       *harmFile      `json:"harm"`
	Recovery   []tokenFile    `json:"recovery,omitzero"`
	Adversary  adversaryFile  `json:"adversary,omitzero"`
	Lambda     rationalFile   `json:"lambda,omitzero"`
	Beta       rationalFile   `json:"beta,omitzero"`
	Gamma      rationalFile   `json:"gamma,omitzero"`

	Reference   *policyFile  `json:"reference,omitzero" of:"sounding/instance/2"`
	Behaviour   *policyFile  `json:"behaviour,omitzero" of:"sounding/instance/2"`
	End         *int         `json:"end,omitzero" of:"sounding/instance/2"`
	Environment []int        `json:"environment,omitzero" of:"sounding/instance/2"`
	Temperature rationalFile `json:"temperature,omitzero" of:"sounding/instance/2"`
	Discount    rationalFile `json:"discount,omitzero" of:"sounding/instance/2"`
}

func (f *instanceFile) instance() (*Instance, error) {
	p, err := f.process()
	if err != nil {
		return nil, err
	}
	in := NewInstance(p)
	var wrong strict.Errors
	in.Recovery, err = f.recovery()
	wrong.Add(err)
	in.Adversary, err = f.Adversary.adversary(p)
	wrong.Add(strict.Within("/adversary", err))
	f.Lambda.set(&in.Lambda)
	f.Beta.set(&in.Beta)
	f.Gamma.set(&in.Gamma)
	in.Training, err = f.training(p)
	wrong.Add(err)
	wrong.Add(in.Validate())
	return in, wrong.Err()
}

// training returns what format 2 adds, and nil where the file is of format 1.
func (f *instanceFile) training(p *Process) (r *Training, err error) {
	if f.Format != TrainingFormat {
		for _, k := range []struct {
			name  string
			given bool
		}{
			{"reference", f.Reference != nil},
			{"behaviour", f.Behaviour != nil},
			{"end", f.End != nil},
			{"environment", f.Environment != nil},
			{"temperature", f.Temperature.Rat != nil},
			{"discount", f.Discount.Rat != nil},
		} {
			if k.given {
				return nil, strict.Errorf("/"+k.name, "a key of %s: want that as the format", TrainingFormat)
			}
		}
		return nil, nil
	}
	r = NewTraining()
	r.Environment = f.Environment
	if f.Reference != nil {
		if r.Reference, err = f.Reference.policy(p); err != nil {
			return nil, strict.Within("/reference", err)
		}
	}
	if f.Behaviour != nil {
		if r.Behaviour, err = f.Behaviour.policy(p); err != nil {
			return nil, strict.Within("/behaviour", err)
		}
	}
	if f.End != nil {
		if *f.End < 0 {
			return nil, strict.Errorf("/end", "%d: want a token from 0 to %d", *f.End, p.Vocabulary()-1)
		}
		r.End = *f.End
	}
	f.Temperature.set(&r.Temperature)
	f.Discount.set(&r.Discount)
	return r, nil
}

// formatFile is the name of the format.
type formatFile string

// UnmarshalJSONFrom refuses any other format as soon as it reads its name, before
// it meets a key that is unknown here.
func (f *formatFile) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	name, err := strict.Constant(dec, Format, TrainingFormat)
	*f = formatFile(name)
	return err
}

// tokenFile is a token, by number or by name.
type tokenFile struct {
	named  bool
	number int
	name   string
}

// UnmarshalJSONFrom reads either form.
func (f *tokenFile) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if f.named = dec.PeekKind() == '"'; f.named {
		return json.UnmarshalDecode(dec, &f.name)
	}
	return json.UnmarshalDecode(dec, &f.number)
}

// recovery returns R: tokens by number as they stand, by name in any order.
func (f *instanceFile) recovery() ([]int, error) {
	var tokens []int
	named := false
	for i, t := range f.Recovery {
		if t.named {
			named = true
			if t.number = slices.Index(f.Vocabulary.names, t.name); t.number < 0 {
				return nil, strict.Errorf(fmt.Sprintf("/recovery/%d", i), "%q: want the name of a token in vocabulary, or its number", t.name)
			}
		}
		tokens = append(tokens, t.number)
	}
	if named {
		slices.Sort(tokens)
	}
	return tokens, nil
}

// vocabularyFile is V, or the list of the V names of the tokens.
type vocabularyFile struct {
	size  int
	names []string // nil where there are none
}

// UnmarshalJSONFrom reads either form.
func (f *vocabularyFile) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == '[' {
		err := json.UnmarshalDecode(dec, &f.names)
		if f.size = len(f.names); err == nil && f.size == 0 {
			err = strict.Errorf(string(dec.StackPointer()), "no names: want at least one")
		}
		return err
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	n, ok := word(raw)
	if !ok || n < 1 || n > MaxStates {
		return strict.Errorf(string(dec.StackPointer()), "%s: want an integer from 1 to %d, or a list of names", strict.Describe(raw), MaxStates)
	}
	f.size = int(n)
	return nil
}

// harmFile is a harm function.
type harmFile struct {
	Denominator naturalFile  `json:"denominator" want:"a positive integer"`
	Values      naturalsFile `json:"values" want:"a list of integers from 0 to the denominator, one per state of the last layer"`
}
