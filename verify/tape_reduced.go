package verify

import (
	"encoding/binary"
	"iter"
	"slices"
)

// operands yields the values that a step reads.
func (t *tape) operands(s step) iter.Seq[int32] {
	switch s.kind {
	case draw, integer:
		return slices.Values([]int32(nil))
	case dot:
		return slices.Values(t.pairs(s))
	}
	return slices.Values([]int32{s.a, s.b})
}

// lastUses returns, for every value, the last step that reads it, or after which it is compared;
// −1 if no comparison depends on it.
func (t *tape) lastUses() []int32 {
	last := make([]int32, len(t.steps))
	for i := range last {
		last[i] = -1
	}
	for _, c := range t.compared {
		later := max(c[0], c[1])
		last[c[0]], last[c[1]] = max(last[c[0]], later), max(last[c[1]], later)
	}
	for i, s := range slices.Backward(t.steps) {
		if last[i] < 0 {
			continue
		}
		for v := range t.operands(s) {
			last[v] = max(last[v], int32(i))
		}
	}
	return last
}

// reduced returns a tape that compares the same values, those variables being zero whose number
// in coordinate is negative. No step does what an earlier one does, and no value is compared with
// itself.
func (t *tape) reduced(coordinate []int) *tape {
	r := recording{newTape()}
	r.drawn = t.drawn
	seen := make(map[string]uint64)
	once := func(k kind, operate func() uint64, operands ...uint64) uint64 {
		key := []byte{byte(k)}
		for _, v := range operands {
			key = binary.LittleEndian.AppendUint32(key, uint32(v))
		}
		v, ok := seen[string(key)]
		if !ok {
			v = operate()
			seen[string(key)] = v
		}
		return v
	}
	of := make([]uint64, len(t.steps)) // the value in r of each of t
	for i, s := range t.steps {
		switch s.kind {
		case draw:
			if coordinate[s.a] >= 0 {
				of[i] = r.push(draw, s.a, 0)
			}
		case integer:
			of[i] = once(integer, func() uint64 { return r.FromInt(s.value()) }, uint64(s.a), uint64(s.b))
		case sum:
			a, b := of[s.a], of[s.b]
			of[i] = once(sum, func() uint64 { return r.Add(a, b) }, min(a, b), max(a, b))
		case difference:
			a, b := of[s.a], of[s.b]
			of[i] = once(difference, func() uint64 { return r.Sub(a, b) }, a, b)
		case product:
			a, b := of[s.a], of[s.b]
			of[i] = once(product, func() uint64 { return r.Mul(a, b) }, min(a, b), max(a, b))
		case dot:
			var left, right, terms []uint64
			for pair := range slices.Chunk(t.pairs(s), 2) {
				if a, b := of[pair[0]], of[pair[1]]; a != 0 && b != 0 {
					left, right, terms = append(left, a), append(right, b), append(terms, a, b)
				}
			}
			of[i] = once(dot, func() uint64 { return r.Dot(left, right) }, terms...)
		}
	}
	for _, c := range t.compared {
		if a, b := int32(of[c[0]]), int32(of[c[1]]); a != b {
			r.compared = append(r.compared, [2]int32{a, b})
		}
	}
	return r.tape
}
