package strict

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Error says what is wrong at one place of a JSON text.
type Error struct {
	Pointer string // empty for the whole text
	Problem string
	ends    bool // what follows cannot be read
}

func (e *Error) Error() string {
	if e.Pointer == "" {
		return e.Problem
	}
	pointer := strconv.QuoteToGraphic(Clip(e.Pointer, 200))
	return pointer[1:len(pointer)-1] + ": " + e.Problem
}

// Errorf returns an Error at the given place.
func Errorf(pointer, format string, args ...any) error {
	return &Error{Pointer: pointer, Problem: fmt.Sprintf(format, args...)}
}

// Within returns err, if there is one, with its places taken relative to pointer.
func Within(pointer string, err error) error {
	if err == nil {
		return nil
	}
	if list, ok := errors.AsType[*Errors](err); ok {
		return list.each(func(e error) error { return Within(pointer, e) })
	}
	if p, ok := errors.AsType[*Error](err); ok {
		return &Error{Pointer: pointer + p.Pointer, Problem: p.Problem, ends: p.ends}
	}
	return &Error{Pointer: pointer, Problem: err.Error()}
}

// mostErrors is how many errors of one text are kept.
const mostErrors = 5

// Errors are what is wrong at several places of a text.
type Errors struct {
	List []error // the first of them
	More int     // how many there are besides
}

func (e *Errors) Error() string {
	var b strings.Builder
	for i, err := range e.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(err.Error())
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\nand %d more", e.More)
	}
	return b.String()
}

// Add adds an error, or those of which it consists; nil is none.
func (e *Errors) Add(err error) {
	if list, ok := errors.AsType[*Errors](err); ok {
		for _, err := range list.List {
			e.Add(err)
		}
		e.More += list.More
		return
	}
	switch {
	case err == nil:
	case len(e.List) < mostErrors:
		e.List = append(e.List, err)
	default:
		e.More++
	}
}

// Labelled returns err, if there is one, with a label before each error of which it consists.
func Labelled(label string, err error) error {
	if err == nil {
		return nil
	}
	labelled := func(e error) error { return fmt.Errorf("%s: %w", label, e) }
	if list, ok := errors.AsType[*Errors](err); ok {
		return list.each(labelled)
	}
	return labelled(err)
}

func (e *Errors) each(f func(error) error) *Errors {
	made := &Errors{More: e.More}
	for _, err := range e.List {
		made.List = append(made.List, f(err))
	}
	return made
}

// Err returns nil where there is no error, and the error itself where there is one.
func (e *Errors) Err() error {
	switch len(e.List) {
	case 0:
		return nil
	case 1:
		return e.List[0]
	}
	return e
}

// Unwrap returns the errors.
func (e *Errors) Unwrap() []error { return e.List }

// wrongValue reports whether an error is about a value, behind which reading can go on.
func wrongValue(err error) bool {
	if list, ok := errors.AsType[*Errors](err); ok {
		return wrongValue(list.List[len(list.List)-1])
	}
	e, ok := errors.AsType[*Error](err)
	return ok && !e.ends
}
