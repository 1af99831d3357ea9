package mutation

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// edit replaces the text lo…hi of a file.
type edit struct {
	lo, hi int
	text   string
	region *region
}

// region is a part of a file that is rewritten with all its mutants.
type region struct {
	kind   kind
	lo, hi int

	// The variables that a statement declares, and where its := is.
	declare []string
	define  int

	valueType string // of a value

	mutants  []*Mutant // the chosen ones, while the file is written
	children []*region
}

type kind int8

const (
	statement kind = iota // a statement without a block of its own
	jump                  // break or continue
	condition             // a boolean expression
	value                 // an integer expression without side effects
	insertion             // the end of a line, of no width
)

// silent are functions whose result is for readers only.
var silent = []string{"String", "GoString", "Error", "Format"}

// finder collects the mutants of one function.
type finder struct {
	*source
	function string
	ordinals map[string]int
	mutants  []*Mutant
}

// Find returns all mutants of the files, without tests, in folders of the module at root.
func Find(root string, folders ...string) ([]*Mutant, error) {
	sources, err := load(root, folders...)
	if err != nil {
		return nil, err
	}
	var all []*Mutant
	for _, s := range sources {
		all = append(all, s.find()...)
	}
	return all, nil
}

func (s *source) find() []*Mutant {
	var all []*Mutant
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil || slices.Contains(silent, f.Name.Name) {
			continue
		}
		name := f.Name.Name
		if f.Recv != nil {
			receiver := strings.TrimLeft(s.at(f.Recv.List[0].Type), "*")
			receiver, _, _ = strings.Cut(receiver, "[")
			name = receiver + "." + name
		}
		w := &finder{source: s, function: name, ordinals: make(map[string]int)}
		w.block(f.Body.List)
		all = append(all, w.mutants...)
	}
	return all
}

func (w *finder) add(operator string, r *region, lo, hi int, text string) {
	w.ordinals[operator]++
	w.mutants = append(w.mutants, &Mutant{
		File: w.path, Line: 1 + bytes.Count(w.text[:lo], []byte("\n")), Function: w.function, Operator: operator, Ordinal: w.ordinals[operator],
		Original: oneLine(string(w.text[lo:hi])), Mutated: oneLine(text),
		edit: edit{lo, hi, text, r},
	})
}

// longest is the length that a text is cut to when it is shown.
const longest = 120

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return s
}

func (w *finder) newRegion(k kind, n ast.Node) *region {
	return &region{kind: k, lo: w.offset(n.Pos()), hi: w.offset(n.End())}
}

func (w *finder) block(list []ast.Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

func (w *finder) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		w.block(s.List)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt)
	case *ast.IfStmt:
		w.ifStmt(s)
	case *ast.ForStmt:
		w.forStmt(s)
	case *ast.RangeStmt:
		w.value(s.X)
		w.closures(s.X)
		w.block(s.Body.List)
	case *ast.SwitchStmt:
		w.closures(s.Init)
		w.clauses(s.Body, s.Tag == nil)
	case *ast.TypeSwitchStmt:
		w.clauses(s.Body, false)
	case *ast.SelectStmt:
		w.clauses(s.Body, false)
	case *ast.BranchStmt:
		if s.Tok == token.BREAK || s.Tok == token.CONTINUE {
			w.drop(w.newRegion(jump, s))
		}
	case *ast.AssignStmt:
		w.assignment(s)
		w.closures(s)
	case *ast.IncDecStmt:
		w.drop(w.newRegion(statement, s))
	case *ast.ExprStmt:
		if w.message(s.X) {
			return
		}
		r := w.newRegion(statement, s)
		w.drop(r)
		w.expressions(r, s.X)
		w.closures(s)
	case *ast.ReturnStmt:
		r := w.newRegion(statement, s)
		for _, e := range s.Results {
			w.expressions(r, e)
		}
		w.closures(s)
	default:
		w.closures(s)
	}
}

func (w *finder) ifStmt(s *ast.IfStmt) {
	w.closures(s.Init)
	w.condition(s.Cond, true)
	w.block(s.Body.List)
	if s.Else != nil {
		w.stmt(s.Else)
	}
}

func (w *finder) forStmt(s *ast.ForStmt) {
	if a, ok := s.Init.(*ast.AssignStmt); ok {
		for _, e := range a.Rhs {
			w.value(e)
		}
	}
	if s.Cond != nil {
		w.condition(s.Cond, false)
	}
	w.block(s.Body.List)
}

// clauses continues in the clauses of a switch or a select, and in their conditions where
// they have any.
func (w *finder) clauses(body *ast.BlockStmt, conditions bool) {
	for _, s := range body.List {
		switch c := s.(type) {
		case *ast.CaseClause:
			for _, e := range c.List {
				if conditions {
					w.condition(e, true)
				}
			}
			w.block(c.Body)
		case *ast.CommClause:
			w.block(c.Body)
		}
	}
}

