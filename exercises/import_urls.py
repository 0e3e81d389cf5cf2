"""Addresses of imports, exports and duplicates, below the library's."""

from django.urls import path

from exercises import duplicate_views, import_views

urlpatterns = [
    path("import/", import_views.import_start, name="import_start"),
    path("import/<uuid:batch_id>/", import_views.import_report, name="import_report"),
    path("import/<uuid:batch_id>/decide/", import_views.import_decide, name="import_decide"),
    path("import/<uuid:batch_id>/apply/", import_views.import_apply, name="import_apply"),
    path("import/<uuid:batch_id>/again/", import_views.import_again, name="import_again"),
    path("import/<uuid:batch_id>/cancel/", import_views.import_cancel, name="import_cancel"),
    path("import/<uuid:batch_id>/report.csv", import_views.import_rows, name="import_rows"),
    path("export/", import_views.library_export, name="library_export"),
    path("duplicates/", duplicate_views.duplicates, name="duplicates"),
    path("duplicates/<uuid:one_id>/<uuid:other_id>/", duplicate_views.compare, name="duplicates_compare"),
    path("duplicates/<uuid:one_id>/<uuid:other_id>/merge/", duplicate_views.merge, name="duplicates_merge"),
    path("duplicates/<uuid:one_id>/<uuid:other_id>/apart/", duplicate_views.apart, name="duplicates_apart"),
    path("merges/<uuid:merge_id>/undo/", duplicate_views.undo, name="merge_undo"),
]
