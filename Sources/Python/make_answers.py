"""Writes src/feature_atlas/answers.py: the types of all answers, from the description that a server serves.

    atlas serve my.atlas --port 8080
    curl -s http://127.0.0.1:8080/api/v1/openapi.json | python3 Sources/Python/make_answers.py

A test fails where the file is not what this writes of the program's description.
"""

import json
import keyword
import sys
from pathlib import Path

FILE = Path(__file__).parent / "src/feature_atlas/answers.py"
#: What an answer is called in Python; any other is called what the description calls it.
NAMES = {
    "AtlasInformation": "Information",
    "AttentionReport": "Attention",
    "CircuitReport": "Circuit",
    "ContrastReport": "Contrast",
    "CorrelatedFeatures": "Correlated",
    "DiffReport": "Diff",
    "DriversReport": "Drivers",
    "ExchangeReport": "Exchange",
    "FailuresReport": "Failures",
    "FamiliesReport": "Families",
    "FeatureHeadsReport": "FeatureHeads",
    "GlobalNeighbours": "Neighbours",
    "GraphFeaturesReport": "GraphFeatures",
    "HeadPairsReport": "HeadPairs",
    "HeadValidationReport": "HeadValidation",
    "HeadsReport": "Heads",
    "InhibitorsReport": "Inhibitors",
    "InterventionReport": "Intervention",
    "InvariantReport": "Invariant",
    "ItemListOfFeatureListItem": "FeatureList",
    "ItemListOfLogitListItem": "LogitList",
    "ItemListOfPromptListItem": "PromptList",
    "MotifsReport": "Motifs",
    "NodeName": "Node",
    "OperandRanking": "RankedOperands",
    "OperandsReport": "Operands",
    "RunReport": "Run",
    "SearchReport": "SearchResult",
    "SimilarReport": "Similar",
    "StabilityReport": "Stability",
    "SteeredFeature": "Steering",
    "SteeredTextReport": "SteeredText",
    "SteeringReport": "SteeringTest",
    "SupernodesReport": "SuggestedSupernodes",
    "ValidationReport": "Validation",
}
HEAD = '''"""The answers to an atlas's questions, as the program and a server give them in JSON.

Every answer is a dictionary with the fields of its type; one that does not apply is absent. A feature is
``{"layer": 2, "index": 157}``. What the numbers mean is told by ``atlas query QUESTION --help`` and on the pages.
Written by ``make_answers.py`` from the description of the interface: not to be changed by hand.
"""

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

'''
#: Letters in a line at most.
WIDTH = 120


def component(schema):
    """The component that a schema names."""
    return schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else None


def parts(schema):
    """The components that a schema names, itself or further in."""
    if isinstance(schema, dict):
        name = component(schema)
        if name:
            yield name
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


def ordered(document):
    """The components of answers, each after those that it names; and what the answers that have a route tell."""
    schemas = document["components"]["schemas"]
    summaries = {}
    found = []

    def add(name):
        if name not in found:
            for other in parts(schemas[name]):
                add(other)
            found.append(name)

    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                schema = next(iter(response["content"].values()))["schema"]
                if status.startswith("2") and component(schema):
                    summaries.setdefault(component(schema), operation["summary"])
                for name in parts(schema):
                    add(name)
    return found, summaries


def name_of(name):
    return NAMES.get(name, name)


def kind(schema):
    """A schema as a type."""
    name = component(schema)
    if name:
        return name_of(name)
    if "anyOf" in schema:
        kinds = [kind(one) for one in schema["anyOf"]]
        if "None" in kinds:
            kinds.remove("None")
            return f"Optional[{kinds[0]}]" if len(kinds) == 1 else f"Optional[Union[{', '.join(kinds)}]]"
        return f"Union[{', '.join(kinds)}]"
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(word) for word in schema['enum'])}]"
    if schema.get("type") == "array":
        return f"List[{kind(schema['items'])}]"
    if schema.get("type") == "object":
        return f"Dict[str, {kind(schema['additionalProperties']) if 'additionalProperties' in schema else 'Any'}]"
    return {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}[schema["type"]]


def field(name, text):
    """A line ``name: text``, or several where it is too long."""
    line = f"    {name}: {text}"
    if len(line) <= WIDTH:
        return [line]
    opening, inner = text.split("[", 1)
    one = f"        {inner[:-1]}"
    if len(one) <= WIDTH:
        return [f"    {name}: {opening}[", one, "    ]"]
    return [f"    {name}: {opening}[", *(f"        {part}," for part in inner[:-1].split(", ")), "    ]"]


def definition(name, schema, summary):
    """The lines that define a component."""
    name = name_of(name)
    if "properties" not in schema:
        text = kind(schema)
        if len(f"{name} = {text}") <= WIDTH:
            return [f"{name} = {text}"]
        opening, inner = text.split("[", 1)
        return [f"{name} = {opening}[", f"    {inner[:-1]}", "]"]
    properties, required = schema["properties"], set(schema.get("required", []))
    documentation = [f'    """{summary}."""'] if summary else []
    lines, base = [], "TypedDict"
    names = sorted(properties)
    always = [one for one in names if one in required]
    sometimes = [one for one in names if one not in required]
    if any(keyword.iskeyword(one) for one in always):
        if sometimes:
            raise ValueError(f"{name}: a member with a word of Python's and one that may be absent")
        members = [f'        "{one}": {kind(properties[one])},' for one in always]
        return [f"{name} = TypedDict(", f'    "{name}",', "    {", *members, "    },", ")"]
    if always and sometimes:
        base = f"_{name}"
        lines += [f"class {base}(TypedDict):", *sum((field(one, kind(properties[one])) for one in always), []), "", ""]
    total = ", total=False" if sometimes else ""
    shown = sometimes or always
    lines += [f"class {name}({base}{total}):", *documentation, *([""] if documentation else [])]
    return lines + sum((field(one, kind(properties[one])) for one in shown), [])


def module(document):
    """The text of the module."""
    schemas = document["components"]["schemas"]
    names, summaries = ordered(document)
    text = HEAD
    for name in names:
        text += "\n" + "\n".join(definition(name, schemas[name], summaries.get(name))) + "\n\n"
    return text.rstrip("\n") + "\n"


if __name__ == "__main__":
    FILE.write_text(module(json.load(sys.stdin)))
