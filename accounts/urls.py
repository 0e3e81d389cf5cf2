"""Addresses for signing in and out."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.login, name="login"),
    path("sign-out/", views.logout, name="logout"),
    path("clinic/choose/", views.choose_clinic, name="choose_clinic"),
]
