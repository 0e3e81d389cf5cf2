"""A new clinic's way to its first plan, in five steps: each leads to where it is done, and knows when it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Invitation, Patient
from accounts.policy import Actor
from plans.models import Plan, PlanVersion, Screening
from plans.schedule import local_date
from plans.views.clinician.people import patients_of


@dataclass(frozen=True)
class Step:
    """`url` is empty where it cannot be done yet."""

    name: str
    text: str
    url: str
    done: bool
    now: bool


def first_steps(me: Actor, at: datetime) -> list[Step]:
    """The five steps while the clinic has no patient with an activated plan and a way in; afterwards nothing.

    They are those of the patient whose plan was activated first, else of the newest. One query, two with a draft.
    """
    if me.clinic is None:
        return []
    today, of_them = local_date(at, me.clinic.time_zone), {"patient": OuterRef("pk")}
    active = PlanVersion.objects.filter(plan__patient=OuterRef("pk")).exclude(state=PlanVersion.State.DRAFT)
    known = patients_of(me, at, mine=False).annotate(
        begun_at=Subquery(active.order_by("activated_at").values("activated_at")[:1]),
        screened=Exists(Screening.objects.valid_on(today).filter(**of_them)),
        started=Exists(Plan.objects.exclude(status=Plan.Status.ENDED).filter(**of_them)),
        invited=Exists(Invitation.objects.filter(**of_them)),
    )
    patient = known.order_by(F("begun_at").asc(nulls_last=True), "-created_at", "-pk").first()
    done = _done(patient)
    return [] if all(done) else _in_words(patient, done)


def _done(patient: Any) -> list[bool]:
    if patient is None:
        return [False] * 5
    activated = patient.begun_at is not None
    let_in = patient.user_id is not None or patient.invited
    return [True, patient.screened or activated, patient.started or activated, activated, let_in]


def _in_words(patient: Patient | None, done: list[bool]) -> list[Step]:
    page = reverse("patient", args=[patient.pk]) if patient else ""
    draft = _draft_of(patient)
    builder = reverse("plan_builder", args=[draft.pk]) if draft else ""
    start = reverse("plan_begin", args=[patient.pk]) if patient else ""
    words = [
        (_("Add a patient"), _("A name, where it hurts, and the usual pain. A minute."), reverse("patient_add")),
        (
            _("Check that moving is safe"),
            _("Record the readiness screening. No plan starts without one."),
            f"{page}#screening" if page else "",
        ),
        (
            _("Start a plan"),
            _("From one of the templates, or from nothing. Low at first: it can grow each week."),
            builder or start,
        ),
        (_("Activate it"), _("Painplan shows what does not suit this person before you do."), builder),
        (
            _("Let the patient in"),
            _("An e-mail without any health data, or the plan on paper with a code to scan."),
            f"{page}#invitation" if page else "",
        ),
    ]
    first = done.index(False)
    return [Step(name, text, url, done[number], number == first) for number, (name, text, url) in enumerate(words)]


def _draft_of(patient: Patient | None) -> PlanVersion | None:
    if patient is None:
        return None
    drafts: QuerySet[PlanVersion] = PlanVersion.objects.filter(plan__patient=patient, state=PlanVersion.State.DRAFT)
    return drafts.order_by("-pk").first()
