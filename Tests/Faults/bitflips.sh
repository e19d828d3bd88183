#!/bin/sh
# Makes two small atlases of the demo's model, one with transcoders and one of its neurons, and damages them:
#   sh Tests/Faults/bitflips.sh .build/release [COUNT]
# COUNT single bit flips of each (1,200 unless given), then wrong values in every column; EVERY=10 takes a tenth of these.
set -eu
build=$1
count=${2:-1200}
here=$(dirname "$0")
demo=Sources/DemoData/Demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

grep '"two-step"' $demo/corpus.jsonl | grep Texas | head -4 > "$work/corpus.jsonl"
grep '"addition"' $demo/corpus.jsonl | head -2 >> "$work/corpus.jsonl"
head -3 "$work/corpus.jsonl" > "$work/few.jsonl"
"$build/atlas" index "$work/corpus.jsonl" --model $demo/model --transcoders $demo/transcoders --measure 5 --quiet \
  --atlas "$work/demo.atlas"
"$build/atlas" index "$work/few.jsonl" --model $demo/model --neurons --max-neurons 60 --measure 3 --quiet \
  --atlas "$work/neurons.atlas"
for name in demo neurons; do
  "$build/atlas" label set 5/283 "Texas: the answer is Austin" --note "and Nebraska" --atlas "$work/$name.atlas"
  "$build/atlas" supernode set Texas 5/283 1/37 --atlas "$work/$name.atlas"
done

failed=0
for name in demo neurons; do
  python3 "$here/bitflips.py" "$build/AtlasProbe" "$work/$name.atlas" --count "$count" || failed=1
  python3 "$here/wrong_values.py" "$build/AtlasProbe" "$work/$name.atlas" --every "${EVERY:-1}" || failed=1
done
exit $failed
