"""Seals on the audit rows: each day the new ones get a salted digest, and a hash chain runs over the digests.

The salts lie beside the digests, so that a purge can take them away: what is left says nothing about the content,
and the chain still holds.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, append_only
from accounts.models.erasure import Erasure


class AuditPurge(Row):
    """One use of the privileged functions that take content away: what, when, and how many rows of which table."""

    audited = True

    class What(models.TextChoices):
        CONTACT = "contact", _("Contact data")
        RECORD = "record", _("The whole record")

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="purges")
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    at = models.DateTimeField(_("when"))
    rows = models.JSONField(_("rows by table"), default=dict)

    class Meta:
        ordering = ["at"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"


class AuditBlock(Row):
    """One link of the chain: the hash of the one before and of all digests that were new. `columns` are those of each
    table that went into the digests, so that a later column changes nothing about them.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    made_at = models.DateTimeField(_("made"))
    columns = models.JSONField(_("columns by table"), default=dict)
    rows = models.PositiveIntegerField(_("rows"))
    previous = models.CharField(_("hash of the one before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number=1) | ~Q(previous=""), name="auditblock_follows_another")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.number} {self.made_at:%Y-%m-%d}"


class AuditLink(Row):
    """The digest of one audit row: SHA-256 of its salt and its content."""

    block = models.ForeignKey(AuditBlock, on_delete=models.PROTECT, related_name="links")
    source = models.CharField(_("table"), max_length=63)
    row_key = models.CharField(_("row"), max_length=40)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "row_key"], name="auditlink_once_per_row")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.source} {self.row_key}"


class AuditSalt(models.Model):
    """The salt of a digest; a purge empties it and leaves its name."""

    link = models.OneToOneField(AuditLink, on_delete=models.PROTECT, primary_key=True, related_name="salt")
    salt = models.CharField(max_length=64, blank=True)
    purge = models.ForeignKey(AuditPurge, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(salt="", purge__isnull=False) | (~Q(salt="") & Q(purge__isnull=True)),
                name="auditsalt_there_or_purged",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return str(self.link_id)
