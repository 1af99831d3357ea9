package model

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Bounds on what String, GoString and Brief print.
const (
	printedEntries = 64  // of a list
	printedLines   = 200 // of a tree
	briefLines     = 16  // of a small one: two tokens at three positions
)

// String returns the instance as a tree, as that of a case.
func (in *Instance) String() string { return (&Case{Instance: in}).String() }

// GoString returns the instance on one line, as that of a case.
func (in *Instance) GoString() string { return (&Case{Instance: in}).GoString() }

// GoString returns the case on one line, lists of weights and harm as they are stored:
// what a failing test prints. It leaves out the defaults R = {}, λ = 1, β = 0, γ = 1 and
// Q = P if a case has all of them, and one logit per token and state. Long lists are cut.
func (c *Case) GoString() string {
	var b strings.Builder
	fmt.Fprintf(&b, "V=%d T=%d weights", c.Vocabulary(), c.Length())
	for t := 1; t <= min(c.Length(), printedEntries); t++ {
		l := c.Layer(t)
		if t > 1 && l == c.Layer(t-1) {
			b.WriteString(" same")
			continue
		}
		b.WriteString(" [")
		writeRows(&b, l, func(e int) string {
			s := l.weight.At(e).String()
			if !l.Dense() {
				s = fmt.Sprintf("%d:%s", l.Token(e), s)
			}
			if !l.Tree() {
				s += fmt.Sprintf("→%d", l.Next(e))
			}
			return s
		})
		b.WriteString("]")
	}
	if c.Length() > printedEntries {
		b.WriteString(" …")
	}
	writeHarm(&b, "harm", &c.harm, c.harmDen)
	if s := fmt.Sprintf(" %s %s", c.scalars(), c.Adversary.Kind); s != defaults {
		b.WriteString(s)
	}
	c.writePolicy(&b, c.Adversary.Rows)
	c.writeParameterisation(&b)
	for _, p := range c.policies() {
		fmt.Fprintf(&b, " %s", p.name)
		c.writePolicy(&b, p.weights)
	}
	if h := c.Harm2; h != nil {
		writeHarm(&b, "harm2", &h.Values, h.Denominator)
	}
	b.WriteString(c.training())
	b.WriteString(c.named(" "))
	return b.String()
}

// writeHarm writes harm per final state, over its denominator.
func writeHarm(b *strings.Builder, name string, values *Naturals, denominator *big.Int) {
	fmt.Fprintf(b, " %s [", name)
	for x := range min(values.Len(), printedEntries) {
		if x > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(values.At(x).String())
	}
	if values.Len() > printedEntries {
		b.WriteString(" …")
	}
	fmt.Fprintf(b, "]/%s", denominator)
}

// writePolicy writes weights per edge, a list per layer.
func (c *Case) writePolicy(b *strings.Builder, weights []Naturals) {
	for i := range min(len(weights), printedEntries) {
		b.WriteString(" [")
		writeRows(b, c.Layer(i+1), func(e int) string { return weights[i].At(e).String() })
		b.WriteString("]")
	}
}

// defaults are the components that most cases have.
const defaults = " R={} λ=1 β=0 γ=1 Q policy"

// writeParameterisation writes the features or the logits, a list per layer.
func (c *Case) writeParameterisation(b *strings.Builder) {
	q := &c.Parameterisation
	switch {
	case q.Tabular():
		return
	case q.Kind == Polynomial:
		b.WriteString(" polynomial logits")
	default:
		fmt.Fprintf(b, " %s n=%d features", q.Kind, q.Parameters)
	}
	for i := range min(c.Length(), printedEntries) {
		b.WriteString(" [")
		writeRows(b, c.Layer(i+1), func(e int) string { return q.vector(i, e) })
		b.WriteString("]")
	}
}

// policy is a second policy of a case, with its name.
type policy struct {
	name    string
	weights []Naturals
}

