"""One row of every kind that an address can name, for the access matrix: a patient's, and a clinic's own library's.

The words in them are canaries: a patient's say `canary-anna`, a clinic's say `canary-harbour`. Whoever reads one that
is not theirs has seen a row that is not theirs.
"""

from datetime import timedelta

from accounts.models import Absence, BreakGlass, Clinic, Holiday, Invitation, LegalHold, Membership, Transfer, User
from exercises.models import Exercise, ExerciseVersion, ImportBatch, Media, Merge
from exercises.models.curation import Proposal
from plans.actions import flags, plans, reevaluations
from plans.models import (
    Flag,
    Goal,
    Message,
    Note,
    PlanTemplate,
    QuotaStep,
    Report,
    RuleTrial,
    SavedFilter,
    Session,
    TemplateItem,
)
from tests.cast import NOON, TODAY, log_days, make_active_plan


def rows_of(patient, by) -> dict:
    """One row of every kind that belongs to a patient, with an open flag and a draft beside the active plan."""
    canary = canary_of(patient)
    patient.profile.goal = canary
    patient.profile.save()
    active = make_active_plan(patient, by, growing=True)
    first = active.plan.reevaluations.get()
    reevaluations.complete(
        reevaluation=first, decision="continue", note=canary, next_due_on=None, by=by, at=NOON - timedelta(days=7)
    )
    log_days(patient, [4, 4, 5, 4, 4, 5, 4] * 5 + [8] * 7)
    flags.evaluate(patient_id=patient.pk, at=NOON)
    session = Session.objects.create(
        patient=patient, plan_version=active, source="quick", started_at=NOON, finished_at=NOON,
        local_date=NOON.date(), time_zone="Europe/London", received_at=NOON, recorded_by=patient.user,
    )  # fmt: skip
    draft = plans.revise(plan=active.plan, by=by, at=NOON)
    return {
        "patient": patient,
        "flag": Flag.objects.get(patient=patient),
        "plan": active.plan,
        "draft": draft,
        "prescription": draft.prescriptions.first(),
        "active_prescription": active.prescriptions.first(),
        "reevaluation": active.plan.reevaluations.get(state="open"),
        "done_reevaluation": first,
        "step": _step_of(active.prescriptions.first()),
        "note": Note.objects.create(patient=patient, author=by, text=canary, at=NOON),
        "message": Message.objects.create(
            patient=patient, author=patient.user, from_patient=True, text=canary, at=NOON
        ),
        "hold": LegalHold.objects.create(patient=patient, reason="Case 1", set_at=NOON, set_by=by),
        "goal": Goal.objects.create(patient=patient, text=canary, made_at=NOON, made_by=by),
        "session": session,
        "report": Report.objects.create(
            patient=patient, kind="safety", answers=["fall-injury"], occurred_at=NOON, local_date=TODAY,
            time_zone="Europe/London", received_at=NOON, source="quick", recorded_by=patient.user,
        ),
        "score": patient.scores.first(),
        "exercise": active.prescriptions.first().exercise_version.exercise,
    }  # fmt: skip


def canary_of(patient) -> str:
    return f"canary-{patient.first_name.lower()}"


def _step_of(prescription) -> QuotaStep:
    amount = getattr(prescription, prescription.main_measure)
    return QuotaStep.objects.create(
        quota=prescription.quota, week_on=TODAY - timedelta(days=TODAY.weekday()), from_value=amount,
        to_value=amount + 1, proposed_at=NOON,
    )  # fmt: skip


def library_rows_of(clinic: Clinic, author: User, second: User) -> dict:
    """A clinic's own exercises: one with a draft and a file, one waiting for review, one merged away; an import."""
    own, other, merged = (Exercise.objects.create(clinic=clinic, slug=f"own-{number}") for number in (1, 2, 3))
    for exercise in (own, other, merged):
        exercise.current_version = make_version(exercise, author, 1, state="published", publisher=second)
        exercise.save()
    draft = make_version(own, author, 2)
    media = Media.objects.create(
        version=draft, kind="picture", file=f"{own.pk.hex}.webp", content_type="image/webp", size_bytes=1,
        alt_text=f"canary-{clinic.slug}", attribution="The clinic", licence="Own work", uploaded_at=NOON,
        uploaded_by=author,
    )  # fmt: skip
    return {
        "curated": own,
        "other": other,
        "library_draft": draft,
        "in_review": make_version(other, author, 2, state=ExerciseVersion.State.REVIEW),
        "media": media,
        "batch": ImportBatch.objects.create(
            clinic=clinic, by=author, file_name="f.csv", format="csv", started_at=NOON, state="checked"
        ),
        "merge": Merge.objects.create(kept=own, merged=merged, at=NOON, by=author),
        "proposal": Proposal.objects.create(exercise=own, proposed_at=NOON, proposed_by=author),
    }


def clinic_rows_of(clinic: Clinic, who: User, other: User) -> dict:
    """A clinic's settings: a holiday, somebody's leave, a template, a replay that waits."""
    canary = f"canary-{clinic.slug}"
    template = PlanTemplate.objects.create(clinic=clinic, slug="own", name=canary, made_at=NOON, made_by=who)
    exercise = Exercise.objects.prescribable().filter(clinic=None).first()
    item = TemplateItem.objects.create(
        template=template, exercise=exercise, section="main", position=0, repetitions=5, weekdays=[1]
    )
    return {
        "holiday": Holiday.objects.create(clinic=clinic, on=TODAY, name=f"canary-{clinic.slug}"),
        "absence": Absence.objects.create(
            clinic=clinic, clinician=who, stand_in=other, from_on=TODAY, until_on=TODAY, made_at=NOON, made_by=who
        ),
        "template": template,
        "template_item": item,
        "membership": Membership.objects.get(user=who, clinic=clinic),
        "invitation": Invitation.objects.create(
            clinic=clinic, email=f"new@{clinic.slug}.example", full_name=canary, role="clinician",
            token_hash=clinic.slug, made_at=NOON, made_by=who, expires_at=NOON + timedelta(hours=72),
        ),
        "saved_filter": SavedFilter.objects.create(user=who, place="inbox", name=canary, query="only=urgent"),
        "trial": RuleTrial.objects.create(
            clinic=clinic, by=who, rule="R3", first_on=TODAY - timedelta(days=9), last_on=TODAY, asked_at=NOON
        ),
    }  # fmt: skip


def care_rows_of(patient, by: User, to: Clinic) -> dict:
    """Who looks after a patient, the question whether they go elsewhere, and a look with a reason, two hours ago."""
    earlier = NOON - timedelta(hours=2)
    return {
        "assignment": patient.assignments.get(),
        "transfer": Transfer.objects.create(
            patient=patient, from_clinic=patient.clinic, to_clinic=to, why=canary_of(patient), asked_at=NOON,
            asked_by=by,
        ),
        "opened": BreakGlass.objects.create(
            patient=patient, clinician=by, reason=canary_of(patient), opened_at=earlier,
            expires_at=earlier + timedelta(hours=1),
        ),
    }  # fmt: skip


def make_version(exercise: Exercise, author: User, number: int, **fields) -> ExerciseVersion:
    """A version of an exercise with the least content that the database takes."""
    published = {"published_at": NOON} if fields.get("state") == "published" else {}
    return ExerciseVersion.objects.create(
        exercise=exercise, number=number, name=f"canary-{exercise.clinic.slug} {exercise.slug}", goal="mobility",
        position="sitting", impact="none", starting_dose={"sets": 1, "repetitions": 5},
        steps=["One.", "Two.", "Three."], author=author, **published, **fields,
    )  # fmt: skip
