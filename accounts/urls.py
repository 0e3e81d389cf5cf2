"""Addresses for signing in and out."""

from django.urls import path

from accounts import account, views

urlpatterns = [
    path("sign-in/", views.login, name="login"),
    path("sign-out/", views.logout, name="logout"),
    path("clinic/choose/", views.choose_clinic, name="choose_clinic"),
    path("account/preferences/", account.preferences, name="preferences"),
    path("account/theme/", account.theme, name="theme"),
    path("account/confirm/", account.confirm, name="confirm"),
]
