"""Addresses for signing in and out and for one's own security. The names are those that django-allauth asks for."""

from django.urls import path

from accounts import account
from accounts.views import clinics, signing_in

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="account_login"),
    path("sign-out/", signing_in.sign_out, name="account_logout"),
    path("clinic/choose/", clinics.choose_clinic, name="choose_clinic"),
    path("account/preferences/", account.preferences, name="preferences"),
    path("account/theme/", account.theme, name="theme"),
    path("account/confirm/", account.confirm, name="confirm"),
]
