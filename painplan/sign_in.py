"""Joins sign-in (accounts) with the mail that the ledger sends (plans)."""

from typing import cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from accounts.adapter import SignInAdapter
from accounts.models import User
from plans.actions.sign_in_mail import owe_sign_in_mail


class AccountAdapter(SignInAdapter):
    """Tells people by mail what changed about their sign-in."""

    def tell(self, user: AbstractBaseUser, what: str) -> None:
        owe_sign_in_mail(recipient=cast(User, user), kind=what, at=timezone.now())
