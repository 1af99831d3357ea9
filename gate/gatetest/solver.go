// Package gatetest is a solver for tests of the gate: plain float64, written from
// the statements alone, with faults to plant in it.
package gatetest

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"sounding/model"
)

// Faults are the values that the fault of [Serve] may have, beside "" for none.
// The first ones make some quantity wrong, the others leave no usable answer.
var (
	WrongFaults = map[string]Wrong{
		"uncentred covariance":         {"gradient_norm_squared", "uncentred"},
		"missing prefix":               {"information", "prefix probability missing"},
		"power of gamma":               {"gibbs_recovery", "power of gamma"},
		"sign of tilt":                 {"gibbs_kl", "sign of the tilt"},
		"sign of lambda":               {"equilibrium_kl", ""},
		"P for Q":                      {"recovery_information", "policy's prefixes for Q"},
		"base occupancy":               {"equilibrium_kl", "base for tilted"},
		"last position dropped":        {"information", "last position dropped"},
		"second moment for a variance": {"variance", "second moment for variance"},
	}
	UnusableFaults = []string{
		"hang", "crash", "exit", "garbage", "NaN", "infinity", "wrong id", "flood", "two lines",
		"part of a line", "ends in a line", "short list", "closes its output", "does not read", "error", "twice", "unknown key", "deep", "previous request",
	}
)

// Wrong is a quantity that a fault makes wrong, and the known mistake that it is; "" where
// it is none.
type Wrong struct{ Quantity, Mistake string }

// Serve answers the requests of in until it ends.
func Serve(in io.Reader, out io.Writer, fault string) {
	if fault == "does not read" {
		time.Sleep(time.Hour)
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var request struct {
			ID       int             `json:"id"`
			Instance *model.Instance `json:"instance"`
			Want     []string        `json:"want"`
			N        int             `json:"n"`
		}
		if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		var reply map[string]any
		if kind, seed, sampled := strings.Cut(fault, " with seed "); sampled {
			reply = sample(request.Instance, kind, seed+fmt.Sprint(request.ID), max(request.N, firstDraws))
		} else {
			reply = solve(request.Instance, fault)
		}
		reply["id"] = request.ID
		if !misbehave(out, fault, request.ID, request.Instance, reply) {
			text, err := json.Marshal(reply)
			if err != nil {
				text = []byte(err.Error()) // no number
			}
			fmt.Fprintf(out, "%s\n", text)
		}
	}
}

// misbehave does what the fault asks for on instances with harm at the first leaf,
// and reports whether that stands in place of the reply.
func misbehave(out io.Writer, fault string, id int, in *model.Instance, reply map[string]any) bool {
	if in.Harm().IsZero(0) {
		return false
	}
	switch fault {
	case "hang":
		time.Sleep(time.Hour)
	case "crash":
		panic("as planted")
	case "exit":
		os.Exit(3)
	case "garbage":
		fmt.Fprintln(out, "warming up ...")
	case "NaN":
		fmt.Fprintf(out, `{"id": %d, "information": [%s]}`+"\n", id, strings.TrimSuffix(strings.Repeat("NaN, ", in.Length()), ", "))
	case "infinity":
		fmt.Fprintf(out, `{"id": %d, "variance": -Infinity}`+"\n", id)
	case "wrong id":
		reply["id"] = id + 1
		return false
	case "previous request":
		reply["id"] = id - 1
		return false
	case "flood":
		for {
			if _, err := io.WriteString(out, strings.Repeat("0", 1<<16)); err != nil {
				os.Exit(0)
			}
		}
	case "two lines":
		fmt.Fprintf(out, `{"id": %d}`+"\n{}\n", id)
	case "part of a line":
		fmt.Fprintf(out, `{"id": %d, "var`, id)
		time.Sleep(time.Hour)
	case "ends in a line":
		fmt.Fprintf(out, `{"id": %d, "var`, id)
		os.Exit(0)
	case "short list":
		reply["information"] = make([]float64, in.Length()-1)
		return false
	case "closes its output":
		os.Stdout.Close()
		time.Sleep(time.Hour)
	case "error":
		fmt.Fprintf(out, `{"id": %d, "error": "no memory left"}`+"\n", id)
	case "twice":
		fmt.Fprintf(out, `{"id": %d, "variance": 0, "variance": 0}`+"\n", id)
	case "unknown key":
		fmt.Fprintf(out, `{"id": %d, "entropy": 0}`+"\n", id)
	case "deep":
		fmt.Fprintln(out, strings.Repeat("[", 1<<19))
	default:
		return false
	}
	return true
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}

// conditionals returns weight over row sum per edge.
func conditionals(l *model.Layer, w *model.Naturals) []float64 {
	p := make([]float64, l.Edges())
	for x := range l.States() {
		lo, hi := l.Row(x)
		for e := lo; e < hi; e++ {
			p[e] = float(new(big.Rat).SetFrac(w.At(e), w.Sum(lo, hi)))
		}
	}
	return p
}

// push moves mass along the edges of a layer.
func push(l *model.Layer, mass, p []float64, states int) []float64 {
	after := make([]float64, states)
	for x, m := range mass {
		for e, hi := l.Row(x); e < hi; e++ {
			after[l.Next(e)] += m * p[e]
		}
	}
	return after
}

