package model_test

import (
	"testing"

	"sounding/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Run(m, 300) }
