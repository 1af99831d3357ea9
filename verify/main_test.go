package verify

import (
	"os"
	"testing"

	"sounding/internal/gc"
)

func TestMain(m *testing.M) {
	gc.Relax()
	os.Exit(m.Run())
}
