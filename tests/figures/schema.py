"""As much of JSON Schema as pose.schema.json uses; a word that is not known here is an error."""

import re
from collections.abc import Iterator
from typing import Any

_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "number": (int, float), "integer": (int,),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_WORDS = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "enum", "const", "properties",
    "patternProperties", "additionalProperties", "propertyNames", "required", "items", "minItems", "maxItems",
    "minProperties", "minimum", "maximum", "exclusiveMinimum", "pattern", "anyOf", "oneOf",
}  # fmt: skip


def problems(value: Any, schema: Any, root: dict[str, Any], where: str = "") -> Iterator[str]:
    """What of `value` the schema does not allow, with the place in the file."""
    if isinstance(schema, bool):
        if not schema:
            yield f"{where}: is not allowed"
        return
    assert set(schema) <= _WORDS, f"unknown in the schema: {set(schema) - _WORDS}"
    if "$ref" in schema:
        found: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        yield from problems(value, found, root, where)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            tried = [list(problems(value, each, root, where)) for each in schema[word]]
            if all(tried):
                yield f"{where}: fits none of {len(tried)}: {min(tried, key=len)[0]}"
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{where}: {value!r} is no {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']}"
    if isinstance(value, dict):
        yield from _object(value, schema, root, where)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{where}: has {len(value)} entries"
        for index, each in enumerate(value):
            yield from problems(each, schema.get("items", True), root, f"{where}/{index}")
    elif isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{where}: {value} is out of bounds"
        if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
            yield f"{where}: {value} is out of bounds"


def _object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], where: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where}: {name} is missing"
    if len(value) < schema.get("minProperties", 0):
        yield f"{where}: has {len(value)} entries"
    patterns = schema.get("patternProperties", {})
    for name, each in value.items():
        fitting = [inner for pattern, inner in patterns.items() if re.search(pattern, name)]
        if name in schema.get("properties", {}):
            fitting.append(schema["properties"][name])
        if "propertyNames" in schema:
            yield from problems(name, schema["propertyNames"], root, f"{where}/{name}")
        for inner in fitting or [schema.get("additionalProperties", True)]:
            yield from problems(each, inner, root, f"{where}/{name}")


def _is(value: Any, kind: str | list[str]) -> bool:
    kinds = [kind] if isinstance(kind, str) else kind
    if isinstance(value, bool):
        return "boolean" in kinds
    return any(isinstance(value, _KINDS[each]) for each in kinds)
