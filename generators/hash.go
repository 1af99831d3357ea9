package generators

// Hash returns a number that depends on seed, i and k alone, spread evenly over the
// words: a source of cases draws choice k of case i by it, in any order and from
// several goroutines.
func Hash(seed uint64, i, k int) uint64 {
	z := seed*0x9e3779b97f4a7c15 + uint64(i)*0xbf58476d1ce4e5b9 + uint64(k)*0x94d049bb133111eb
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
