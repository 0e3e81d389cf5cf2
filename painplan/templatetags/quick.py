"""The tags `url`, `static`, `translate` and `blocktranslate` as Django has them, without working out each time what
cannot have changed.

A page of staff has 20 to 100 addresses and as many words. Django's tags look a route up anew for each key (20
microseconds), and take a word through a variable, a lazy text and a filter (10). What is kept here is of the templates:
routes with a gap for the key, and words in each language. All that is not so plain goes Django's way.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.template.base import FilterExpression, Parser, Token, render_value_in_context
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags import i18n
from django.templatetags import static as statics
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from accounts.routes import around

register = template.Library()


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Django's own; quicker for a route by its name with one key, or nothing."""
    node = django_url(parser, token)
    route = constant(node.view_name)
    if route is None or ":" in route or node.kwargs or len(node.args) > 1:
        return node
    return _Address(node, route)


class _Address(URLNode):
    def __init__(self, node: URLNode, route: str) -> None:
        super().__init__(node.view_name, node.args, node.kwargs, node.asvar)
        self.route = route

    def render(self, context: Context) -> str:
        key = self.args[0].resolve(context) if self.args else None
        found = None
        if not self.args or type(key) is UUID:
            found = _plainly_around(self.route, bool(self.args))
        if found is None:
            return str(super().render(context))
        address = f"{found[0]}{key}{found[1]}" if self.args else found[0]
        if self.asvar:
            context[self.asvar] = address
            return ""
        return address


def _plainly_around(route: str, keyed: bool) -> tuple[str, str] | None:
    """What stands before the key of a route and after it; None for one that has another form, or needs escaping."""
    try:
        found = around(route, keyed=keyed)
    except NoReverseMatch:
        return None
    return found if _is_plain(found) else None


@lru_cache(maxsize=1024)
def _is_plain(address: tuple[str, str]) -> bool:
    return all(escape(side) == side for side in address)


def translate(parser: Parser, token: Token) -> TranslateNode:
    """Django's own; a word as it stands in the template is looked up once in each language."""
    node = i18n.do_translate(parser, token)
    plain = not node.filter_expression.filters and getattr(node.filter_expression.var, "literal", None) is not None
    if node.noop or not plain or (node.message_context and constant(node.message_context) is None):
        return node
    return _Word(node.filter_expression, node.noop, node.asvar, node.message_context)


class _Word(TranslateNode):
    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.said: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Context) -> str:
        key = get_language(), context.autoescape
        said = self.said.get(key)
        if said is None:
            drawn = super().render(context)
            said = self.said[key] = context[self.asvar] if self.asvar else drawn
        if self.asvar:
            context[self.asvar] = said
            return ""
        return said


def blocktranslate(parser: Parser, token: Token) -> Any:
    """Django's own; its sentence is put together once, and looked up once in each language."""
    node: Any = i18n.do_block_translate(parser, token)
    if node.message_context or (node.plural and not (node.countervar and node.counter)):
        return node
    return _Sentence(
        node.extra_context,
        node.singular,
        node.plural,
        node.countervar,
        node.counter,
        trimmed=node.trimmed,
        asvar=node.asvar,
        tag_name=node.tag_name,
    )


class _Sentence(BlockTranslateNode):
    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self.one, names = self.render_token_list(self.singular)
        self.many, others = self.render_token_list(self.plural) if self.plural else ("", [])
        self.names, self.said = [*names, *others], dict[str | None, str]()

    def render(self, context: Context, nested: bool = False) -> str:
        values: dict[Any, Any] = {name: value.resolve(context) for name, value in self.extra_context.items()}
        if self.plural and self.counter:
            number = values[self.countervar] = self.counter.resolve(context)
            if not isinstance(number, Decimal | float | int):
                return str(super().render(context, nested))
            words = ngettext(self.one, self.many, number)  # type: ignore[arg-type]  # Django's own gives it too
        else:
            words = self._words()
        try:
            said = words % {
                name: render_value_in_context(values[name] if name in values else context[name], context)
                for name in self.names
            }
        except (KeyError, ValueError):  # a name that is not known, or a sentence that was translated wrongly
            return str(super().render(context, nested))
        if self.asvar:
            context[self.asvar] = SafeString(said)  # nosec B703  # as Django's own
            return ""
        return said

    def _words(self) -> str:
        language = get_language()
        if language not in self.said:
            self.said[language] = gettext(self.one)
        return self.said[language]


def static(parser: Parser, token: Token) -> StaticNode:
    """Django's own; the address of a file that is named in the template is worked out once."""
    node = StaticNode.handle_token(parser, token)
    return node if constant(node.path) is None else _File(node.varname, node.path)


class _File(StaticNode):
    def __init__(self, varname: str | None, path: FilterExpression) -> None:
        super().__init__(varname, path)
        self.address = ""

    def url(self, context: Context) -> str:
        self.address = self.address or str(super().url(context))
        return self.address


def constant(expression: FilterExpression) -> str | None:
    """What an expression says when it is a text in quotes."""
    return str(expression.var) if isinstance(expression.var, str) and not expression.filters else None


# `{% load i18n %}` and `{% load static %}` stand in the templates, and come after what is built in.
i18n.register.tag("translate", translate)
i18n.register.tag("trans", translate)
i18n.register.tag("blocktranslate", blocktranslate)
i18n.register.tag("blocktrans", blocktranslate)
statics.register.tag("static", static)
