#!/bin/sh
# Builds a package that depends on this one by URL and version, as other teams would, and lets it ask an atlas. SwiftPM
# refuses that where the manifest has unsafe build flags, so the development variables are taken away.
# Usage: sh Tests/Dependent/run.sh ATLAS    (the program; run from the root of the checkout)
set -eu
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -c advice.detachedHead=false clone -q "file://$root" "$work/FeatureAtlas"
# What is not committed yet is tested too.
git diff --binary HEAD | git -C "$work/FeatureAtlas" apply --allow-empty
git -C "$work/FeatureAtlas" add -A
git -C "$work/FeatureAtlas" -c user.name=test -c user.email=test@localhost commit -q --allow-empty -m "As in the checkout"
git -C "$work/FeatureAtlas" tag 1.0.0
cp -r Tests/Dependent "$work/AskAtlas"
data=Sources/DemoData/Demo
grep '"state": "Texas"' "$data/corpus.jsonl" > "$work/texas.jsonl"
"$program" index "$work/texas.jsonl" --model "$data/model" --transcoders "$data/transcoders" \
    --atlas "$work/texas.atlas" --quiet > /dev/null
# The same question through the program: its first row is the strongest driver.
driver=$("$program" query drivers --token " Austin" --atlas "$work/texas.atlas" --limit 1 |
    sed -n 's|^\([0-9]*/[0-9]*\) .*|\1|p' | head -1)
unset FEATURE_ATLAS_DEVELOPMENT FEATURE_ATLAS_TESTS FUZZ
export FEATURE_ATLAS_URL="file://$work/FeatureAtlas"
swift build --package-path "$work/AskAtlas" > "$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
answer=$(swift run --package-path "$work/AskAtlas" --skip-build AskAtlas "$work/texas.atlas" 2> /dev/null)
echo "$answer" | grep -q '^prompts [1-9]' && echo "$answer" | grep -q "^driver $driver$" && echo "$answer" | grep -q '^found true$' || {
    echo "unexpected answers: $answer"
    exit 1
}
echo "a package that depends on this one by version built and asked an atlas: $(echo "$answer" | tr '\n' ' ')"
