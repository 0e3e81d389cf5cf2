"""The addresses of everything about patients and plans."""

from plans.urls import builder, clinician, patient

urlpatterns = [*clinician.urlpatterns, *builder.urlpatterns, *patient.urlpatterns]
