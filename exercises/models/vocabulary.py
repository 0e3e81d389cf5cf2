"""The words the library is indexed by: conditions, body regions, equipment. Seeded, never deleted."""

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.base import no_removal
from accounts.names import folded


class TermQuerySet(models.QuerySet[Any]):
    def names(self) -> dict[str, str]:
        """Short name -> name in the reader's language, by name."""
        said = {slug: gettext(name) for slug, name in self.order_by().values_list("slug", "name")}
        return dict(sorted(said.items(), key=lambda pair: folded(pair[1])))


class Term(models.Model):
    """A word with a stable short name. Those that ship with a release are translated like the pages are."""

    slug = models.SlugField(_("short name"), primary_key=True, max_length=60)
    name = models.CharField(_("name"), max_length=120, unique=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.said

    @property
    def said(self) -> str:
        """Its name in the reader's language."""
        return gettext(self.name)


class Condition(Term):
    """A health condition that can make an exercise unsafe, or need care. ICD-10 where one code fits."""

    icd10 = models.CharField(_("ICD-10"), max_length=10, blank=True)

    class Meta(Term.Meta):
        triggers = no_removal()


class BodyRegion(Term):
    """A part of the body that an exercise works on."""

    class Meta(Term.Meta):
        triggers = no_removal()


class Equipment(Term):
    """A thing that an exercise needs."""

    class Meta(Term.Meta):
        verbose_name_plural = _("equipment")
        triggers = no_removal()
