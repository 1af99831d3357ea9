#!/bin/bash -eu
# Builds every fuzz target of the module for libFuzzer, each under its own name.
cd "$SRC/sounding"
go get github.com/AdamKorcz/go-118-fuzz-build/testing

for package in $(go list ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		name=$(echo "${package#sounding/}_$target" | tr '/' '_')
		compile_native_go_fuzzer_v2 "$package" "$target" "$name"
	done
done
