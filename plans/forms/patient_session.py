"""The log of a session: pain before and after, what was done, how hard it felt, a word for the clinician."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Patient
from plans.actions.sessions import LogInput, ScoreInput, SessionInput
from plans.forms.alike import alike
from plans.forms.patient_scale import UNTOUCHED, ScaleField, number_of
from plans.forms.patient_when import WhenForm
from plans.models import BodySite, ExerciseLog, PainScore, Prescription, Session
from plans.schedule import local_date
from plans.wording import dose_in_words, in_sentence

ALL, SOME = "all", "some"
REST = "rest"


def word_field() -> forms.CharField:
    """Free words about a session, two lines of them to begin with."""
    return forms.CharField(
        label=gettext_lazy("A word for your clinician, if you like"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "pp-input"}),
    )


SCALE = ScaleField(required=False)
STATE = forms.ChoiceField(choices=ExerciseLog.State.choices, required=False, widget=forms.RadioSelect)
REASON = forms.ChoiceField(
    label=gettext_lazy("What was in the way?"),
    choices=[("", gettext_lazy("Choose a reason")), *ExerciseLog.SkipReason.choices],
    required=False,
)


@dataclass(frozen=True)
class ExerciseRow:
    """The fields about one exercise, for the page."""

    prescription: Prescription
    due: bool
    state: BoundField
    reason: BoundField
    pain: BoundField

    @property
    def dose(self) -> str:
        return dose_in_words(self.prescription)

    @property
    def pain_open(self) -> bool:
        return _has_input(self.pain)


@dataclass(frozen=True)
class SiteRow:
    """The two scales of one body site, for the page."""

    site: BodySite
    before: BoundField
    after: BoundField

    @property
    def place(self) -> str:
        return in_sentence(self.site.name)

    @property
    def before_open(self) -> bool:
        return _has_input(self.before)

    @property
    def after_open(self) -> bool:
        return _has_input(self.after)


class SessionForm(WhenForm):
    """Cleans to a SessionInput (`session_input()`); never saves.

    `due` are the exercises planned for the day on which the form was opened (all of them on a day without any):
    "all of it" means these. `logged_days` have a session already: another one is asked about, because going back
    and sending again makes a new form. The scales of the main site have to be answered or put off; those of the
    other sites and the effort may stay untouched, and "Skip the rest" puts off whatever comes after the session.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    what = forms.ChoiceField(
        label=gettext_lazy("What did you do?"),
        choices=[(ALL, gettext_lazy("All of it")), (SOME, gettext_lazy("Some of it"))],
        required=False,
        widget=forms.RadioSelect,
    )
    again = forms.BooleanField(label=gettext_lazy("Yes, this is another session of that day"), required=False)
    effort = ScaleField(label=gettext_lazy("How hard did it feel?"), required=False)
    note = word_field()

    def __init__(
        self,
        data: Any = None,
        *,
        patient: Patient,
        zone: str,
        at: datetime,
        sites: Sequence[BodySite],
        prescriptions: Sequence[Prescription],
        due: Sequence[Prescription],
        version_id: UUID,
        logged_days: Collection[date] = (),
        stored: bool = False,
    ) -> None:
        super().__init__(data, patient=patient, zone=zone, at=at, stored=stored, initial={"version": str(version_id)})
        self.sites, self.prescriptions = list(sites), list(prescriptions)
        self.logged_days = set() if stored else set(logged_days)
        self.due_ids = {p.pk for p in due}
        self.skips_rest = data is not None and data.get("skip") == REST
        for site in self.sites:
            words = {"site": site.name}
            self.fields[f"before_{site.pk.hex}"] = alike(
                SCALE, label=_("Pain before you started: %(site)s") % words, required=site.is_main
            )
            self.fields[f"after_{site.pk.hex}"] = alike(
                SCALE,
                label=_("Highest pain, during or after: %(site)s") % words,
                required=site.is_main and not self.skips_rest,
            )
        for prescription in self.prescriptions:
            key, name = prescription.pk.hex, prescription.exercise_version.said.name
            self.fields[f"state_{key}"] = alike(STATE, label=name)
            self.fields[f"reason_{key}"] = alike(REASON)
            self.fields[f"pain_{key}"] = alike(SCALE, label=_("Pain on this exercise: %(name)s") % {"name": name})

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("on") in self.logged_days and not cleaned["again"]:
            self.add_error(
                "again", _("A session of that day is in your diary already. If this is another one, please say so.")
            )
        for prescription in self.prescriptions:
            key = prescription.pk.hex
            state = cleaned.get(f"state_{key}")
            if state == ExerciseLog.State.SKIPPED and not cleaned.get(f"reason_{key}"):
                self.add_error(f"reason_{key}", _("Choose what was in the way. “Something else” is fine too."))
            contradicts = state in (ExerciseLog.State.SKIPPED, ExerciseLog.State.PARTLY)
            if cleaned.get("what") == ALL and contradicts and prescription.pk in self.due_ids:
                self.add_error(
                    "what",
                    _("You chose “All of it”, and below something was skipped or partly done. Which one is right?"),
                )
                break
        return cleaned

    def session_input(self) -> SessionInput:
        """The session as the person told it. Only of a valid form."""
        when = self.when
        return SessionInput(
            id=self.entry_id,
            # How long it took is not asked here: both ends are the moment the log was opened.
            started_at=when.occurred_at,
            finished_at=when.occurred_at,
            time_zone=when.time_zone,
            source=when.source,
            scores=list(self._scores()),
            logs=list(self._logs()),
            effort=number_of(self.cleaned_data["effort"]),
            note=self.cleaned_data["note"],
            state=Session.State.DONE,
            on=when.day,
        )

    @property
    def day(self) -> date:
        return self.when.day

    def site_rows(self) -> list[SiteRow]:
        return [SiteRow(s, self[f"before_{s.pk.hex}"], self[f"after_{s.pk.hex}"]) for s in self.sites]

    def exercise_rows(self) -> list[ExerciseRow]:
        return [
            ExerciseRow(
                prescription=p,
                due=p.pk in self.due_ids,
                state=self[f"state_{p.pk.hex}"],
                reason=self[f"reason_{p.pk.hex}"],
                pain=self[f"pain_{p.pk.hex}"],
            )
            for p in self.prescriptions
        ]

    @property
    def asks_again(self) -> bool:
        """Whether to ask if this is another session of a day that has one."""
        if self.is_bound:
            return bool(self.errors.get("again") or self["again"].value())
        return local_date(self.at, self.zone) in self.logged_days

    @property
    def main_place(self) -> str:
        return in_sentence(next((site.name for site in self.sites if site.is_main), self.sites[0].name))

    def others(self) -> list[ExerciseRow]:
        """The exercises of the plan that are not for that day."""
        return [row for row in self.exercise_rows() if not row.due]

    def others_open(self) -> bool:
        return any(_has_input(row.state) or _has_input(row.pain) for row in self.others())

    def _scores(self) -> Iterator[ScoreInput]:
        for moment in (PainScore.Moment.BEFORE, PainScore.Moment.AFTER):
            for site in self.sites:
                answer = self.cleaned_data[f"{moment.value}_{site.pk.hex}"]
                if answer is not UNTOUCHED:
                    yield ScoreInput(moment.value, site.pk, answer)
                elif site.is_main:
                    # "Skip the rest": it was asked and not answered.
                    yield ScoreInput(moment.value, site.pk, None)

    def _logs(self) -> Iterator[LogInput]:
        everything = self.cleaned_data["what"] == ALL
        for prescription in self.prescriptions:
            key = prescription.pk.hex
            state = self.cleaned_data[f"state_{key}"]
            if not state and everything and prescription.pk in self.due_ids:
                state = ExerciseLog.State.DONE
            if not state:
                continue
            yield LogInput(
                prescription_id=prescription.pk,
                state=str(state),
                skip_reason=self.cleaned_data[f"reason_{key}"] if state == ExerciseLog.State.SKIPPED else "",
                pain=number_of(self.cleaned_data[f"pain_{key}"]),
            )


def _has_input(field: BoundField) -> bool:
    return bool(field.value() or field.errors)
