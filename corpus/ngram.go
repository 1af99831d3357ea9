package corpus

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"sounding/model"
)

// context holds the last N−1 tokens, the most recent first. Entries that the
// sentence or the order does not fill are 0, the token End; the zero value is
// the context at the beginning of a sentence.
type context [MaxOrder - 1]int32

// push returns the context that token a leads to in a model of the given order.
func (c context) push(a int32, order int) context {
	if a == 0 || order == 1 {
		return context{}
	}
	copy(c[1:order-1], c[:order-2])
	c[0] = a
	return c
}

// latest returns the context without all but its m most recent tokens.
func (c context) latest(m int) context {
	clear(c[m:])
	return c
}

// gram is a token in a context, and how often it occurs there.
type gram struct {
	context context
	token   int32
	count   int64
}

func (g gram) compare(h gram) int {
	return cmp.Or(slices.Compare(g.context[:], h.context[:]), cmp.Compare(g.token, h.token))
}

// ngrams holds the counts of a text. level[m] are those in contexts of m tokens,
// sorted by context and then token; below m = N−1 they are kept only where the
// smoothing asks for them.
type ngrams struct {
	vocabulary int
	order      int
	smoothing  int
	level      [][]gram
}

// count counts the n-grams of a stream of words, token[w] being the token of
// word w. It refuses more than most distinct ones.
func count(stream, token []int32, vocabulary, order, smoothing, most int) (*ngrams, error) {
	g := &ngrams{vocabulary: vocabulary, order: order, smoothing: smoothing, level: make([][]gram, order)}
	limit := fmt.Errorf("more than %d distinct n-grams: choose a smaller order or vocabulary", most)
	counts := map[gram]int64{}
	var c context
	for _, w := range stream {
		a := token[w]
		counts[gram{context: c, token: a}]++
		if len(counts) > most {
			return nil, limit
		}
		c = c.push(a, order)
	}
	top := make([]gram, 0, len(counts))
	for key, n := range counts {
		key.count = n
		top = append(top, key)
	}
	slices.SortFunc(top, gram.compare)
	g.level[order-1] = top
	if smoothing == 0 {
		return g, nil
	}
	total := len(top)
	for m := order - 2; m >= 0; m-- {
		g.level[m] = shorten(g.level[m+1], m)
		if total += len(g.level[m]); total > most {
			return nil, limit
		}
	}
	return g, nil
}

// shorten adds up the counts of grams whose contexts agree in their m most
// recent tokens.
func shorten(grams []gram, m int) []gram {
	short := slices.Clone(grams)
	for i := range short {
		short[i].context = short[i].context.latest(m)
	}
	slices.SortFunc(short, gram.compare)
	n := 0
	for _, s := range short {
		if n > 0 && short[n-1].compare(s) == 0 {
			short[n-1].count += s.count
			continue
		}
		short[n] = s
		n++
	}
	return slices.Clip(short[:n])
}

// contexts returns the number of contexts of N−1 tokens that occur in the text.
func (g *ngrams) contexts() int {
	n := 0
	top := g.level[g.order-1]
	for i := range top {
		if i == 0 || top[i].context != top[i-1].context {
			n++
		}
	}
	return n
}

// at returns the grams in context c of m tokens.
func (g *ngrams) at(c context, m int) []gram {
	find := func(c context) int {
		i, _ := slices.BinarySearchFunc(g.level[m], c, func(e gram, c context) int {
			return slices.Compare(e.context[:], c[:])
		})
		return i
	}
	lo := find(c)
	hi := lo
	for hi < len(g.level[m]) && g.level[m][hi].context == c {
		hi++
	}
	return g.level[m][lo:hi]
}

// row is the law of the next token: tokens in increasing order, one weight each.
type row struct {
	tokens  []int32
	weights model.Naturals
}

// size returns the number of tokens in the row of context c.
func (g *ngrams) size(c context) int {
	if g.smoothing > 0 {
		return g.vocabulary
	}
	return len(g.at(c, g.order-1))
}

// row returns the law of the token after context c.
func (g *ngrams) row(c context) row {
	if g.smoothing > 0 {
		return g.smoothed(c)
	}
	var r row
	for _, e := range g.at(c, g.order-1) {
		r.tokens = append(r.tokens, e.token)
		r.weights.AppendInt64(e.count)
	}
	return r
}

// smoothed returns the row of c with k > 0 pseudo-observations from every lower
// order. From weights w with sum W for contexts of m−1 tokens,
//
//	(n(c,a) + k·w(a)/W) / (n(c) + k)  has the weights  n(c,a)·W/d + w(a)·k/d,
//
// d the greatest common divisor of W and k.
func (g *ngrams) smoothed(c context) row {
	w := make([]big.Int, g.vocabulary)
	sum := new(big.Int)
	for _, e := range g.level[0] {
		w[e.token].SetInt64(e.count)
		sum.Add(sum, &w[e.token])
	}
	k := big.NewInt(int64(g.smoothing))
	scaled := new(big.Int)
	for m := 1; m < g.order; m++ {
		grams := g.at(c.latest(m), m)
		if len(grams) == 0 {
			break // and no longer context has any
		}
		d := new(big.Int).GCD(nil, nil, sum, k)
		share, scale := new(big.Int).Quo(k, d), new(big.Int).Quo(sum, d)
		sum.Mul(sum, share)
		for a := range w {
			w[a].Mul(&w[a], share)
		}
		for _, e := range grams {
			scaled.Mul(scaled.SetInt64(e.count), scale)
			w[e.token].Add(&w[e.token], scaled)
			sum.Add(sum, scaled)
		}
	}
	r := row{tokens: make([]int32, g.vocabulary)}
	for a := range w {
		r.tokens[a] = int32(a)
		r.weights.Append(&w[a])
	}
	return r
}
