"""Refuses migrations that lock a big table for long, or that the code of the release before cannot live with.

    python tools/migrations.py

Hosts are changed one after the other (docs/operations.md), so for a while the old code works on the new tables: it
neither knows a new column nor expects an old one to be gone. What is needed goes in two releases: first add and write,
later take away; the later one names itself in ALLOWED with the reason. Migrations up to the first release are not
looked at. Standard library only; reads the files and runs nothing.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The last migration of each app that nobody runs in production yet.
BEFORE_THE_FIRST_RELEASE = {"accounts": 2, "exercises": 2, "plans": 2}
# "app.name" -> why it may do it all the same.
ALLOWED: dict[str, str] = {"accounts.0003_staff_events": "one more choice, which is not in the database: no SQL"}
# Tables with a row for each log, look or change: a lock on them is felt.
BIG = {
    "session", "exerciselog", "sessionstep", "painscore", "planevent", "checkin", "notification", "accesslog",
    "auditlink", "auditsalt",
}  # fmt: skip
GONE = {"RemoveField", "DeleteModel", "RenameField", "RenameModel", "AlterModelTable"}
SQL = {
    r"\bRENAME\b": "renames, which the old code does not know",
    r"\bDROP\s+(TABLE|COLUMN)\b": "takes away what the old code still reads",
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)": "makes an index without CONCURRENTLY",
    r"\bSET\s+NOT\s+NULL\b": "reads the whole table under a lock: add a CHECK .. NOT VALID and validate it instead",
    r"\bADD\s+CONSTRAINT\b(?![^;]*\b(NOT\s+VALID|USING\s+INDEX)\b)": "adds a constraint without NOT VALID",
    r"\bADD\s+COLUMN\b(?=[^;,]*\bNOT\s+NULL\b)(?![^;,]*\bDEFAULT\b)": "adds a column that the old code cannot fill",
    r"\bLOCK\s+TABLE\b": "locks a table",
}


def is_big(model: str) -> bool:
    """Also the tables of history, which hold a row for each change."""
    name = model.lower()
    return name in BIG or name.endswith("event")


def faults(source: str) -> Iterator[str]:
    """What is wrong with one migration, in sentences without a subject."""
    body = next((node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)), None)
    assigned = {
        target.id: node.value
        for node in (body.body if body else [])
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    atomic = ast.unparse(assigned["atomic"]) != "False" if "atomic" in assigned else True
    operations = assigned.get("operations") or ast.List(elts=[], ctx=ast.Load())
    calls = [node for node in ast.walk(operations) if isinstance(node, ast.Call)]
    made = {_text(call, "name") for call in calls if _called(call) == "CreateModel"}
    for call in calls:
        model = _text(call, "model_name") or _text(call, "name")
        if model in made:
            continue
        yield from _of_operation(call, model, atomic)


def _of_operation(call: ast.Call, model: str, atomic: bool) -> Iterator[str]:
    kind = _called(call)
    if kind in GONE:
        yield f"{kind} of {model}: the old code still reads it"
    elif kind == "AddField" and not _old_code_can_insert(call):
        yield f"AddField to {model}: give it null=True or db_default, so that the old code can insert rows"
    elif kind in ("AddIndex", "AddConstraint", "AlterField", "AlterUniqueTogether") and is_big(model):
        instead = {"AddIndex": "AddIndexConcurrently", "AddConstraint": "AddConstraintNotValid"}
        yield f"{kind} on {model} locks a big table" + (f": use {instead[kind]}" if kind in instead else "")
    elif kind in ("AddIndexConcurrently", "RemoveIndexConcurrently") and atomic:
        yield f"{kind} on {model} needs atomic = False"
    elif kind == "RunSQL":
        text = " ".join(
            node.value
            for node in ast.walk(_first(call))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        fresh = {name.lower() for name in re.findall(r"\bCREATE\s+TABLE\s+(\w+)", text, re.IGNORECASE)}
        for statement in text.split(";"):
            about = {word.lower() for word in re.findall(r"\w+", statement)}
            for pattern, words in SQL.items():
                if not fresh & about and re.search(pattern, statement, re.IGNORECASE):
                    yield f"RunSQL {words}"


def _old_code_can_insert(call: ast.Call) -> bool:
    field = next((each.value for each in call.keywords if each.arg == "field"), None)
    if not isinstance(field, ast.Call) or _called(field) == "ManyToManyField":
        return True
    given = {each.arg: ast.unparse(each.value) for each in field.keywords}
    return given.get("null") == "True" or "db_default" in given or _called(field) == "GeneratedField"


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rsplit(".", 1)[-1]


def _first(call: ast.Call) -> ast.AST:
    return call.args[0] if call.args else next((each.value for each in call.keywords if each.arg == "sql"), call)


def _text(call: ast.Call, name: str) -> str:
    values = [each.value for each in call.keywords if each.arg == name] or call.args[:1]
    value = values[0] if values else None
    return value.value.lower() if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def found(root: Path = ROOT) -> list[str]:
    """ "app.name: what is wrong" for every migration after the first release."""
    lines = []
    for file in sorted(root.glob("*/migrations/[0-9]*.py")):
        app, number = file.parent.parent.name, int(file.name[:4])
        name = f"{app}.{file.stem}"
        if number > BEFORE_THE_FIRST_RELEASE.get(app, 0) and name not in ALLOWED:
            lines += [f"{name}: {fault}" for fault in faults(file.read_text(encoding="utf-8"))]
    return lines


def main() -> int:
    lines = found()
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
