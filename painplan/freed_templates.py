"""Django's templates; what a page was drawn from goes as soon as it is drawn.

Django's own context holds itself (django.template.context.make_context pushes the view's values onto it and leaves them
there), so all that a page read would stay until Python's garbage collector comes by: a thousand rows of an inbox, of
which it has to look at each, 1.3 milliseconds for each page. And rows of patients need not stay longer than the page.
"""

from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates, Template, reraise
from django.template.context import make_context
from django.template.exceptions import TemplateDoesNotExist
from django.utils.safestring import SafeString


class FreedTemplates(DjangoTemplates):
    def from_string(self, template_code: str) -> Template:
        return _Freed(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> Template:
        return _Freed(super().get_template(template_name).template, self)


class _Freed(Template):
    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        drawn_from: Any = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            drawn = self.template.render(drawn_from)
        except TemplateDoesNotExist as error:
            reraise(error, self.backend)
        drawn_from.dicts.clear()
        return drawn
