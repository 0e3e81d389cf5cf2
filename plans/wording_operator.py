"""The words of the operator's page: jobs, counts, and what /health/safety says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

JOBS = {
    "safety sweep": gettext_lazy("Safety sweep: evaluates whoever waits, every few seconds"),
    "remind patients": gettext_lazy("Remind patients who asked for it"),
    "seal the audit": gettext_lazy("Seal what was done, so that a change shows"),
    "purge records": gettext_lazy("Delete records whose time is over"),
    "keep one open re-evaluation": gettext_lazy("Keep exactly one open re-evaluation for each plan"),
    "mark new days": gettext_lazy("Look again at patients whose local day has changed"),
    "reconcile": gettext_lazy("Compute every active patient again, once a night, and report any difference"),
    "propose quota steps": gettext_lazy("Propose the next step of each quota"),
    "handle library changes": gettext_lazy("Tell clinicians of changes in the library"),
    "tell of flags and messages": gettext_lazy("Write down who is owed mail about flags and messages"),
    "send mail": gettext_lazy("Send the mail that is due"),
    "tell the lead of unseen flags": gettext_lazy("Tell the clinic’s lead of flags that nobody saw in time"),
    "remind of re-evaluations": gettext_lazy("Remind clinicians of re-evaluations"),
    "close sessions that were left": gettext_lazy("Close sessions begun more than a day ago, with what was said"),
    "clean up": gettext_lazy("Remove old job records and ended sign-ins, once a day"),
    "back up": gettext_lazy("Back up database and media"),
    "restore drill": gettext_lazy("Restore a backup into another database, to see that it can be done"),
    "restore": gettext_lazy("Restore after a loss"),
}
STATES = {
    "never": ("withdrawn", gettext_lazy("Not yet")),
    "running": ("info", gettext_lazy("Running")),
    "dead": ("urgent", gettext_lazy("Stopped without a word")),
    "failed": ("urgent", gettext_lazy("Failed")),
    "done": ("ok", gettext_lazy("Done")),
}


def job_name(name: str) -> str:
    """What the job does; a job without a sentence here shows its name."""
    return str(JOBS.get(name, name))


def counts(found: Mapping[str, Any]) -> str:
    """ "3 sent, 1 failed": what a run counted, zeros left out; and where it stands, which is no count."""
    said = [f"{value} {name.replace('_', ' ')}" for name, value in found.items() if value and isinstance(value, int)]
    return ", ".join(said) or _("nothing to do")


def queue(lengths: Mapping[str, int]) -> str:
    """What the broker holds; without it nothing is lost."""
    if not lengths:
        return _("The broker does not answer. Nothing is lost; flags take up to five seconds longer.")
    waiting = sum(lengths.values())
    words = ngettext("%(n)d task waits for a worker.", "%(n)d tasks wait for a worker.", waiting)
    return words % {"n": waiting}


def facts(
    found: Mapping[str, int | None], wrong: list[str], since: Mapping[str, datetime | None]
) -> list[dict[str, Any]]:
    """One line for each number of /health/safety: `words`, whether it is `wrong`, and `since` when."""
    silent = found["sweep_silent_seconds"]
    n = {name: value or 0 for name, value in found.items()}
    lines = {
        "sweep_silent_seconds": _("No safety sweep has ever run.")
        if silent is None
        else _("The safety sweep was last heard %(n)d s ago.") % {"n": silent},
        "oldest_waits_seconds": _("Whoever waits longest for evaluation waits %(n)d s.")
        % {"n": n["oldest_waits_seconds"]}
        if n["waiting"]
        else _("Nobody waits for evaluation."),
        "quarantined": _plural(
            n["quarantined"],
            ngettext("%(n)d patient is set apart.", "%(n)d patients are set apart.", n["quarantined"]),
        ),
        "flags_without_recipient": _plural(
            n["flags_without_recipient"],
            ngettext(
                "%(n)d open flag has nobody to be told: its clinic has no active clinician.",
                "%(n)d open flags have nobody to be told: their clinic has no active clinician.",
                n["flags_without_recipient"],
            ),
        ),
        "mail_late": _plural(
            n["mail_late"],
            ngettext(
                "%(n)d mail is late by 15 minutes or more.",
                "%(n)d mails are late by 15 minutes or more.",
                n["mail_late"],
            ),
        ),
        "mail_given_up": _plural(
            n["mail_given_up"], ngettext("%(n)d mail was given up.", "%(n)d mails were given up.", n["mail_given_up"])
        ),
        "plans_without_reevaluation": _plural(
            n["plans_without_reevaluation"],
            ngettext(
                "%(n)d current plan has no open re-evaluation.",
                "%(n)d current plans have no open re-evaluation.",
                n["plans_without_reevaluation"],
            ),
        ),
        "reconcile_differences": _plural(
            n["reconcile_differences"],
            ngettext(
                "The nightly count found %(n)d patient whose flags differ from their scores.",
                "The nightly count found %(n)d patients whose flags differ from their scores.",
                n["reconcile_differences"],
            ),
        ),
        "reevaluations_very_late": _plural(
            n["reevaluations_very_late"],
            ngettext(
                "%(n)d re-evaluation is more than two weeks late.",
                "%(n)d re-evaluations are more than two weeks late.",
                n["reevaluations_very_late"],
            ),
        ),
    }
    return [{"words": words, "wrong": name in wrong, "since": since.get(name)} for name, words in lines.items()]


def _plural(n: int, words: str) -> str:
    return words % {"n": n}
