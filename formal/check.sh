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

# One Print Assumptions for each, in order.
{
	for file in *.v; do echo "Require Formal.${file%.v}."; done
	while read -r name _; do echo "Print Assumptions Formal.$name."; done < "$scratch/names"
} > "$scratch/Names.v"
coqc -q -Q . Formal "$scratch/Names.v" > "$scratch/out" || fail "a theorem named in theorems.txt does not exist"

# The axioms of each, on one line.
awk '
	/^Closed under the global context/ { n++; axioms[n] = ""; next }
	/^(Axioms|Section Variables|Opaque constants|Transparent constants|Theory):/ { n++; axioms[n] = ($1 == "Axioms:" ? "" : $0); next }
	/^[^ \t]/ { axioms[n] = axioms[n] " " $1 }
	END { for (i = 1; i <= n; i++) print axioms[i] }
' "$scratch/out" > "$scratch/axioms"
[ "$(wc -l < "$scratch/axioms")" = "$(wc -l < "$scratch/names")" ] || fail "cannot read the output of Print Assumptions"

closed=0
while read -r name allowed used; do
	[ -n "$used" ] || closed=$((closed + 1))
	for axiom in $used; do
		if [ "$allowed" = none ] || ! grep -qxF "$axiom" <<< "$reals"; then
			fail "$name rests on the axiom $axiom"
		fi
	done
done < <(paste -d ' ' "$scratch/names" "$scratch/axioms")

# What each says, over a ring first.
{
	for file in *.v; do echo "Require Import Formal.${file%.v}."; done
	echo 'Set Printing Width 100. Set Printing Depth 1000.'
	[ ! -f Algebra.v ] || echo 'Open Scope K_scope.'
	awk '$2 == "none" { print "Check @Formal." $1 "." }' "$scratch/names" | sort -u
	[ ! -f Reals.v ] || echo 'Open Scope R_scope.'
	awk '$2 == "reals" { print "Check @Formal." $1 "." }' "$scratch/names" | sort -u
} > "$scratch/Statements.v"
coqc -q -Q . Formal "$scratch/Statements.v" > "$scratch/statements"
if [ $update = yes ]; then
	cp "$scratch/statements" statements.txt
elif ! diff -u statements.txt "$scratch/statements"; then
	fail "a theorem does not say what statements.txt has it say: see to the claim, then run check.sh -u"
fi

count=$(wc -l < "$scratch/names")
statements=$(awk -F '\t' '!/^#/ && NF { print $1 }' theorems.txt | sort -u | wc -l)
echo "formal: $count theorems for $statements statements; $closed closed under the global context, $((count - closed)) on the axioms of the reals"
