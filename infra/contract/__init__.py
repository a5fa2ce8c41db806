"""The contract with the app: the surface of the API as lines of text, kept in surface.txt, and what a change of it breaks.

A line is one fact, so that a change can be read in a diff:

    POST /login
      caller: public
      takes password: string (required)
      gives 200 data.tokens.access_token: string

`python -m infra.contract` writes the file anew. A change that an app of today would notice (an operation or a key that
is gone, a type that is another, a field that has become required) has to be in CHANGELOG.md first.
"""

import re
from pathlib import Path
from typing import Any

from infra.gateway import VERSION
from infra.openapi import document
from infra.routes import ROUTES

Schema = dict[str, Any]
Surface = dict[tuple[str, str], str]

HERE = Path(__file__).parent
KEPT, CHANGELOG = HERE / "surface.txt", HERE / "CHANGELOG.md"

# An answer may hold itself (a comment its replies); deeper than this it only repeats itself.
DEEPEST = 8


def surface() -> Surface:
    """The facts by operation and place: `("POST /login", "takes password")` is `"string (required)"`."""
    whole = document()
    definitions = whole["components"]["schemas"]
    found: Surface = {}
    for route in ROUTES:
        operation = whole["paths"][route.path][route.method.lower()]
        facts = {"caller": route.caller.__name__, **{f"also at {alias}": "yes" for alias in route.aliases if alias != route.path}}
        facts |= _taken(operation, definitions) | _given(operation, definitions)
        found |= {(f"{route.method} {route.path}", place): fact for place, fact in facts.items()}
    return found


def _taken(operation: Schema, definitions: Schema) -> dict[str, str]:
    facts = {}
    for parameter in operation["parameters"]:
        need = " (required)" if parameter["required"] else ""
        facts[f"takes {parameter['in']} {parameter['name']}"] = _type(parameter["schema"], definitions) + need
    for content in operation.get("requestBody", {}).get("content", {}).values():
        facts |= {f"takes {place}": kind for place, kind in _fields(content["schema"], definitions, needs=True)}
    return facts


def _given(operation: Schema, definitions: Schema) -> dict[str, str]:
    status, answer = min(operation["responses"].items())
    facts = {f"gives {status}": ", ".join(sorted(answer.get("content", {}))) or "no content"}
    for content in answer.get("content", {}).values():
        if "schema" in content:
            facts |= {f"gives {status} {place}": kind for place, kind in _fields(content["schema"], definitions, needs=False)}
    return facts


def _fields(schema: Schema, definitions: Schema, *, needs: bool, at: str = "", depth: int = 0) -> list[tuple[str, str]]:
    """Every field below a schema by its path (`data[].genre[]`) with its type; `needs` says whether it is required too."""
    schema = _resolved(schema, definitions)
    found = []
    if "items" in schema and depth < DEEPEST:
        return _fields(schema["items"], definitions, needs=needs, at=f"{at}[]", depth=depth + 1)
    for name, field in schema.get("properties", {}).items() if depth < DEEPEST else ():
        place = f"{at}.{name}" if at else name
        need = " (required)" if needs and name in schema.get("required", []) else ""
        found.append((place, _type(field, definitions) + need))
        found += _fields(field, definitions, needs=needs, at=place, depth=depth + 1)
    return found


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    """A schema without its reference, and without the null that it may be instead."""
    if "$ref" in schema:
        found: Schema = definitions[schema["$ref"].rpartition("/")[2]]
        return found
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    return _resolved(kinds[0], definitions) if len(kinds) == 1 else schema


