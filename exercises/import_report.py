"""The report of a dry run as a page shows it: kinds with their counts, the bar, one page of rows with their choices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exercises.import_words import (
    DECISIONS,
    FORMATS,
    KINDS,
    NEVER_IN_FORMAT,
    remark_sentence,
    row_sentences,
)
from exercises.models import ImportBatch
from exercises.transfer.judging import decided

SHOWN = ("new", "changed", "same", "ask", "refused")
"""The kinds as the page lists them; "ask" holds the likely duplicates and what somebody must look at."""
MARKS = {"new": "k-new", "changed": "k-upd", "same": "k-same", "ask": "k-ask", "refused": "k-bad"}
_ASKED = ("duplicate", "doubtful")
_BAR_WIDTH, _GAP, _LEAST = 1168.0, 3.0, 4.0
_WARNINGS = {"missing", "no_place_for", "high_impact", "heavy", "expert", "unknown_link", "in_work", "is_retired"}


def kinds(totals: Mapping[str, int], current: str) -> list[dict[str, Any]]:
    """The list beside the table: each kind once, its count, and which is looked at. The counts add up to all rows."""
    found = []
    for kind in SHOWN:
        label, help_text = KINDS[kind]
        parts = [(each, totals[each]) for each in _ASKED if totals[each]] if kind == "ask" else []
        found.append(
            {
                "kind": kind,
                "label": label,
                "help": help_text,
                "count": _count(totals, kind),
                "mark": MARKS[kind],
                "current": kind == current,
                "parts": [
                    {"kind": each, "label": KINDS[each][0], "count": count, "current": each == current}
                    for each, count in parts
                ],
            }
        )
    return found


def chosen_kind(wanted: str, totals: Mapping[str, int], *, done: bool) -> str:
    """The kind to look at: as asked, else what needs somebody, else the first that has rows."""
    if wanted in KINDS:
        return wanted
    order = SHOWN if done else ("ask", *SHOWN)
    return next((kind for kind in order if _count(totals, kind)), "new")


def rows_of(batch: ImportBatch, kind: str) -> list[dict[str, Any]]:
    wanted = _ASKED if kind == "ask" else (kind,)
    return [row for row in batch.report if row["kind"] in wanted]


def shown(row: Mapping[str, Any], batch: ImportBatch) -> dict[str, Any]:
    """A row of the report with its sentences, its picture and its choices."""
    decision = decided(row, batch.decisions)
    return {
        "line": row["line"],
        "kind": row["kind"],
        "name": row["name"] or _("No name"),
        "match": row["match"],
        "worry": row["kind"] == "refused" or any(code in _WARNINGS for code, _values in row["remarks"]),
        "sentences": [_html(remark, row["match"]) for remark in row["remarks"]],
        "decision": decision,
        "decision_word": DECISIONS.get(decision, ""),
        "choices": [(choice, DECISIONS[choice]) for choice in row["choices"]],
        "must_choose": not row["decision"],
    }


def rest(batch: ImportBatch, kind: str) -> list[dict[str, Any]]:
    """One choice for all rows of a kind that nobody has decided about yet: (kind, decision), words, how many."""
    offers: Sequence[tuple[str, str, str]] = [
        ("doubtful", "new", _("Import the %(n)d with something missing as drafts")),
        ("doubtful", "out", _("Leave the %(n)d with something missing out")),
        ("duplicate", "keep", _("Keep ours for the %(n)d likely duplicates")),
    ]
    open_rows = [row for row in batch.report if row["kind"] in _ASKED and not decided(row, batch.decisions)]
    found = []
    for each, decision, words in offers:
        count = sum(row["kind"] == each and decision in row["choices"] for row in open_rows)
        if count > 1 and kind in ("ask", each):
            found.append({"value": f"{each}:{decision}", "words": words % {"n": count}})
    return found


def changed_choices(batch: ImportBatch, given: Mapping[str, Any]) -> dict[int, str]:
    """What was chosen on a page and differs from what was chosen before, by line."""
    changed = {}
    for row in batch.report:
        value = given.get(f"row-{row['line']}")
        if value is not None and value != decided(row, batch.decisions):
            changed[int(row["line"])] = str(value)
    return changed


def bar(totals: Mapping[str, int]) -> list[dict[str, Any]]:
    """The stacked bar: a piece for each kind that has rows, as wide as its share, none too thin to be seen."""
    counts = [(MARKS[kind], _count(totals, kind)) for kind in SHOWN if _count(totals, kind)]
    room = _BAR_WIDTH - _GAP * (len(counts) - 1) - _LEAST * len(counts)
    total = sum(count for _mark, count in counts)
    pieces, x = [], 0.0
    for mark, count in counts:
        width = _LEAST + room * count / total
        pieces.append({"mark": mark, "x": f"{x:.1f}", "width": f"{width:.1f}"})
        x += width + _GAP
    return pieces


def bar_words(totals: Mapping[str, int], total: int) -> str:
    """What the bar shows, for those who do not see it."""
    counts = {kind: _count(totals, kind) for kind in SHOWN}
    rows = ngettext("%(n)d row", "%(n)d rows", total) % {"n": total}
    # Translators: what the bar above the rows shows; each number stands after what it counts
    return _(
        "%(rows)s. New: %(new)d, changes: %(changed)d, the same: %(same)d, need a decision: %(ask)d,"
        " cannot be read: %(refused)d"
    ) % {"rows": rows, **counts}


def so_long(batch: ImportBatch, at: datetime) -> str:
    """How long it has been checked, or applied, until `at`: "12 seconds so far"."""
    began = batch.asked_at if batch.state == ImportBatch.State.APPLYING and batch.asked_at else batch.started_at
    seconds = max(int((at - began).total_seconds()), 0)
    if seconds < 60:
        return ngettext("%(n)d second so far", "%(n)d seconds so far", seconds) % {"n": seconds}
    return ngettext("%(n)d minute so far", "%(n)d minutes so far", seconds // 60) % {"n": seconds // 60}


def heading(kind: str, count: int, totals: Mapping[str, int]) -> str:
    """The title of the table, which says what there is to do."""
    words = {
        "new": ngettext("%(n)d row is new", "%(n)d rows are new", count),
        "changed": ngettext("%(n)d row changes one you have", "%(n)d rows change one you have", count),
        "same": ngettext("%(n)d row is the same as now", "%(n)d rows are the same as now", count),
        "ask": ngettext("%(n)d row needs your decision", "%(n)d rows need your decision", count),
        "duplicate": ngettext("%(n)d likely duplicate", "%(n)d likely duplicates", count),
        "doubtful": ngettext("%(n)d row where something is missing", "%(n)d rows where something is missing", count),
        "refused": ngettext("%(n)d row cannot be read", "%(n)d rows cannot be read", count),
    }
    return words[kind] % {"n": count}


def format_word(format: str) -> str:
    return str(FORMATS.get(format, format))


def format_note(format: str) -> str:
    return str(NEVER_IN_FORMAT.get(format, ""))


def table(batch: ImportBatch) -> list[list[str]]:
    """Every row as text: line, name, kind, what happens, the exercise it is like, why."""
    head = [_("Row"), _("Name"), _("Kind"), _("Decision"), _("Like"), _("Why")]
    rows = []
    for row in batch.report:
        decision = decided(row, batch.decisions)
        undecided = _("Not decided, stays out") if row["choices"] else ""
        rows.append(
            [
                str(row["line"]),
                row["name"],
                str(KINDS[row["kind"]][0]),
                str(DECISIONS[decision]) if decision else undecided,
                row["match"]["name"] if row["match"] else "",
                " ".join(row_sentences(row)),
            ]
        )
    return [head, *rows]


def _count(totals: Mapping[str, int], kind: str) -> int:
    return sum(totals[each] for each in _ASKED) if kind == "ask" else totals[kind]


def _html(remark: Sequence[Any], match: Mapping[str, Any] | None) -> SafeString | str:
    """A remark as a sentence in which the name of the other exercise stands out, with a link where it has a page."""
    sentence = remark_sentence(remark, {**match, "name": "\0"} if match else None)
    before, found, after = sentence.partition("“\0”")
    if not found or match is None:
        return sentence
    name = format_html("<b>{}</b>", match["name"])
    if match["version"]:
        name = format_html('<a class="pp-quietlink" href="{}">{}</a>', reverse("exercise", args=[match["id"]]), name)
    return format_html("{}{}{}", before, name, after.replace("\0", match["name"]))
