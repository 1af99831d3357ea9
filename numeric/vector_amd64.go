package numeric

// The kernels in assembly take multiples of four numbers. The Go code of each caller
// does the rest, and everything if vector is false. On BenchmarkSolve they make
// the solver 2.1 to 2.7 times as fast as Go.

//go:generate go run -C ../tools ./vector

//go:noescape
func rows2(args *rowArgs)

//go:noescape
func rows4(args *rowArgs)

//go:noescape
func rows8(args *rowArgs)

//go:noescape
func expand4(h, z, zHarm *float64, code *uint8, table *leafValue, n int)

//go:noescape
func logs4(dst, src *float64, table *logCell, n int)

//go:noescape
func series4(sums *[4][4]float64, series *gibbsSeries, rho, prob, adversary *float64, n int)

//go:noescape
func moments4(sums *[6][4]float64, args *momentArgs)

func cpuid(leaf, subleaf uint32) (a, b, c, d uint32)

func xgetbv() (low uint32)

// vector reports whether processor and operating system have AVX2.
var vector = func() bool {
	const (
		osxsave, avx = 1 << 27, 1 << 28 // leaf 1, c
		avx2         = 1 << 5           // leaf 7, b
		registers    = 1<<1 | 1<<2      // xmm and ymm are saved
	)
	highest, _, _, _ := cpuid(0, 0)
	if highest < 7 {
		return false
	}
	_, _, c, _ := cpuid(1, 0)
	_, b, _, _ := cpuid(7, 0)
	return c&osxsave != 0 && c&avx != 0 && b&avx2 != 0 && xgetbv()&registers == registers
}()
