package theorems

func section9Pointwise() []*Statement  { return nil }
func section9Robustness() []*Statement { return nil }