// policies returns the policy, the reference, the behaviour and the candidates that the
// case has.
func (c *Case) policies() []policy {
	var list []policy
	if c.Policy != nil {
		list = append(list, policy{"policy", c.Policy})
	}
	if r := c.Training; r != nil {
		for _, p := range []policy{{"p0", r.Reference}, {"pb", r.Behaviour}} {
			if p.weights != nil {
				list = append(list, p)
			}
		}
	}
	for i, w := range c.Candidates[:min(len(c.Candidates), printedEntries)] {
		list = append(list, policy{fmt.Sprintf("candidate%d", i+1), w})
	}
	return list
}

// named writes the scalars and the covariance that the case has, each after the
// separator.
func (c *Case) named(separator string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.Scalars)) {
		fmt.Fprintf(&b, "%s%s=%s", separator, printable(name), c.Scalars[name].RatString())
	}
	for i, row := range c.Covariance[:min(len(c.Covariance), printedEntries)] {
		if i == 0 {
			fmt.Fprintf(&b, "%scovariance [", separator)
		} else {
			b.WriteString("; ")
		}
		for j, v := range row[:min(len(row), printedEntries)] {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(v.RatString())
		}
	}
	if len(c.Covariance) > 0 {
		b.WriteByte(']')
	}
	return b.String()
}

// printable quotes a name that holds anything but printable characters.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// writeRows writes an entry per edge, with semicolons between the rows.
func writeRows(b *strings.Builder, l *Layer, entry func(e int) string) {
	for x := range l.States() {
		for e, hi := l.Row(x); e < hi; e++ {
			if e >= printedEntries {
				b.WriteString(" …")
				return
			}
			if lo, _ := l.Row(x); e > lo {
				b.WriteByte(' ')
			} else if x > 0 {
				b.WriteString("; ")
			}
			b.WriteString(entry(e))
		}
	}
}

// vector prints what the parameterisation says of edge e of layer i: the feature
// vector, a bare number when it has one coordinate, or the polynomial logit.
func (q *Parameterisation) vector(i, e int) string {
	if q.Kind == Polynomial {
		return polynomial(q.Logits[i][e])
	}
	f := q.Features[i][e*q.Parameters : (e+1)*q.Parameters]
	if len(f) == 1 {
		return fmt.Sprint(f[0])
	}
	return strings.ReplaceAll(fmt.Sprint(f), " ", ",")
}

// polynomial prints Σ_k c_k·θ^k.
func polynomial(c []*big.Rat) string {
	var b strings.Builder
	for k, v := range c {
		if v.Sign() == 0 {
			continue
		}
		switch {
		case v.Sign() < 0:
			b.WriteByte('-')
		case b.Len() > 0:
			b.WriteByte('+')
		}
		factor := new(big.Rat).Abs(v)
		if k == 0 || factor.Cmp(big.NewRat(1, 1)) != 0 {
			b.WriteString(factor.RatString())
		}
		switch {
		case k == 1:
			b.WriteString("θ")
		case k > 1:
			fmt.Fprintf(&b, "θ^%d", k)
		}
	}
	if b.Len() == 0 {
		return "0"
	}
	return b.String()
}

// training returns what format 2 adds, apart from policies.
func (c *Case) training() string {
	var b strings.Builder
	r := c.Training
	if r == nil {
		return ""
	}
	if r.End != NoToken {
		fmt.Fprintf(&b, " end=%s", printable(c.Token(r.End)))
	}
	if len(r.Environment) > 0 {
		fmt.Fprintf(&b, " environment=%d", r.Environment[:min(len(r.Environment), printedEntries)])
	}
	one := big.NewRat(1, 1)
	if r.Temperature.Cmp(one) != 0 {
		fmt.Fprintf(&b, " τ=%s", r.Temperature.RatString())
	}
	if r.Discount.Cmp(one) != 0 {
		fmt.Fprintf(&b, " discount=%s", r.Discount.RatString())
	}
	return b.String()
}

