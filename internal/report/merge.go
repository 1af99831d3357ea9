package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
	"sounding/verify"
)

// Shard says which part of a verification a report is about.
type Shard struct {
	Index   int      `json:"index"` // from 1 to Of
	Of      int      `json:"of"`
	Entries []string `json:"entries"` // of all parts, in the order of the whole report
	Own     []string `json:"own"`     // of this part
}

// NewShard returns part index of the given number of parts of all, with the statements
// that it is about. Entries about one sentence of the paper are in one part, because the
// verdict on the sentence depends on them all.
func NewShard(index, of int, all []*verify.Statement) (*Shard, []*verify.Statement) {
	s := &Shard{Index: index, Of: of}
	var own []*verify.Statement
	group := make(map[string]int)
	for _, o := range all {
		root := o.ID
		if o.Twin != "" {
			root = o.Twin
		}
		if _, ok := group[root]; !ok {
			group[root] = len(group)
		}
		s.Entries = append(s.Entries, o.ID)
		if group[root]%of == index-1 {
			own = append(own, o)
			s.Own = append(s.Own, o.ID)
		}
	}
	return s, own
}

// shardFile is a report with its entries as they are written.
type shardFile struct {
	Format  reportFormat     `json:"format" want:"\"sounding/report/1\""`
	Version string           `json:"version"`
	Seed    uint64           `json:"seed"`
	Effort  int              `json:"effort"`
	Partial bool             `json:"partial,omitzero"`
	Classes jsontext.Value   `json:"classes,omitzero"`
	Shard   *Shard           `json:"shard,omitzero"`
	Entries []jsontext.Value `json:"entries"`
}

// reportFormat is the name of the format.
type reportFormat string

// UnmarshalJSONFrom refuses any other format, before it meets a key that is unknown here.
func (f *reportFormat) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*f = ReportFormat
	_, err := strict.Constant(dec, ReportFormat)
	return err
}

// maxReport bounds the bytes of a report.
const maxReport = 1 << 28

// Merged is the report that the reports of all shards make.
type Merged struct {
	file     shardFile
	Verdicts []EntryVerdict // in the order of the report
}

// EntryVerdict is what a report says of an entry.
type EntryVerdict struct {
	ID        string         `json:"id"`
	Verdict   verify.Verdict `json:"verdict"`
	Falsified bool           `json:"falsified"`
}

// Merger gathers the reports of shards.
type Merger struct {
	first string // name of the first report
	whole shardFile
	from  map[int]string // names by index
	entry map[string]jsontext.Value
}

// Add adds the report of a shard, which is called name in errors.
func (m *Merger) Add(name string, r io.Reader) error {
	var f shardFile
	if err := strict.Read(r, maxReport, &f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	switch s := f.Shard; {
	case s == nil:
		return fmt.Errorf("%s: the report of a whole verification, want that of a shard", name)
	case f.Partial:
		return fmt.Errorf("%s: of a run that was interrupted, want it complete", name)
	case s.Of < 1 || s.Index < 1 || s.Index > s.Of:
		return fmt.Errorf("%s: shard %d of %d: want 1 to the number of shards", name, s.Index, s.Of)
	case len(s.Own) != len(f.Entries):
		return fmt.Errorf("%s: %d entries, want %d", name, len(f.Entries), len(s.Own))
	}
	if m.from == nil {
		m.first, m.whole = name, f
		m.from, m.entry = make(map[int]string), make(map[string]jsontext.Value)
	}
	if err := m.whole.fits(&f); err != nil {
		return fmt.Errorf("%s and %s are not of one verification: %w", m.first, name, err)
	}
	if other, ok := m.from[f.Shard.Index]; ok {
		return fmt.Errorf("%s and %s are both shard %d of %d", other, name, f.Shard.Index, f.Shard.Of)
	}
	m.from[f.Shard.Index] = name
	for i, id := range f.Shard.Own {
		if !slices.Contains(m.whole.Shard.Entries, id) || m.entry[id] != nil {
			return fmt.Errorf("%s: entry %s: want entries of the whole, each in one shard", name, strict.Quote(id))
		}
		m.entry[id] = f.Entries[i]
	}
	return nil
}

// fits says in what two shards differ that should agree.
func (f *shardFile) fits(g *shardFile) error {
	for _, c := range []struct {
		what      string
		ours, its any
	}{
		{"version", f.Version, g.Version},
		{"seed", f.Seed, g.Seed},
		{"effort", f.Effort, g.Effort},
		{"number of shards", f.Shard.Of, g.Shard.Of},
		{"entries", strings.Join(f.Shard.Entries, " "), strings.Join(g.Shard.Entries, " ")},
		{"classes", string(f.Classes), string(g.Classes)},
	} {
		if c.ours != c.its {
			return fmt.Errorf("%s %s and %s", c.what, strict.Clip(fmt.Sprint(c.ours), 60), strict.Clip(fmt.Sprint(c.its), 60))
		}
	}
	return nil
}

// Merge returns the whole report, or an error that names the shards that are missing.
func (m *Merger) Merge() (*Merged, error) {
	s := m.whole.Shard
	var lost []string
	for i := 1; i <= s.Of; i++ {
		if m.from[i] == "" {
			lost = append(lost, fmt.Sprint(i))
		}
	}
	out := &Merged{file: m.whole}
	out.file.Shard, out.file.Entries = nil, nil
	var without []string
	for _, id := range s.Entries {
		text := m.entry[id]
		if text == nil {
			without = append(without, id)
			continue
		}
		var v EntryVerdict
		if err := json.Unmarshal(text, &v); err != nil || v.ID != id {
			return nil, fmt.Errorf("entry %s: not what its shard says it is", id)
		}
		out.Verdicts = append(out.Verdicts, v)
		out.file.Entries = append(out.file.Entries, text)
	}
	if len(lost) > 0 {
		return nil, fmt.Errorf("no report of shard %s of %d, which has %s", strings.Join(lost, ", "), s.Of, strings.Join(without, ", "))
	}
	if len(without) > 0 {
		return nil, fmt.Errorf("no shard has %s", strings.Join(without, ", "))
	}
	return out, nil
}

// Write writes the report as JSON does that of the whole verification.
func (m *Merged) Write(w io.Writer) error { return WriteJSON(w, &m.file) }
