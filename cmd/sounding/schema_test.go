package main

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sounding/model"
)

// schemas compiles the schemas of the file formats, by name.
var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	const root = "https://sounding.invalid/"
	files, err := fs.Glob(model.Schemas, "schema/*.json")
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	for _, name := range files {
		text, err := fs.ReadFile(model.Schemas, name)
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := c.AddResource(root+name, doc); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	compiled := make(map[string]*jsonschema.Schema)
	for _, name := range files {
		s, err := c.Compile(root + name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		compiled[strings.TrimSuffix(strings.TrimPrefix(name, "schema/"), ".json")] = s
	}
	return compiled, nil
})

// validate checks a text against a schema.
func validate(name, text string) error {
	all, err := schemas()
	if err != nil {
		return err
	}
	s, ok := all[name]
	if !ok {
		return fmt.Errorf("no schema %q", name)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}
