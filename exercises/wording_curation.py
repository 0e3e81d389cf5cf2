"""What curators read about a version: its state, what differs, what happened, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exercises.difference import Change
from exercises.models import BodyRegion, Caution, Condition, CurationEvent, Equipment, ExerciseVersion

FIELDS = {
    "name": gettext_lazy("Name"),
    "also_known_as": gettext_lazy("Also known as"),
    "goal": gettext_lazy("Goal"),
    "family": gettext_lazy("Family"),
    "body_regions": gettext_lazy("Body regions"),
    "position": gettext_lazy("Position"),
    "equipment": gettext_lazy("Equipment"),
    "impact": gettext_lazy("Impact"),
    "effort": gettext_lazy("Effort"),
    "effort_min": gettext_lazy("Least effort"),
    "effort_max": gettext_lazy("Most effort"),
    "met": gettext_lazy("Energy"),
    "starting_dose": gettext_lazy("Starting dose"),
    "dose_range": gettext_lazy("Dose range"),
    "steps": gettext_lazy("Steps"),
    "cues": gettext_lazy("Doing it well"),
    "common_mistakes": gettext_lazy("Common mistakes"),
    "should_feel": gettext_lazy("What it should feel like"),
    "stop_if": gettext_lazy("Stop if"),
    "cautions": gettext_lazy("Cautions"),
    "evidence": gettext_lazy("Evidence"),
    "media": gettext_lazy("Pictures and videos"),
    "figure": gettext_lazy("Drawn figure"),
    "source": gettext_lazy("Where it comes from"),
    "licence": gettext_lazy("Licence"),
    "change_note": gettext_lazy("What changed and why"),
}
"""What the fields of an exercise are called, in the editor and in a difference."""

ONE = {
    "steps": gettext_lazy("Step %(n)d"),
    "cues": gettext_lazy("Hint %(n)d"),
    "common_mistakes": gettext_lazy("Mistake %(n)d"),
    "stop_if": gettext_lazy("Stop if, %(n)d"),
}

VERBS = {
    "translated": gettext_lazy("Translated"),
    "created": gettext_lazy("Written"),
    "draft started": gettext_lazy("New version started"),
    "taken over": gettext_lazy("Draft taken over"),
    "sent to review": gettext_lazy("Sent to review"),
    "taken back": gettext_lazy("Taken back from review"),
    "sent back": gettext_lazy("Change asked for"),
    "published": gettext_lazy("Published"),
    "reviewed here": gettext_lazy("Reviewed here"),
    "retired": gettext_lazy("Retired"),
    "restored": gettext_lazy("Back in the library"),
    "draft discarded": gettext_lazy("Draft thrown away"),
    "linked": gettext_lazy("Easier or harder exercise linked"),
    "unlinked": gettext_lazy("Easier or harder exercise no longer linked"),
    "proposed": gettext_lazy("Proposed for the shared library"),
    "proposal accepted": gettext_lazy("Accepted for the shared library"),
    "proposal declined": gettext_lazy("Not taken into the shared library"),
    "media_added": gettext_lazy("Picture or video added"),
    "media_described": gettext_lazy("Words of a picture or video changed"),
    "media_moved": gettext_lazy("Order of pictures and videos changed"),
    "media_removed": gettext_lazy("Picture or video taken away"),
    "came from a clinic": gettext_lazy("Taken over from a clinic's library"),
    "imported": gettext_lazy("Imported"),
    "imported as a new version": gettext_lazy("Imported as a new version"),
    "name added": gettext_lazy("Another name added by an import"),
    "merged": gettext_lazy("Merged into another exercise"),
    "took another in": gettext_lazy("Another exercise merged into it"),
    "merge undone": gettext_lazy("Merge undone"),
}


@dataclass(frozen=True)
class Line:
    """One line of a difference. `kind` is "text", "dose" or "range": how the two sides are to be shown."""

    label: str
    kind: str
    before: Any
    after: Any


def lines(changes: Sequence[Change]) -> list[Line]:
    """A difference for reading. Three queries, whatever its length."""
    words = {
        "body_regions": BodyRegion.objects.names(),
        "equipment": Equipment.objects.names(),
        "cautions": Condition.objects.names(),
    }
    return [_line(change, words) for change in changes]


def verb_in_words(event: CurationEvent) -> str:
    return str(VERBS.get(event.verb, event.verb))


def _line(change: Change, words: Mapping[str, Mapping[str, str]]) -> Line:
    if change.field in ("starting_dose", "dose_range"):
        kind = "dose" if change.field == "starting_dose" else "range"
        return Line(str(FIELDS[change.field]), kind, change.before, change.after)
    label = str(FIELDS[change.field])
    if isinstance(change.place, int) and change.field in ONE:
        label = str(ONE[change.field]) % {"n": change.place}
    elif change.field in ONE:
        label = _("%(field)s, order") % {"field": label}
    elif change.field == "cautions":
        label = words["cautions"].get(str(change.place), str(change.place))
    return Line(label, "text", _side(change, change.before, words), _side(change, change.after, words))


def _side(change: Change, value: Any, words: Mapping[str, Mapping[str, str]]) -> str:
    """One side of a change as text; empty where there is nothing."""
    if value is None:
        return ""
    field = change.field
    if field == "cautions":
        return f"{Caution.Kind(value['kind']).label}: {value['reason']}"
    if field == "evidence":
        found = value.get("doi") or value.get("pmid") or ""
        return f"{value.get('authors', '')} {value.get('year') or ''}. {value.get('title', '')} {found}".strip()
    if field in words:
        return str(get_text_list([words[field].get(slug, slug) for slug in value], _("and")))
    if field == "effort":
        least, most = value
        return str(_("%(least)d to %(most)d of 10") % {"least": least, "most": most})
    if field == "met":
        return str(_("%(value)s MET (%(edition)s list, %(code)s)") % value)
    if field in ("goal", "position", "impact"):
        choices = {"goal": ExerciseVersion.Goal, "position": ExerciseVersion.Position, "impact": ExerciseVersion.Impact}
        return str(dict(choices[field].choices).get(value, value))
    return "\n".join(value) if isinstance(value, list) else str(value)
