"""Addresses of the library."""

from django.urls import path

from exercises import views

urlpatterns = [
    path("", views.library, name="library"),
    path("<uuid:exercise_id>/", views.exercise, name="exercise"),
]
