package mutation

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// message reports whether e is a call whose arguments a person reads.
func (w *finder) message(e ast.Expr) bool {
	c, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch text := w.at(c.Fun); text {
	case "panic", "fmt.Sprintf", "fmt.Errorf", "fmt.Sprint", "errors.New", "At":
		return true // At names the place that a failure is reported at
	}
	return false
}

// aboutNil reports whether e compares with nil: the errors that it guards against do not
// occur.
func (w *finder) aboutNil(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	return ok && (w.info.Types[b.X].IsNil() || w.info.Types[b.Y].IsNil())
}

func (w *finder) numeric(e ast.Expr) bool {
	t := w.info.Types[e].Type
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

// expressions adds the mutants of e to the region, without those in function literals.
func (w *finder) expressions(r *region, e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		if _, ok := x.(*ast.FuncLit); ok || w.message(x) || w.aboutNil(x) || w.info.Types[x].IsType() {
			return false
		}
		switch x := x.(type) {
		case *ast.BasicLit:
			w.literal(r, x)
		case *ast.UnaryExpr:
			if x.Op == token.NOT {
				w.add("logic", r, w.offset(x.Pos()), w.offset(x.End()), w.at(x.X))
			}
		case *ast.BinaryExpr:
			w.binary(r, x)
		case *ast.IndexExpr:
			w.index(r, x.X, x.Index)
		case *ast.SliceExpr:
			w.index(r, x.X, x.Low)
			w.index(r, x.X, x.High)
		case *ast.CallExpr:
			w.call(r, x)
		}
		return true
	})
}

func (w *finder) literal(r *region, x *ast.BasicLit) {
	lo, hi := w.offset(x.Pos()), w.offset(x.End())
	switch x.Kind {
	case token.INT:
		n, err := strconv.ParseInt(x.Value, 0, 64)
		if err != nil {
			return // beyond an int64
		}
		w.add("constant", r, lo, hi, fmt.Sprint(n+1))
		if n > 0 {
			w.add("constant", r, lo, hi, fmt.Sprint(n-1))
		}
	case token.FLOAT:
		w.add("constant", r, lo, hi, "(2*"+w.at(x)+")")
	}
}

var (
	arithmetic  = map[token.Token]string{token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.REM: "/"}
	comparisons = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">", token.EQL: "!=", token.NEQ: "=="}
	logical     = map[token.Token]string{token.LAND: "||", token.LOR: "&&"}
)

func (w *finder) binary(r *region, x *ast.BinaryExpr) {
	if w.info.Types[x].Value != nil {
		return // a constant
	}
	lo := w.offset(x.OpPos)
	hi := lo + len(x.Op.String())
	switch {
	case arithmetic[x.Op] != "" && w.numeric(x):
		w.add("arithmetic", r, lo, hi, arithmetic[x.Op])
		if one := w.info.Types[x.Y].Value; one != nil && one.ExactString() == "1" && (x.Op == token.ADD || x.Op == token.SUB) {
			w.add("offset", r, w.offset(x.Pos()), w.offset(x.End()), w.at(x.X))
		}
	case comparisons[x.Op] != "":
		w.add("comparison", r, lo, hi, comparisons[x.Op])
	case logical[x.Op] != "":
		w.add("logic", r, lo, hi, logical[x.Op])
	}
}

func (w *finder) index(r *region, of, at ast.Expr) {
	if at == nil || w.info.Types[at].Value != nil || !w.numeric(at) {
		return
	}
	if _, ok := w.info.Types[of].Type.Underlying().(*types.Map); ok {
		return
	}
	w.add("index", r, w.offset(at.Pos()), w.offset(at.End()), w.at(at)+"+1")
}

// others names the methods of a ring that replace one another.
var others = map[string]string{"Add": "Sub", "Sub": "Add", "Mul": "Add", "Quo": "Mul"}

// symmetric names functions whose first two arguments may change places.
var symmetric = []string{"Add", "Mul", "Dot", "Equal", "EqualFunc", "min", "max", "append"}

func (w *finder) call(r *region, x *ast.CallExpr) {
	if tv := w.info.Types[x.Fun]; tv.IsType() {
		return
	}
	name := ""
	switch f := x.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		receiver := w.info.Types[f.X].Type // nil for a package
		if receiver == nil {
			break
		}
		if other := others[name]; other != "" && w.alike(receiver, name, other) {
			w.add("ring", r, w.offset(f.Sel.Pos()), w.offset(f.Sel.End()), other)
		}
		if name == "Neg" && len(x.Args) == 1 {
			w.add("ring", r, w.offset(x.Pos()), w.offset(x.End()), w.at(x.Args[0]))
		}
		if len(x.Args) == 1 && !slices.Contains(symmetric, name) && types.Identical(receiver, w.info.Types[x.Args[0]].Type) {
			w.add("arguments", r, w.offset(x.Pos()), w.offset(x.End()), fmt.Sprintf("(%s).%s(%s)", w.at(x.Args[0]), name, w.at(f.X)))
		}
	}
	if len(x.Args) < 2 || slices.Contains(symmetric, name) {
		return
	}
	a, b := x.Args[0], x.Args[1]
	s, t := w.info.Types[a].Type, w.info.Types[b].Type
	if s == nil || t == nil || !types.Identical(s, t) || w.at(a) == w.at(b) {
		return
	}
	if _, ok := a.(*ast.FuncLit); ok {
		return
	}
	between := string(w.text[w.offset(a.End()):w.offset(b.Pos())])
	w.add("arguments", r, w.offset(a.Pos()), w.offset(b.End()), w.at(b)+between+w.at(a))
}

// alike reports whether a type has both methods, with one signature.
func (w *finder) alike(t types.Type, name, other string) bool {
	find := func(name string) types.Type {
		m, _, _ := types.LookupFieldOrMethod(t, true, w.pkg, name)
		if m == nil {
			return nil
		}
		return m.Type()
	}
	a, b := find(name), find(other)
	return a != nil && b != nil && types.Identical(a, b)
}
