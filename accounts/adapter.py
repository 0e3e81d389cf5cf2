"""How Painplan wants django-allauth to behave: closed sign-up, our words, no redirect elsewhere."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import devices, reauth, session_limits
from accounts.sign_in_news import NEW_DEVICE, TOLD

MISMATCH = _("That address and password do not go together. Check both and try again.")


class SignInAdapter(DefaultAccountAdapter):
    """Who is told about a change is decided where mail is known (`tell`)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": MISMATCH,
        "account_inactive": MISMATCH,
        "incorrect_password": _("That is not your password. Try again."),
        "too_many_login_attempts": _("That was tried too often. Wait five minutes, then try again."),
        "rate_limited": _("That was tried too often. Wait a few minutes, then try again."),
        "incorrect_code": _("That did not work. Try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # one way to answer: pages

    def is_safe_url(self, url: str) -> bool:
        """Places of our own only, whatever else ALLOWED_HOSTS names."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """The library's own sentences are not shown; the views say what happened."""
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        raise ImproperlyConfigured(f"No mail of the library's own is sent: {template_prefix}.")

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)  # type: ignore[attr-defined]
        return found is not None and found.pk == user.pk

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Counted by address alone: under another name of this host the same attempts go on.
        return str(credentials.get("email", "")).lower()

    def forget_failures(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Whoever chose a new password may sign in at once, however often the old one was tried."""
        self._delete_login_attempts_cached_email(request, email=user.email)  # type: ignore[attr-defined]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Asked of the library's own pages; ours use `reauth.confirmed_lately`."""
        return not reauth.is_confirmed(context.request, timezone.now())

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict]:
        """The ways to say again who one is, in our words; the first is offered first."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [method | {"description": words[method["id"]]} for method in super().get_reauthentication_methods(user)]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        self.tell(user, TOLD[template_prefix])

    def tell(self, user: AbstractBaseUser, what: str) -> None:
        """Let this person know by mail what happened to their sign-in (`what`: see accounts/sign_in_news.py)."""
        raise NotImplementedError

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        at = timezone.now()
        session_limits.begin(request.session, at=at)
        reauth.confirm(request, at)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **about: Any) -> HttpResponse:
        """A browser that has not been used by this person before is worth a mail; the first one ever is not."""
        response: HttpResponse = super().post_login(request, user, **about)
        if not devices.is_known(request, user) and not about["signup"]:
            self.tell(user, NEW_DEVICE)
        devices.remember(request, response, user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        messages.error(request, MISMATCH)
        return redirect("account_login")
