package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints a script that completes commands and flags.
func (s *completionCommand) Run(k *kong.Context, c *console) error {
	var b strings.Builder
	switch s.Shell {
	case "zsh":
		b.WriteString("autoload -U +X bashcompinit && bashcompinit\n")
		fallthrough
	case "bash":
		bash(&b, k.Model)
	case "fish":
		fish(&b, k.Model)
	}
	_, err := io.WriteString(c.out, b.String())
	return err
}

// words returns what may follow a command.
func words(n *kong.Node) []string {
	list := flags(n)
	for _, p := range n.Positional {
		if p.Enum != "" {
			list = append(list, p.EnumSlice()...)
		}
	}
	return list
}

// flags returns the flags of a command as they are typed.
func flags(n *kong.Node) []string {
	var list []string
	for _, f := range n.Flags {
		list = append(list, "--"+f.Name)
	}
	return append(list, "--help")
}

// names returns the names of the commands.
func names(m *kong.Application) []string {
	list := []string{"help", "version"}
	for _, n := range m.Children {
		list = append(list, n.Name)
	}
	return list
}

// bash writes a script for bash, which zsh runs too.
func bash(b *strings.Builder, m *kong.Application) {
	b.WriteString("_sounding() {\n\tlocal words\n\tcase \"${COMP_WORDS[1]}\" in\n")
	for _, n := range m.Children {
		fmt.Fprintf(b, "\t%s) words=%q ;;\n", n.Name, strings.Join(words(n), " "))
	}
	b.WriteString("\tesac\n")
	fmt.Fprintf(b, "\t[ \"$COMP_CWORD\" -gt 1 ] || words=%q\n", strings.Join(names(m), " "))
	b.WriteString("\tCOMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n")
	b.WriteString("complete -o default -F _sounding sounding\n")
}

// fish writes a script for fish.
func fish(b *strings.Builder, m *kong.Application) {
	fmt.Fprintf(b, "complete -c sounding -n __fish_use_subcommand -f -a %q\n", strings.Join(names(m), " "))
	for _, n := range m.Children {
		for _, p := range n.Positional {
			if p.Enum != "" {
				fmt.Fprintf(b, "complete -c sounding -n '__fish_seen_subcommand_from %s' -f -a %q\n", n.Name, strings.Join(p.EnumSlice(), " "))
			}
		}
		for _, f := range flags(n) {
			fmt.Fprintf(b, "complete -c sounding -n '__fish_seen_subcommand_from %s' -l %s\n", n.Name, strings.TrimPrefix(f, "--"))
		}
	}
}
