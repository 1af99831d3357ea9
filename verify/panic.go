package verify

import (
	"fmt"
	"runtime/debug"

	"sounding/model"
)

// Panic is a panic of a check. It is a mistake in the suite, whatever the case is.
type Panic struct {
	Statement string      // id
	Claim     string      // the last that was compared before; "" if there was none
	Case      *model.Case // nil at a free point
	Value     any         // what the check panicked with
	Stack     string
}

// Error returns the panic as one sentence, without the stack.
func (p *Panic) Error() string {
	after := ""
	if p.Claim != "" {
		after = " after comparing " + p.Claim
	}
	return fmt.Sprintf("a check of %s panicked%s: %v", p.Statement, after, p.Value)
}

// guarded returns the result of f, a check of the statement with the given id, which may
// panic.
func guarded(id string, f func() Result) (r Result) {
	defer func() {
		if v := recover(); v != nil {
			p, ok := v.(*Panic)
			if !ok {
				p = &Panic{Value: v, Stack: string(debug.Stack())}
			}
			p.Statement = id
			r = Result{Panic: p}
		}
	}()
	return f()
}
