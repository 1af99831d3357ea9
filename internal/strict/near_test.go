package strict_test

import (
	"strings"
	"testing"

	"sounding/internal/strict"
)

func TestMeant(t *testing.T) {
	t.Parallel()
	names := []string{"kl", "kl_gradient", "entropy_gradient", "loss_gradient"}
	for given, want := range map[string]string{
		"loss_gradients":  "; did you mean loss_gradient?",
		"Loss_Gradient":   "; did you mean loss_gradient?",
		"kl_gradeint":     "; did you mean kl_gradient?",
		"k":               "",
		"horizon":         "",
		"":                "",
		"entropy_of_this": "",

		strings.Repeat("kl", 1<<20): "",
	} {
		if got := strict.Meant(given, names); got != want {
			t.Errorf("%.20q: %q, want %q", given, got, want)
		}
	}
}
