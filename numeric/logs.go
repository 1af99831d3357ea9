package numeric

import "math"

// The logarithm of a block, without a call per entry. x = 2^k·m with m in about
// [0.7, 1.4); c is the multiple of 2^−8 (below 1: of 2^−9) nearest to m, so that
// m − c is exact and |r| ≤ 2^−9 for r = (m − c)/c; then
//
//	log x = k·log 2 + log c + log1p(r)
//
// with the first six terms of the series (the seventh is below 2^−56·|r|). Each
// of k·log 2, log c and r carries at most two roundings and the sum three more,
// and k = 0, log c = 0 around x = 1: the error is at most logError·u·|log x|.
const (
	logCells = 1 << 8
	logShift = 52 - 8
	logError = 8
	// logStart is the smallest m, half a cell below a multiple of 2^−9.
	logStart = 0x3FE6_6800_0000_0000
)

// logCell holds 1/c and log c; the assembly knows its size and order.
type logCell struct{ inverse, log float64 }

var logTable = func() (t [logCells]logCell) {
	for j := range t {
		c := cellCentre(logStart + uint64(j)<<logShift)
		t[j].inverse, t[j].log = 1/c, math.Log(c)
	}
	return t
}()

// cellCentre returns the middle of the cell of the number with the given bits.
func cellCentre(bits uint64) float64 {
	const half = 1 << (logShift - 1)
	return math.Float64frombits((bits + half) &^ (1<<logShift - 1))
}

// logs sets dst[i] = log src[i] for positive normal src[i]; other values give
// no meaningful result.
func logs(dst, src []float64) {
	dst = dst[:len(src)]
	done := 0
	if n := len(src) &^ 3; vector && n > 0 {
		logs4(&dst[0], &src[0], &logTable[0], n)
		done = n
	}
	for i := done; i < len(src); i++ {
		bits := math.Float64bits(src[i])
		offset := bits - logStart
		cell := &logTable[offset>>logShift%logCells]
		k := int64(offset) >> 52
		m := bits - uint64(k)<<52
		r := (math.Float64frombits(m) - cellCentre(m)) * cell.inverse
		r2 := r * r
		tail := (1.0/3 - r*(1.0/4)) + r2*(1.0/5-r*(1.0/6))
		dst[i] = (float64(k)*math.Ln2 + cell.log) + (r + r2*(r*tail-1.0/2))
	}
}
