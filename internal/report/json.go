package report

import (
	"io"
	"math"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/exact/field"
	"sounding/formal"
	"sounding/generators"
	"sounding/verify"
)

// ReportFormat names the file format of a report.
const ReportFormat = "sounding/report/1"

// reportFile is the file form of a report.
type reportFile struct {
	Format  string         `json:"format"`
	Version string         `json:"version"`
	Seed    uint64         `json:"seed"`
	Effort  int            `json:"effort"`
	Partial bool           `json:"partial,omitzero"` // interrupted before all checks had run
	Classes map[string]int `json:"classes,omitzero"`
	Shard   *Shard         `json:"shard,omitzero"`
	Entries []entryFile    `json:"entries"`
}

type entryFile struct {
	ID             string               `json:"id"`
	Title          string               `json:"title"`
	Section        string               `json:"section"`
	Kind           verify.Kind          `json:"kind"`
	Verdict        verify.Verdict       `json:"verdict"`
	Sentence       *Sentence            `json:"sentence,omitzero"`
	Twins          []string             `json:"twins,omitzero"`
	Falsified      bool                 `json:"falsified"`
	Grade          verify.Grade         `json:"grade"`
	Claims         []claimFile          `json:"claims"`
	Cases          map[verify.Grade]int `json:"cases"`
	Vacuous        int                  `json:"vacuous"`
	Empty          int                  `json:"empty"`
	UndecidedCases int                  `json:"undecided_cases"`
	Comparisons    int                  `json:"comparisons"`
	Precisions     field.Rungs          `json:"precisions,omitzero"`
	Inequalities   []comparisonFile     `json:"inequalities"`
	Classes        map[string]int       `json:"classes,omitzero"`
	Certificates   []certificateFile    `json:"certificates"`
	Proofs         []verify.Proof       `json:"proofs"`
	Violation      string               `json:"violation,omitzero"`
	Panic          string               `json:"panic,omitzero"`
	Undecided      string               `json:"undecided,omitzero"`
	Counterexample *verify.Stored       `json:"counterexample,omitzero"`
	Kernel         []kernelFile         `json:"kernel"` // theorems in Coq
	NearMisses     []nearMissFile       `json:"near_misses"`
	Here           *hereFile            `json:"on_instance,omitzero"` // of a run on one instance
}

// hereFile says what was found on the one instance of a run.
type hereFile struct {
	AsWorded verify.Finding `json:"as_worded"`
	Repair   verify.Finding `json:"repair,omitzero"` // of a refuted statement
	Reasons  []string       `json:"reasons,omitzero"`
}

// claimFile is the evidence of one claim.
type claimFile struct {
	Formula          string           `json:"formula"`
	Hypotheses       []string         `json:"hypotheses,omitzero"`
	Grade            verify.Grade     `json:"grade"`
	Kernel           []string         `json:"kernel,omitzero"` // theorems in Coq that prove the claim, as File.name
	Also             bool             `json:"also,omitzero"`   // another check of the claim before it
	Tried            int              `json:"tried"`
	Compared         int              `json:"compared"`
	Vacuous          int              `json:"vacuous"`
	Families         int              `json:"families,omitzero"`
	FamiliesCompared int              `json:"families_compared,omitzero"`
	Points           int              `json:"points,omitzero"`
	ProvedShapes     int              `json:"proved_shapes,omitzero"`
	CertifiedShapes  int              `json:"certified_shapes,omitzero"`
	Comparisons      []comparisonFile `json:"comparisons"`
}

// comparisonFile counts the comparisons under one formula.
type comparisonFile struct {
	Claim       string   `json:"claim"`
	Cases       int      `json:"cases"`
	Comparisons int      `json:"comparisons"`
	Trivial     int      `json:"trivial"` // of zero with zero
	Agreed      int      `json:"agreed,omitzero"`
	Equal       int      `json:"equal"`
	LeastSlack  *float64 `json:"least_slack,omitzero"` // nil if there is none
}

// kernelFile is a theorem in Coq that stands for a claim, for every vocabulary and length.
type kernelFile struct {
	Claim      string `json:"claim"`
	Theorem    string `json:"theorem"` // file.name
	Reals      bool   `json:"reals"`   // whether it rests on the axioms of the real numbers; else on none
	Hypotheses string `json:"hypotheses"`
}

type certificateFile struct {
	Shape      verify.Shape `json:"shape"`
	Degree     int          `json:"degree"`
	HeightLog2 float64      `json:"height_log2"`
	Prime      uint64       `json:"prime"`  // the least of the primes
	Primes     []uint64     `json:"primes"` // whose product exceeds the height
	Trials     int          `json:"trials"` // for each prime
	Bound      float64      `json:"bound"`  // (degree/prime)^trials
	Recovery   []int        `json:"recovery,omitempty"`
}

type nearMissFile struct {
	Description    string         `json:"description"`
	Drops          string         `json:"drops,omitzero"`
	Refuted        bool           `json:"refuted"`
	Checks         int            `json:"checks"`
	Counterexample *verify.Stored `json:"counterexample,omitzero"`
}

