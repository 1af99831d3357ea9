package model

import "embed"

// Schemas holds the JSON Schemas (draft 2020-12) of the file formats: instance,
// analysis, gate-request, gate-reply and counterexample, each as
// schema/<name>.json. They refer to each other by file name.
//
//go:embed schema/*.json
var Schemas embed.FS
