package exact

import (
	"errors"
	"fmt"

	"sounding/model"
)

// ErrTooLarge reports an instance whose exact rationals would take too much time
// or memory.
var ErrTooLarge = errors.New("too large for exact rationals; a precision in bits gives every quantity as an enclosure")

// ErrTooManyStates reports a process whose tables do not fit into memory at any
// precision.
var ErrTooManyStates = errors.New("too many states to tabulate")

// The limits beyond which an analysis is refused before it starts.
const (
	maxBytes    = 4 << 30 // of all tables
	maxWordWork = 1 << 36 // products of machine words in exact arithmetic: about a minute
)

// tables is the number of tables with an entry per state that an analysis keeps
// at a time.
const tables = 8

// entryBytes is the size of an entry of a table without its digits: the element and
// the headers of its big numbers.
const entryBytes = 160

// storable returns ErrTooManyStates if enclosures of the given precision would take
// more than maxBytes: two endpoints per entry, in tables with one entry per state of
// every layer and one per edge of every distinct layer.
func storable(p *model.Process, bits uint) error {
	states, edges := 1, 0
	seen := make(map[*model.Layer]bool)
	for t := 1; t <= p.Length(); t++ {
		states += p.States(t)
		if l := p.Layer(t); !seen[l] {
			seen[l] = true
			edges += l.Edges()
		}
	}
	if entries := tables*states + edges; entries > maxBytes/(entryBytes+int(bits)/4) {
		return fmt.Errorf("%w: %d states and %d edges at %d bits: want tables of at most %d GiB", ErrTooManyStates, states, edges, bits, maxBytes>>30)
	}
	return nil
}

// affordable returns ErrTooLarge if the exact rationals of an instance are estimated
// to take more than maxBytes or maxWordWork.
func affordable(in *model.Instance) error {
	size, work := cost(in)
	if size > 8*maxBytes || work > maxWordWork {
		return fmt.Errorf("%w (about %.2g GB, %.2g word products)", ErrTooLarge, size/8e9, work)
	}
	return nil
}

// cost estimates the size in bits of the exact rationals of an instance, and the work
// in products of machine words. Over the common denominators of the layers, a value
// at layer t has the bits of all denominators between t and T, a variance twice and a
// squared innovation three times as many; the probability of a prefix has the bits of
// the denominators before it. Reducing a result takes time quadratic in its bits.
func cost(in *model.Instance) (size, work float64) {
	T := in.Length()
	known := make(map[*model.Layer]float64)
	bits := make([]float64, T) // of the common denominator of each layer
	var total, adversary float64
	for t := 1; t <= T; t++ {
		l := in.Layer(t)
		b, ok := known[l]
		if !ok {
			b = denominatorBits(l, l.Weights())
			known[l] = b
		}
		bits[t-1] = b
		total += b
		if t < T && in.Adversary.Kind == model.AdversaryRows {
			adversary += denominatorBits(l, in.AdversaryWeights(t))
		}
	}
	after := float64(in.HarmDenominator().BitLen())
	total = max(total, adversary) + after
	for t := T; t >= 1; t-- {
		l, b := in.Layer(t), bits[t-1]
		work += float64(l.Edges()) * (1 + b/64) * (1 + 2*after/64)
		after += b
		size += float64(l.States()) * (tables*(8*entryBytes) + 6*after + 2*(total-after))
		size += float64(l.Edges()) * b
	}
	const perPosition = 5 // rational quantities, each with at most three times the bits of all denominators
	work += perPosition * float64(T) * (3 * total / 64) * (3 * total / 64)
	return size, work
}

// denominatorBits bounds the bits of the least common multiple of the row sums of
// weights on a layer.
func denominatorBits(l *model.Layer, w *model.Naturals) float64 {
	sums := make(map[string]bool)
	largest := 0
	var bits float64
	for x := range l.States() {
		s := w.Sum(l.Row(x))
		if key := string(s.Bytes()); !sums[key] {
			sums[key] = true
			bits += float64(s.BitLen())
			largest = max(largest, s.BitLen())
		}
	}
	// The least common multiple of 1…m has about 1.45·m bits, fewer than the product
	// if many row sums are small.
	if largest < 20 {
		bits = min(bits, 1.5*float64(int(1)<<largest))
	}
	return bits
}
