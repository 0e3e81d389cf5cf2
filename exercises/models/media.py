"""Pictures and videos that a curator adds to an exercise. Every one has words, an origin and a licence."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row
from exercises.models.version import ExerciseVersion
from exercises.uploads.captions import is_timed


class Media(Row):
    """A stored file of one version, under a random name in private storage.

    `state` is waiting until the task that prepares it has been through: a picture gets its thumbnail, a video is
    looked at once more in its place. Sizes are in pixels and bytes. `error` is a code of exercises/uploads/faults.py.
    Versions share a file; it goes when no row names it any more.
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
    file = models.CharField(_("file"), max_length=120, db_index=True)
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
            models.UniqueConstraint(fields=["version", "file"], name="media_file_once_a_version"),
            models.CheckConstraint(
                condition=Q(state="waiting", error="")
                | Q(state="ready", error="") & (~Q(kind="picture") | ~Q(thumbnail=""))
                | Q(state="failed") & ~Q(error=""),
                name="media_state_tells_the_truth",
            ),
        ]
        indexes = [models.Index(fields=["uploaded_at"], condition=Q(state="waiting"), name="media_waiting")]
        triggers = [
            # How far the preparing has come is no content: that alone may change once the version is published.
            pgtrigger.Trigger(
                name="of_a_draft_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'state' - 'thumbnail' - 'error'
                                          = to_jsonb(OLD) - 'state' - 'thumbnail' - 'error' THEN
                        RETURN NEW;
                    END IF;
                    IF EXISTS (SELECT 1 FROM exercises_exerciseversion v WHERE v.state = 'published' AND v.id IN (
                               CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                               CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END)) THEN
                        RAISE EXCEPTION 'the media of a published version cannot change'
                            USING ERRCODE = '23514', CONSTRAINT = 'media_of_a_draft_only';
                    END IF;
                    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.alt_text

    @property
    def has_timed_captions(self) -> bool:
        """Whether a player can show the captions; else they stand beside the video."""
        return is_timed(self.captions)
