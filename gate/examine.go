package gate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
)

// examiner compares a solver with exact values, one instance at a time.
type examiner struct {
	solver    Solver
	tolerance *big.Rat   // nil for that of each quantity
	only      []Quantity // what is compared; nil for all
	instances int        // that are drawn
	ordered   int        // instances that may still be asked in the order of size
	random    int        // random ones of each small shape that are asked for each failure
	suspects[Quantity]
}

// examination is what was found on one instance, per row of quantities.
type examination struct {
	unusable  error // why there is no usable answer
	offered   []bool
	undecided []int     // numbers
	nonzero   []bool    // a number of the truth is not 0
	worst     []float64 // the largest error, in units of the tolerance
	findings  []*finding
	sifted    []sifted
}

// finding is one number that is wrong, or an answer that is none.
type finding struct {
	unusable  error     // then there is at most the quantity beside it
	quantity  *quantity // nil where there is no usable answer at all
	position  int       // 0 for a quantity of the whole
	claimed   string
	exact     string
	tolerance *big.Rat // nil where the number has to be right
	law       law      // that fails
	estimated bool     // the number is a mean of draws

	// The sides of the comparison as exact rationals: what the solver says, where
	// that is a number, and the end of the enclosure of the truth nearest to it.
	left, right string
}

// examine asks for one instance and compares what is offered of the quantities of only, nil
// for all. The error is the context's, or that of the exact solution.
func (c *examiner) examine(ctx context.Context, in *model.Instance, only []Quantity) (*examination, error) {
	type analysis struct {
		*exact.Analysis
		err error
	}
	exactly := make(chan analysis, 1)
	go func() {
		a, err := exact.Analyze(in, 0)
		exactly <- analysis{a, err}
	}()
	solution, err := c.solver.Solve(ctx, in)
	a := <-exactly
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case a.err != nil:
		return nil, fmt.Errorf("exact solution: %w", a.err)
	case err != nil:
		return &examination{unusable: err}, nil
	}
	e := &examination{
		offered:   make([]bool, len(quantities)),
		undecided: make([]int, len(quantities)),
		nonzero:   make([]bool, len(quantities)),
		worst:     make([]float64, len(quantities)),
		findings:  make([]*finding, len(quantities)),
		sifted:    make([]sifted, len(quantities)),
	}
	for k := range quantities {
		q := &quantities[k]
		if !wants(only, q.name) {
			continue
		}
		g, offered := q.given(solution, in.Length())
		if !offered {
			continue
		}
		malformed, err := settle(g, q.scales(in), c.level(len(g.values)), func(n int) (given, error) {
			return c.redraw(ctx, in, q.name, n)
		}, func(g given, radii []float64) (bool, error) {
			e.offered[k], e.undecided[k], e.worst[k], e.findings[k] = true, 0, 0, nil
			err := c.compare(e, k, in, a.Analysis, g, radii)
			return e.findings[k] != nil, err
		})
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, errNotAsked): // of a second draw
			return &examination{unusable: err}, nil
		case err != nil:
			return nil, err
		case malformed != nil:
			e.findings[k] = &finding{unusable: malformed, quantity: q, law: q.law}
		default:
			c.suspects.note(q.name, e.sifted[k])
		}
	}
	return e, nil
}

// level returns the probability with which a sound estimate of n numbers may be refused
// in each.
func (c *examiner) level(n int) float64 {
	asked := len(c.only)
	if c.only == nil {
		asked = len(quantities)
	}
	return falseAlarm / float64(max(c.instances, 1)*asked*max(n, 1))
}

// redrawer is a Solver whose answers may be estimates, and which can be asked for at least
// n draws.
type redrawer interface {
	redraw(ctx context.Context, in *model.Instance, q Quantity, n int) (*Reply, error)
}

// errNotAsked reports a second draw that did not come.
var errNotAsked = errors.New("no second draw")

// redraw asks for an estimate of one quantity again. The error wraps errNotAsked.
func (c *examiner) redraw(ctx context.Context, in *model.Instance, q Quantity, n int) (given, error) {
	s, ok := c.solver.(redrawer)
	if !ok {
		return given{}, fmt.Errorf("%w of %s", errNotAsked, q)
	}
	r, err := s.redraw(ctx, in, q, n)
	if err != nil {
		return given{}, fmt.Errorf("%w of %s: %w", errNotAsked, q, err)
	}
	g, offered := r.given[q]
	if !offered {
		return given{malformed: fmt.Errorf("%w: /%s: missing, where %d draws were asked for", ErrReply, q, n)}, nil
	}
	return g, nil
}

