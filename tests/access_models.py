"""What everybody sees of each table: rows in every one of them, and whose rows `visible_to` has to hand out.

Said independently of the code, by table and person. A new table with a `visible_to` (or a `writable_by`) needs a row
here; tests/test_access_models.py fails until it has one.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import time_machine
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from accounts.backend import Standing, standing_of
from accounts.models import Absence, BreakGlass, CareAssignment, Clinic, Erasure, Invitation, Membership, Patient
from exercises.models import CurationEvent, ExerciseLink, LibraryChange, NotDuplicate
from plans.models import (
    BaselineTest,
    CalendarFeed,
    CheckIn,
    Decision,
    DraftStep,
    ExerciseLog,
    LibraryNotice,
    Note,
    PainScore,
    Pause,
    PlanEvent,
    PlanRead,
    ReminderSettings,
    SavedFilter,
    SessionStep,
    TemplateItem,
    Threshold,
)
from tests.access_world import ACTORS, World
from tests.cast import LONG_AGO, NOON, TODAY


def fill(world: World, which: str) -> None:
    """A row in each table that the access matrix leaves empty."""
    rows, patient = world.rows[which], world.patients[which]
    by, plan, exercise = patient.user, rows["plan"], rows["curated"]
    Invitation.objects.create(
        clinic=patient.clinic,
        patient=patient,
        email="a@example.org",
        token_hash=which,
        made_at=NOON,
        made_by=by,
        expires_at=NOON,
    )
    ExerciseLog.objects.create(session=rows["session"], prescription=rows["active_prescription"], state="done")
    Decision.objects.create(
        patient=patient,
        site=patient.sites.first(),
        flag=rows["flag"],
        rule="R3",
        kind="new baseline",
        on=TODAY,
        at=NOON,
        by=by,
    )
    change = LibraryChange.objects.create(exercise=exercise, kind="published", at=NOON)
    LibraryNotice.objects.create(plan=plan, change=change, raised_at=NOON)
    Pause.objects.create(plan=plan, why="clinician", from_on=TODAY, paused_at=NOON, paused_by=by)
    BaselineTest.objects.create(
        patient=patient, exercise=exercise, measure="repetitions", value=Decimal(9), on=TODAY, at=NOON, by=by
    )
    CheckIn.objects.create(
        patient=patient,
        kind="sleep",
        period_on=TODAY,
        answered_at=NOON,
        local_date=TODAY,
        time_zone="Europe/London",
        received_at=NOON,
        source="quick",
        recorded_by=by,
    )
    Threshold.objects.create(
        patient=patient, rule="R3", name="high", value=1, effective_on=TODAY, reason="x", at=NOON, by=by
    )
    Threshold.objects.create(
        clinic=patient.clinic, rule="R3", name="high", value=1, effective_on=TODAY, reason="x", at=NOON, by=by
    )
    PainScore.objects.create(
        patient=patient, session=rows["session"], moment="before", site=patient.sites.first(), value=3,
        occurred_at=NOON, local_date=TODAY, time_zone="Europe/London", received_at=NOON, source="quick", recorded_by=by,
    )  # fmt: skip
    PlanEvent.objects.create(patient=patient, plan=plan, at=NOON, verb="pain logged")
    TemplateItem.objects.create(
        template=rows["template"], exercise=exercise, section="main", position=7, repetitions=5, weekdays=[1]
    )
    ExerciseLink.objects.create(easier=rows["curated"], harder=rows["other"])
    one, other = sorted([rows["curated"], rows["other"]], key=lambda row: row.pk)
    NotDuplicate.objects.create(one=one, other=other, at=NOON, by=by)
    CurationEvent.objects.create(exercise=exercise, at=NOON, by=by, verb="written")
    DraftStep.objects.create(version=rows["draft"], lock=99, what="Dose changed", at=NOON, by=by)
    PlanRead.objects.create(version=plan.active_version, at=NOON, by=by)
    SessionStep.objects.create(session=rows["session"], step="before", sequence=1, received_at=NOON)
    ReminderSettings.objects.create(patient=patient, stop_hash=which)
    CalendarFeed.objects.create(patient=patient, token_hash=which, made_at=NOON)
    Erasure.objects.create(patient=patient, requested_at=NOON, retention_until=TODAY)
    shared = {"patient": patient, "author": by, "is_shared": True, "at": NOON}
    Note.objects.create(text="For you", **shared)
    Note.objects.create(text="Taken back", withdrawn_at=NOON, withdrawn_by=by, **shared)
    SavedFilter.objects.create(user=by, place="inbox", name="Mine", query="only=urgent")
    # Somebody who looked after them once, and opened their record with a reason this morning.
    once = world.people["bob" if which == "annas" else "dora"]
    CareAssignment.objects.create(
        patient=patient, clinician=once, kind="cover", valid_from=LONG_AGO, valid_until=NOON - timedelta(days=1)
    )
    BreakGlass.objects.create(
        patient=patient,
        clinician=once,
        reason="She rang",
        opened_at=NOON - timedelta(hours=4),
        expires_at=NOON - timedelta(hours=3),
    )


@dataclass(frozen=True)
class Seen:
    """Whose rows of a table somebody may see. `of` says in words whose a row is, `sees` which of them by person.

    Who is not named sees what `all_see`. `there`: whose rows there are, so that something could be seen wrongly.
    `by_patient`: it follows from the patient, whose record can be closed, opened with a reason, or locked.
    """

    of: Callable[[Any], str]
    sees: dict[str, Set[str]]
    there: Set[str]
    all_see: Set[str] = frozenset()
    by_patient: bool = False


def owner(path: str) -> Callable[[Any], str]:
    """The first name of the person at the end of the path, the short name of the clinic, or `everybody`."""

    def of(row: Any) -> str:
        for step in path.split("."):
            row = getattr(row, step) if step and row is not None else row
        if row is None:
            return "everybody"
        return str(getattr(row, "slug", "") or row.full_name.split(" ")[0])

    return of


TEAM, ZOES, EVERYBODYS = frozenset({"Anna", "Ben"}), frozenset({"Zoe"}), frozenset({"everybody"})
THEMSELVES: dict[str, Set[str]] = {"anna": {"Anna"}, "ben": {"Ben"}, "zoe": ZOES}
BY_CLINIC: dict[str, Set[str]] = {
    "alice": TEAM, "bob": TEAM, "lena": TEAM, "dora": TEAM | ZOES, "charlie": ZOES,
}  # fmt: skip
# What becomes of a clinic, and which patients are seen then.
STATES: dict[str, dict[str, Set[str]]] = {
    "open": THEMSELVES | BY_CLINIC,
    "for assigned clinicians": THEMSELVES | BY_CLINIC | {"alice": {"Anna"}, "bob": {"Ben"}, "dora": set()},
    "one opened with a reason": THEMSELVES | BY_CLINIC | {"alice": {"Anna"}, "bob": TEAM, "dora": set()},
    # Bob stands in for Alice, Zoe herself for Charlie, which opens nothing to a patient.
    "for those assigned to somebody away": THEMSELVES | BY_CLINIC | {"alice": {"Anna"}, "bob": TEAM, "dora": set()},
    "locked": {"lena": TEAM},
    "left by all who worked there": THEMSELVES,
}
OF_RECORDS = set(STATES) - {"open", "left by all who worked there"}
LED: dict[str, Set[str]] = {"lena": {"harbour"}}
HARBOUR = EVERYBODYS | {"harbour"}
WORKPLACES: dict[str, Set[str]] = {
    "alice": HARBOUR, "bob": HARBOUR, "lena": HARBOUR, "dora": HARBOUR | {"hill"}, "charlie": EVERYBODYS | {"hill"},
}  # fmt: skip
CLINICS = frozenset({"harbour", "hill"})


def of_patient(path: str = "patient") -> Seen:
    return Seen(owner(path), STATES["open"], frozenset({"Anna", "Zoe"}), by_patient=True)


def of_note(row: Note) -> str:
    return f"{row.patient.first_name}{', shared' if row.is_shared and row.withdrawn_at is None else ''}"


def of_invitation(row: Invitation) -> str:
    return f"a patient of {row.clinic.slug}" if row.patient_id else row.clinic.slug


def of_threshold(row: Threshold) -> str:
    return row.patient.first_name if row.patient else str(row.clinic)


# By table, as `app.Model`; with the name of the door where it is another than `visible_to`.
SEEN = {
    "accounts.Patient": of_patient(""),
    "accounts.Membership": Seen(owner("clinic"), LED, CLINICS),
    "accounts.Invitation": Seen(of_invitation, LED, CLINICS | {"a patient of harbour"}),
    "accounts.Erasure": Seen(owner("patient.clinic"), LED, CLINICS),
    "exercises.Exercise": Seen(
        owner("clinic"), WORKPLACES | {"cora": HARBOUR}, CLINICS | EVERYBODYS, all_see=EVERYBODYS
    ),
    "exercises.Exercise.writable_by": Seen(
        owner("clinic"), {"cora": {"harbour"}, "sharon": EVERYBODYS}, CLINICS | EVERYBODYS
    ),
    "exercises.ImportBatch.writable_by": Seen(owner("clinic"), {"cora": {"harbour"}}, CLINICS),
    "plans.PlanTemplate": Seen(owner("clinic"), WORKPLACES, CLINICS | EVERYBODYS, all_see=EVERYBODYS),
    "plans.RuleTrial": Seen(owner("clinic"), LED, CLINICS),
    "plans.SavedFilter": Seen(
        owner("user"), THEMSELVES | {"alice": {"Alice"}, "charlie": {"Charlie"}}, frozenset({"Alice", "Charlie", "Zoe"})
    ),
    "plans.Note": Seen(of_note, STATES["open"], frozenset({"Anna", "Anna, shared", "Zoe, shared"}), by_patient=True),
    "plans.Threshold": Seen(of_threshold, STATES["open"], frozenset({"Anna", "Zoe", "Hill Clinic"}), by_patient=True),
    **dict.fromkeys(
        (
            "plans.Plan", "plans.Session", "plans.CheckIn", "plans.ClinicalProfile", "plans.BodySite",
            "plans.Screening", "plans.Flag", "plans.Decision", "plans.PlanEvent", "plans.Goal", "plans.Message",
            "plans.BaselineTest", "plans.ReminderSettings", "plans.CalendarFeed", "plans.Report", "plans.PainScore",
            "plans.PainWatch",
        ),
        of_patient(),
    ),
    **dict.fromkeys(
        ("plans.PlanVersion", "plans.LibraryNotice", "plans.Pause", "plans.Reevaluation"), of_patient("plan.patient")
    ),
    **dict.fromkeys(("plans.Prescription", "plans.DraftStep", "plans.PlanRead"), of_patient("version.plan.patient")),
    "plans.Quota": of_patient("prescription.version.plan.patient"),
    "plans.QuotaStep": of_patient("quota.prescription.version.plan.patient"),
    "plans.SessionStep": of_patient("session.patient"),
}  # fmt: skip


def doors_of_tables() -> dict[str, tuple[Any, str]]:
    """Every manager that says whose rows somebody sees or writes, and the name with which it is asked."""
    found = {}
    for model in apps.get_models():
        for door in ("visible_to", "writable_by"):
            if hasattr(model._default_manager, door):
                suffix = "" if door == "visible_to" else f".{door}"
                found[model._meta.label + suffix] = (model._default_manager, door)
    return found


def enter(world: World, state: str) -> None:
    """Make the world what the state says."""
    if state in ("for assigned clinicians", "one opened with a reason", "for those assigned to somebody away"):
        Clinic.objects.update(record_access="assigned")
        if state != "for those assigned to somebody away":
            Absence.objects.update(from_on=TODAY - timedelta(days=2), until_on=TODAY - timedelta(days=1))
    if state == "one opened with a reason":
        BreakGlass.objects.create(
            patient=world.patients["annas"], clinician=world.people["bob"], reason="She rang", opened_at=NOON,
            expires_at=NOON + timedelta(hours=1),
        )  # fmt: skip
    if state == "locked":
        Patient.objects.update(locked_at=NOON)
    if state == "left by all who worked there":
        Membership.objects.update(valid_until=NOON)


def expected(label: str, state: str, actor: str) -> Set[str]:
    """Whose rows this person has to see: exactly these."""
    seen, usual = SEEN[label], SEEN[label].all_see
    if seen.by_patient:
        names = STATES[state].get(actor, frozenset())
        if label == "plans.Note":  # a patient reads what was shared, the others everything
            return {f"{name}, shared" for name in names} | (set() if actor in THEMSELVES else names)
        return names
    if state == "left by all who worked there" and label != "plans.SavedFilter":
        return usual if actor != "sharon" else seen.sees.get(actor, usual)
    return seen.sees.get(actor, usual)


def rows_of_table(label: str) -> dict[UUID, str]:
    """Whose each row of the table is, read past every door."""
    manager, _door = doors_of_tables()[label]
    return {row.pk: SEEN[label].of(row) for row in manager.all()}


def standings_in(world: World) -> dict[str, Standing]:
    """What a request reads of everybody when it begins."""
    with time_machine.travel(NOON, tick=False):
        return {actor: standing_of(user.pk) for actor, user in world.people.items()}


def wrong_rows(
    world: World, label: str, state: str, owners: dict[UUID, str], standings: Mapping[str, Standing] | None = None
) -> Iterator[str]:
    """Who sees a row of this table that is not for them, or misses one that is.

    With `standings` by actor, each person is asked about as in a request: where they work was read when it began.
    """
    manager, door = doors_of_tables()[label]
    if state in OF_RECORDS and not SEEN[label].by_patient:
        return  # it is about patients, and this table is not
    for actor in ACTORS:
        if actor == "anonymous" and door == "writable_by":
            continue  # nobody is asked to sign in so late
        user = copy(world.people.get(actor, AnonymousUser()))
        if standings and actor in standings:
            user.standing = standings[actor]
        seen = set(getattr(manager, door)(user, at=NOON).values_list("pk", flat=True))
        right = {pk for pk, whose in owners.items() if whose in expected(label, state, actor)}
        if seen - right:
            yield f"{actor} sees {sorted({owners[pk] for pk in seen - right})} in {label} ({state})"
        if right - seen:
            yield f"{actor} misses {sorted({owners[pk] for pk in right - seen})} in {label} ({state})"
