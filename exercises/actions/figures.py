"""Drawn figures: what a published version is drawn from is kept, and people say whether a drawing is right."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from exercises.actions.refusals import Refused
from exercises.drawn import current_digest
from exercises.figures.reading import raw
from exercises.models import FigurePose, FigureReview


def keep_pose(*, figure: str, at: datetime) -> str:
    """Keep what the figure is drawn from now. Returns its digest, or "" when there is no such figure."""
    digest = current_digest(figure)
    if digest:
        FigurePose.objects.get_or_create(digest=digest, defaults={"figure": figure, "data": raw(figure), "kept_at": at})
    return digest


def judge(*, figure: str, verdict: str, note: str, by: User, at: datetime) -> FigureReview:
    """Say of the drawing of this release that it looks right, or what has to be put right."""
    digest = current_digest(figure)
    if not digest:
        raise Refused(_("There is no such figure."))
    note = note.strip()
    if verdict == FigureReview.Verdict.MEND and not note:
        raise Refused(_("Say what has to be put right, so that somebody can do it."))
    with transaction.atomic():
        return FigureReview.objects.create(
            figure=figure, digest=digest, verdict=verdict, note=note, reviewed_at=at, reviewed_by=by
        )
