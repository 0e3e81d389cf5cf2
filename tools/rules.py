"""Rules of this house about security that no other tool knows, checked by reading the code.

    python tools/rules.py [FOLDER]

Prints one line for each breach and ends with 1 when there is one. Standard library only.

- ROWS: a view gets its rows through a door. No `.objects.get`, no `.objects.all` and no `get_object_or_404(Model, ..)`
  there; `.objects.filter`, `.order_by` and what else Django's own querysets do only when something that came through a
  door is asked for: not with constants alone, and with nothing that the request says.
- HTML: nothing but words of our own in the code is declared to be safe HTML: no `mark_safe` and no `SafeString` of a
  variable, no `|safe`, no `autoescape off`.
- SQL: no `.extra()`, and no statement that is put together from pieces of text.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "exercises", "plans", "painplan")

# What may stay, and why: by rule, file and function.
ALLOWED = {
    (
        "ROWS",
        "plans/views/curation/queue.py",
        "proposals",
    ): "exercises offered to everybody; the next lines say who reads",
    ("ROWS", "plans/views/curation/use.py", "_activated"): "the first half of a question that its callers end",
    (
        "ROWS",
        "exercises/duplicate_views.py",
        "_pair",
    ): "the first half of writable_by and visible_to, in the lines below",
    ("ROWS", "exercises/media_views.py", "_rows"): "the first half of the two doors above it",
    ("ROWS", "plans/views/plan_paper.py", "pictures"): "prefetched for the exercises of one plan, in the next line",
    (
        "ROWS",
        "plans/views/clinician/people_asked.py",
        "module",
    ): "the patients that find() was given, as it names them",
    ("HTML", "exercises/library_filter.py", "_filled"): "pieces that templates drew, with numbers between them",
    ("HTML", "painplan/templatetags/parts.py", "part_with_forms"): "what a template drew, with the escaped token in it",
    ("HTML", "plans/views/plan_paper.py", "printable"): "the QR code that segno drew of our own address",
    ("HTML", "plans/templatetags/chart_words.py", "spark_marks"): "numbers and names of classes",
    ("HTML", "plans/templatetags/chart_words.py", "timeline_rows"): "numbers, dates, and words that are escaped",
    ("HTML", "plans/templatetags/chart_words.py", "answer_rows"): "numbers, dates, and words that are escaped",
    ("HTML", "plans/templatetags/chart_words.py", "strip_numbers"): "words that are escaped",
    ("HTML", "plans/templatetags/chart_picture.py", "answered_kind"): "numbers, a picture, and words that are escaped",
    ("HTML", "plans/templatetags/chart_picture.py", "_drawn"): "numbers, dates, and words that are escaped",
    ("HTML", "plans/templatetags/chart_picture.py", "pain_pictures"): "several of these side by side",
    ("HTML", "plans/templatetags/chart_picture.py", "answers_picture"): "numbers, dates and names of classes",
    ("HTML", "painplan/templatetags/quick.py", "render"): "a sentence that a template keeps, as Django's tag keeps it",
    ("HTML", "painplan/templatetags/lines.py", "_joined"): "the text of a template, and words that are escaped",
}

POLICIES = {"public", "signed_in", "clinical", "staff", "curator", "lead", "patient", "operator"}
# What every queryset can do, and that says nothing about whose rows they are.
PLAIN = {
    "filter", "exclude", "order_by", "reverse", "distinct", "select_related", "prefetch_related", "only", "defer",
    "annotate", "alias", "values", "values_list", "using", "select_for_update", "first", "last", "earliest", "latest",
    "in_bulk", "iterator", "count", "exists", "aggregate", "raw", "dates", "datetimes",
}  # fmt: skip

UNSAFE_TEMPLATE = re.compile(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off\s*%}")


@dataclass(frozen=True)
class Breach:
    rule: str
    file: str
    line: int
    function: str
    said: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule} in {self.function}: {self.said}"


def is_view(file: str) -> bool:
    """Whether a file holds views: a folder `views`, or a name that ends so. The doors themselves are none."""
    if not file.endswith(".py") or file.endswith("views/doors.py"):
        return False
    return "/views/" in file or file.endswith("views.py")


def breaches_in(file: str, text: str) -> list[Breach]:
    """What breaks a rule in one file; `file` is its path inside the repository."""
    if file.endswith(".html"):
        return [
            Breach("HTML", file, number, "template", "text is put into the page as it is")
            for number, line in enumerate(text.splitlines(), start=1)
            if UNSAFE_TEMPLATE.search(line)
        ]
    tree = ast.parse(text)
    visitor = _Reader(file, is_view(file) or declares_a_policy(tree))
    visitor.visit(tree)
    return visitor.found


class _Reader(ast.NodeVisitor):
    def __init__(self, file: str, view: bool) -> None:
        self.file, self.view = file, view
        self.functions: list[str] = []
        self.chains: set[int] = set()
        self.found: list[Breach] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.functions.append(node.name)
        self.generic_visit(node)
        self.functions.pop()

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        if self.view and id(node) not in self.chains:
            self._rows(node)
        if self.view and name in ("get_object_or_404", "get_list_or_404") and node.args and _is_model(node.args[0]):
            self._say("ROWS", node, f"{name}() of a whole table")
        if name in ("mark_safe", "SafeString", "SafeText") and not (
            node.args and isinstance(node.args[0], ast.Constant)
        ):
            self._say("HTML", node, f"{name}() declares text to be safe HTML")
        if name == "extra" and _of_rows(node):
            self._say("SQL", node, ".extra() takes SQL as text")
        if name in ("execute", "executemany", "raw", "RawSQL") and node.args and _put_together(node.args[0]):
            self._say("SQL", node, f"{name}() with a statement put together from text")
        self.generic_visit(node)

    def _rows(self, node: ast.Call) -> None:
        """Look at a whole chain `Model.objects.filter(..).exclude(..)` at once."""
        calls, below = [node], node.func
        while isinstance(below, ast.Attribute) and isinstance(below.value, ast.Call):
            calls.append(below.value)
            below = below.value.func
        methods = [_called(call) for call in calls]
        first = calls[-1].func
        if not (isinstance(first, ast.Attribute) and _named(first.value) in ("objects", "_default_manager")):
            return
        self.chains |= {id(call) for call in calls}
        if methods[-1] in ("get", "all"):
            self._say("ROWS", node, f".objects.{methods[-1]}() in a view")
            return
        if methods[-1] not in PLAIN:
            return  # through visible_to() or another queryset that says whose rows they are
        values = [
            value
            for call, method in zip(calls, methods, strict=True)
            if method in ("filter", "exclude", "get", "visible_to", "of")
            for value in [*call.args, *(keyword.value for keyword in call.keywords)]
        ]
        if any(_from_the_request(value) for value in values):
            self._say("ROWS", node, ".objects.filter() with what the request says")
        elif not any(_is_anchor(value) for value in values):
            self._say("ROWS", node, ".objects.filter() with constants alone: whose rows are they?")

    def _say(self, rule: str, node: ast.AST, said: str) -> None:
        function = self.functions[-1] if self.functions else "module"
        self.found.append(Breach(rule, self.file, getattr(node, "lineno", 0), function, said))


def declares_a_policy(tree: ast.Module) -> bool:
    """Whether a view stands here, whatever the file is called: a function with a policy of accounts/policy.py."""
    renamed = {
        name.asname
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "accounts.policy"
        for name in node.names
        if name.asname and name.name in POLICIES
    }
    return any(
        _named(mark) in POLICIES | renamed
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for mark in node.decorator_list
    )


def _named(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.Call) -> str:
    return _named(node.func)


def _of_rows(node: ast.Call) -> bool:
    """`.extra(..)` on an object; logging has a keyword of that name, but no such method."""
    return isinstance(node.func, ast.Attribute)


def _is_model(node: ast.expr) -> bool:
    """A class by its name: rows of everybody."""
    return _named(node)[:1].isupper()


def _from_the_request(node: ast.expr) -> bool:
    """request.GET and request.POST, form.data, anywhere inside."""
    return any(
        isinstance(part, ast.Attribute) and part.attr in ("GET", "POST", "COOKIES", "headers")
        for part in ast.walk(node)
    )


def _is_anchor(node: ast.expr) -> bool:
    """Something that came from elsewhere: a name or an attribute that is no constant, a subquery, a list of rows."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not part.id[:1].isupper() and part.id not in ("models", "timezone", "set"):
            return True
        if isinstance(part, ast.Call) and _called(part) == "OuterRef":
            return True
    return False


def _put_together(node: ast.expr) -> bool:
    """An f-string with values, text added to something, `%` or `.format` on text. psycopg.sql builds safely."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return not (_is_text(node.left) and _is_text(node.right))
    return isinstance(node, ast.Call) and _called(node) == "format" and _is_text(_receiver(node))


def _receiver(node: ast.Call) -> ast.expr | None:
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def files(root: Path) -> Iterator[Path]:
    for app in APPS:
        yield from sorted((root / app).rglob("*.py"))
    yield from sorted((root / "templates").rglob("*.html"))


def check(root: Path) -> list[Breach]:
    """Every breach below `root`, those that are allowed left out; an allowance that nobody needs is one as well."""
    found: list[Breach] = []
    used = set()
    for path in files(root):
        file = path.relative_to(root).as_posix()
        if "/migrations/" in file:
            continue
        for breach in breaches_in(file, path.read_text("utf-8")):
            key = (breach.rule, breach.file, breach.function)
            if key in ALLOWED:
                used.add(key)
            else:
                found.append(breach)
    for rule, file, function in sorted(set(ALLOWED) - used):
        found.append(Breach(rule, file, 0, function, "is allowed in tools/rules.py and not there any more"))
    return found


def main() -> int:
    found = check(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
