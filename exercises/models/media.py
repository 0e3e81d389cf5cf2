"""Pictures and videos that a curator adds to an exercise. Every one has words, an origin and a licence."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row
from exercises.models.version import ExerciseVersion


class Media(Row):
    """A stored file of one version, under a random name in private storage.

    `state` is waiting until the thumbnail task has been through it. Sizes are in pixels and bytes.
    """

    class Kind(models.TextChoices):
        PICTURE = "picture", _("Picture")
        VIDEO = "video", _("Video")

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be prepared")

    version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, related_name="media")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    file = models.CharField(_("file"), max_length=120, unique=True)
    thumbnail = models.CharField(_("thumbnail"), max_length=120, blank=True)
    content_type = models.CharField(_("type"), max_length=40)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    size_bytes = models.PositiveBigIntegerField(_("size"))
    alt_text = models.CharField(_("words for people who do not see it"), max_length=400)
    captions = models.TextField(_("captions"), blank=True, max_length=20000)
    attribution = models.CharField(_("made by"), max_length=200)
    licence = models.CharField(_("licence"), max_length=80)
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        ordering = ["position", "uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(alt_text="") & ~Q(attribution="") & ~Q(licence="") & ~Q(file=""),
                name="media_has_words_origin_and_licence",
            ),
            models.CheckConstraint(condition=Q(kind__in=["picture", "video"]), name="media_kind_known"),
        ]

    def __str__(self) -> str:
        return self.alt_text