// tables has a row for each position, whose entries belong to the edges of its layer (p) or to the states
// that it leads to (all others).
type tables struct {
	p               [][]float64
	mass, adversary [][]float64 // how likely a state is under the policy, and under Q
	h, z            [][]float64 // E[Harm|x] and E[e^{−λHarm}|x]
}

// forward moves mass from the first position to the last.
func (s *tables) forward(in *model.Instance, fault string) {
	T := in.Length()
	s.p, s.mass, s.adversary = make([][]float64, T+1), make([][]float64, T+1), make([][]float64, T+1)
	s.mass[0], s.adversary[0] = []float64{1}, []float64{1}
	for t := 1; t <= T; t++ {
		l := in.Layer(t)
		s.p[t] = conditionals(l, l.Weights())
		s.mass[t] = push(l, s.mass[t-1], s.p[t], in.States(t))
		if t < T && fault != "P for Q" {
			s.adversary[t] = push(l, s.adversary[t-1], conditionals(l, in.AdversaryWeights(t)), in.States(t))
		} else {
			s.adversary[t] = s.mass[t]
		}
	}
}

// backward takes means from the last position to the first.
func (s *tables) backward(in *model.Instance, lambda float64) {
	T := in.Length()
	s.h, s.z = make([][]float64, T+1), make([][]float64, T+1)
	for x := range in.States(T) {
		harm := float(in.HarmAt(x))
		s.h[T], s.z[T] = append(s.h[T], harm), append(s.z[T], math.Exp(-lambda*harm))
	}
	for t := T; t >= 1; t-- {
		l := in.Layer(t)
		s.h[t-1], s.z[t-1] = make([]float64, l.States()), make([]float64, l.States())
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				s.h[t-1][x] += s.p[t][e] * s.h[t][l.Next(e)]
				s.z[t-1][x] += s.p[t][e] * s.z[t][l.Next(e)]
			}
		}
	}
}

func solve(in *model.Instance, fault string) map[string]any {
	lambda := float(in.Lambda)
	if fault == "sign of lambda" {
		lambda = -lambda
	}
	var s tables
	s.forward(in, fault)
	s.backward(in, lambda)
	profile := make(map[string][]float64)
	star := []float64{1}
	T := in.Length()
	last := T
	if fault == "last position dropped" {
		last--
	}
	for t := 1; t <= T; t++ {
		q := quantities(in, fault, t, &s, star)
		for name, v := range q.values {
			if t > last {
				v = 0
			}
			profile[name] = append(profile[name], v)
		}
		star = push(in.Layer(t), star, q.tilted, in.States(t))
	}
	mean, centre := s.h[0][0], s.h[0][0]
	if fault == "second moment for a variance" {
		centre = 0
	}
	variance := 0.0
	for x, v := range s.h[T] {
		variance += s.mass[T][x] * (v - centre) * (v - centre)
	}
	reply := map[string]any{"expected_harm": mean, "variance": variance, "horizon": 0}
	for name, v := range profile {
		reply[name] = v
	}
	const none = 1e-12 // of information: a customary cut-off, below what the gate tolerates
	for i, v := range profile["information"] {
		if v > none {
			reply["horizon"] = i + 1
		}
	}
	return reply
}

type atPosition struct {
	values map[string]float64
	tilted []float64 // P*(a|x) per edge
}

func quantities(in *model.Instance, fault string, t int, s *tables, star []float64) atPosition {
	l, p, h, z := in.Layer(t), s.p[t], s.h, s.z
	power := t
	if fault == "power of gamma" {
		power--
	}
	eta := float(in.Beta) * math.Pow(float(in.Gamma), float64(power))
	v := make(map[string]float64)
	tilted := make([]float64, len(p))
	for x, m := range s.mass[t-1] {
		rho, rest, information, kl := 0.0, 0.0, 0.0, 0.0
		for e, hi := l.Row(x); e < hi; e++ {
			y := l.Next(e)
			delta := h[t][y] - h[t-1][x]
			information += p[e] * delta * delta
			if fault == "uncentred covariance" {
				delta = h[t][y]
			}
			v["gradient_norm_squared"] += m * p[e] * delta * m * p[e] * delta
			v["fisher_trace"] += m * p[e] * (1 - p[e])
			if in.Recovers(l.Token(e)) {
				rho += p[e]
			} else {
				rest += p[e]
			}
			if p[e] > 0 {
				tilted[e] = p[e] * z[t][y] / z[t-1][x]
				kl += tilted[e] * math.Log(z[t][y]/z[t-1][x])
			}
		}
		if fault == "missing prefix" {
			v["information"] += information
		} else {
			v["information"] += m * information
		}
		if fault == "base occupancy" {
			v["equilibrium_kl"] += m * kl
		} else {
			v["equilibrium_kl"] += star[x] * kl
		}
		v["recovery_probability"] += m * rho
		v["recovery_information"] += s.adversary[t-1][x] * rho * rest
		v["gibbs_recovery"] += 0
		v["gibbs_kl"] += 0
		if rho > 0 {
			tilt := eta
			if fault == "sign of tilt" {
				tilt = -tilt
			}
			shrunk := rho + rest*math.Exp(-tilt) // Z·e^{−η}
			if math.IsInf(shrunk, 1) {           // ρ* = 0
				v["gibbs_kl"] -= m * math.Log(rest)
				continue
			}
			v["gibbs_recovery"] += m * rho / shrunk
			v["gibbs_kl"] += m * (tilt*(rho/shrunk-1) - math.Log(shrunk))
		}
	}
	return atPosition{v, tilted}
}
