package verify

import "sounding/generators"

// Classes counts the cases of each class of package generators, indexed by class. A case
// can be of several. Classes is nil if no cases were counted.
type Classes []int

// add counts a case of the given classes.
func (c *Classes) add(classes []generators.Class) {
	if *c == nil {
		*c = make(Classes, len(generators.Classes()))
	}
	for _, class := range classes {
		(*c)[class]++
	}
}
