package theorems

import (
	"testing"

	"sounding/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Run(m, 100) }