func (c *Case) scalars() string {
	names := make([]string, 0, printedEntries)
	for _, a := range c.Recovery {
		if len(names) == printedEntries {
			names = append(names, "…")
			break
		}
		names = append(names, printable(c.Token(a)))
	}
	return fmt.Sprintf("R={%s} λ=%s β=%s γ=%s Q", strings.Join(names, ","),
		c.Lambda.RatString(), c.Beta.RatString(), c.Gamma.RatString())
}

// String names the way Q is given.
func (k AdversaryKind) String() string {
	switch k {
	case AdversaryPolicy:
		return "policy"
	case AdversaryUniform:
		return "uniform"
	case AdversaryRows:
		return "rows"
	}
	return fmt.Sprintf("AdversaryKind(%d)", int8(k))
}

// String returns the case as an indented tree with a line per prefix, for a
// person to check by hand: the token, its conditional probability, that under Q
// where Q has rows of its own and under further policies of the case, its features
// or its logit, and the harm of a complete sequence.
// The state is named where a prefix does not name it. Large trees are cut.
func (c *Case) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "V=%d T=%d %s %s", c.Vocabulary(), c.Length(), c.scalars(), c.Adversary.Kind)
	kind := c.Parameterisation.Kind
	if c.Parameterisation.Tabular() {
		kind = Tabular
	}
	fmt.Fprintf(&b, ", %s parameters%s%s\n", kind, c.training(), c.named("\n"))
	lines := 0
	c.writePrefixes(&b, 1, 0, &lines)
	return strings.TrimSuffix(b.String(), "\n")
}

// Brief returns the case as String does where that is a small tree, and on one line as
// GoString does otherwise.
func (c *Case) Brief() string {
	if tree := c.String(); strings.Count(tree, "\n") < briefLines {
		return tree
	}
	return c.GoString()
}

// writePrefixes writes the lines below state x of layer t−1, and reports false
// once there are too many.
func (c *Case) writePrefixes(b *strings.Builder, t, x int, lines *int) bool {
	if t > c.Length() {
		return true
	}
	l := c.Layer(t)
	lo, hi := l.Row(x)
	for e := lo; e < hi; e++ {
		if *lines++; *lines > printedLines {
			b.WriteString("…\n")
			return false
		}
		fmt.Fprintf(b, "%s%s  p=%s", strings.Repeat("  ", t), printable(c.Token(l.Token(e))), share(&l.weight, lo, hi, e))
		if c.Adversary.Kind == AdversaryRows && t <= len(c.Adversary.Rows) {
			fmt.Fprintf(b, " q=%s", share(&c.Adversary.Rows[t-1], lo, hi, e))
		}
		for _, p := range c.policies() {
			fmt.Fprintf(b, " %s=%s", p.name, share(&p.weights[t-1], lo, hi, e))
		}
		if !c.Parameterisation.Tabular() {
			name := "f"
			if c.Parameterisation.Kind == Polynomial {
				name = "logit"
			}
			fmt.Fprintf(b, " %s=%s", name, c.Parameterisation.vector(t-1, e))
		}
		if !l.Tree() {
			fmt.Fprintf(b, " state=%d", l.Next(e))
		}
		if t == c.Length() {
			fmt.Fprintf(b, " harm=%s", c.HarmAt(l.Next(e)).RatString())
			if h := c.Harm2; h != nil {
				fmt.Fprintf(b, " harm2=%s", new(big.Rat).SetFrac(h.Values.At(l.Next(e)), h.Denominator).RatString())
			}
		}
		b.WriteByte('\n')
		if !c.writePrefixes(b, t+1, l.Next(e), lines) {
			return false
		}
	}
	return true
}

// share returns entry e over the sum of the entries lo ≤ i < hi.
func share(w *Naturals, lo, hi, e int) string {
	return new(big.Rat).SetFrac(w.At(e), w.Sum(lo, hi)).RatString()
}
