package theorems

import "strconv"

// displays says which entry holds which of the paper's displayed equations, for those
// that have no entry of their own.
var displays = []struct {
	first, last int
	id          string
}{
	{3, 3, "def-1"},
	{4, 6, "prop-2"},
	{7, 7, "def-3"},
	{8, 11, "prop-4"},
	{12, 12, "def-5"},
	{13, 14, "prop-6"},
	{15, 16, "cor-7"},
	{17, 17, "rem-1"},
	{18, 25, "thm-8"},
	{26, 27, "thm-9"},
	{28, 28, "thm-10"},
	{29, 29, "def-11"},
	{30, 32, "lem-12"},
	{33, 37, "thm-13"},
	{38, 38, "rem-5"},
	{39, 42, "thm-14"},
	{43, 43, "def-17"},
	{44, 44, "def-18"},
	{45, 46, "thm-19"},
	{47, 49, "thm-20"},
	{50, 51, "thm-22"},
	{52, 52, "cor-23"},
	{53, 53, "lem-24"},
	{56, 58, "prop-25"},
	{60, 60, "prop-26"},
	{61, 65, "lem-28"},
	{66, 66, "def-17"},
	{69, 70, "thm-19"},
	{71, 71, "rem-6"},
	{79, 79, "rem-9"},
	{84, 84, "prop-29"},
}

// holdsEquation returns the id of the entry that holds an equation without an entry of
// its own; "" if there is none.
func holdsEquation(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return ""
	}
	for _, d := range displays {
		if d.first <= n && n <= d.last {
			return d.id
		}
	}
	return ""
}
