package model_test

import (
	"fmt"
	"log"
	"math/big"
	"os"
	"strings"

	"sounding/model"
)

// Two positions over two tokens. Rows are weights; harm is given per sequence.
const twoPositions = `{
  "format": "sounding/instance/1",
  "vocabulary": ["sorry", "sure"],
  "length": 2,
  "layers": [
    { "weights": [[1, 3]] },
    { "weights": [[1, 1], [2, 5]] }
  ],
  "harm": { "denominator": 100, "values": [0, 100, 50, 50] },
  "recovery": [0],
  "beta": "2"
}`

func ExampleReadInstance() {
	in, err := model.ReadInstance(strings.NewReader(twoPositions))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("V = %d, T = %d, η_2 = %s\n", in.Vocabulary(), in.Length(), in.Eta(2).RatString())
	fmt.Print(in)
	// Output:
	// V = 2, T = 2, η_2 = 2
	// V=2 T=2 R={sorry} λ=1 β=2 γ=1 Q policy, tabular parameters
	//   sorry  p=1/4
	//     sorry  p=1/2 harm=0
	//     sure  p=1/2 harm=1
	//   sure  p=3/4
	//     sorry  p=2/7 harm=1/2
	//     sure  p=5/7 harm=1/2
}

// A mistake in a file is named with its place, as a JSON pointer, and what is wanted.
func ExampleReadInstance_error() {
	_, err := model.ReadInstance(strings.NewReader(strings.Replace(twoPositions, "[1, 3]", "[0, 0]", 1)))
	fmt.Println(err)
	// Output:
	// instance: /layers/0/weights/0: no positive weight: want at least one in every row
}

// A model whose next token depends on the last one alone needs one state per token,
// however long its sequences are: one layer stands for all positions after the first.
func ExampleNewProcess() {
	first, err := model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 1})
	if err != nil {
		log.Fatal(err)
	}
	next, err := model.DenseLayer(2, model.NaturalsOf(3, 1, 1, 2), []int32{0, 1, 0, 1})
	if err != nil {
		log.Fatal(err)
	}
	layers := []*model.Layer{first}
	for len(layers) < 50 {
		layers = append(layers, next)
	}
	// Sequences that end in token 1 do harm.
	p, err := model.NewProcess(2, layers, model.NaturalsOf(0, 1), big.NewInt(1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.Length(), "positions,", p.States(50), "states in the last layer")
	// Output: 50 positions, 2 states in the last layer
}

func ExampleWriteInstance() {
	layer, err := model.TreeLayer(2, model.NaturalsOf(1, 3))
	if err != nil {
		log.Fatal(err)
	}
	p, err := model.NewProcess(2, []*model.Layer{layer}, model.NaturalsOf(0, 1), big.NewInt(2))
	if err != nil {
		log.Fatal(err)
	}
	if err := model.WriteInstance(os.Stdout, model.NewInstance(p)); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {
	//   "format": "sounding/instance/1",
	//   "vocabulary": 2,
	//   "length": 1,
	//   "layers": [
	//     {
	//       "weights": [
	//         [1, 3]
	//       ]
	//     }
	//   ],
	//   "harm": {
	//     "denominator": 2,
	//     "values": [0, 1]
	//   },
	//   "recovery": [],
	//   "adversary": "policy",
	//   "lambda": "1",
	//   "beta": "0",
	//   "gamma": "1"
	// }
}