// opposite are the assignments that change places.
var opposite = map[token.Token]string{token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+=", token.MUL_ASSIGN: "/=", token.QUO_ASSIGN: "*="}

func (w *finder) assignment(s *ast.AssignStmt) {
	r := w.newRegion(statement, s)
	defines := s.Tok == token.DEFINE
	if defines && !w.hoist(r, s) {
		return
	}
	if !defines || !w.zeros(s.Rhs) {
		w.drop(r)
	}
	for _, e := range slices.Concat(s.Lhs, s.Rhs) {
		w.expressions(r, e)
	}
	if text := opposite[s.Tok]; text != "" && w.numeric(s.Lhs[0]) {
		lo := w.offset(s.TokPos)
		w.add("arithmetic", r, lo, lo+len(text), text)
	}
}

func (w *finder) drop(r *region) { w.add("drop", r, r.lo, r.hi, "") }

// zeros reports whether all expressions are zeros of their types, which variables are
// anyway.
func (w *finder) zeros(list []ast.Expr) bool {
	for _, e := range list {
		v := w.info.Types[e].Value
		if v == nil || v.ExactString() != "0" && v.ExactString() != `""` && v.ExactString() != "false" {
			return false
		}
	}
	return true
}

// closures continues in the function literals of n, which may be nil.
func (w *finder) closures(n ast.Node) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncLit); ok {
			w.block(f.Body.List)
			return false
		}
		return true
	})
}

// hoist prepares a statement with := to be written as declarations and assignments. It
// returns false if a type has no name here, or if the right side reads a variable that the
// left side hides.
func (w *finder) hoist(r *region, s *ast.AssignStmt) bool {
	r.define = w.offset(s.TokPos)
	hidden := make(map[string]bool)
	for _, e := range s.Lhs {
		id, ok := e.(*ast.Ident)
		if !ok {
			return false
		}
		v := w.info.Defs[id]
		if v == nil || id.Name == "_" {
			continue
		}
		text, ok := w.typeText(v.Type())
		if !ok {
			return false
		}
		hidden[id.Name] = true
		r.declare = append(r.declare, fmt.Sprintf("var %s %s", id.Name, text))
	}
	reads := false
	for _, e := range s.Rhs {
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && hidden[id.Name] {
				reads = true
			}
			return true
		})
	}
	return !reads
}

// typeText returns how a type is written in the file.
func (w *finder) typeText(t types.Type) (text string, ok bool) {
	ok = true
	text = types.TypeString(t, func(p *types.Package) string {
		if p == w.pkg {
			return ""
		}
		for _, i := range w.file.Imports {
			if strings.Trim(i.Path.Value, `"`) == p.Path() {
				if i.Name != nil {
					return i.Name.Name
				}
				return p.Name()
			}
		}
		ok = false
		return p.Name()
	})
	return text, ok
}

func (w *finder) condition(e ast.Expr, deny bool) {
	r := w.newRegion(condition, e)
	before := len(w.mutants)
	w.expressions(r, e)
	if deny && !w.aboutNil(e) && (len(w.mutants) > before || !isNot(e)) {
		w.add("negate", r, r.lo, r.hi, "!("+w.at(e)+")")
	}
	w.closures(e)
}

func isNot(e ast.Expr) bool {
	u, ok := e.(*ast.UnaryExpr)
	return ok && u.Op == token.NOT
}

// value adds the mutants of an expression that can be evaluated twice: an integer
// without calls or indices.
func (w *finder) value(e ast.Expr) {
	b, ok := w.info.Types[e].Type.Underlying().(*types.Basic)
	if !ok || b.Info()&types.IsInteger == 0 {
		return
	}
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr, *ast.SliceExpr, *ast.FuncLit, *ast.StarExpr:
			pure = false
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); !ok || id.Name != "len" && id.Name != "min" && id.Name != "max" {
				pure = pure && w.niladic(n)
			}
		case *ast.BinaryExpr:
			pure = pure && n.Op != token.QUO && n.Op != token.REM
		}
		return true
	})
	if !pure {
		return
	}
	r := w.newRegion(value, e)
	t := w.info.Types[e].Type
	if b.Info()&types.IsUntyped != 0 {
		t = types.Typ[types.Int]
	}
	if r.valueType, ok = w.typeText(t); ok {
		w.expressions(r, e)
	}
}

// niladic reports whether a call is of a method without arguments, such as Length.
func (w *finder) niladic(c *ast.CallExpr) bool {
	_, ok := c.Fun.(*ast.SelectorExpr)
	return ok && len(c.Args) == 0
}
