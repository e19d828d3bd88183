"""Writes the prompts that are tried on the model: `python make_corpus.py > candidates.jsonl`, `--texts` for the texts alone.

No dependencies, one seed, the same bytes each time. A line is what `atlas index` reads: id, text, answer and tags. The tag
`family` tells the prompts that are measured from one mean: those of one pattern. `topic` is coarser. An answer of several tokens counts by its
first one, as everywhere in the atlas.
"""
import json
import random
import sys

import facts

SEED = 1


def prompts():
    """All candidates, family after family."""
    yield from agreement(random.Random(f"{SEED} agreement"))
    yield from knowledge()
    yield from words()
    yield from greater_than(random.Random(f"{SEED} greater-than"))
    yield from indirect_objects(random.Random(f"{SEED} indirect-objects"))
    yield from additions()
    yield from lists()


def prompt(name, text, answer, family, topic, **tags):
    return {"id": name, "text": text, "answer": answer, "tags": {"family": family, "topic": topic, **tags}}


# Subject and verb

NUMBERS = {"singular": "", "plural": "s"}


def agreement(numbers):
    """Four kinds; the two members of a pair differ in the number of the noun that the verb agrees with."""
    nouns = facts.PEOPLE + facts.THINGS
    for place, noun in enumerate(numbers.sample(nouns, 100)):
        yield from pair("simple", noun, place, lambda ending: f"The {noun}{ending}", (" is", " are"))
    for index, (subject, other) in enumerate(two(numbers, facts.THINGS, 50)):
        place = numbers.choice(facts.PREPOSITIONS)
        for number, end in NUMBERS.items():
            yield from pair(
                "prepositional", f"{subject}-{place}-{other}-{number}", index,
                lambda ending: f"The {subject}{ending} {place} the {other}{end}", (" is", " are"), number)
    for index, (subject, other) in enumerate(two(numbers, facts.PEOPLE, 50)):
        verb = numbers.choice(facts.VERBS)
        for number, end in NUMBERS.items():
            yield from pair(
                "across-relative", f"{subject}-{other}-{number}-{verb}", index,
                lambda ending: f"The {subject}{ending} that the {other}{end} {verb}{'' if end else 's'}",
                (" is", " are"), number)
    for index, (subject, other) in enumerate(two(numbers, facts.PEOPLE, 50)):
        for number, end in NUMBERS.items():
            yield from pair(
                "within-relative", f"{subject}-{other}-{number}", index,
                lambda ending: f"The {subject}{end} that the {other}{ending}", (" has", " have"), number)


def pair(kind, name, index, text, verbs, other_noun=None):
    """Both numbers of one sentence; `other_noun` is the number of the noun that the verb does not agree with.

    The sentences of one `index`, of the same nouns, are all among those to learn from, or all held out.
    """
    split = "held-out" if index % 2 else "fit"
    for place, (number, ending) in enumerate(NUMBERS.items()):
        tags = {"kind": kind, "number": number, "pair": f"{kind}-{name}", "other_answer": verbs[1 - place], "split": split}
        if other_noun is not None:
            tags["distractor"] = "same" if other_noun == number else "other"
        yield prompt(
            f"agreement-{kind}-{name}-{number}", text(ending), verbs[place], f"agreement-{kind}", "agreement", **tags)


def two(numbers, words, count):
    """Ordered pairs of different words, none twice."""
    chosen = set()
    while len(chosen) < count:
        pair = tuple(numbers.sample(words, 2))
        if pair not in chosen:
            chosen.add(pair)
            yield pair


# Facts

