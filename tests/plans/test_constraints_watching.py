"""What must never be stored about leave, hours, mail, jobs and sleeping flags is refused by PostgreSQL itself."""

from datetime import time, timedelta

from accounts.models import Absence, Clinic, Holiday, User
from plans.models import Flag, JobRun, Notification
from tests.cast import NOON, TODAY
from tests.plans.constraint_rows import delete, flag_of, refused

DAY = timedelta(days=1)


def mail_to(user: User, **changes) -> Notification:
    values = {
        "key": "k", "recipient": user, "kind": "flag", "created_at": NOON, "send_after": NOON, "message_id": "<a@b>",
    }  # fmt: skip
    return Notification(**(values | changes))


def test_mail(alice):
    mail_to(alice).save()
    refused("plans_notification_key", lambda: mail_to(alice, message_id="<b@b>").save())
    refused("plans_notification_message_id", lambda: mail_to(alice, key="k2").save())
    refused("notification_has_a_key", lambda: mail_to(alice, key="", message_id="<b@b>").save())
    rows = Notification.objects.all()
    refused("notification_sent_or_cancelled", lambda: rows.update(sent_at=NOON, cancelled_at=NOON))
    refused("plans_notification_attempts_check", lambda: rows.update(attempts=-1))
    refused("Cannot delete", lambda: delete(rows))


def test_leave(alice, bob, harbour):
    def away(**changes) -> Absence:
        values = {
            "clinic": harbour, "clinician": alice, "stand_in": bob, "from_on": TODAY, "until_on": TODAY,
            "made_at": NOON, "made_by": alice,
        }  # fmt: skip
        return Absence.objects.create(**(values | changes))

    away()
    refused("absence_ends_after_it_starts", lambda: away(until_on=TODAY - DAY))
    refused("absence_somebody_else_stands_in", lambda: away(stand_in=alice))


def test_the_clinics_hours(harbour):
    rows = Clinic.objects.filter(pk=harbour.pk)
    for days in ([], [0], [8], [1, 2, 3, 4, 5, 6, 7, 7]):
        refused("clinic_works_some_days", lambda days=days: rows.update(working_days=days))
    refused("clinic_closes_after_it_opens", lambda: rows.update(opens_at=time(17), closes_at=time(17)))
    for wrong in ({"urgent_hours": 0}, {"urgent_hours": 41}, {"important_days": 0}, {"important_days": 11}):
        refused("clinic_escalates_in_time", lambda wrong=wrong: rows.update(**wrong))
    Holiday.objects.create(clinic=harbour, on=TODAY)
    refused("holiday_once_per_clinic", lambda: Holiday.objects.create(clinic=harbour, on=TODAY, name="Twice"))


def test_runs_of_jobs(db):
    JobRun.objects.create(name="daily", key="2026-11-19", started_at=NOON)
    refused("jobrun_once_per_key", lambda: JobRun.objects.create(name="daily", key="2026-11-19", started_at=NOON))
    JobRun.objects.create(name="other", key="2026-11-19", started_at=NOON)
    JobRun.objects.create(name="often", started_at=NOON)
    JobRun.objects.create(name="often", started_at=NOON)


def test_an_urgent_flag_never_sleeps_and_nobody_puts_an_unseen_one_to_sleep(anna, alice):
    flag_of(anna).save()
    rows = Flag.objects.filter(patient=anna)
    asleep = {"snoozed_until": TODAY + DAY, "snoozed_at": NOON, "snoozed_by": alice}
    seen = {"state": "acknowledged", "acknowledged_at": NOON, "acknowledged_by": alice}
    refused("flag_asleep_was_seen_and_is_not_urgent", lambda: rows.update(**asleep))
    refused("flag_asleep_was_seen_and_is_not_urgent", lambda: rows.update(**seen, **asleep, severity="urgent"))
    refused("flag_asleep_was_seen_and_is_not_urgent", lambda: rows.update(**seen, snoozed_until=TODAY))
    refused("flag_snoozed_at_and_by", lambda: rows.update(**seen, snoozed_at=NOON))
    rows.update(**seen, **asleep)
    rows.update(severity="urgent")
    assert rows.get().snoozed_until is None, "what becomes urgent wakes"
    refused("flag_asleep_was_seen_and_is_not_urgent", lambda: rows.update(**asleep))
