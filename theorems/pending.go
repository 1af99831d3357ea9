package theorems

// Pending lists the numbered statements of the paper that have no entry yet.
var Pending = []string{
	"def-16", "def-17", "def-18", "def-21", "cor-23",
	"lem-28",
	"rem-6", "rem-7", "rem-8", "rem-9", "rem-10",
}
