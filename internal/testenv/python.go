package testenv

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

var (
	pythonsLock sync.Mutex
	pythons     = make(map[string]string) // by the program that they have to run
)

// Python returns the path of an interpreter that has the modules, and skips the test where
// there is none.
func Python(t testing.TB, modules ...string) string {
	t.Helper()
	found := FindPython(modules...)
	if found == "" {
		t.Skipf("no python3 from 3.8 on with %q here", modules)
	}
	return found
}

// FindPython returns the path of an interpreter that has the modules, and "" where there is none.
// It is that of the interpreter itself: the script of a version manager that looks for it takes
// seven times as long to start.
func FindPython(modules ...string) string {
	pythonsLock.Lock()
	defer pythonsLock.Unlock()
	program := "import sys; assert sys.version_info >= (3, 8); from importlib.util import find_spec"
	for _, m := range modules {
		program += fmt.Sprintf("; assert find_spec(%q)", m) // to import it may take seconds
	}
	program += "; print(sys.executable)"
	found, tried := pythons[program]
	if !tried {
		for _, name := range []string{"python3", "/usr/bin/python3"} {
			if path, err := exec.Command(name, "-c", program).Output(); err == nil {
				found = strings.TrimSpace(string(path))
				break
			}
		}
		pythons[program] = found
	}
	return found
}
