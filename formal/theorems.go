// Package formal is the theory in Coq: the statements as theorems for every
// vocabulary and every length. The proofs are in the .v files; this package reads
// the list of the theorems that stand for claims.
package formal

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed *.v theorems.txt statements.txt
var files embed.FS

// Theorem is a line of theorems.txt: a theorem of Coq that stands for a claim.
type Theorem struct {
	Statement  string // the id of the statement, such as thm-8
	File, Name string // Name is the name of the theorem in File
	Reals      bool   // it rests on the axioms of the real numbers, else on none
	Claim      string
	Hypotheses string
}

// Title returns the theorem's name with that of its file, such as Horizon.horizon.
func (t Theorem) Title() string { return strings.TrimSuffix(t.File, "v") + t.Name }

// Named returns the first line of the list about the theorem with the given title.
func Named(title string) (Theorem, bool) {
	for _, t := range all() {
		if t.Title() == title {
			return t, true
		}
	}
	return Theorem{}, false
}

// Theorems returns the list, in its order.
func Theorems() ([]Theorem, error) {
	text, err := files.ReadFile("theorems.txt")
	if err != nil {
		return nil, err
	}
	return parse(string(text))
}

// Of returns the theorems that stand for claims of the statement with the given id.
func Of(id string) []Theorem {
	var list []Theorem
	for _, t := range all() {
		if t.Statement == id {
			list = append(list, t)
		}
	}
	return list
}

var all = sync.OnceValue(func() []Theorem {
	list, err := Theorems()
	if err != nil {
		panic("formal: " + err.Error()) // the list is part of the program
	}
	return list
})

func parse(text string) ([]Theorem, error) {
	var list []Theorem
	for i, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fail := func(format string, args ...any) error {
			return fmt.Errorf("theorems.txt:%d: %s", i+1, fmt.Sprintf(format, args...))
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 5 {
			return nil, fail("%d fields: want 5, separated by tabs", len(fields))
		}
		file, name, ok := strings.Cut(fields[1], ".")
		if !ok {
			return nil, fail("theorem %q: want file.name", fields[1])
		}
		if fields[2] != "none" && fields[2] != "reals" {
			return nil, fail("axioms %q: want none or reals", fields[2])
		}
		list = append(list, Theorem{
			Statement: fields[0], File: file + ".v", Name: name,
			Reals: fields[2] == "reals", Claim: fields[3], Hypotheses: fields[4],
		})
	}
	return list, nil
}

// Source returns the theorem as its file states it, with the comment directly above
// it, which says where the paper has it. The variables and hypotheses of the section are not repeated.
func (t Theorem) Source() (string, error) {
	text, err := files.ReadFile(t.File)
	if err != nil {
		return "", fmt.Errorf("%s.%s: %w", t.File, t.Name, err)
	}
	before, after, ok := strings.Cut(string(text), "\nTheorem "+t.Name+" ")
	if !ok {
		return "", fmt.Errorf("%s: no theorem %s", t.File, t.Name)
	}
	statement, _, _ := strings.Cut(after, "\nProof.")
	comment := before[strings.LastIndex(before, "\n\n")+2:]
	if !strings.HasPrefix(comment, "(**") || !strings.HasSuffix(comment, "*)") {
		return "", fmt.Errorf("%s: no comment directly above theorem %s", t.File, t.Name)
	}
	return comment + "\nTheorem " + t.Name + " " + strings.TrimSpace(statement), nil
}

// Type returns what the theorem says in full, with the variables and hypotheses of
// its section, as Coq prints it: its part of statements.txt, which check.sh compares.
func (t Theorem) Type() (string, error) {
	text, err := files.ReadFile("statements.txt")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"@" + t.Name, t.Name, "@" + strings.TrimSuffix(t.File, "v") + t.Name} {
		_, after, ok := strings.Cut("\n"+string(text), "\n"+name+"\n     : ")
		if !ok {
			continue
		}
		lines := strings.Split(after, "\n")
		n := 1
		for n < len(lines) && strings.HasPrefix(lines[n], " ") {
			n++
		}
		return strings.Join(lines[:n], "\n"), nil
	}
	return "", fmt.Errorf("statements.txt: no theorem %s", t.Name)
}
