"""The addresses of everything about patients and plans."""

from plans.urls import builder, clinic, clinician, curation, patient

urlpatterns = [
    *clinician.urlpatterns,
    *builder.urlpatterns,
    *patient.urlpatterns,
    *curation.urlpatterns,
    *clinic.urlpatterns,
]