// answer is a number that a solver gives: a rational, or a float64 that is none.
type answer struct {
	value *big.Rat // nil for what is not finite
	text  string
}

// given returns what a solution has for a quantity.
func (q *quantity) given(s Solution, length int) (g given, offered bool) {
	switch s := s.(type) {
	case *Reply:
		g, offered = s.given[q.name]
		return g, offered
	case Answers:
		g.values, offered = s.Answer(q.name)
	default:
		var values []float64
		values, offered = q.offered(s)
		for _, v := range values {
			var value *big.Rat
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				value = new(big.Rat).SetFloat64(v)
			}
			g.values, g.texts = append(g.values, value), append(g.texts, fmt.Sprint(v))
		}
	}
	want := length
	if q.whole {
		want = 1
	}
	if len(g.values) != want {
		g.malformed = fmt.Errorf("%s: length %d: want %d", q.name, len(g.values), want)
	}
	return g, offered
}

// scales returns the scale of every number of a quantity.
func (q *quantity) scales(in *model.Instance) []float64 {
	list := make([]float64, in.Length())
	for i := range list {
		list[i], _ = q.scale.at(in, i+1).Float64()
	}
	return list
}

// The precisions, in bits, at which the exact side is computed for a number that is
// within 10⁻²⁰ of the edge of the tolerance.
const (
	edgePrecision    = 512
	maxEdgePrecision = 2048
)

// compare sets the first finding of row k. Numbers may be off by a radius beyond the
// tolerance, where there are radii.
func (c *examiner) compare(e *examination, k int, in *model.Instance, a *exact.Analysis, g given, radii []float64) error {
	q := &quantities[k]
	values := q.exactly(a)
	near, allowed := make([]float64, len(values)), make([]*big.Rat, len(values))
	for i := range g.values {
		t, given := i+1, g.answer(i)
		tolerance := c.tolerance
		if tolerance == nil {
			tolerance = q.tolerance(in, t)
		}
		if q.name == horizonOf {
			e.nonzero[k] = a.Horizon > 0
			if f := c.compareHorizon(in, a, given); f != nil {
				e.findings[k] = f
			}
			return nil
		}
		tolerance = widened(tolerance, radii, i)
		within, lo, hi, err := given.within(values[i], tolerance)
		near[i], _ = lo.Float64()
		allowed[i] = tolerance
		if err == errEdge {
			_, failed := field.Refine(edgePrecision, maxEdgePrecision, func(f field.Interval) (bool, error) {
				finer, failed := exact.Analyze(in, f.Prec())
				if failed != nil {
					return false, failed
				}
				within, lo, hi, err = given.within(q.exactly(finer)[i], tolerance)
				return err != errEdge, nil
			})
			if failed != nil && !errors.Is(failed, field.ErrUndecided) {
				return fmt.Errorf("exact solution: %w", failed)
			}
		}
		e.nonzero[k] = e.nonzero[k] || lo.Sign() > 0 || hi.Sign() < 0
		e.worst[k] = math.Max(e.worst[k], distance(given.value, lo, tolerance))
		switch {
		case err != nil:
			e.undecided[k]++
		case !within && e.findings[k] == nil:
			f := &finding{quantity: q, position: t, claimed: given.text, exact: shown(lo, hi), tolerance: tolerance, estimated: radii != nil}
			if q.whole {
				f.position = 0
			}
			f.law = c.broken(q, in, a, g.values, t)
			f.sides(given, lo, hi)
			e.findings[k] = f
		}
	}
	wrong := wrongAnswers(q.name, in, near, func(mistake string) bool { return c.open(q.name, mistake) })
	e.sifted[k] = newSieve(near, g.values, allowed, slices.Repeat([]bool{true}, len(near))).sift(wrong)
	return nil
}

// errEdge reports a number whose distance from the truth and the tolerance are
// too close to each other to tell.
var errEdge = fmt.Errorf("at the edge of the tolerance")

