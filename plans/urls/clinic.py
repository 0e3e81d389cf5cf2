"""Addresses: the clinic's own pages."""

from django.urls import path

from plans.views.clinic import leave, looks, privacy, records, samples, settings, staff, statistics, thresholds, trials

urlpatterns = [
    path("clinic/", settings.clinic, name="clinic"),
    path("clinic/staff/", staff.staff_list, name="clinic_staff"),
    path("clinic/staff/<uuid:membership_id>/", staff.member, name="staff_member"),
    path("clinic/staff/<uuid:membership_id>/end/", staff.member_end, name="staff_end"),
    path("clinic/staff/letters/<uuid:invitation_id>/take-back/", staff.take_back, name="staff_invite_take_back"),
    path("clinic/hours/", settings.hours, name="clinic_hours"),
    path("clinic/hours/save/", settings.hours_save, name="clinic_hours_save"),
    path("clinic/holidays/add/", settings.holiday_add, name="holiday_add"),
    path("clinic/holidays/copy/", settings.holidays_copy, name="holidays_copy"),
    path("clinic/holidays/<uuid:holiday_id>/remove/", settings.holiday_remove, name="holiday_remove"),
    path("clinic/leave/", leave.leave, name="clinic_leave"),
    path("clinic/leave/<uuid:absence_id>/cancel/", leave.leave_cancel, name="leave_cancel"),
    path("clinic/records/", records.records, name="clinic_records"),
    path("clinic/records/save/", records.records_save, name="clinic_records_save"),
    path("clinic/records/<uuid:opened_id>/reviewed/", records.reviewed, name="opened_reviewed"),
    path("clinic/sample/", samples.sample, name="clinic_sample"),
    path("clinic/sample/load/", samples.load, name="clinic_sample_load"),
    path("clinic/sample/remove/", samples.remove, name="clinic_sample_remove"),
    path("clinic/care/", settings.care, name="clinic_care"),
    path("clinic/thresholds/", thresholds.clinic_thresholds, name="clinic_thresholds"),
    path("clinic/rules/", statistics.rules, name="clinic_rules"),
    path("clinic/trials/", trials.clinic_trials, name="clinic_trials"),
    path("clinic/trials/<uuid:trial_id>/", trials.rule_trial, name="rule_trial"),
    path("clinic/trials/<uuid:trial_id>/cancel/", trials.rule_trial_cancel, name="rule_trial_cancel"),
    path("clinic/history/", settings.history, name="clinic_history"),
    path("clinic/looks/", looks.looks, name="clinic_looks"),
    path("clinic/looks/print/", looks.looks_print, name="clinic_looks_print"),
    path("clinic/looks/csv/", looks.looks_csv, name="clinic_looks_csv"),
    path("clinic/privacy/", privacy.privacy, name="clinic_privacy"),
    path("clinic/privacy/holds/<uuid:hold_id>/release/", privacy.hold_release, name="hold_release"),
    path("patients/<uuid:patient_id>/erase/", privacy.patient_erase, name="patient_erase"),
    path("patients/<uuid:patient_id>/hold/", privacy.patient_hold, name="patient_hold"),
    path("patients/<uuid:patient_id>/thresholds/", thresholds.patient_thresholds, name="patient_thresholds"),
]
