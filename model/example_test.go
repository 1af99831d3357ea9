package model_test

import (
	"fmt"
	"strings"

	"sounding/model"
)

// A prefix tree over two tokens: the first token alone says nothing about harm,
// which depends on the second.
func ExampleReadInstance() {
	in, err := model.ReadInstance(strings.NewReader(`{
  "format": "sounding/instance/1",
  "vocabulary": ["sorry", "sure"],
  "length": 2,
  "layers": [
    { "weights": [[1, 3]] },
    { "weights": [[1, 1], [2, 5]] }
  ],
  "harm": { "denominator": 100, "values": [0, 100, 50, 50] },
  "recovery": [0]
}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(&model.Case{Instance: in})
	// Output:
	// V=2 T=2 R={sorry} λ=1 β=0 γ=1 Q policy, tabular parameters
	//   sorry  p=1/4
	//     sorry  p=1/2 harm=0
	//     sure  p=1/2 harm=1
	//   sure  p=3/4
	//     sorry  p=2/7 harm=1/2
	//     sure  p=5/7 harm=1/2
}

// An error names the place by a JSON pointer, what is wrong, and what is wanted.
func ExampleReadInstance_error() {
	_, err := model.ReadInstance(strings.NewReader(`{
  "format": "sounding/instance/1",
  "vocabulary": 2,
  "length": 1,
  "layers": [{ "weights": [[1, 0.5]] }],
  "harm": { "denominator": 1, "values": [0, 1] }
}`))
	fmt.Println(err)
	// Output:
	// instance: /layers/0/weights/0/1: 0.5: want a non-negative integer of at most 40 digits
}

// A model with two states, which knows the last token alone.
func ExampleNewProcess() {
	first, err := model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	later, err := model.DenseLayer(2, model.NaturalsOf(3, 1, 1, 3), []int32{0, 1, 0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := model.NewProcess(2, []*model.Layer{first, later, later}, model.NaturalsOf(0, 1), later.Weights().Sum(0, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Length(), "positions,", p.States(3), "final states")
	// Output:
	// 3 positions, 2 final states
}
