package main

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"sounding/model"
)

// csv writes the numbers of the profile, and of the tuned policy if there is one, a row for each position.
func (p *profile) csv(out io.Writer) error {
	header := []string{"t"}
	rows := make([][]string, len(p.Positions))
	for i := range p.Positions {
		rows[i] = []string{strconv.Itoa(i + 1)}
		for _, q := range model.Quantities(&p.Positions[i]) {
			if i == 0 {
				header = append(header, q.Name)
			}
			rows[i] = append(rows[i], cell(plotted(*q.Value)))
		}
	}
	if p.extras.tuned != nil {
		header = append(header, "tuned_kl", "tuned_recovery")
		for i, r := range p.extras.tuned {
			rows[i] = append(rows[i], cell(tunedKL(r)), cell(plotted(r.Recovery)))
		}
	}
	return csv.NewWriter(out).WriteAll(append([][]string{header}, rows...))
}

// cell writes a number of a table for other programs: as many digits as tell it from other float64,
// inf, or nothing where it is not known.
func cell(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case math.IsInf(v, 1):
		return "inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
