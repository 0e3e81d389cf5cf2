"""The addresses of the clinicians' pages."""

from django.urls import path

from plans.views.clinician import (
    caseload,
    flags,
    inbox,
    log,
    messages,
    notes,
    patients,
    record,
    reevaluations,
    resting,
)

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("flags/<uuid:flag_id>/acknowledge/", flags.acknowledge, name="flag_acknowledge"),
    path("flags/<uuid:flag_id>/resolve/", flags.resolve, name="flag_resolve"),
    path("patients/", caseload.caseload, name="caseload"),
    path("patients/add/", patients.add, name="patient_add"),
    path("patients/<uuid:patient_id>/", record.record, name="patient"),
    path("patients/<uuid:patient_id>/edit/", patients.edit, name="patient_edit"),
    path("patients/<uuid:patient_id>/discharge/", patients.discharge, name="patient_discharge"),
    path("patients/<uuid:patient_id>/readmit/", patients.readmit, name="patient_readmit"),
    path("patients/<uuid:patient_id>/screening/", record.screening_add, name="screening_add"),
    path("patients/<uuid:patient_id>/log-session/", log.log_session, name="patient_log_session"),
    path("patients/<uuid:patient_id>/log-pain/", log.log_pain, name="patient_log_pain"),
    path("patients/<uuid:patient_id>/scores/", log.scores, name="patient_scores"),
    path("patients/<uuid:patient_id>/scores/<uuid:score_id>/", log.score_correct, name="patient_score_correct"),
    path("patients/<uuid:patient_id>/messages/", messages.conversation, name="patient_messages"),
    path("patients/<uuid:patient_id>/messages/read/", messages.read, name="patient_messages_read"),
    path("patients/<uuid:patient_id>/notes/", notes.all_notes, name="patient_notes"),
    path("notes/<uuid:note_id>/take-back/", notes.take_back, name="note_take_back"),
    path("plans/<uuid:plan_id>/pause/", resting.pause, name="plan_pause"),
    path("plans/<uuid:plan_id>/resume/", resting.resume, name="plan_resume"),
    path("plans/<uuid:plan_id>/release/", resting.release, name="plan_release"),
    path("plans/<uuid:plan_id>/end/", resting.end, name="plan_end"),
    path("reevaluations/<uuid:reevaluation_id>/", reevaluations.reevaluation, name="reevaluation"),
]
