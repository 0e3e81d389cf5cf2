"""The ways in and out. The steps are django-allauth's, the pages ours."""

from allauth.account.views import LoginView, LogoutView
from django.views.decorators.http import require_POST

from accounts.policy import public

sign_in = public(LoginView.as_view(template_name="accounts/sign_in.html"))
# Open to all: whoever stands before the second step is not signed in yet and may want to start again.
sign_out = public(require_POST(LogoutView.as_view()))
