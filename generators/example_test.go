package generators_test

import (
	"fmt"

	"sounding/exact"
	"sounding/generators"
)

// One of the random cases of a seed, without rapid: always the same.
func ExampleExample() {
	fmt.Println(generators.Example(generators.Limits{}, 1, 0))
	// Output:
	// V=2 T=2 R={1} λ=20 β=1/2 γ=9/10 Q rows, tabular parameters
	//   0  p=2/1000005 q=3/1000003 state=0
	//     0  p=5/6 state=0 harm=1
	//     1  p=1/6 state=0 harm=1
	//   1  p=1000003/1000005 q=1000000/1000003 state=1
	//     0  p=500000000000/500000000001 state=1 harm=0
	//     1  p=1/500000000001 state=1 harm=0
}

// The cases that differ in weights and harm, in the order of size: these come first.
func ExampleSmallest() {
	n := 0
	for size, c := range generators.Smallest(generators.Needs{Harm: true}) {
		fmt.Println(size, c.GoString())
		if n++; n == 3 {
			break
		}
	}
	// Output:
	// 3 V=2 T=1 weights [1 1] harm [0 0]/1
	// 4 V=2 T=1 weights [1 2] harm [0 0]/1
	// 4 V=2 T=1 weights [2 1] harm [0 0]/1
}

// A tree that is spelled out, and what each position says about its harm.
func ExampleTree() {
	in := generators.Tree(2, [][]int64{{1, 3}, {1, 1, 2, 5}}, []int64{0, 100, 50, 50}, 100)
	a, err := exact.Analyze(in, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for t, p := range a.Positions {
		fmt.Println(t+1, p.Information.Exact.RatString())
	}
	// Output:
	// 1 0
	// 2 1/16
}
