"""Addresses of the library."""

from django.urls import path

from exercises import curation_urls, figure_views, import_urls, media_urls, views

urlpatterns = [
    path("", views.library, name="library"),
    path("<uuid:exercise_id>/", views.exercise, name="exercise"),
    path("figures/<slug:mark>/<slug:name>.svg", figure_views.figure_file, name="figure_file"),
    path("figures/", figure_views.figures, name="figures"),
    path("figures/judge/", figure_views.figure_review, name="figure_review"),
    *media_urls.urlpatterns,
    *curation_urls.urlpatterns,
    *import_urls.urlpatterns,
]
