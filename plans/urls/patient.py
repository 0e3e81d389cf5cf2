"""Addresses: the patient's own pages."""

from django.urls import URLPattern, path

from plans.views.joining import join, join_passkey
from plans.views.patient.calendar import calendar_feed, my_calendar, my_calendar_revoke
from plans.views.patient.changed import plan_changed
from plans.views.patient.checkin import check_in, checkin_correct, checkin_done, checkin_question
from plans.views.patient.flare import flare
from plans.views.patient.goals import my_goal, new_goal
from plans.views.patient.leaving import leave, left
from plans.views.patient.looks import my_looks
from plans.views.patient.media import plan_media, plan_media_captions
from plans.views.patient.messages import messages_read, my_messages
from plans.views.patient.moving import my_move
from plans.views.patient.mydata import my_data, my_data_json, my_data_pdf, my_data_scores, my_data_sessions
from plans.views.patient.pain import correct_score, log_pain, next_morning
from plans.views.patient.paper import my_plan_pdf, my_plan_print
from plans.views.patient.plan import help_page, my_plan, plan_exercise
from plans.views.patient.player import play_after, play_before, play_exercise, play_next, play_start
from plans.views.patient.progress import progress
from plans.views.patient.quick import quick_log
from plans.views.patient.reminders import my_reminders, reminders_stop
from plans.views.patient.safety import safety, safety_told
from plans.views.patient.session import log_session, session_done
from plans.views.patient.summary import my_summary
from plans.views.patient.today import today

urlpatterns: list[URLPattern] = [
    path("join/<str:token>/", join, name="join"),
    path("join/<str:token>/passkey/", join_passkey, name="join_passkey"),
    path("today/", today, name="today"),
    path("session/", log_session, name="log_session"),
    path("session/quick/", quick_log, name="quick_log"),
    path("session/play/", play_start, name="play_start"),
    path("session/<uuid:session_id>/", play_next, name="play_next"),
    path("session/<uuid:session_id>/before/", play_before, name="play_before"),
    path("session/<uuid:session_id>/exercise/<uuid:prescription_id>/", play_exercise, name="play_exercise"),
    path("session/<uuid:session_id>/after/", play_after, name="play_after"),
    path("session/<uuid:session_id>/done/", session_done, name="session_done"),
    path("pain/", log_pain, name="log_pain"),
    path("morning/<uuid:session_id>/", next_morning, name="next_morning"),
    path("check-in/", check_in, name="checkin"),
    path("check-in/done/", checkin_done, name="checkin_done"),
    path("check-in/question/", checkin_question, name="checkin_question"),
    path("check-in/correct/", checkin_correct, name="checkin_correct"),
    path("progress/", progress, name="progress"),
    path("progress/correct/<uuid:score_id>/", correct_score, name="correct_score"),
    path("progress/summary/<uuid:my_reevaluation_id>.pdf", my_summary, name="my_summary"),
    path("plan/", my_plan, name="plan"),
    path("plan/print/", my_plan_print, name="my_plan_print"),
    path("plan/exercises.pdf", my_plan_pdf, name="my_plan_pdf"),
    path("plan/calendar/", my_calendar, name="my_calendar"),
    path("plan/calendar/revoke/", my_calendar_revoke, name="my_calendar_revoke"),
    path("calendar/<str:token>.ics", calendar_feed, name="calendar_feed"),
    path("plan/changed/", plan_changed, name="plan_changed"),
    path("plan/<uuid:prescription_id>/", plan_exercise, name="plan_exercise"),
    path("plan/<uuid:prescription_id>/media/<uuid:media_id>/", plan_media, name="plan_media"),
    path(
        "plan/<uuid:prescription_id>/media/<uuid:media_id>/captions/",
        plan_media_captions,
        name="plan_media_captions",
    ),
    path("goals/new/", new_goal, name="new_goal"),
    path("goals/<uuid:goal_id>/", my_goal, name="my_goal"),
    path("flare/", flare, name="flare"),
    path("help/", help_page, name="help"),
    path("reminders/", my_reminders, name="reminders"),
    path("reminders/stop/", reminders_stop, name="reminders_stop"),
    path("safety/", safety, name="safety"),
    path("safety/<uuid:report_id>/", safety_told, name="safety_told"),
    path("my-data/", my_data, name="my_data"),
    path("my-data/everything.json", my_data_json, name="my_data_json"),
    path("my-data/pain.csv", my_data_scores, name="my_data_scores"),
    path("my-data/sessions.csv", my_data_sessions, name="my_data_sessions"),
    path("my-data/summary.pdf", my_data_pdf, name="my_data_pdf"),
    path("my-data/looks/", my_looks, name="my_looks"),
    path("my-data/leave/", leave, name="leave"),
    path("left/", left, name="left"),
    path("move/<uuid:transfer_id>/", my_move, name="my_move"),
    path("messages/", my_messages, name="messages"),
    path("messages/read/", messages_read, name="messages_read"),
]
