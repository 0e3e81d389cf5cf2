""" "I did it": today's pain apart from the exercise, the highest pain if one likes, and the safety list."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Patient
from plans.actions.sessions import LogInput, ScoreInput, SessionInput
from plans.forms.alike import alike
from plans.forms.patient_scale import UNTOUCHED
from plans.forms.patient_session import SCALE, SiteRow
from plans.forms.patient_when import WhenForm
from plans.models import BodySite, ExerciseLog, PainScore, Prescription
from plans.wording import in_sentence


class QuickForm(WhenForm):
    """Cleans to a day, the pains of that day and a SessionInput; never saves. Only the main site's pain is asked."""

    def __init__(
        self,
        data: Any = None,
        *,
        patient: Patient,
        zone: str,
        at: datetime,
        sites: Sequence[BodySite],
        logged_days: Collection[date] = (),
        stored: bool = False,
    ) -> None:
        super().__init__(data, patient=patient, zone=zone, at=at, stored=stored)
        self.sites = list(sites)
        self.logged_days = set() if stored else set(logged_days)
        for site in self.sites:
            words = {"site": site.name}
            self.fields[f"before_{site.pk.hex}"] = alike(
                SCALE, label=_("Pain today, apart from the exercises: %(site)s") % words, required=site.is_main
            )
            self.fields[f"after_{site.pk.hex}"] = alike(
                SCALE, label=_("Highest pain, during or after: %(site)s") % words, required=False
            )

    def clean_on(self) -> date:
        day = super().clean_on()
        if day in self.logged_days:
            self.add_error(
                None,
                _("A session of that day is in your diary already. For another one, use “Say more, or another day”."),
            )
        return day

    @property
    def main_place(self) -> str:
        return in_sentence(self.rows()[0].site.name)

    def rows(self) -> list[SiteRow]:
        """The scales, those of the main site first."""
        ordered = sorted(self.sites, key=lambda site: not site.is_main)
        return [SiteRow(s, self[f"before_{s.pk.hex}"], self[f"after_{s.pk.hex}"]) for s in ordered]

    def pains(self) -> list[tuple[BodySite, Decimal | None]]:
        """The pain of the day by site; a scale that was left alone is not there."""
        answers = [(site, self.cleaned_data[f"before_{site.pk.hex}"]) for site in self.sites]
        return [(site, answer) for site, answer in answers if answer is not UNTOUCHED]

    def session_input(self, due: Sequence[Prescription]) -> SessionInput:
        """All that was due is done. Only of a valid form."""
        when = self.when
        return SessionInput(
            id=self.entry_id,
            started_at=when.occurred_at,
            finished_at=when.occurred_at,
            time_zone=when.time_zone,
            source=when.source,
            scores=list(self._scores()),
            logs=[LogInput(prescription_id=p.pk, state=ExerciseLog.State.DONE) for p in due],
            on=when.day,
        )

    def _scores(self) -> Iterator[ScoreInput]:
        for site in self.sites:
            answer = self.cleaned_data[f"after_{site.pk.hex}"]
            if answer is not UNTOUCHED:
                yield ScoreInput(PainScore.Moment.AFTER.value, site.pk, answer)
