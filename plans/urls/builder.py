"""Addresses: building a plan."""

from django.urls import URLPattern, path

from plans.views.builder import changes, growing, moves, pages

urlpatterns: list[URLPattern] = [
    path("patients/<uuid:patient_id>/plan/", pages.start, name="plan_start"),
    path("plans/<uuid:version_id>/", pages.builder, name="plan_builder"),
    path("plans/<uuid:version_id>/preview/", pages.preview, name="plan_preview"),
    path("plans/<uuid:version_id>/activate/", pages.activate, name="plan_activate"),
    path("plans/<uuid:version_id>/discard/", pages.discard, name="plan_discard"),
    path("plans/<uuid:version_id>/add/", changes.add, name="builder_add"),
    path("plans/<uuid:version_id>/days/", changes.days, name="builder_days"),
    path("plans/<uuid:version_id>/exercises/<uuid:prescription_id>/dose/", changes.dose, name="builder_dose"),
    path("plans/<uuid:version_id>/exercises/<uuid:prescription_id>/move/", changes.move, name="builder_move"),
    path("plans/<uuid:version_id>/exercises/<uuid:prescription_id>/newer/", changes.newer, name="builder_newer"),
    path("plans/<uuid:version_id>/exercises/<uuid:prescription_id>/remove/", changes.remove, name="builder_remove"),
    path("plans/<uuid:version_id>/undo/", moves.undo, name="builder_undo"),
    path("plans/<uuid:version_id>/exercises/<uuid:prescription_id>/place/", moves.place, name="builder_place"),
    path("plans/<uuid:version_id>/exercises/<uuid:prescription_id>/swap/", moves.swap, name="builder_swap"),
    path("plans/<uuid:version_id>/exercises/<uuid:prescription_id>/test/", growing.test, name="builder_test"),
    path("plans/<uuid:version_id>/exercises/<uuid:prescription_id>/grow/", growing.grow, name="builder_grow"),
]
