package exact_test

import (
	"testing"

	"sounding/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Run(m, 100) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
