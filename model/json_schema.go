package model

import "embed"

// Schemas holds the JSON Schemas (draft 2020-12) of the file formats, each as
// schema/<name>.json. They refer to each other by file name.
//
//go:embed schema/*.json
var Schemas embed.FS
