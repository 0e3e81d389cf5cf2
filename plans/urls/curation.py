"""Addresses: the curators' pages that show plans' side of an exercise, and the clinicians' notices."""

from django.urls import URLPattern, path

from plans.views.curation import exercise, notices, review

urlpatterns: list[URLPattern] = [
    path("library/review/", review.overview, name="library_review"),
    path("library/review/<uuid:exercise_version_id>/", review.version_review, name="version_review"),
    path("library/review/<uuid:exercise_version_id>/publish/", review.publish, name="version_publish"),
    path("library/review/<uuid:exercise_version_id>/send-back/", review.send_back, name="version_send_back"),
    path("library/review/<uuid:exercise_version_id>/reviewed/", review.reviewed, name="version_reviewed"),
    path("library/statistics/", exercise.library_statistics, name="library_statistics"),
    path("library/<uuid:curated_id>/used/", exercise.used, name="exercise_used"),
    path("library/<uuid:curated_id>/history/", exercise.history, name="exercise_history"),
    path("library/<uuid:curated_id>/statistics/", exercise.statistics, name="exercise_statistics"),
    path("library/<uuid:curated_id>/retire/", exercise.retire, name="exercise_retire"),
    path("library/<uuid:curated_id>/restore/", exercise.restore, name="exercise_restore"),
    path("notices/seen/", notices.seen, name="library_notices_seen"),
]
