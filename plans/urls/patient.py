"""Addresses: the patient's own pages."""

from django.urls import URLPattern, path

from plans.views.patient.changed import plan_changed
from plans.views.patient.media import plan_media, plan_media_captions
from plans.views.patient.messages import messages_read, my_messages
from plans.views.patient.pain import correct_score, log_pain, next_morning
from plans.views.patient.plan import help_page, my_plan, plan_exercise
from plans.views.patient.player import play_after, play_before, play_exercise, play_next, play_start
from plans.views.patient.progress import progress
from plans.views.patient.quick import quick_log
from plans.views.patient.safety import safety, safety_told
from plans.views.patient.session import log_session, session_done
from plans.views.patient.summary import my_summary
from plans.views.patient.today import today

urlpatterns: list[URLPattern] = [
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
    path("progress/", progress, name="progress"),
    path("progress/correct/<uuid:score_id>/", correct_score, name="correct_score"),
    path("progress/summary/<uuid:my_reevaluation_id>.pdf", my_summary, name="my_summary"),
    path("plan/", my_plan, name="plan"),
    path("plan/changed/", plan_changed, name="plan_changed"),
    path("plan/<uuid:prescription_id>/", plan_exercise, name="plan_exercise"),
    path("plan/<uuid:prescription_id>/media/<uuid:media_id>/", plan_media, name="plan_media"),
    path(
        "plan/<uuid:prescription_id>/media/<uuid:media_id>/captions/",
        plan_media_captions,
        name="plan_media_captions",
    ),
    path("help/", help_page, name="help"),
    path("safety/", safety, name="safety"),
    path("safety/<uuid:report_id>/", safety_told, name="safety_told"),
    path("messages/", my_messages, name="messages"),
    path("messages/read/", messages_read, name="messages_read"),
]
