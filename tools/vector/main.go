// Vector writes numeric/vector_amd64.s, the kernels of rows.go, logs.go, leaves.go and gibbs.go
// in instructions for four numbers at a time:
//
//	go generate ./numeric
//
// They multiply and add separately, as the Go code does, so that logs and expand give the same
// bits; sums over a row or a block are taken in another order. The signatures and the offsets of
// fields are read from package numeric.
package main

import (
	"fmt"
	"os"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// output is the file to write, seen from the root of the module.
const output = "numeric/vector_amd64.s"

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "vector:", err)
		os.Exit(1)
	}
}

func write() error {
	if err := enter(); err != nil {
		return err
	}
	source, err := generate()
	if err != nil {
		return err
	}
	return os.WriteFile(output, source, 0o644)
}

// enter goes from the folder tools to the root of the module, where avo then finds the package
// as it is built for the platform of the kernels.
func enter() error {
	if err := os.Setenv("GOARCH", "amd64"); err != nil {
		return err
	}
	return os.Chdir("..")
}

// generate returns the assembly, in the folder that enter goes to.
func generate() ([]byte, error) {
	a := assembler{build.NewContext(), make(map[string]operand.Mem)}
	a.Package("sounding/numeric")
	for _, v := range []int{2, 4, 8} {
		a.rows(v)
	}
	a.expand()
	a.logs()
	a.series()
	a.moments()
	a.cpuid()
	a.xgetbv()
	f, err := a.Result()
	if err != nil {
		return nil, err
	}
	return compile(f)
}

// compile allocates the registers and prints the file.
func compile(f *ir.File) ([]byte, error) {
	if err := pass.Concat(pass.Compile, pass.FunctionPass(onlyAVX2)).Execute(f); err != nil {
		return nil, err
	}
	return printer.NewGoAsm(printer.Config{Argv: []string{"go", "generate", "./numeric"}}).Print(f)
}

// onlyAVX2 refuses a function in which more than sixteen vector registers are in use: avo then
// takes those that only AVX-512 has.
func onlyAVX2(f *ir.Function) error {
	for _, i := range f.Instructions() {
		for _, r := range i.Registers() {
			if p, ok := r.(reg.VecPhysical); ok && p.PhysicalIndex() > 15 {
				return fmt.Errorf("%s: %s takes register %s of AVX-512", f.Name, i.Opcode, p.Asm())
			}
		}
	}
	return nil
}

// assembler writes functions with four numbers in a register.
type assembler struct {
	*build.Context
	constants map[string]operand.Mem
}

type (
	word   = reg.GPVirtual
	vector = reg.VecVirtual
)

// size is that of a number, in bytes, and lanes the count of those in a vector.
const (
	size  = 8
	lanes = 4
)

// begin starts the function that package numeric declares under the given name.
func (a *assembler) begin(name string) {
	a.Implement(name)
	a.Attributes(attr.NOSPLIT)
}

// pointer loads a word: a pointer or a count.
func (a *assembler) pointer(from gotypes.Component) word { return a.Load(from, a.GP64()).(word) }

// at returns the numbers of an array from a position on, a count of bytes.
func at(array, position word, offset int) operand.Mem {
	return operand.Mem{Base: array, Index: position, Scale: 1, Disp: offset}
}

// address returns where a component is.
func address(c gotypes.Component) operand.Mem {
	b, err := c.Resolve()
	if err != nil {
		panic(err) // a field that the type does not have
	}
	return b.Addr
}

// loop runs body on four numbers at a time, whose position is given in bytes, of n, a multiple
// of four above zero.
func (a *assembler) loop(n word, body func(position word)) {
	position := a.GP64()
	a.SHLQ(operand.Imm(3), n)
	a.XORQ(position, position)
	a.Label("loop")
	body(position)
	a.ADDQ(operand.Imm(size*lanes), position)
	a.CMPQ(position, n)
	a.JLT(operand.LabelRef("loop"))
}

// end returns, with the upper halves of the registers unused, for which code with SSE waits.
func (a *assembler) end() {
	a.VZEROUPPER()
	a.RET()
}

func (a *assembler) load(m operand.Mem) vector {
	z := a.YMM()
	a.VMOVUPD(m, z)
	return z
}

// broadcast fills a vector with one number.
func (a *assembler) broadcast(m operand.Mem) vector {
	z := a.YMM()
	a.VBROADCASTSD(m, z)
	return z
}

// constant fills a vector with one number of the given bits.
func (a *assembler) constant(name string, bits uint64) vector {
	m, ok := a.constants[name]
	if !ok {
		m = a.ConstData(name, operand.U64(bits))
		a.constants[name] = m
	}
	return a.broadcast(m)
}

func (a *assembler) zero() vector {
	z := a.YMM()
	a.VXORPD(z, z, z)
	return z
}

func (a *assembler) mul(x operand.Op, y vector) vector {
	z := a.YMM()
	a.VMULPD(x, y, z)
	return z
}

func (a *assembler) add(x operand.Op, y vector) vector {
	z := a.YMM()
	a.VADDPD(x, y, z)
	return z
}

// sub returns x − y.
func (a *assembler) sub(x vector, y operand.Op) vector {
	z := a.YMM()
	a.VSUBPD(y, x, z)
	return z
}

// horner returns (…(c_{n−1}·x + c_{n−2})·x + …)·x + c_0.
func (a *assembler) horner(x vector, n int, c func(i int) vector) vector {
	z := c(n - 1)
	for i := n - 2; i >= 0; i-- {
		z = a.add(c(i), a.mul(z, x))
	}
	return z
}
