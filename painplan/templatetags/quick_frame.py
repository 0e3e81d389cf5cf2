"""The tags `include` and `extends` as Django has them, without looking up on every page which template is meant.

A page of staff is made of three templates that extend each other, and includes a dozen more. Django looks each of them
up anew (15 microseconds), and walks through the last one for its blocks. A template that is named in quotes is found
once here, and kept as long as the one that names it: an engine that forgets its templates forgets both. What they all
draw is joined once, where the page begins (painplan/joined_once.py).
"""

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Template, TextNode, Token
from django.template.context import Context
from django.template.loader_tags import (
    BLOCK_CONTEXT_KEY,
    BlockContext,
    BlockNode,
    ExtendsNode,
    IncludeNode,
    do_extends,
    do_include,
)

from painplan.joined_once import WAYS, walk
from painplan.templatetags.quick import constant

register = template.Library()


@register.tag
def include(parser: Parser, token: Token) -> IncludeNode:
    """Django's own; a template that is named in quotes is looked up once."""
    node: Any = do_include(parser, token)
    name = constant(node.template)
    return node if name is None or node.isolated_context else _Include(node, name)


class _Include(IncludeNode):
    def __init__(self, node: IncludeNode, name: str) -> None:
        super().__init__(node.template, extra_context=node.extra_context)
        self.name = name
        self.found: Any = None

    def render(self, context: Context) -> Any:
        found = self.template_meant(context)
        with context.push(**{name: value.resolve(context) for name, value in self.extra_context.items()}):
            return found.render(context)

    def walk(self, context: Any, pieces: list[str]) -> None:
        found = self.template_meant(context)
        with context.push(**{name: value.resolve(context) for name, value in self.extra_context.items()}):
            with context.render_context.push_state(found):
                walk(found.nodelist, context, pieces)

    def template_meant(self, context: Any) -> Any:
        if self.found is None:
            self.found = context.template.engine.select_template([self.name])
        return self.found


WAYS[_Include] = _Include.walk


@register.tag
def extends(parser: Parser, token: Token) -> ExtendsNode:
    """Django's own; a template that is named in quotes is looked up once, and its blocks with it."""
    node: Any = do_extends(parser, token)
    name = constant(node.parent_name)
    return node if name is None else _Extends(node.nodelist, node.parent_name, name)


class _Extends(ExtendsNode):
    def __init__(self, nodelist: NodeList, parent_name: FilterExpression, name: str) -> None:
        super().__init__(nodelist, parent_name)
        self.name = name
        self.parent: Any = None
        self.last_blocks: dict[str, BlockNode] = {}
        """Those of the parent, when it extends nothing itself."""

    def render(self, context: Context) -> str:
        pieces: list[str] = []
        self.walk(context, pieces)
        return "".join(pieces)

    def walk(self, context: Context, pieces: list[str]) -> None:
        kept: Any = context.render_context
        before = kept.setdefault(self.context_key, [self.origin])
        if any(origin.template_name == self.name for origin in before):
            pieces.append(super().render(context))  # one that extends another of its own name
            return
        if self.parent is None:
            parent = self.get_parent(context)
            self.last_blocks = _blocks_of_the_last(parent)
            self.parent = parent
        else:
            before.append(self.parent.origin)
        blocks = kept.setdefault(BLOCK_CONTEXT_KEY, BlockContext())
        blocks.add_blocks(self.blocks)
        blocks.add_blocks(self.last_blocks)
        with kept.push_state(self.parent, isolated_context=False):
            walk(self.parent.nodelist, context, pieces)


WAYS[_Extends] = _Extends.walk


def _blocks_of_the_last(parent: Template) -> dict[str, BlockNode]:
    first = next((node for node in parent.nodelist if not isinstance(node, TextNode)), None)
    if first is None or isinstance(first, ExtendsNode):
        return {}
    blocks: Any = parent.nodelist.get_nodes_by_type(BlockNode)
    return {block.name: block for block in blocks}
