"""Addresses where curators write, below the library's."""

from django.urls import path

from exercises.curation import changes, editor, translating, work

urlpatterns = [
    path("new/", work.new, name="exercise_new"),
    path("<uuid:curated_id>/edit/", work.edit, name="exercise_edit"),
    path("<uuid:curated_id>/links/", work.link, name="exercise_links"),
    path("<uuid:curated_id>/propose/", work.propose, name="exercise_propose"),
    path("<uuid:exercise_id>/changes/", changes.changes, name="exercise_changes"),
    path("drafts/<uuid:draft_id>/", editor.editor, name="exercise_editor"),
    path("drafts/<uuid:draft_id>/take-back/", work.take_back, name="exercise_take_back"),
    path("drafts/<uuid:draft_id>/translation/", translating.translation, name="exercise_translation"),
    path("drafts/<uuid:draft_id>/discard/", work.discard, name="exercise_discard"),
    path("proposals/<uuid:proposal_id>/", work.proposal, name="proposal"),
]
