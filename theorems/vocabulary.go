package theorems

import (
	"sounding/exact/field"
	"sounding/verify"
)

// What every topic speaks of.
type (
	Statement = verify.Statement
	Claim     = verify.Claim
	NearMiss  = verify.NearMiss
	Check     = verify.Check
	Condition = verify.Condition
	Source    = verify.Source
	Place     = verify.Place
	Shape     = verify.Shape

	World[E any] = verify.World[E]
)

// The numbers that checks run in.
type (
	rat = field.Rat       // ℚ
	mod = uint64          // 𝔽_p
	enc = field.Enclosure // outward-rounded intervals
)

// shape returns the shape of the prefix trees of sequences of the given length.
func shape(vocabulary, length int) Shape { return Shape{Vocabulary: vocabulary, Length: length} }
