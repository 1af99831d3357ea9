package gate

import (
	"errors"
	"fmt"
	"testing"
)

func TestTally(t *testing.T) {
	t.Parallel()
	var got Tally
	got.note(true, 2, 0.5)
	got.note(false, 0, 0)
	got.note(true, 3, 0.25)
	if want := (Tally{Instances: 3, Nonzero: 2, Undecided: 5, Worst: 0.5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Of each kind of unusable answers the first is reported, and of so many kinds.
func TestFirstOfKind(t *testing.T) {
	t.Parallel()
	itself := func(err error) error { return err }
	known := []error{errors.New(`"kl": length 2: want 3`), nil, errors.New("no reply\nat 7")}
	for text, want := range map[string]bool{
		`"kl": length 5: want 4`:      false, // but for its numbers the same
		`"entropy": length 1: want 2`: false,
		"no reply\nat all":            false,
		"a reply\nat 7":               true,
		`"kl": missing`:               true,
	} {
		if got := firstOfKind(errors.New(text), known, itself); got != want {
			t.Errorf("%q: reported %v, want %v", text, got, want)
		}
	}
	for kinds := range maxUnusable + 1 {
		var list []error
		for i := range kinds {
			list = append(list, fmt.Errorf("kind %c", 'a'+i))
		}
		if got, want := firstOfKind(errors.New("another"), list, itself), kinds < maxUnusable; got != want {
			t.Errorf("after %d kinds: reported %v, want %v", kinds, got, want)
		}
	}
}
