package main

import (
	"bytes"
	"os"
	"path/filepath"

	"sounding/internal/report"
	"sounding/internal/study"
)

// readStudies returns the studies that come with the program, and what has changed
// since in the sources, where the working directory lies among them.
func readStudies() (*report.Studies, error) {
	power, err := study.ReadPower()
	if err != nil {
		return nil, err
	}
	kills, err := study.ReadKills()
	if err != nil {
		return nil, err
	}
	s := &report.Studies{Power: power, Kills: kills}
	root := moduleRoot()
	if root == "" {
		return s, nil
	}
	for _, of := range []struct {
		made    study.Sources
		changed *[]string
	}{{power.Sources, &s.PowerChanged}, {kills.Sources, &s.KillsChanged}} {
		now, err := study.ReadSources(os.DirFS(root), of.made.Folders()...)
		if err != nil {
			return s, nil // a folder is not there any more: these are other sources
		}
		*of.changed = of.made.Changed(now)
	}
	s.Sources = true
	return s, nil
}

// moduleRoot returns the root of the module's sources that the working directory is
// in, and "" elsewhere.
func moduleRoot() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(text, []byte("module sounding\n")) {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}
