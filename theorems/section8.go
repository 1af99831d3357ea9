package theorems

func section8() []*Statement { return nil }
