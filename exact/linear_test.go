package exact_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"sounding/exact"
	"sounding/exact/field"
)

// matrix draws a rows×columns matrix of a known rank, (I_r 0; 0 0) with random
// multiples of rows and columns added to others, and permuted by the way.
func matrix[E any](t *rapid.T, f field.Field[E], rows, columns, rank int) [][]E {
	m := make([][]E, rows)
	for i := range m {
		m[i] = make([]E, columns)
		for j := range m[i] {
			m[i][j] = f.FromInt(0)
		}
		if i < rank {
			m[i][i] = f.FromInt(1)
		}
	}
	index := rapid.IntRange(0, 1<<12-1)
	for range rapid.IntRange(0, 12).Draw(t, "steps") {
		i, j := index.Draw(t, "i"), index.Draw(t, "j")
		factor := f.FromInt(int64(rapid.IntRange(-4, 4).Draw(t, "factor")))
		if rapid.Bool().Draw(t, "rows") {
			if i, j = i%rows, j%rows; i != j {
				for k := range columns {
					m[i][k] = f.Add(m[i][k], f.Mul(factor, m[j][k]))
				}
				m[i], m[j] = m[j], m[i]
			}
		} else if i, j = i%columns, j%columns; i != j {
			for k := range rows {
				m[k][i] = f.Add(m[k][i], f.Mul(factor, m[k][j]))
				m[k][i], m[k][j] = m[k][j], m[k][i]
			}
		}
	}
	return m
}

func vector[E any](t *rapid.T, f field.Field[E], n int) []E {
	v := make([]E, n)
	for i := range v {
		v[i] = f.FromInt(int64(rapid.IntRange(-3, 3).Draw(t, "entry")))
	}
	return v
}

func product[E any](f field.Field[E], m [][]E, z []E) []E {
	v := make([]E, len(m))
	for i, row := range m {
		v[i] = f.Dot(row, z)
	}
	return v
}

func equal[E any](f field.Field[E], a, b []E) bool {
	for i := range a {
		if f.Equal(a[i], b[i]) != field.True {
			return false
		}
	}
	return len(a) == len(b)
}

// linear checks Rank against the rank that the matrix was made with, and Solve by
// multiplying: a right-hand side in the range is solved, any other is refused.
func linear[E any](t *rapid.T, f field.Field[E]) {
	rows, columns := rapid.IntRange(1, 5).Draw(t, "rows"), rapid.IntRange(1, 5).Draw(t, "columns")
	rank := rapid.IntRange(0, min(rows, columns)).Draw(t, "rank")
	if got := must(exact.Rank(f, matrix(t, f, rows, columns, rank))); got != rank {
		t.Fatalf("rank %d, want %d", got, rank)
	}

	rank = rapid.IntRange(0, rows).Draw(t, "rank of the square")
	m := matrix(t, f, rows, rows, rank)
	b := product(f, m, vector(t, f, rows))
	z, err := exact.Solve(f, m, b)
	if err != nil || !equal(f, product(f, m, z), b) {
		t.Fatalf("rank %d of %d: M·%v = %v, want %v; error %v", rank, rows, z, product(f, m, z), b, err)
	}

	b = vector(t, f, rows)
	augmented := make([][]E, rows)
	for i := range augmented {
		augmented[i] = append(append([]E(nil), m[i]...), b[i])
	}
	z, err = exact.Solve(f, m, b)
	if must(exact.Rank(f, augmented)) > rank {
		if !errors.Is(err, exact.ErrInconsistent) {
			t.Fatalf("%v is not in the range of %v: error %v, want %v", b, m, err, exact.ErrInconsistent)
		}
	} else if err != nil || !equal(f, product(f, m, z), b) {
		t.Fatalf("M·%v = %v, want %v; error %v", z, product(f, m, z), b, err)
	}

	// bᵀz = bᵀM⁺b for symmetric M, whichever solution z is: here with the unknowns
	// in reverse order too.
	gram := make([][]E, rows)
	for i := range gram {
		gram[i] = product(f, m, m[i])
	}
	b = product(f, gram, vector(t, f, rows))
	backward := func(v []E) []E {
		w := make([]E, len(v))
		for i := range v {
			w[len(v)-1-i] = v[i]
		}
		return w
	}
	var reversed [][]E
	for i := range gram {
		reversed = append(reversed, backward(gram[len(gram)-1-i]))
	}
	one := f.Dot(b, must(exact.Solve(f, gram, b)))
	other := f.Dot(backward(b), must(exact.Solve(f, reversed, backward(b))))
	if f.Equal(one, other) != field.True {
		t.Fatalf("bᵀz is %v by one solution and %v by another", one, other)
	}
}

func TestLinear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { linear[field.Rat](t, field.NewRational()) })
	rapid.Check(t, func(t *rapid.T) { linear[uint64](t, field.NewModular(prime)) })
}

func TestRankOfNothing(t *testing.T) {
	t.Parallel()
	if r, err := exact.Rank[uint64](field.NewModular(prime), nil); r != 0 || err != nil {
		t.Errorf("rank %d, error %v", r, err)
	}
}
