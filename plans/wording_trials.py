"""What a replay found, in words: how many more or fewer flags, how much sooner, and what became of the real ones."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from plans.models import Flag
from plans.wording import in_sentence


def in_sentences(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The result, most important first: [{text, alert}]; `alert` marks what speaks against the numbers tried."""
    said = [{"text": _more_or_fewer(counts), "alert": False}]
    sooner = _sooner(counts)
    if sooner:
        said.append({"text": sooner, "alert": False})
    if counts["useful_gone"]:
        lost = ngettext(
            "%(n)d flag that was called useful would not have been raised.",
            "%(n)d flags that were called useful would not have been raised.",
            counts["useful_gone"],
        )
        said.append({"text": lost % {"n": counts["useful_gone"]}, "alert": True})
    if counts["useless_gone"]:
        spared = ngettext(
            "%(n)d flag that was called not useful would have been spared.",
            "%(n)d flags that were called not useful would have been spared.",
            counts["useless_gone"],
        )
        said.append({"text": spared % {"n": counts["useless_gone"]}, "alert": False})
    return said


def table(counts: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """The measures as rows: (name, with the numbers of today, with those tried)."""
    return [
        (gettext("Flags"), str(counts["now"]), str(counts["tried"])),
        (gettext("Patients"), str(counts["now_patients"]), str(counts["tried_patients"])),
        (gettext("Important or urgent"), str(counts["now_important"]), str(counts["tried_important"])),
        (gettext("Days from start to flag, on average"), _days(counts, "now"), _days(counts, "tried")),
        (gettext("Ended by themselves"), str(counts["now_alone"]), str(counts["tried_alone"])),
    ]


def ended_in_words(row: Mapping[str, Any]) -> str:
    """What became of the flag that was really raised: "talked with the patient, useful"; empty when there was none."""
    ended = row.get("ended")
    if not ended:
        return ""
    known = {**dict(Flag.Action.choices), **dict(Flag.State.choices)}
    said = in_sentence(str(known.get(ended, ended)))
    if row.get("useful") is None:
        return said
    useful = gettext("called useful") if row["useful"] else gettext("called not useful")
    return f"{said}, {useful}"


def _more_or_fewer(counts: Mapping[str, int]) -> str:
    more = counts["tried"] - counts["now"]
    if not counts["tried"] and not counts["now"]:
        return gettext("Neither these numbers nor those of today would have raised a flag.")
    if not counts["new"] and not counts["gone"]:
        return ngettext(
            "These numbers would have raised the same %(n)d flag.",
            "These numbers would have raised the same %(n)d flags.",
            counts["tried"],
        ) % {"n": counts["tried"]}
    if more > 0:
        words = ngettext(
            "These numbers would have raised %(n)d more flag", "These numbers would have raised %(n)d more flags", more
        )
    elif more < 0:
        words = ngettext(
            "These numbers would have raised %(n)d flag fewer",
            "These numbers would have raised %(n)d flags fewer",
            -more,
        )
    else:
        words = gettext("These numbers would have raised as many flags, but others")
    rest = gettext("%(new)d new, %(gone)d no longer raised.") % {"new": counts["new"], "gone": counts["gone"]}
    return f"{words % {'n': abs(more)}}: {rest}"


def _sooner(counts: Mapping[str, int]) -> str:
    if not counts["both"] or not counts["sooner_days"]:
        return ""
    days = abs(counts["sooner_days"]) / counts["both"]
    said = number_format(round(days, 1), decimal_pos=None if days == int(days) else 1)
    if round(days, 1) == 0:
        return ""
    if counts["sooner_days"] > 0:
        words = ngettext(
            "Flags of both came %(n)s day sooner on average.",
            "Flags of both came %(n)s days sooner on average.",
            1 if days == 1 else 2,
        )
    else:
        words = ngettext(
            "Flags of both came %(n)s day later on average.",
            "Flags of both came %(n)s days later on average.",
            1 if days == 1 else 2,
        )
    return words % {"n": said}


def _days(counts: Mapping[str, int], side: str) -> str:
    if not counts[side]:
        return ""
    return str(number_format(counts[f"{side}_days"] / counts[side], decimal_pos=1))
