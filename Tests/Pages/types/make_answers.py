"""Writes answers.d.ts: the types of all answers and bodies, and which path is answered by which, for the check of the pages.

    atlas serve my.atlas --port 8080
    curl -s http://127.0.0.1:8080/api/v1/openapi.json | python3 Tests/Pages/types/make_answers.py

A test fails where the file is not what this writes of the program's description.
"""

import json
import pathlib
import re
import sys

FILE = pathlib.Path(__file__).parent / "answers.d.ts"
HEAD = """// The answers of a server's routes. Written by make_answers.py from the description of the interface: not to be changed by
// hand.
"""
PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def kind(schema):
    """A schema as a type."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(json.dumps(word) for word in schema["enum"])
    if schema.get("type") == "array":
        inner = kind(schema["items"])
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {kind(values)}>" if isinstance(values, dict) else "Record<string, any>"
    return PRIMITIVES[schema["type"]]


def definition(name, schema):
    """The lines that define a component."""
    if "properties" not in schema:
        return [f"type {name} = {kind(schema)};"]
    required = set(schema.get("required", []))
    members = [f"    {one}{'' if one in required else '?'}: {kind(value)};"
               for one, value in sorted(schema["properties"].items())]
    return [f"interface {name} {{", *members, "}"]


def routes(paths):
    """The paths of a GET with what answers them, the more exact ones first."""
    found = []
    for path, operations in paths.items():
        if "get" in operations:
            pattern = re.sub(r"\{\w+\}", "${string}", path.lstrip("/"))
            answer = kind(operations["get"]["responses"]["200"]["content"]["application/json"]["schema"])
            found.append((pattern, answer))
    return sorted(found, key=lambda route: (-route[0].count("/"), route[0].count("$"), route[0]))


def module(document):
    """The text of the file."""
    lines = [HEAD]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += [*definition(name, schema), ""]
    lines += ["/** What answers a path; a path that is not known when this is checked is answered by anything. */",
              "type AnswerAt<Path extends string> = string extends Path ? any"]
    lines += [f"    : Path extends `{pattern}` ? {answer}" for pattern, answer in routes(document["paths"])]
    return "\n".join([*lines, "    : unknown;"]) + "\n"


if __name__ == "__main__":
    FILE.write_text(module(json.load(sys.stdin)))
