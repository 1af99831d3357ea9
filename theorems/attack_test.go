package theorems

import (
	"math/big"
	"testing"
)

// Without a threshold the bound of an attack is looked at in the first positions.
func TestAttackPositions(t *testing.T) {
	t.Parallel()
	a := &attack{gamma: big.NewRat(1, 1)}
	list := a.positions()
	if len(list) < 3 {
		t.Errorf("positions %v, want some", list)
	}
	for i, p := range list {
		if p != int64(i+1) {
			t.Errorf("positions %v, want 1, 2, 3, …", list)
		}
	}
}
