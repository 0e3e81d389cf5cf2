"""Addresses of pictures and videos, below the library's."""

from django.urls import path

from exercises import media_views as views

urlpatterns = [
    path("<uuid:curated_id>/media/", views.exercise_media, name="exercise_media"),
    path("media/<uuid:curated_media_id>/edit/", views.media_edit, name="media_edit"),
    path("media/<uuid:curated_media_id>/move/", views.media_move, name="media_move"),
    path("media/<uuid:curated_media_id>/remove/", views.media_remove, name="media_remove"),
    path("media/<uuid:curated_media_id>/again/", views.media_again, name="media_again"),
    path("media/<uuid:curated_media_id>/state/", views.media_state, name="media_state"),
    path("media/<uuid:media_id>/file/", views.media_file, name="media_file"),
    path("media/<uuid:media_id>/thumbnail/", views.media_thumbnail, name="media_thumbnail"),
    path("media/<uuid:media_id>/captions/", views.media_captions, name="media_captions"),
]
