package theorems

func section9() []*Statement { return nil }
