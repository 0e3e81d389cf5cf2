"""The tags `extends` and `include` as Django has them; a template that is named in the text is looked up once.

Django asks its engine for the same few templates with each page (a page of staff extends two and includes a dozen), and
collects the blocks of the outermost one anew. What is kept here hangs on the template that names the other one: where
the engine reads that anew, as in development, it is looked up anew.
"""

from typing import Any, cast

from django import template
from django.template import Template
from django.template.base import Parser, TextNode, Token
from django.template.loader_tags import (
    BLOCK_CONTEXT_KEY,
    BlockContext,
    BlockNode,
    ExtendsNode,
    IncludeNode,
    do_extends,
    do_include,
)
from django.utils.safestring import SafeString

register = template.Library()


@register.tag
def extends(parser: Parser, token: Token) -> ExtendsNode:
    node = do_extends(parser, token)
    name = _constant(node.parent_name)
    return node if name is None else _Extends(name, node)


class _Extends(ExtendsNode):
    def __init__(self, name: str, node: ExtendsNode) -> None:
        super().__init__(node.nodelist, node.parent_name)
        self.named, self.found = name, cast(tuple[Any, dict[str, BlockNode]] | None, None)

    def render(self, context: Any) -> Any:
        if self.named == self.origin.template_name:
            return super().render(context)  # one of the same name in another folder, for which Django looks on
        if self.found is None:
            parent = context.template.engine.get_template(self.named)
            self.found = parent, _own_blocks(parent)
        parent, blocks = self.found
        if BLOCK_CONTEXT_KEY not in context.render_context:
            context.render_context[BLOCK_CONTEXT_KEY] = BlockContext()
        known = context.render_context[BLOCK_CONTEXT_KEY]
        known.add_blocks(self.blocks)
        if blocks:
            known.add_blocks(blocks)
        with context.render_context.push_state(parent, isolated_context=False):
            return parent._render(context)


def _own_blocks(parent: Any) -> dict[str, BlockNode]:
    """The blocks of a template that extends no other; the others add theirs themselves."""
    first = next((node for node in parent.nodelist if not isinstance(node, TextNode)), None)
    if isinstance(first, ExtendsNode):
        return {}
    return {node.name: node for node in parent.nodelist.get_nodes_by_type(BlockNode)}


@register.tag
def include(parser: Parser, token: Token) -> IncludeNode:
    node = do_include(parser, token)
    name = _constant(node.template)
    if name is None or name.startswith(".") or node.isolated_context:
        return node
    return _Include(name, node)


class _Include(IncludeNode):
    def __init__(self, name: str, node: IncludeNode) -> None:
        super().__init__(node.template, extra_context=node.extra_context)
        self.named, self.found = name, cast(Template | None, None)

    def render(self, context: Any) -> SafeString:
        found = self.found
        if found is None:
            found = self.found = context.template.engine.get_template(self.named)
        with context.push(**{name: value.resolve(context) for name, value in self.extra_context.items()}):
            return found.render(context)


def _constant(expression: Any) -> str | None:
    """What an expression says when it is a text in quotes."""
    return str(expression.var) if isinstance(expression.var, str) and not expression.filters else None
