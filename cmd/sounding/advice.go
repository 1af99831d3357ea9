package main

import (
	"fmt"
	"strings"
)

// readers say which command reads files of a format.
var readers = []struct{ format, advice string }{
	{"sounding/instance/", "it is an instance, which sounding analyze FILE and sounding verify --instance FILE read"},
	{"sounding/counterexample/", "it is a counterexample, which sounding replay FILE reads"},
	{"sounding/gate-failure/", "it is a failure of a solver, which sounding gate --instance FILE reads"},
	{"sounding/report/", "it is a report, a result that no command reads"},
	{"sounding/analysis/", "it is an analysis, a result that no command reads"},
}

// advised adds to the error about a file of another format which command reads that.
func advised(err error) error {
	for _, r := range readers {
		if strings.Contains(err.Error(), `/format: "`+r.format) {
			return fmt.Errorf("%w; %s", err, r.advice)
		}
	}
	return err
}
