package theorems

import (
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Recovery beyond the horizon at the stationary points of eq. 43.

// stationaryBoost calls compare with logit ρ*(x) and logit ρ_0(x) + w(x)·η_t beyond the
// horizon, at a stationary point made for the case. It is level where nothing is paid after
// x, whatever the token: at t = T and without Q behind it.
func stationaryBoost(w *World[enc], compare func(at Place, level bool, boosted, recovery enc)) {
	o := w.Objective()
	if len(w.Case.Recovery) == 0 || len(w.Case.Recovery) == w.V() || w.Case.Beta.Sign() == 0 {
		w.Vacuous()
		return
	}
	f := interval(w)
	boost := make([][]enc, w.T()) // w(x)·η_t
	for t := range boost {
		boost[t] = make([]enc, w.Layer(t+1).States())
	}
	u := untilted(w, func(t, x, e int, cost, weight enc) enc {
		boost[t-1][x] = w.Mul(eta(w, t), weight)
		return w.Sub(recovering(w, t, e, boost[t-1][x]), cost)
	})
	if u == nil {
		return
	}
	odds := func(row []enc, t, x int) (enc, error) {
		up, down := w.FromInt(0), w.FromInt(0)
		lo, _ := w.Layer(t).Row(x)
		for i, p := range row {
			if o.Recovers(w.Layer(t).Token(lo + i)) {
				up = f.Add(up, p)
			} else {
				down = f.Add(down, p)
			}
		}
		ratio, err := f.Quo(up, down)
		if err != nil {
			return ratio, err
		}
		return f.Log(ratio)
	}
	for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			lo, hi := w.Layer(t).Row(x)
			here := defined(odds(w.Row(t, x), t, x)) // P* is positive
			base, err := odds(u.Base.Prob[t-1][lo:hi], t, x)
			if err != nil {
				undecided(w, err)
				return
			}
			level := t == w.T() || f.Sign(o.Adversary[t-1][x]) == field.Zero
			compare(verify.At(t, x), level, f.Add(base, boost[t-1][x]), here)
		}
	}
}

// unprompted returns the world without recovery tokens in Q, nil where there is none.
func unprompted(w *World[enc]) *World[enc] {
	if w.T() == 1 || !w.Case.Tree() || len(w.Case.Recovery) == w.V() {
		w.Vacuous()
		return nil
	}
	in := *w.Case.Instance
	rows := make([]model.Naturals, w.T()-1)
	for t := 1; t < w.T(); t++ {
		for e := range w.Layer(t).Edges() {
			n := int64(1)
			if in.Recovers(w.Layer(t).Token(e)) {
				n = 0
			}
			rows[t-1].AppendInt64(n)
		}
	}
	in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: rows}
	v := verify.NewCaseWorld(interval(w), &model.Case{Instance: &in})
	v.ReportTo(w)
	return v
}

func unpromptedRecovery(w *World[enc]) {
	if v := unprompted(w); v != nil {
		recoversMore(v, "Q without recovery tokens, t > k: logit ρ* ≥ logit ρ_0 + w·η_t")
	}
}

func unpromptedLevel(w *World[enc]) {
	if v := unprompted(w); v != nil {
		stationaryBoost(v, func(at Place, level bool, boosted, recovery enc) {
			if level {
				v.Meet(at, "t = T or Q(x) = 0: logit ρ* = logit ρ_0 + w·η_t", recovery, boosted)
			}
		})
	}
}

// recoversMore claims the inequality where the two sides are not the same.
func recoversMore(w *World[enc], claim string) {
	stationaryBoost(w, func(at Place, level bool, boosted, recovery enc) {
		if !level {
			w.AtMost(at, claim, boosted, recovery)
		}
	})
}

func promptedRecovery(w *World[enc]) {
	recoversMore(w, "t > k: logit ρ* ≥ logit ρ_0 + w·η_t")
}
