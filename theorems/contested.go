package theorems

func contested() []*Statement { return nil }
