"""Addresses: building a plan."""

from django.urls import URLPattern, path

from plans.views.builder import changes, compare, growing, moves, pages, paper, starting, template_changes, templates

urlpatterns: list[URLPattern] = [
    path("patients/<uuid:patient_id>/plan/", pages.start, name="plan_start"),
    path("patients/<uuid:patient_id>/plan/start/", starting.begin, name="plan_begin"),
    path("templates/", templates.all_templates, name="templates"),
    path("templates/<uuid:template_id>/", templates.one, name="template"),
    path("templates/<uuid:template_id>/edit/", templates.edit, name="template_edit"),
    path("templates/<uuid:template_id>/exercises/", template_changes.builder, name="template_builder"),
    path("templates/<uuid:template_id>/add/", template_changes.add, name="template_add"),
    path("templates/<uuid:template_id>/days/", template_changes.days, name="template_days"),
    path("templates/<uuid:template_id>/undo/", template_changes.undo, name="template_undo"),
    path("templates/<uuid:template_id>/exercises/<uuid:item_id>/dose/", template_changes.dose, name="template_dose"),
    path("templates/<uuid:template_id>/exercises/<uuid:item_id>/move/", template_changes.move, name="template_move"),
    path("templates/<uuid:template_id>/exercises/<uuid:item_id>/place/", template_changes.place, name="template_place"),
    path("templates/<uuid:template_id>/exercises/<uuid:item_id>/out/", template_changes.remove, name="template_out"),
    path("templates/<uuid:template_id>/copy/", templates.copy, name="template_copy"),
    path("templates/<uuid:template_id>/put-away/", templates.put_away, name="template_put_away"),
    path("templates/<uuid:template_id>/bring-back/", templates.bring_back, name="template_bring_back"),
    path("plans/<uuid:version_id>/template/", templates.save, name="plan_save_template"),
    path("plans/<uuid:version_id>/", pages.builder, name="plan_builder"),
    path("plans/<uuid:plan_id>/compare/", compare.compare, name="plan_compare"),
    path("plans/<uuid:version_id>/preview/", pages.preview, name="plan_preview"),
    path("plans/<uuid:version_id>/print/", paper.print_page, name="plan_print"),
    path("plans/<uuid:version_id>/exercises.pdf", paper.pdf, name="plan_pdf"),
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
