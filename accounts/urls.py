"""Addresses for signing in and out and for one's own security. Many names are those that django-allauth asks for."""

from django.urls import path

from accounts import account
from accounts.views import clinics, passwords, security, signing_in, staying

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="account_login"),
    path("sign-in/second-step/", signing_in.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", signing_in.by_passkey, name="mfa_login_webauthn"),
    path("sign-out/", signing_in.sign_out, name="account_logout"),
    path("password/lost/", passwords.lost, name="password_lost"),
    path("password/sent/", passwords.sent, name="password_sent"),
    path("password/new/", passwords.new, name="password_new"),
    path("password/new/<str:token>/", passwords.opened, name="password_open"),
    path("security/", security.security, name="mfa_index"),
    path("security/password/", passwords.change, name="account_change_password"),
    path("security/app/", security.add_app, name="mfa_activate_totp"),
    path("security/app/remove/", security.remove_app, name="mfa_deactivate_totp"),
    path("security/passkey/", security.add_passkey, name="mfa_add_webauthn"),
    path("security/passkey/remove/", security.remove_passkey, name="passkey_remove"),
    path("security/codes/", security.recovery_codes, name="mfa_view_recovery_codes"),
    path("security/codes/new/", security.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("security/session/end/", security.end_session, name="session_end"),
    path("security/sessions/end/", security.end_sessions_everywhere, name="sessions_end"),
    path("account/session/", staying.session_left, name="session_left"),
    path("account/session/stay/", staying.stay, name="session_stay"),
    path("clinic/choose/", clinics.choose_clinic, name="choose_clinic"),
    path("account/preferences/", account.preferences, name="preferences"),
    path("account/language/", account.language, name="language"),
    path("account/theme/", account.theme, name="theme"),
    path("account/confirm/", signing_in.confirm, name="account_reauthenticate"),
    path("account/confirm/code/", signing_in.confirm_by_code, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", signing_in.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/confirm/go-on/", signing_in.go_on, name="account_go_on"),
]
