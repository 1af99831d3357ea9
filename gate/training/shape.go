package training

import (
	"fmt"
	"strings"
)

// Shape is that of an answer: a number, or a list of shapes.
type Shape struct {
	List []Shape
	leaf bool
}

// Number reports whether the answer is one number.
func (s Shape) Number() bool { return s.leaf }

// Size returns how many numbers there are.
func (s Shape) Size() int {
	if s.leaf {
		return 1
	}
	n := 0
	for _, sub := range s.List {
		n += sub.Size()
	}
	return n
}

// index returns the path to number i.
func (s Shape) index(i int) []int {
	if s.leaf {
		return nil
	}
	for k, sub := range s.List {
		n := sub.Size()
		if i < n {
			return append([]int{k}, sub.index(i)...)
		}
		i -= n
	}
	panic("training: no such number")
}

func listOf(n int, of func(i int) Shape) Shape {
	s := Shape{List: make([]Shape, n)}
	for i := range s.List {
		s.List[i] = of(i)
	}
	return s
}

// Shape returns that of the answer to a question.
func (q Quantity) Shape(of *Question) Shape { return shape(of, q.row().axes, nil) }

// shape returns what stands at the indices under the axes that are left.
func shape(of *Question, axes []axis, at []int) Shape {
	if len(axes) == 0 {
		return Shape{leaf: true}
	}
	n, in := 0, of.Instance
	switch axes[0] {
	case axisPosition:
		n = in.Length()
	case axisState:
		n = in.States(at[len(at)-1])
	case axisToken:
		n = in.Vocabulary()
	case axisSequence:
		n = len(of.Sequences)
	case axisStep:
		n = len(of.Sequences[at[0]])
	case axisMoment:
		n = len(of.Trajectories[at[0]].Rewards)
	case axisWeight:
		n = len(of.JSDWeights)
	case axisPair:
		n = len(of.Pairs)
	case axisTrajectory:
		n = len(of.Trajectories)
	case axisGroup:
		n = len(of.Groups)
	case axisReward:
		n = len(of.Groups[at[0]].Rewards)
	case axisBatch:
		n = len(of.Batches)
	}
	return listOf(n, func(i int) Shape { return shape(of, axes[1:], append(at, i)) })
}

// Place says where number i of the answer stands, as that of a loss gradient that
// has been weighed: "t = 2, state 1, token 0".
func (q Quantity) Place(of *Question, i int) string {
	axes := q.row().axes
	if q == LossGradient {
		axes = perToken
	}
	var parts []string
	for k, at := range shape(of, axes, nil).index(i) {
		switch a := axes[k]; a {
		case axisPosition, axisStep, axisMoment:
			parts = append(parts, fmt.Sprintf("t = %d", at+1))
		case axisToken, axisState:
			parts = append(parts, fmt.Sprintf("%s %d", axisNames[a], at))
		default:
			parts = append(parts, fmt.Sprintf("%s %d", axisNames[a], at+1))
		}
	}
	return strings.Join(parts, ", ")
}