// JSON writes the report of a shard, or of a whole verification where s is nil, for programs:
// per entry the verdict, the cases tried at each grade, the claims with their evidence, the
// counterexample and the near-misses.
func JSON(w io.Writer, r *verify.Report, s *Shard) error {
	file := reportFile{Shard: s, Format: ReportFormat, Version: Version, Seed: r.Seed, Effort: r.Effort, Partial: r.Partial, Classes: named(r.Classes)}
	for _, e := range r.Entries {
		file.Entries = append(file.Entries, newEntryFile(r, e))
	}
	return WriteJSON(w, &file)
}

// WriteJSON writes an indented JSON document and the end of its last line.
func WriteJSON(w io.Writer, v any) error {
	text, err := json.Marshal(v, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

func newEntryFile(r *verify.Report, e *verify.Entry) entryFile {
	s := e.Statement
	f := entryFile{
		ID: s.ID, Title: s.Title, Section: s.Section, Kind: s.Relation(), Sentence: SentenceOf(s), Twins: TwinsOf(s),
		Verdict: e.Verdict, Falsified: e.Falsified(), Grade: e.Grade, Cases: make(map[verify.Grade]int),
		Vacuous: e.VacuousCases, Empty: e.EmptyCases, UndecidedCases: e.UndecidedCases,
		Comparisons: e.Comparisons, Precisions: e.Precisions, Classes: named(e.Classes),
		Undecided: e.Undecided, Counterexample: stored(r, s, "", e.Counterexample),
	}
	if f.Sentence != nil && r.Classes != nil {
		f.Sentence.Verdict = r.Standing(e)
	}
	if e.Given != nil {
		f.Here = &hereFile{AsWorded: e.AsWorded().Finding(), Reasons: why(e)}
		if s.Refuted != nil {
			f.Here.Repair = e.Finding()
		}
	}
	if e.Violation != nil {
		f.Violation = e.Violation.Error()
	}
	if e.Panic != nil {
		f.Panic = e.Panic.Error()
	}
	for i := range e.Claims {
		c := &e.Claims[i]
		f.Claims = append(f.Claims, newClaimFile(c))
		g := c.Check.CaseGrade()
		f.Cases[g] = max(f.Cases[g], c.Tried)
		f.Proofs = append(f.Proofs, c.Proofs...)
		for _, q := range c.Certificates {
			f.Certificates = append(f.Certificates, newCertificateFile(q))
		}
	}
	for _, q := range e.Tallies {
		if q.Inequality {
			f.Inequalities = append(f.Inequalities, newComparisonFile(q))
		}
	}
	for _, t := range formal.Of(s.ID) {
		f.Kernel = append(f.Kernel, kernelFile{t.Claim, t.Title(), t.Reals, t.Hypotheses})
	}
	for _, m := range e.NearMisses {
		f.NearMisses = append(f.NearMisses, nearMissFile{
			Description: m.Falsehood.Name, Drops: m.Falsehood.Drops, Refuted: m.Refuted(), Checks: m.Cases,
			Counterexample: stored(r, s, m.Falsehood.Name, m.Counterexample),
		})
	}
	return f
}

func newClaimFile(c *verify.Evidence) claimFile {
	f := claimFile{
		Formula: c.Formula, Hypotheses: c.Claim.Hypotheses, Grade: c.Grade, Kernel: c.Claim.Kernel, Also: c.Also,
		Tried: c.Tried, Compared: c.Compared, Vacuous: c.Vacuous, Families: c.Families, FamiliesCompared: c.FamiliesCompared,
		Points: c.Points, ProvedShapes: len(c.Proofs), CertifiedShapes: len(c.Certificates),
	}
	for _, q := range c.Tallies {
		f.Comparisons = append(f.Comparisons, newComparisonFile(q))
	}
	return f
}

func newComparisonFile(q verify.Tally) comparisonFile {
	f := comparisonFile{Claim: q.Formula, Cases: q.Cases, Comparisons: q.Comparisons, Trivial: q.Trivial, Agreed: q.Agreed, Equal: q.Equal}
	if q.Inequality && !math.IsInf(q.Least, 1) {
		f.LeastSlack = &q.Least
	}
	return f
}

func newCertificateFile(c verify.Certificate) certificateFile {
	least := slices.Min(c.Primes)
	return certificateFile{
		Shape: c.Shape, Degree: c.Degree, HeightLog2: c.HeightLog2, Prime: least, Primes: c.Primes, Trials: c.Trials,
		Bound: math.Pow(float64(c.Degree)/float64(least), float64(c.Trials)), Recovery: c.Recovery,
	}
}

// named returns the counts of classes by their names.
func named(classes verify.Classes) map[string]int {
	if classes == nil {
		return nil
	}
	m := make(map[string]int)
	for _, c := range generators.Classes() {
		m[c.String()] = classes[c]
	}
	return m
}

// stored returns a counterexample as it is stored, or nil.
func stored(r *verify.Report, s *verify.Statement, miss string, c *verify.Counterexample) *verify.Stored {
	if c == nil {
		return nil
	}
	return &verify.Stored{Statement: s.ID, NearMiss: miss, Seed: r.Seed, Counterexample: *c}
}
