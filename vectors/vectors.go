// Package vectors holds test vectors: instances with the exact answers of every quantity
// that sounding gate asks for, and with what known mistakes make of them. docs/vectors.md
// describes them; go generate writes them.
package vectors

import "embed"

// Files holds a file QUANTITY.json for every quantity, and the schema that they have.
//
//go:embed *.json
var Files embed.FS

//go:generate go run ./generate
