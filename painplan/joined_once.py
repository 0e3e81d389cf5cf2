"""What a page is made of, in one list that is joined once.

Django joins at each level: what stands in a block, the block in its template, that in the one it extends. A page of
90,000 characters is put together six times (180 kB each time, when one of them is a typographic quote), and copied as
often to mark it as safe. Pieces that are walked into here are no templates of their own for who listens to Django's
tests (`response.templates`): those name the page, and what is drawn in a loop.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.template.base import Node, TextNode, VariableDoesNotExist
from django.template.context import Context
from django.template.defaulttags import IfNode
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockNode

Way = Callable[[Any, Context, list[str]], None]

WAYS: dict[type[Node], Way] = {}
"""How nodes of exactly these types are walked into; what each adds is what its `render` says."""


def walk(nodes: Iterable[Node], context: Context, pieces: list[str]) -> None:
    """Add what the nodes draw. An error tells where it arose as one in `Node.render_annotated` does."""
    node: Any = None
    try:
        for node in nodes:
            kind = type(node)
            if kind is TextNode:
                pieces.append(node.s)
            elif way := WAYS.get(kind):
                way(node, context, pieces)
            else:
                pieces.append(node.render_annotated(context))
    except Exception as error:
        _annotate(error, node, context)
        raise


def _annotate(error: Any, node: Node, context: Any) -> None:
    if not context.template.engine.debug:
        return
    if not hasattr(error, "_culprit_node"):
        error._culprit_node = node
    culprit, drawn = error._culprit_node, context.render_context.template
    if not hasattr(error, "template_debug") and drawn.origin == culprit.origin:
        error.template_debug = drawn.get_exception_info(error, culprit.token)


def _block(node: Any, context: Any, pieces: list[str]) -> None:
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    with context.push():
        if blocks is None:
            context["block"] = node
            walk(node.nodelist, context, pieces)
            return
        found = blocks.pop(node.name)
        last = node if found is None else found
        context["block"] = here = BlockNode(last.name, last.nodelist)  # of this page alone: threads share the node
        here.context = context  # type: ignore[attr-defined]  # for `block.super`
        walk(here.nodelist, context, pieces)
        if found is not None:
            blocks.push(node.name, found)


def _if(node: Any, context: Context, pieces: list[str]) -> None:
    for condition, nodes in node.conditions_nodelists:
        if condition is None or _holds(condition, context):
            walk(nodes, context, pieces)
            return


def _holds(condition: Any, context: Context) -> bool:
    try:
        return bool(condition.eval(context))
    except VariableDoesNotExist:
        return False


WAYS[BlockNode] = _block
WAYS[IfNode] = _if
