"""Every address of Painplan."""

from django.contrib import admin
from django.urls import include, path

from accounts.views import passwords
from painplan import health, metrics, operator, views

urlpatterns = [
    path("", views.home, name="home"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("style/", views.style, name="style"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/safety", health.safety, name="health_safety"),
    path("metrics", metrics.page, name="metrics"),
    path("operator/", operator.page, name="operator"),
    path("operator/evaluate-again/", operator.evaluate_again, name="operator_evaluate_again"),
    path("operator/send-again/", operator.send_again, name="operator_send_again"),
    path("library/", include("exercises.urls")),
    path("", include("plans.urls")),
    path("", include("accounts.urls")),
    path("admin/login/", views.admin_sign_in, name="admin_sign_in"),
    path("admin/password_change/", passwords.change, name="admin_password"),
    path("admin/", admin.site.urls),
]

handler400 = "painplan.views.bad_request"
handler403 = "painplan.views.forbidden"
handler404 = "painplan.views.not_found"
handler500 = "painplan.views.server_error"