def _type(schema: Schema, definitions: Schema) -> str:
    """`string`, `string|null`, `one of a, b`, `array of integer`: what a program has to be ready for."""
    if "anyOf" in schema:
        return "|".join(_type(kind, definitions) for kind in schema["anyOf"])
    schema = _resolved(schema, definitions)
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return f"one of {schema['const']}"
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}), definitions)}"
    kind = schema.get("type", "anything")
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def breaks(before: Surface, after: Surface) -> dict[tuple[str, str], str]:
    """What an app that was written for `before` notices in `after`."""
    operations = {operation for operation, _ in after}
    found = {}
    for (operation, place), old in before.items():
        new = after.get((operation, place))
        if operation not in operations:
            found[operation, ""] = "is gone"
        elif new is None:
            found[operation, place] = "is gone"
        elif not _compatible(place, old, new):
            found[operation, place] = f"was {old} and is {new}"
    known = {operation for operation, _ in before}
    for (operation, place), new in after.items():
        if operation in known and place.startswith("takes") and (operation, place) not in before and new.endswith("(required)"):
            found[operation, place] = "is new and required"
    return found


def _compatible(place: str, old: str, new: str) -> bool:
    """Whether old requests are still taken, and answers hold nothing that was not to be expected."""
    if old == new:
        return True
    if place == "caller":
        return ("public" in (new, old) and new in ("public", "maybe_user")) or (old, new) == ("user", "maybe_user")
    if place.startswith("takes"):
        return not (new.endswith("(required)") and not old.endswith("(required)")) and _within(_kinds(old), _kinds(new))
    return _within(_kinds(new), _kinds(old))


def _within(narrow: set[str], wide: set[str]) -> bool:
    """Whether every kind is one of the wider set's; a value of an enumeration is a string, a whole number a number."""
    return all(kind in wide or (kind.startswith("=") and "string" in wide) or (kind == "integer" and "number" in wide) for kind in narrow)


def _kinds(text: str) -> set[str]:
    """What a type allows, each by itself: the alternatives, and the values of an enumeration."""
    kinds: set[str] = set()
    for kind in re.sub(r" \(required\)$", "", text).split("|"):
        values = kind.removeprefix("one of ")
        kinds |= {f"={value}" for value in values.split(", ")} if values != kind else {kind}
    return kinds


def unsaid(before: Surface, after: Surface) -> dict[tuple[str, str], str]:
    """The breaks that the changelog's newest version does not name: by operation and, in the same line, by field."""
    lines = [line for line in newest().splitlines() if "**breaks**" in line.lower()]
    return {
        (operation, place): why
        for (operation, place), why in breaks(before, after).items()
        if not any(f"`{operation}`" in line and (not place or f"`{place.rpartition(' ')[2]}`" in line) for line in lines)
    }


def newest() -> str:
    """The part of the changelog about the version that the document carries; raises `ValueError` where it has none."""
    parts = CHANGELOG.read_text().split("\n## ")
    found = next((part for part in parts[1:] if part.startswith(VERSION)), None)
    if found is None:
        raise ValueError(f"{CHANGELOG.name} says nothing about {VERSION}")
    return found


def added(before: Surface, after: Surface) -> list[str]:
    """What is new, as lines for the changelog."""
    known = {operation for operation, _ in before}
    lines = []
    for operation in dict.fromkeys(operation for operation, _ in after):
        new = [place for (each, place) in after if each == operation and (each, place) not in before]
        if operation not in known:
            lines.append(f"- Added `{operation}`.")
        elif new:
            lines.append(f"- `{operation}`: added " + ", ".join(f"`{place}`" for place in new) + ".")
    return lines


def written(facts: Surface) -> str:
    """The surface as the text that is kept."""
    lines: list[str] = []
    for operation in sorted({operation for operation, _ in facts}):
        lines += [operation, *sorted(f"  {place}: {fact}" for (each, place), fact in facts.items() if each == operation)]
    return "\n".join(lines) + "\n"


def read(text: str) -> Surface:
    """The surface that a text holds."""
    facts: Surface = {}
    operation = ""
    for line in text.splitlines():
        if line.startswith("  "):
            place, _, fact = line.strip().partition(": ")
            facts[operation, place] = fact
        else:
            operation = line
    return facts
