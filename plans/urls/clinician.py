"""The addresses of the clinicians' pages."""

from django.urls import path

from plans.views.clinician import (
    caseload,
    flags,
    inbox,
    inbox_live,
    patients,
    record,
    reevaluations,
    reevaluations_due,
    summaries,
    triage,
)

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/live/", inbox_live.inbox_live, name="inbox_live"),
    path("inbox/print/", inbox.inbox_print, name="inbox_print"),
    path("flags/acknowledge/", triage.acknowledge_ticked, name="flags_acknowledge"),
    path("flags/undo/", triage.undo, name="flags_undo"),
    path("flags/<uuid:flag_id>/assign/", triage.assign, name="flag_assign"),
    path("flags/<uuid:flag_id>/snooze/", triage.snooze, name="flag_snooze"),
    path("flags/<uuid:flag_id>/wake/", triage.wake, name="flag_wake"),
    path("flags/<uuid:flag_id>/acknowledge/", flags.acknowledge, name="flag_acknowledge"),
    path("flags/<uuid:flag_id>/resolve/", flags.resolve, name="flag_resolve"),
    path("patients/", caseload.caseload, name="caseload"),
    path("patients/add/", patients.add, name="patient_add"),
    path("patients/<uuid:patient_id>/", record.record, name="patient"),
    path("patients/<uuid:patient_id>/edit/", patients.edit, name="patient_edit"),
    path("patients/<uuid:patient_id>/discharge/", patients.discharge, name="patient_discharge"),
    path("patients/<uuid:patient_id>/readmit/", patients.readmit, name="patient_readmit"),
    path("patients/<uuid:patient_id>/screening/", record.screening_add, name="screening_add"),
    path("reevaluations/", reevaluations_due.due_list, name="reevaluations"),
    path("reevaluations/<uuid:reevaluation_id>/", reevaluations.reevaluation, name="reevaluation"),
    path("reevaluations/<uuid:reevaluation_id>/date/", reevaluations.reschedule, name="reevaluation_date"),
    path("reevaluations/<uuid:reevaluation_id>/record.pdf", summaries.for_record, name="reevaluation_pdf"),
    path("reevaluations/<uuid:reevaluation_id>/patient.pdf", summaries.for_patient, name="reevaluation_patient_pdf"),
]
