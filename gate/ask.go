package gate

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/gate/training"
	"sounding/internal/strict"
	"sounding/model"
)

// TrainingFormat names the protocol of what training code computes.
const TrainingFormat = "sounding/gate/2"

// Trainee is a solver of what training code computes. It answers a question with the
// numbers of the quantities that it offers, in the order of their shapes; nil stands for
// a number that is not finite.
type Trainee interface {
	Ask(ctx context.Context, q *training.Question, want []training.Quantity) (map[training.Quantity][]*big.Rat, error)
}

// TraineeFunc is a function as a Trainee.
type TraineeFunc func(ctx context.Context, q *training.Question, want []training.Quantity) (map[training.Quantity][]*big.Rat, error)

// Ask calls f.
func (f TraineeFunc) Ask(ctx context.Context, q *training.Question, want []training.Quantity) (map[training.Quantity][]*big.Rat, error) {
	return f(ctx, q, want)
}

// question is a request of the protocol.
type question struct {
	Protocol     string              `json:"protocol"`
	ID           uint64              `json:"id"`
	Instance     *model.Instance     `json:"instance"`
	Want         []training.Quantity `json:"want"`
	JSDWeights   []rational          `json:"jsd_weights,omitzero"`
	Sequences    [][]int             `json:"sequences,omitzero"`
	Pairs        []pairFile          `json:"pairs,omitzero"`
	Trajectories []trajectoryFile    `json:"trajectories,omitzero"`
	Groups       []groupFile         `json:"groups,omitzero"`
	Objective    training.Objective  `json:"objective,omitzero"`
	Claim        string              `json:"claim,omitzero"`
	Batches      []batchFile         `json:"batches,omitzero"`
	N            int                 `json:"n,omitzero"` // the least number of draws of an estimate
}

// rational is an exact number, written as a string.
type rational struct{ *big.Rat }

// MarshalJSONTo writes the number in lowest terms.
func (r rational) MarshalJSONTo(e *jsontext.Encoder) error {
	return e.WriteToken(jsontext.String(r.RatString()))
}

func rationals(list []*big.Rat) []rational {
	written := make([]rational, len(list))
	for i, r := range list {
		written[i] = rational{r}
	}
	return written
}

type pairFile struct {
	Loss           string   `json:"loss"`
	LogProbability string   `json:"log_probability"`
	Beta           rational `json:"beta"`
	Margin         rational `json:"margin"`
	Chosen         []int    `json:"chosen"`
	Rejected       []int    `json:"rejected"`
}

type trajectoryFile struct {
	Rewards  []rational `json:"rewards"`
	Values   []rational `json:"values"`
	Mask     []int      `json:"mask"`
	Discount rational   `json:"discount"`
	Lambda   rational   `json:"lambda"`
}

type groupFile struct {
	Method  string     `json:"method"`
	Rewards []rational `json:"rewards"`
	DDoF    int        `json:"ddof"`
	Epsilon rational   `json:"epsilon"`
}

type batchFile struct {
	Sequences    [][]int    `json:"sequences"`
	Rewards      []rational `json:"rewards"`
	PadTo        int        `json:"pad_to,omitzero"`
	MicroBatches [][]int    `json:"micro_batches,omitzero"`
}

// newQuestion returns the request for quantities of a question, with the lists that
// they read.
func newQuestion(id uint64, q *training.Question, want []training.Quantity) *question {
	f := &question{Protocol: TrainingFormat, ID: id, Instance: q.Instance, Want: want}
	for _, name := range want {
		switch name.Reads() {
		case "jsd_weights":
			f.JSDWeights = rationals(q.JSDWeights)
		case "sequences":
			f.Sequences = q.Sequences
		case "pairs":
			f.Pairs = nil
			for _, p := range q.Pairs {
				level := "sum"
				if p.Mean {
					level = "mean"
				}
				f.Pairs = append(f.Pairs, pairFile{p.Loss, level, rational{p.Beta}, rational{p.Margin}, p.Chosen, p.Rejected})
			}
		case "trajectories":
			f.Trajectories = nil
			for _, τ := range q.Trajectories {
				mask := make([]int, len(τ.Mask))
				for k, counts := range τ.Mask {
					if counts {
						mask[k] = 1
					}
				}
				f.Trajectories = append(f.Trajectories, trajectoryFile{rationals(τ.Rewards), rationals(τ.Values), mask, rational{τ.Discount}, rational{τ.Lambda}})
			}
		case "groups":
			for _, g := range q.Groups {
				f.Groups = append(f.Groups, groupFile{g.Method, rationals(g.Rewards), g.DDoF, rational{g.Epsilon}})
			}
		case "batches":
			f.Objective = q.Objective
			if q.TokenLevel {
				f.Claim = "token-level"
			}
			for _, b := range q.Batches {
				f.Batches = append(f.Batches, batchFile{b.Sequences, rationals(b.Rewards), b.PadTo, b.MicroBatches})
			}
		}
	}
	return f
}

