"""Addresses of the library."""

from django.urls import path

from exercises import curation_urls, import_urls, media_urls, views

urlpatterns = [
    path("", views.library, name="library"),
    path("<uuid:exercise_id>/", views.exercise, name="exercise"),
    *media_urls.urlpatterns,
    *curation_urls.urlpatterns,
    *import_urls.urlpatterns,
]
