"""Addresses: the clinic's own pages."""

from django.urls import path

from plans.views.clinic import leave, settings

urlpatterns = [
    path("clinic/", settings.clinic, name="clinic"),
    path("clinic/hours/", settings.hours, name="clinic_hours"),
    path("clinic/hours/save/", settings.hours_save, name="clinic_hours_save"),
    path("clinic/holidays/add/", settings.holiday_add, name="holiday_add"),
    path("clinic/holidays/copy/", settings.holidays_copy, name="holidays_copy"),
    path("clinic/holidays/<uuid:holiday_id>/remove/", settings.holiday_remove, name="holiday_remove"),
    path("clinic/leave/", leave.leave, name="clinic_leave"),
    path("clinic/leave/<uuid:absence_id>/cancel/", leave.leave_cancel, name="leave_cancel"),
    path("clinic/care/", settings.care, name="clinic_care"),
    path("clinic/history/", settings.history, name="clinic_history"),
]
