package model

import (
	"errors"
	"fmt"
	"strconv"
)

// placeError says what is wrong at one place of an instance, and what is
// accepted there. The place is a JSON pointer (RFC 6901) into the file form of
// the instance, relative to whatever the function that reports it was given.
type placeError struct{ place, problem string }

func (e *placeError) Error() string {
	if e.place == "" {
		return e.problem
	}
	place := strconv.QuoteToGraphic(clip(e.place, 200))
	return place[1:len(place)-1] + ": " + e.problem
}

func wrong(place, format string, args ...any) error {
	return &placeError{place, fmt.Sprintf(format, args...)}
}

// within returns err, if there is one, with its place taken to be below place.
func within(place string, err error) error {
	if err == nil {
		return nil
	}
	var p *placeError
	if errors.As(err, &p) {
		return &placeError{place + p.place, p.problem}
	}
	return &placeError{place, err.Error()}
}

// clip shortens a text of untrusted length for a message.
func clip[S ~string | ~[]byte](s S, n int) string {
	if len(s) <= n {
		return string(s)
	}
	return fmt.Sprintf("%s… (%d bytes)", string(s[:n]), len(s))
}
