package generators

import (
	"math/big"
	"slices"

	"sounding/model"
)

// identifiable reports whether the feature differences within the reachable rows
// span all of the parameters: of each position when decoupled, of all together
// when shared. That is when F̄_t, or F̄ = Σ_t F̄_t, is positive definite.
func identifiable(c *model.Case, reach [][]bool) bool {
	q := &c.Parameterisation
	var rows [][]*big.Rat
	for t := 1; t <= c.Length(); t++ {
		for x, edges := range supports(c.Process, reach, t) {
			for _, e := range edges[1:] {
				row := make([]*big.Rat, q.Parameters)
				for i := range row {
					row[i] = new(big.Rat).SetInt64(q.Feature(c.Process, t, x, e, i) - q.Feature(c.Process, t, x, edges[0], i))
				}
				rows = append(rows, row)
			}
		}
		if q.Kind == model.Decoupled {
			if rank(rows, q.Parameters) < q.Parameters {
				return false
			}
			rows = nil
		}
	}
	return q.Kind == model.Decoupled || rank(rows, q.Parameters) == q.Parameters
}

// rank returns the rank of a matrix with n columns, by elimination. It overwrites
// the matrix.
func rank(rows [][]*big.Rat, n int) int {
	r := 0
	for col := range n {
		p := slices.IndexFunc(rows[r:], func(row []*big.Rat) bool { return row[col].Sign() != 0 })
		if p < 0 {
			continue
		}
		rows[r], rows[r+p] = rows[r+p], rows[r]
		for _, row := range rows[r+1:] {
			m := new(big.Rat).Quo(row[col], rows[r][col])
			for j := col; j < n; j++ {
				row[j].Sub(row[j], new(big.Rat).Mul(m, rows[r][j]))
			}
		}
		r++
	}
	return r
}
