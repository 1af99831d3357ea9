package model

import (
	"fmt"
	"io"
	"math/big"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
)

// WriteInstance writes the file form of an instance, one row per line: equal
// instances that share layers in the same way give equal bytes. One *Layer that
// governs several positions in a row is written once, with repeat.
//
// It writes nothing and returns an error if ReadInstance would refuse the result:
// the instance is not valid, a number is too long, or the file is.
func WriteInstance(w io.Writer, in *Instance) error {
	text, err := in.appendText(nil)
	if err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	_, err = w.Write(text)
	return err
}

// MarshalJSONTo writes the instance as the next value of enc, like
// WriteInstance, with the white space that enc is set to.
func (in *Instance) MarshalJSONTo(enc *jsontext.Encoder) error {
	text, err := in.appendText(nil)
	if err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	return enc.WriteValue(text)
}

func (in *Instance) appendText(b []byte) ([]byte, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if in.Length() > MaxLength {
		return nil, strict.Errorf("/length", "%d: want at most %d", in.Length(), MaxLength)
	}
	p := &printer{text: b}
	format := Format
	if in.Training != nil {
		format = TrainingFormat
	}
	p.printf("{\n  \"format\": %q,\n  \"vocabulary\": ", format)
	if in.tokens == nil {
		p.printf("%d", in.vocabulary)
	} else {
		p.list("/vocabulary", len(in.tokens), func(a int) {
			p.text, _ = jsontext.AppendQuote(p.text, in.tokens[a]) // valid UTF-8: see Named
		})
	}
	p.printf(",\n  \"length\": %d,\n  \"layers\": [", in.Length())
	same := func(i int) bool { return i > 0 && in.layers[i] == in.layers[i-1] }
	p.runs("/layers", "    ", in.Length(), same, func(i int, place, indent string) {
		l := in.layers[i]
		p.rows(place, indent, "weights", l, func(e int) { p.natural(place, &l.weight, e) })
		if !l.Tree() {
			p.printf(",\n")
			p.rows(place, indent, "next", l, func(e int) { p.integer(l.Next(e)) })
		}
	})
	p.printf("\n  ],\n  \"harm\": {\n    \"denominator\": ")
	var denominator Naturals
	denominator.Append(in.harmDen)
	p.natural("/harm/denominator", &denominator, 0)
	p.printf(",\n    \"values\": ")
	p.list("/harm/values", in.harm.Len(), func(x int) { p.natural("/harm/values", &in.harm, x) })
	p.printf("\n  },\n  \"recovery\": ")
	p.list("/recovery", len(in.Recovery), func(i int) { p.integer(in.Recovery[i]) })
	p.printf(",\n  \"adversary\": ")
	p.adversary(in)
	p.printf(",\n  \"lambda\": ")
	p.rational("/lambda", in.Lambda)
	p.printf(",\n  \"beta\": ")
	p.rational("/beta", in.Beta)
	p.printf(",\n  \"gamma\": ")
	p.rational("/gamma", in.Gamma)
	p.training(in)
	p.printf("\n}\n")
	return p.text, p.err
}

// printer collects the text of a file and the first reason not to write it.
type printer struct {
	text []byte
	err  error
}

func (p *printer) printf(format string, args ...any) { p.text = fmt.Appendf(p.text, format, args...) }

func (p *printer) integer(n int) { p.text = strconv.AppendInt(p.text, int64(n), 10) }

// natural prints entry i of n.
func (p *printer) natural(place string, n *Naturals, i int) {
	if v := n.small[i]; v >= 0 {
		p.text = strconv.AppendInt(p.text, v, 10)
		return
	}
	p.digits(place, n.wide[^n.small[i]])
}

// rational prints q in lowest terms.
func (p *printer) rational(place string, q *big.Rat) {
	p.printf("\"")
	p.digits(place, q.Num())
	if !q.IsInt() {
		p.printf("/")
		p.digits(place, q.Denom())
	}
	p.printf("\"")
}

func (p *printer) digits(place string, n *big.Int) {
	start := len(p.text)
	p.text = n.Append(p.text, 10)
	if digits := len(p.text) - start; digits > MaxDigits && p.err == nil {
		p.err = strict.Errorf(place, "an integer of %d digits: want at most %d", digits, MaxDigits)
	}
}

