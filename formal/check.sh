#!/usr/bin/env bash
# Checks theorems.txt against the compiled theory: every theorem named there exists,
# rests on no axiom beyond those that its line allows, and says what statements.txt
# has it say, hypotheses included. No file leaves a proof open. Run by make; wants the
# .vo files. Usage: check.sh [DIRECTORY], or check.sh -u to write statements.txt anew.
set -euo pipefail
update=no
if [ "${1:-}" = -u ]; then
	update=yes
	shift
fi
cd "${1:-$(dirname "$0")}"

# The axioms of the standard library's real numbers; its logarithm and its mean value
# theorem use the law of excluded middle.
reals="
Classical_Prop.classic
ClassicalDedekindReals.sig_forall_dec
ClassicalDedekindReals.sig_not_dec
FunctionalExtensionality.functional_extensionality_dep
"

fail() { printf 'formal: %s\n' "$*" >&2; exit 1; }

# An open proof, an assumption by hand, or a check of the kernel switched off.
if grep -nEw 'Admitted|admit|give_up|Axiom|Axioms|Parameter|Parameters|Conjecture|Conjectures|bypass_check|Unset|Local Unset' ./*.v; then
	fail "a proof is left open or something is assumed"
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk -F '\t' '
	/^#/ || /^$/ { next }
	NF != 5 { printf "theorems.txt:%d: want 5 fields separated by tabs\n", NR; exit 1 }
	$3 != "none" && $3 != "reals" { printf "theorems.txt:%d: axioms %s: want none or reals\n", NR, $3; exit 1 }
	{ print $2, $3 }
' theorems.txt > "$scratch/names" || fail "$(cat "$scratch/names")"
[ -s "$scratch/names" ] || fail "theorems.txt names no theorem"

# The names of the theorems that may rest on the given axioms, once each.
named() { awk -v axioms="$1" '$2 == axioms { print $1 }' "$scratch/names" | sort -u; }

# axioms_of NAME... prints the axioms that the theorems rest on, together: each Print
# Assumptions walks through the library.
axioms_of() {
	{
		for file in *.v; do echo "Require Formal.${file%.v}."; done
		echo 'Inductive any : Prop := Any : forall P : Prop, P -> any.'
		echo 'Definition all : list any :='
		printf '  Any _ (@Formal.%s) ::\n' "$@"
		echo '  nil.'
		echo 'Print Assumptions all.'
	} > "$scratch/Names.v"
	coqc -q -Q . Formal "$scratch/Names.v" > "$scratch/out" || fail "a theorem named in theorems.txt does not exist"
	awk '
		/^Closed under the global context/ || /^Axioms:/ { known = 1; next }
		/^(Section Variables|Opaque constants|Transparent constants|Theory):/ { print; next }
		/^[^ \t]/ { print $1 }
		END { exit !known }
	' "$scratch/out" || fail "cannot read the output of Print Assumptions"
}

# check_axioms ALLOWED NAME... finds the theorem that rests on something else.
check_axioms() {
	local allowed=$1
	shift
	local used other half=$(($# / 2))
	used=$(axioms_of "$@")
	other=$(grep -vxF "$allowed" <<< "$used" || true)
	[ -n "$other" ] || return 0
	[ $# -gt 1 ] || fail "$1 rests on the axiom $other"
	check_axioms "$allowed" "${@:1:half}"
	check_axioms "$allowed" "${@:half+1}"
}

for axioms in none reals; do
	mapfile -t names < <(named $axioms)
	allowed=""
	[ $axioms = none ] || allowed=$reals
	[ ${#names[@]} = 0 ] || check_axioms "$allowed" "${names[@]}"
done

# What each says, over a ring first.
{
	for file in *.v; do echo "Require Import Formal.${file%.v}."; done
	echo 'Set Printing Width 100. Set Printing Depth 1000.'
	[ ! -f Algebra.v ] || echo 'Open Scope K_scope.'
	named none | sed 's/.*/Check @Formal.&./'
	[ ! -f Reals.v ] || echo 'Open Scope R_scope.'
	named reals | sed 's/.*/Check @Formal.&./'
} > "$scratch/Statements.v"
coqc -q -Q . Formal "$scratch/Statements.v" > "$scratch/statements"
if [ $update = yes ]; then
	cp "$scratch/statements" statements.txt
elif ! diff -u statements.txt "$scratch/statements"; then
	fail "a theorem does not say what statements.txt has it say: see to the claim, then run check.sh -u"
fi

statements=$(awk -F '\t' '!/^#/ && NF { print $1 }' theorems.txt | sort -u | wc -l)
echo "formal: theorems for $statements statements; $(named none | wc -l) closed under the global context, $(named reals | wc -l) on the axioms of the reals"
