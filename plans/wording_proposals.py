"""The proposals of a re-evaluation in words (plans/proposals.py): what, and each reason with its numbers."""

from django.utils.translation import gettext, ngettext

from plans.models import Reevaluation
from plans.proposals import RECENT_DAYS, Kind, Reason
from plans.wording_flags import points

Taken = Reevaluation.DecisionTaken
DECISION: dict[str, str] = {
    "progress": Taken.PROGRESS,
    "keep": Taken.CONTINUE,
    "ease": Taken.REGRESS,
    "refer": Taken.REFER,
}


def title(kind: Kind) -> str:
    """What the numbers speak for; never more than a proposal."""
    return {
        "progress": gettext("A small step up is possible"),
        "keep": gettext("Keep the plan as it is"),
        "ease": gettext("Ease the plan"),
        "refer": gettext("Ask or refer"),
    }[kind]


def reason(why: Reason, *, name_site: bool) -> str:
    """One reason as a sentence; with `name_site` it names the place that hurts."""
    numbers = {name: points(value) if isinstance(value, float) else value for name, value in why.numbers.items()}
    numbers["days"] = RECENT_DAYS
    said = _words(why) % numbers
    return f"{numbers['site']}: {said}" if name_site and "site" in numbers else said


def _words(why: Reason) -> str:
    n, of, planned = (_count(why, name) for name in ("n", "of", "planned"))
    match why.code:
        case "red flag":
            return gettext("A red flag is open: look at it before anything else. No dose is proposed.")
        case "low mood":
            return gettext("PHQ-2 is %(score)s of 6 (%(cut)s or more is worth asking about). It is no diagnosis.")
        case "worry":
            return gettext("GAD-2 is %(score)s of 6 (%(cut)s or more is worth asking about). It is no diagnosis.")
        case "daily life":
            return gettext("Daily life (PEG) is %(rise)s points worse than before (%(cut)s or more is important).")
        case "daily life flag":
            return gettext("An important flag about daily life (PEG) was raised.")
        case "over-doing":
            return gettext("More than the planned dose was done again and again (rule R6, over-doing).")
        case "mornings":
            return ngettext(
                "On %(n)s of %(of)s morning after a session pain was up by %(points)s or more (last %(days)s days).",
                "On %(n)s of %(of)s mornings after a session pain was up by %(points)s or more (last %(days)s days).",
                of,
            )
        case "above ceiling":
            return ngettext(
                "In %(n)s of %(of)s session pain went above %(ceiling)s (last %(days)s days).",
                "In %(n)s of %(of)s sessions pain went above %(ceiling)s (last %(days)s days).",
                of,
            )
        case "skipped for pain":
            return ngettext(
                "%(n)s of %(of)s exercise was skipped because of pain.",
                "%(n)s of %(of)s exercises were skipped because of pain.",
                of,
            )
        case "flags open":
            return ngettext("%(n)s flag is open.", "%(n)s flags are open.", n)
        case "paused":
            return gettext("The plan is paused.")
        case "refer first":
            return gettext("No step up while the point above is open.")
        case "nothing planned":
            return gettext("No session was planned in this time.")
        case "few sessions":
            return ngettext(
                "%(done)s of %(planned)s planned session was done; a step up needs %(needed)s %%.",
                "%(done)s of %(planned)s planned sessions were done; a step up needs %(needed)s %%.",
                planned,
            )
        case "once above ceiling":
            return gettext("Pain went above %(ceiling)s in one session (last %(days)s days).")
        case "one morning":
            return gettext("One morning after a session pain was up by %(points)s or more (last %(days)s days).")
        case "after not known":
            return ngettext(
                "Pain after a session was answered %(n)s time in %(days)s days; a step up needs %(needed)s.",
                "Pain after a session was answered %(n)s times in %(days)s days; a step up needs %(needed)s.",
                n,
            )
        case "mornings not known":
            return ngettext(
                "The next morning was answered %(n)s time in %(days)s days; a step up needs %(needed)s.",
                "The next morning was answered %(n)s times in %(days)s days; a step up needs %(needed)s.",
                n,
            )
        case "no open flag":
            return gettext("No flag is open.")
        case "sessions done":
            return ngettext(
                "%(done)s of %(planned)s planned session was done.",
                "%(done)s of %(planned)s planned sessions were done.",
                planned,
            )
        case "after within limits":
            return gettext("Pain during or after sessions was at most %(highest)s; the ceiling is %(ceiling)s.")
        case "mornings settled":
            return ngettext(
                "Pain had settled by the next morning (%(n)s answer).",
                "Pain had settled by the next morning (%(n)s answers).",
                n,
            )
    raise ValueError(f"no words for the reason {why.code!r}")


def _count(why: Reason, name: str) -> int:
    value = why.numbers.get(name)
    return value if isinstance(value, int) else 0