// within decides whether the number is within the tolerance of the truth, which
// lies between lo and hi.
func (a answer) within(truth exact.Number, tolerance *big.Rat) (within bool, lo, hi *big.Rat, err error) {
	lo, hi = rationalBounds(truth)
	if a.value == nil {
		return false, lo, hi, nil
	}
	far := func(end *big.Rat) bool { // |a − end| > tolerance
		d := new(big.Rat).Sub(a.value, end)
		return d.Abs(d).Cmp(tolerance) > 0
	}
	switch inside := a.value.Cmp(lo) >= 0 && a.value.Cmp(hi) <= 0; {
	case !far(lo) && !far(hi):
		return true, lo, hi, nil
	case !inside && far(lo) && far(hi): // both ends on one side, the truth no nearer than the nearer one
		return false, lo, hi, nil
	}
	return false, lo, hi, errEdge
}

// compareHorizon accepts the exact horizon, and one that is smaller by positions
// alone whose I_t is below the tolerance of the information.
func (c *examiner) compareHorizon(in *model.Instance, a *exact.Analysis, given answer) *finding {
	q := horizonOf.row()
	f := &finding{
		quantity: q, claimed: given.text, exact: fmt.Sprint(a.Horizon), law: q.law,
		left: "0", right: fmt.Sprint(a.Horizon),
	}
	if given.value == nil || !given.value.IsInt() || given.value.Sign() < 0 || given.value.Cmp(big.NewRat(int64(a.Horizon), 1)) > 0 {
		if given.value != nil {
			f.left = given.value.RatString()
		}
		return f
	}
	f.left = given.value.RatString()
	claimed := int(given.value.Num().Int64())
	for t := claimed + 1; t <= a.Horizon; t++ {
		tolerance := c.tolerance
		if tolerance == nil {
			tolerance = information.row().tolerance(in, t)
		}
		if a.Positions[t-1].Information.Exact.Cmp(tolerance) >= 0 {
			return f
		}
	}
	return nil
}

// broken returns the statement that fails with number t of a quantity: one that
// its numbers violate among themselves or beyond the horizon, or else the one that
// says what it is.
func (c *examiner) broken(q *quantity, in *model.Instance, a *exact.Analysis, list []*big.Rat, t int) law {
	beyond := !q.whole && t > a.Horizon
	switch q.name {
	case information:
		sum, tolerance := new(big.Rat), new(big.Rat)
		for i, value := range list {
			if value == nil {
				return q.law
			}
			sum.Add(sum, value)
			each := c.tolerance
			if each == nil {
				each = q.tolerance(in, i+1)
			}
			tolerance.Add(tolerance, each)
		}
		if d := sum.Sub(sum, a.Variance.Exact); d.Abs(d).Cmp(tolerance) > 0 {
			return varianceLaw
		}
		if beyond {
			return horizonLaw
		}
	case "gradient_norm_squared":
		if beyond {
			return silenceLaw
		}
	case "equilibrium_kl":
		if beyond {
			return baseLaw
		}
	}
	return q.law
}

// sides sets the sides of the comparison.
func (f *finding) sides(given answer, lo, hi *big.Rat) {
	f.left, f.right = "0", lo.RatString()
	if given.value == nil {
		return
	}
	f.left = given.value.RatString()
	if given.value.Cmp(hi) > 0 {
		f.right = hi.RatString()
	}
}

// longestFraction is the length up to which a fraction is shown as it is.
const longestFraction = 24

// shown returns the truth for a message: a short fraction, or the decimals of an
// enclosure's lower end, followed by "…".
func shown(lo, hi *big.Rat) string {
	if s := lo.RatString(); lo.Cmp(hi) == 0 && len(s) <= longestFraction {
		return s
	}
	if lo.Sign() <= 0 && hi.Sign() >= 0 {
		if lo.Sign() == hi.Sign() {
			return "0"
		}
		return "0 within " + decimal(new(big.Rat).Sub(hi, lo), 2)
	}
	return decimal(lo, 17) + "…"
}

// numeral returns a rational that a solver gave, for a message.
func numeral(v *big.Rat) string {
	if f, exact := v.Float64(); exact {
		return fmt.Sprint(f)
	}
	return decimal(v, 17)
}
