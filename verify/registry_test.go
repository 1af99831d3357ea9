package verify_test

import (
	"sounding/theorems"
	"sounding/verify"
)

func init() { verify.SetRegistry(theorems.All) }
