package corpus_test

import (
	"fmt"
	"strings"

	"sounding/corpus"
)

// A bigram model of a text of four sentences; a sequence has harm 1 where "black"
// comes right before "cat".
func ExampleBuild() {
	text := "The cat sat. The black cat ran. A dog sat. The black dog ran."
	o := corpus.DefaultOptions()
	o.Length, o.Harm = 4, "black cat"
	in, summary, err := corpus.Build(strings.NewReader(text), o)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(summary)
	fmt.Println("tokens     ", strings.Join(in.Tokens(), " "))
	// Output:
	// text        61 bytes, 4 sentences, 18 tokens, 7 distinct words
	// vocabulary  8 tokens, covering 100.0% of the text
	// model       order 2, 8 contexts, smoothing 0
	// harm        black cat (automaton of 3 states)
	// recovery    .
	// process     length 4, up to 5 states in a layer, 17 edges in 4 distinct layers
	// tokens      . the black cat dog ran sat a
}
