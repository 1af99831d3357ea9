package theorems

// Pending lists the numbered statements of the paper that have no entry yet.
var Pending = []string{}