// TrainingRequest returns the line that asks for quantities of a question.
func TrainingRequest(q *training.Question, want []training.Quantity) ([]byte, error) {
	return json.Marshal(newQuestion(1, q, want))
}

// Ask sends one request of the protocol TrainingFormat and waits for its reply. Errors
// are those of Solve, or say which quantity is not of its shape. Of an estimate it returns
// the means.
func (p *Process) Ask(ctx context.Context, q *training.Question, want []training.Quantity) (map[training.Quantity][]*big.Rat, error) {
	reply, err := p.reply(ctx, q, want, 0)
	if err != nil {
		return nil, err
	}
	values := make(map[training.Quantity][]*big.Rat)
	for _, name := range slices.Sorted(maps.Keys(reply)) {
		if err := reply[name].malformed; err != nil {
			return nil, err
		}
		values[name] = reply[name].values
	}
	return values, nil
}

// reply is Ask with all that is given, estimates of at least n draws.
func (p *Process) reply(ctx context.Context, q *training.Question, want []training.Quantity, n int) (map[training.Quantity]given, error) {
	p.id++
	request := newQuestion(p.id, q, want)
	request.N = n
	line, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("the question cannot be written: %w", err)
	}
	var reply map[training.Quantity]given
	err = p.converse(ctx, line, func(answer []byte) (err error) {
		reply, err = parseTraining(answer, p.id, q, want)
		return err
	})
	return reply, err
}

// parseTraining reads the reply to a question.
func parseTraining(line []byte, id uint64, q *training.Question, want []training.Quantity) (map[training.Quantity]given, error) {
	members, err := replyMembers(line, id)
	if err != nil {
		return nil, err
	}
	reply := make(map[training.Quantity]given)
	for _, key := range slices.Sorted(maps.Keys(members)) {
		name := training.Quantity(key)
		switch {
		case key == "id":
			continue
		case slices.Contains(Quantities(), Quantity(key)):
			continue // of gate/1, from a solver that does not look at what it is asked
		case !slices.Contains(want, name):
			return nil, fmt.Errorf("%w: %w", ErrReply, strict.Errorf("/"+key, "unknown key: want id, error or a quantity that was asked for%s", strict.Meant(key, want)))
		}
		shape := name.Shape(q)
		reply[name] = readGiven(key, members[key], func(v jsontext.Value) ([]*big.Rat, error) {
			values := make([]*big.Rat, 0, shape.Size())
			err := nested(v, shape, &values)
			return values, err
		})
		if name == training.LossGradient && reply[name].estimate != nil {
			reply[name] = given{malformed: fmt.Errorf("%w: /%s: an estimate: want the gradient of each batch, of which the gate forms the mean", ErrReply, key)}
		}
	}
	return reply, nil
}

// nested appends the numbers of a list of the given shape.
func nested(v jsontext.Value, shape training.Shape, values *[]*big.Rat) error {
	if shape.Number() {
		n, err := number(v)
		*values = append(*values, n)
		return err
	}
	if v.Kind() != '[' {
		return strict.Errorf("", "%s: want a list of %d", strict.Describe(v), len(shape.List))
	}
	var list []jsontext.Value
	if err := json.Unmarshal(v, &list); err != nil {
		return err
	}
	if len(list) != len(shape.List) {
		return strict.Errorf("", "length %d: want %d", len(list), len(shape.List))
	}
	for i, sub := range shape.List {
		if err := nested(list[i], sub, values); err != nil {
			return strict.Within("/"+strconv.Itoa(i), err)
		}
	}
	return nil
}
