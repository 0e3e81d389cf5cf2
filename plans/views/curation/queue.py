"""What waits for a curator: reviews, shipped exercises nobody here has read, drafts, proposals, what is retired."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.dates import in_language
from accounts.models import User
from exercises.models import CurationEvent, Exercise, ExerciseVersion, Proposal
from plans.views.clinician.people import age_of

PAGE = 50
BESIDE = 8
LISTS = ("waiting", "shipped", "mine", "others", "proposals", "retired")
State = ExerciseVersion.State


@dataclass(frozen=True)
class Item:
    """A line of a list: a name, who did what and when, where it leads."""

    name: str
    about: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Beside:
    """The column beside a version: what waits for this curator, and theirs with somebody else."""

    waiting: Sequence[Item]
    waiting_count: int
    yours: Sequence[Item]
    lede: str


def versions(user: User, at: datetime) -> QuerySet[ExerciseVersion]:
    """What is being written or reviewed in the libraries of this curator, longest untouched first."""
    rows = ExerciseVersion.objects.filter(exercise__in=Exercise.objects.writable_by(user, at))
    moved = CurationEvent.objects.filter(version=OuterRef("pk"), verb__in=["sent to review", "sent back"])
    rows = rows.exclude(state=State.PUBLISHED).annotate(
        last_verb=Subquery(moved.values("verb")[:1]),
        last_by=Subquery(moved.values("by__full_name")[:1]),
        last_at=Subquery(moved.values("at")[:1]),
    )
    return rows.select_related("exercise__clinic", "author").order_by(F("saved_at").asc(nulls_first=True), "pk")


def waiting_for(user: User, at: datetime) -> QuerySet[ExerciseVersion]:
    """In review, written by somebody else: this curator can publish them."""
    return versions(user, at).filter(state=State.REVIEW).exclude(author=user)


def shipped(user: User, at: datetime) -> QuerySet[ExerciseVersion]:
    """Current versions that came with a release and that nobody of this installation has reviewed."""
    current = Exercise.objects.writable_by(user, at).prescribable().values("current_version_id")
    rows = ExerciseVersion.objects.filter(pk__in=current, reviewed_at__isnull=True).exclude(shipped_release="")
    return rows.select_related("exercise__clinic").order_by("name", "pk")


def proposals(user: User) -> QuerySet[Proposal]:
    """Offered to the shared library and not answered; for those who look after it."""
    rows = Proposal.objects.filter(answered_at__isnull=True)
    rows = rows.select_related("exercise__current_version", "exercise__clinic", "proposed_by")
    return rows if user.curates_shared_library else rows.none()


def retired(user: User, at: datetime) -> QuerySet[Exercise]:
    rows = Exercise.objects.writable_by(user, at).filter(retired_at__isnull=False, current_version__isnull=False)
    return rows.select_related("current_version", "retired_by").order_by("-retired_at", "pk")


def counts(user: User, at: datetime) -> dict[str, int]:
    """How long each list is."""
    return {
        "waiting": waiting_for(user, at).count(),
        "shipped": shipped(user, at).count(),
        "mine": versions(user, at).filter(author=user).count(),
        "others": versions(user, at).filter(state=State.DRAFT).exclude(author=user).count(),
        "proposals": proposals(user).count(),
        "retired": retired(user, at).count(),
    }


def page_of(name: str, user: User, at: datetime, number: str | None) -> tuple[Page, list[Item]]:
    """One page of a list, and its lines."""
    lists: dict[str, Callable[[], QuerySet]] = {
        "waiting": lambda: waiting_for(user, at),
        "shipped": lambda: shipped(user, at),
        "mine": lambda: versions(user, at).filter(author=user).order_by("-state", "-saved_at"),
        "others": lambda: versions(user, at).filter(state=State.DRAFT).exclude(author=user),
        "proposals": lambda: proposals(user),
        "retired": lambda: retired(user, at),
    }
    page = Paginator(lists[name](), PAGE).get_page(number)
    return page, [_item(row, user, at) for row in page.object_list]


def beside(user: User, at: datetime, current: ExerciseVersion) -> Beside:
    """The column of the review page. The list of shipped ones when such a version is shown."""
    rows = shipped(user, at) if current.state == State.PUBLISHED else waiting_for(user, at)
    yours = versions(user, at).filter(author=user).filter(Q(state=State.REVIEW) | Q(last_verb="sent back"))
    total = rows.count()
    own = yours.count()
    if current.state == State.PUBLISHED:
        lede = ngettext(
            "%(n)d came with a release and waits for a first look.",
            "%(n)d came with a release and wait for a first look.",
            total,
        ) % {"n": total}
    else:
        lede = ngettext("%(n)d waits for a second person.", "%(n)d wait for a second person.", total) % {"n": total}
        if own:
            lede += " " + ngettext(
                "%(n)d is yours, so someone else publishes it.", "%(n)d are yours, so someone else publishes them.", own
            ) % {"n": own}
    return Beside(
        [_item(row, user, at, current) for row in rows[:BESIDE]],
        total,
        [_item(row, user, at, current) for row in yours[:BESIDE]],
        lede,
    )


def next_shipped(user: User, at: datetime, after: ExerciseVersion) -> ExerciseVersion | None:
    """The next one to look at, by name, from the start again at the end."""
    rows = shipped(user, at).exclude(pk=after.pk)
    return rows.filter(name__gte=after.name).first() or rows.first()


def _item(
    row: ExerciseVersion | Proposal | Exercise, user: User, at: datetime, current: ExerciseVersion | None = None
) -> Item:
    if isinstance(row, Proposal):
        name = row.exercise.current_version.name if row.exercise.current_version else row.exercise.slug
        about = _("%(clinic)s, by %(who)s, %(when)s")
        values = {"clinic": row.exercise.clinic, "who": row.proposed_by.full_name, "when": ago(row.proposed_at, at)}
        return Item(name, about % values, reverse("proposal", args=[row.pk]))
    if isinstance(row, Exercise):
        assert row.current_version is not None and row.retired_at is not None
        about = _("%(day)s by %(who)s: %(why)s") % {
            "day": date_format(row.retired_at, in_language("j M Y")),
            "who": row.retired_by.full_name if row.retired_by else "",
            "why": row.retired_reason,
        }
        return Item(row.current_version.name, about, reverse("exercise_history", args=[row.pk]))
    to_editor = row.state == State.DRAFT
    url = reverse("exercise_editor" if to_editor else "version_review", args=[row.pk])
    here = current is not None and row.pk == current.pk
    return Item(row.name or _("Without a name"), _about(row, user, at), url, here)


def _about(row: ExerciseVersion, user: User, at: datetime) -> str:
    """Who did what to a version, and when, with the clinic of an own exercise."""
    if row.state == State.PUBLISHED:
        said = _("Painplan %(release)s, %(goal)s") % {"release": row.shipped_release, "goal": row.get_goal_display()}
        return said
    last_verb = getattr(row, "last_verb", None)
    if last_verb == "sent back" and row.state == State.DRAFT:
        said = _("%(who)s asked for a change, %(when)s") % {
            "who": row.last_by, "when": ago(row.last_at, at)  # type: ignore[attr-defined]
        }  # fmt: skip
    else:
        when = ago(row.saved_at, at) if row.saved_at else ""
        who = _("you") if row.author_id == user.pk else (row.author.full_name if row.author else _("an import"))
        words = _("New, by %(who)s, %(when)s") if row.number == 1 else _("Version %(number)d by %(who)s, %(when)s")
        said = words % {"number": row.number, "who": who, "when": when}
        if row.author_id == user.pk:
            said = (_("Waits for a second person. ") if row.state == State.REVIEW else _("Draft. ")) + said
    return f"{row.exercise.clinic}. {said}" if row.exercise.clinic else said


def ago(moment: datetime, at: datetime) -> str:
    """How long ago: "now", "2 h ago", "12 days ago"."""
    age = age_of(moment, at)
    return age if age == _("now") else _("%(age)s ago") % {"age": age}