def knowledge():
    countries = facts.COUNTRIES
    for country, (capital, _, _) in countries.items():
        yield prompt(
            f"capital-{country}", f"The capital of {country} is", f" {capital}", "capital", "facts", country=country)
    for country, (capital, cities, _) in countries.items():
        own = [capital] if not capital.startswith(country) else []
        for city in own + cities.split():
            yield prompt(
                f"city-country-{city}-{country}", f"Fact: the city of {city} is in the country of", f" {country}",
                "city-country", "facts", country=country, city=city)
    for country, (capital, _, sights) in countries.items():
        for sight in sights:
            yield prompt(
                f"two-step-sight-{sight}", f"The capital of the country where {sight} stands is", f" {capital}",
                "two-step-sight", "two-step", country=country, through=sight)
    for line in facts.PEOPLES:
        people, country = line.split()
        yield prompt(
            f"two-step-people-{people}", f"The {people} live in a country whose capital is the city of",
            f" {countries[country][0]}", "two-step-people", "two-step", country=country, through=people)
    for country, (capital, cities, _) in countries.items():
        for city in cities.split()[:3]:
            if country in ("France", "Germany"):
                continue
            yield prompt(
                f"two-step-city-{city}-{country}",
                f"Lyon is in the country whose capital is Paris. {city} is in the country whose capital is",
                f" {capital}", "two-step-city", "two-step", country=country, through=city)


# Words

def words():
    seen = set()
    for line in facts.OPPOSITES:
        for word, opposite in (line.split(), reversed(line.split())):
            if word not in seen:
                seen.add(word)
                yield prompt(
                    f"opposite-{word}", f"The opposite of black is white. The opposite of {word} is", f" {opposite}",
                    "opposite", "words", word=word)
    for line in facts.SPANISH:
        spanish, english = line.split()
        yield prompt(
            f"translation-{spanish}", f'In Spanish, "{spanish}" means "', english, "translation", "words", word=spanish)


# Numbers

def greater_than(numbers):
    """Any later decade is right; the first is written as the answer, and `answers` has all for `choose.py`."""
    for noun in facts.LASTING:
        for century in (15, 16, 17, 18):
            for year in sorted(numbers.sample(range(11, 89), 6)):
                decades = [str(decade) for decade in range((year + 1) // 10, 10)]
                yield prompt(
                    f"greater-than-{noun}-{century}{year}",
                    f"The {noun} lasted from the year {century}{year} to the year {century}", decades[0],
                    "greater-than", "numbers", decade=str(year // 10), answers=" ".join(decades))


def additions():
    for name, examples in (("a", "1+1=2, 2+3=5"), ("b", "1+4=5, 6+3=9")):
        for a in range(1, 9):
            for b in range(1, 10 - a):
                yield prompt(
                    f"addition-{name}-{a}+{b}", f"{examples}, {a}+{b}=", str(a + b), f"addition-{name}", "numbers",
                    sum=str(a + b))


# Copying and going on

def indirect_objects(numbers):
    chosen = set()
    while len(chosen) < 160:
        giver, receiver = numbers.sample(facts.NAMES, 2)
        place, gift = numbers.choice(facts.PLACES), numbers.choice(facts.GIFTS)
        if (giver, receiver, place, gift) in chosen:
            continue
        chosen.add((giver, receiver, place, gift))
        order = "giver-first" if len(chosen) % 2 else "receiver-first"
        first, second = (giver, receiver) if order == "giver-first" else (receiver, giver)
        yield prompt(
            f"indirect-object-{giver}-{receiver}-{place}-{gift}",
            f"When {first} and {second} went to the {place}, {giver} gave a {gift} to", f" {receiver}",
            "indirect-object", "copying", receiver=receiver, giver=giver, order=order, other_answer=f" {giver}")


def lists():
    kinds = (
        ("days", facts.DAYS, True), ("months", facts.MONTHS, True), ("letters", facts.LETTERS, False),
        ("numbers", facts.NUMBERS, False))
    for name, items, is_circle in kinds:
        for count in (3, 4):
            for start in range(len(items) if is_circle else len(items) - count):
                shown = [items[(start + step) % len(items)] for step in range(count)]
                after = items[(start + count) % len(items)]
                yield prompt(
                    f"list-{name}-{count}-{shown[0]}", f"The {name}: {', '.join(shown)},", f" {after}",
                    f"list-{name}", "lists", next=after)


def main():
    texts = set()
    for line in prompts():
        if line["text"] not in texts:
            texts.add(line["text"])
            print(line["text"] if "--texts" in sys.argv[1:] else json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
