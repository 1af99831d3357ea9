package theorems

// Pending lists the numbered statements of the paper that have no entry yet.
var Pending = []string{
	"def-21", "cor-23",
	"rem-8", "rem-9", "rem-10",
}
