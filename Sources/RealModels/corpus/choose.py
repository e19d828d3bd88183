"""Chooses from the candidates by what a model says: `python choose.py candidates.jsonl answers.json > corpus.jsonl`.

`answers.json` is what `atlas generate --file candidates.txt --count 1 --top 100 --json` printed, prompt after prompt. Kept
are the prompts that the model answers rightly, tagged `model_answers: right`, and a sample of the others, `wrong`: one for two
right ones, but up to `FEWEST_WRONG`. What was found is printed by family on standard error, as the README has it.

Right is:
- the likeliest next token is the answer's first;
- of agreement: the answer is likelier than the verb in the other number (a bare sentence goes on in many ways). Where the model
  has neither among its 100 likeliest tokens, nothing is known and the prompt is left out;
- of later years: the likeliest next token is any later decade, which becomes the answer.
"""
import collections
import json
import random
import sys

# Wrong answers that a family keeps at least, where it has so many.
FEWEST_WRONG = 8
# Prompts of one family and length that a mean by position needs; smaller groups are left out.
SMALLEST_GROUP = 5
SEED = 1


def judged(prompt, next_tokens):
    """Whether the model answers rightly, with the answer; None where that is not known."""
    answer, tags = prompt["answer"], prompt["tags"]
    likeliest = next_tokens[0]["text"]
    if tags["topic"] == "agreement":
        probabilities = {token["text"]: token["probability"] for token in next_tokens}
        own, other = (probabilities.get(verb, 0) for verb in (answer, tags["other_answer"]))
        return (own > other, answer) if own != other else None
    if "answers" in tags:
        right = likeliest in tags["answers"].split()
        return right, likeliest if right else answer
    begins = [token["text"] for token in next_tokens if token["text"].strip() and answer.startswith(token["text"])]
    return bool(begins) and likeliest == max(begins, key=len), answer


def main():
    candidates = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    answers = json.load(open(sys.argv[2], encoding="utf-8"))
    found = collections.defaultdict(lambda: {"right": [], "wrong": []})
    for place, (prompt, answer) in enumerate(zip(candidates, answers, strict=True)):
        if prompt["text"] != answer["prompt"]:
            sys.exit(f"{sys.argv[2]}: expected {prompt['text']!r} at place {place}, found {answer['prompt']!r}")
        if (judgement := judged(prompt, answer["nextTokens"])) is None:
            continue
        right, prompt["answer"] = judgement
        prompt["tags"].pop("answers", None)
        prompt["tags"]["model_answers"] = "right" if right else "wrong"
        group = found[prompt["tags"]["family"]]
        group[prompt["tags"]["model_answers"]].append((place, len(answer["tokens"]), prompt))
    chosen = []
    print("| family | tried | right | kept | of them right |\n|---|---|---|---|---|", file=sys.stderr)
    for family, group in found.items():
        size = max(FEWEST_WRONG, len(group["right"]) // 2)
        wrong = random.Random(f"{SEED} {family}").sample(group["wrong"], min(size, len(group["wrong"])))
        kept = group["right"] + wrong
        lengths = collections.Counter(length for _, length, _ in kept)
        kept = [entry for entry in kept if lengths[entry[1]] >= SMALLEST_GROUP]
        chosen += kept
        right = sum(prompt["tags"]["model_answers"] == "right" for _, _, prompt in kept)
        tried = len(group["right"]) + len(group["wrong"])
        print(f"| {family} | {tried} | {100 * len(group['right']) / tried:.0f} % | {len(kept)} | {right} |", file=sys.stderr)
    print(f"| all | {sum(len(g['right']) + len(g['wrong']) for g in found.values())} | | {len(chosen)} | "
          f"{sum(p['tags']['model_answers'] == 'right' for _, _, p in chosen)} |", file=sys.stderr)
    for _, _, prompt in sorted(chosen, key=lambda entry: entry[0]):
        print(json.dumps(prompt, ensure_ascii=False))


if __name__ == "__main__":
    main()
