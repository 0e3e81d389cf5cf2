"""The mutants that mutmut does not make: it changes the bodies of plain functions and methods alone.

Constants, defaults, properties, decorated functions and the lambdas of a module decide as much: accounts/policy.py
consists of them. Here each of them is changed in turn, one change a mutant.
"""

import ast
from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple

# What is called differently, but means nothing at run time, or cannot be but as it is.
UNTOUCHED = {"__all__", "__slots__"}
TYPING = {"TypeVar", "cast"}
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.FloorDiv: ast.Mult,
}  # fmt: skip


class Mutant(NamedTuple):
    """One changed file: where, what stood there, what stands there now, and the whole text."""

    line: int
    was: str
    becomes: str
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module outside the bodies that mutmut changes."""
    tree = ast.parse(source)
    for node in list(_reached(tree.body)):
        for changed in _changes(node):
            yield Mutant(node.lineno, ast.unparse(node), ast.unparse(changed), _with(tree, node, changed))


def _reached(body: list[ast.stmt]) -> Iterator[ast.expr | ast.stmt]:
    """The expressions and statements that count, outermost first."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _reached(node.body)
        elif isinstance(node, ast.FunctionDef):
            # mutmut changes a plain function, and one that is a static or class method
            if node.decorator_list:
                yield from (found for each in node.body for found in _walk(each))
            else:
                yield from (
                    found for default in [*node.args.defaults, *node.args.kw_defaults] for found in _walk(default)
                )
        elif not _is_fixed(node):
            yield from _walk(node)


def _is_fixed(node: ast.stmt) -> bool:
    """Imports, docstrings, types, and the lists of names that Python itself reads."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    value = getattr(node, "value", None)
    names = {ast.unparse(target) for target in getattr(node, "targets", [getattr(node, "target", None)]) if target}
    if names & UNTOUCHED or value is None:
        return True
    # `Severity = Literal["watch", ..]` and `View = Callable[..]` are types, and `Day = TypeVar("Day")` nearly one.
    typed = isinstance(value, ast.Subscript) or (isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr))
    return typed or (isinstance(value, ast.Call) and ast.unparse(value.func) in TYPING)


def _walk(node: ast.AST | None) -> Iterator[ast.expr | ast.stmt]:
    if node is None or isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and _is_fixed(node)):
        return
    if isinstance(node, ast.expr | ast.stmt):
        yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "keywords") and not isinstance(node, ast.Call):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child)


def _changes(node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    """What may stand in place of the node."""
    if isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _other_values(node.value))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
        yield _copy(node, ops=[SWAPPED[type(node.ops[0])]()])
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPPED:
        yield _copy(node, op=SWAPPED[type(node.op)]())
        if isinstance(node, ast.BoolOp):
            for place in range(len(node.values)):
                left = [*node.values[:place], *node.values[place + 1 :]]
                yield _copy(node, values=left) if len(left) > 1 else left[0]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Lambda):
        yield _copy(node, body=ast.Constant(None))
        yield _copy(node, body=ast.Constant(True))
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.If):
        yield _copy(node, test=ast.Constant(True))
        yield _copy(node, test=ast.Constant(False))
    elif isinstance(node, ast.Return) and node.value is not None:
        yield _copy(node, value=None)
    elif isinstance(node, ast.Tuple | ast.Set | ast.List) and len(node.elts) > 1:
        for place in range(len(node.elts)):
            yield _copy(node, elts=[*node.elts[:place], *node.elts[place + 1 :]])
    elif isinstance(node, ast.Call):
        for place in range(len(node.args)):
            yield _copy(node, args=[*node.args[:place], *node.args[place + 1 :]])
        for place in range(len(node.keywords)):
            yield _copy(node, keywords=[*node.keywords[:place], *node.keywords[place + 1 :]])


def _other_values(value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        yield f"XX{value}XX"


def _copy(node: ast.AST, **changed: object) -> ast.AST:
    copied = deepcopy(node)
    for name, value in changed.items():
        setattr(copied, name, value)
    return copied


def _with(tree: ast.Module, node: ast.AST, changed: ast.AST) -> str:
    class Put(ast.NodeTransformer):
        def visit(self, found: ast.AST) -> ast.AST:
            return changed if found is node else self.generic_visit(found)

    # The transformer changes what it walks over, so it walks over a shallow copy whose lists are its own.
    return ast.unparse(ast.fix_missing_locations(Put().visit(_thin(tree, node))))


def _thin(tree: ast.AST, kept: ast.AST) -> ast.AST:
    """A copy of the tree in which `kept` is the very same node."""
    return deepcopy(tree, {id(kept): kept})
