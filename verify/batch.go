package verify

// latticeBatch is the number of points that are evaluated at once: enough that the steps cost
// little beside the numbers, few enough that the columns stay in the cache.
const latticeBatch = 256

// batch holds the points of a lattice that are evaluated at once, as they come.
type batch struct {
	points  int
	columns []*column // of the coordinates
	since   []int     // the first point from which on each coordinate is what it is
}

func newBatch(dimension int) *batch {
	b := &batch{since: make([]int, dimension)}
	for range dimension {
		b.columns = append(b.columns, newColumn())
	}
	return b
}

// write notes that coordinate v has been n since it was last written.
func (b *batch) write(v, n int) {
	column := b.columns[v].numbers[b.since[v]:b.points]
	for i := range column {
		column[i] = uint64(n)
	}
	b.since[v] = b.points
}

// complete writes all coordinates of the last point.
func (b *batch) complete(point []int) {
	for v, n := range point {
		if b.since[v] == 0 {
			b.columns[v].set(uint64(n))
			continue
		}
		b.write(v, n)
		b.columns[v].extent = distinct
	}
}

// point returns one of the points of a completed batch.
func (b *batch) point(i int) []int {
	var point []int
	for _, c := range b.columns {
		point = append(point, int(c.first(b.points)[i]))
	}
	return point
}

// clear forgets all points.
func (b *batch) clear() {
	b.points = 0
	clear(b.since)
}

// column holds a number for each point of a batch.
type column struct {
	numbers []uint64
	extent  extent
}

func newColumn() *column { return &column{numbers: make([]uint64, latticeBatch)} }

// extent says how much of a column is written.
type extent int8

const (
	distinct extent = iota // all numbers
	single                 // the first, which the others are equal to
	spread                 // all, and they are equal
)

// set makes all numbers of a column v.
func (c *column) set(v uint64) { c.numbers[0], c.extent = v, single }

// zero reports whether all numbers of a column are known to be zero.
func (c *column) zero() bool { return c.extent != distinct && c.numbers[0] == 0 }

// first returns the first n numbers of a column.
func (c *column) first(n int) []uint64 {
	if n > 1 && c.extent == single {
		for i := range c.numbers {
			c.numbers[i] = c.numbers[0]
		}
		c.extent = spread
	}
	return c.numbers[:n]
}
