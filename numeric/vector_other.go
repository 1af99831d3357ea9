//go:build !amd64

package numeric

// vector: the kernels in assembly exist for amd64 only.
const vector = false

func rows2(*rowArgs)                                                    {}
func rows4(*rowArgs)                                                    {}
func rows8(*rowArgs)                                                    {}
func expand4(_, _, _ *float64, _ *uint8, _ *leafValue, _ int)           {}
func logs4(_, _ *float64, _ *logCell, _ int)                            {}
func series4(_ *[4][4]float64, _ *gibbsSeries, _, _, _ *float64, _ int) {}
func moments4(_ *[6][4]float64, _ *momentArgs)                          {}
