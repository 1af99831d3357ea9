package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// TestGenerated: the file is what is written today.
func TestGenerated(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir("..")
	t.Setenv("GOARCH", "amd64") // which enter sets; it is restored afterwards
	if err := enter(); err != nil {
		t.Fatal(err)
	}
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(output); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: go generate ./numeric (%v)", output, err)
	}
}

func TestOnlyAVX2(t *testing.T) {
	t.Parallel()
	for live := 16; live <= 17; live++ {
		a := assembler{build.NewContext(), make(map[string]operand.Mem)}
		a.Function("sum")
		x := make([]vector, live)
		for i := range x {
			x[i] = a.zero()
		}
		for _, y := range x[1:] {
			a.VADDPD(y, x[0], x[0])
		}
		a.RET()
		f, err := a.Result()
		if err != nil {
			t.Fatal(err)
		}
		_, err = compile(f)
		if refused := err != nil && strings.Contains(err.Error(), "AVX-512"); refused != (live > 16) {
			t.Errorf("%d vectors at a time: %v", live, err)
		}
	}
}