// full reports whether to stop: something is wrong, or the text is too long.
func (p *printer) full(place string) bool {
	if len(p.text) > MaxFileSize && p.err == nil {
		p.err = strict.Errorf(place, "the text is longer than %d bytes up to here", MaxFileSize)
	}
	return p.err != nil
}

// list prints n entries, entriesPerLine on a line when there are more.
func (p *printer) list(place string, n int, entry func(i int)) {
	const entriesPerLine = 16
	p.printf("[")
	for i := 0; i < n && !p.full(place); i++ {
		switch {
		case i%entriesPerLine == 0 && n > entriesPerLine && i > 0:
			p.printf(",\n      ")
		case n > entriesPerLine && i == 0:
			p.printf("\n      ")
		case i > 0:
			p.printf(", ")
		}
		entry(i)
	}
	p.printf("]")
}

// runs prints layers 0…n−1 as objects, one for each run of layers that are the
// same as the one before, with the fields that layer prints.
func (p *printer) runs(place, indent string, n int, same func(i int) bool, layer func(i int, place, indent string)) {
	for i, j := 0, 0; i < n && !p.full(place); i = j {
		if i > 0 {
			p.printf(",")
		}
		p.printf("\n%s{\n", indent)
		layer(i, fmt.Sprintf("%s/%d", place, i), indent+"  ")
		for j = i + 1; j < n && same(j); j++ {
		}
		if j > i+1 {
			p.printf(",\n%s  \"repeat\": %d", indent, j-i)
		}
		p.printf("\n%s}", indent)
	}
}

// rows prints an entry per edge of l: a row that lists every token as a list, the
// others as objects.
func (p *printer) rows(place, indent, name string, l *Layer, entry func(e int)) {
	p.printf("%s%q: [", indent, name)
	for x := 0; x < l.states && !p.full(place); x++ {
		if x > 0 {
			p.printf(",")
		}
		p.printf("\n%s  ", indent)
		lo, hi := l.Row(x)
		brackets := "{}"
		if hi-lo == l.vocabulary {
			brackets = "[]"
		}
		p.text = append(p.text, brackets[0])
		for e := lo; e < hi; e++ {
			if e > lo {
				p.text = append(p.text, ", "...)
			}
			if brackets == "{}" {
				p.text = append(p.text, '"')
				p.integer(l.Token(e))
				p.text = append(p.text, "\": "...)
			}
			entry(e)
		}
		p.text = append(p.text, brackets[1])
	}
	p.printf("\n%s]", indent)
}

// adversary prints Q.
func (p *printer) adversary(in *Instance) {
	q := in.Adversary
	if q.Kind != AdversaryRows {
		p.printf("%q", q.Kind.String())
		return
	}
	p.policy(in, "/adversary", q.Rows)
}

// policy prints weights on the model's own transitions.
func (p *printer) policy(in *Instance, place string, rows []Naturals) {
	p.printf("{\n    \"layers\": [")
	same := func(i int) bool { return i > 0 && rows[i].shares(&rows[i-1]) && in.layers[i] == in.layers[i-1] }
	p.runs(place+"/layers", "      ", len(rows), same, func(i int, place, indent string) {
		p.rows(place, indent, "weights", in.layers[i], func(e int) { p.natural(place, &rows[i], e) })
	})
	p.printf("\n    ]\n  }")
}

// training prints the keys of format 2.
func (p *printer) training(in *Instance) {
	r := in.Training
	if r == nil {
		return
	}
	for _, f := range []struct {
		name string
		rows []Naturals
	}{{"reference", r.Reference}, {"behaviour", r.Behaviour}} {
		if f.rows != nil {
			p.printf(",\n  %q: ", f.name)
			p.policy(in, "/"+f.name, f.rows)
		}
	}
	if r.End != NoToken {
		p.printf(",\n  \"end\": %d", r.End)
	}
	p.printf(",\n  \"environment\": ")
	p.list("/environment", len(r.Environment), func(i int) { p.integer(r.Environment[i]) })
	p.printf(",\n  \"temperature\": ")
	p.rational("/temperature", r.Temperature)
	p.printf(",\n  \"discount\": ")
	p.rational("/discount", r.Discount)
}
