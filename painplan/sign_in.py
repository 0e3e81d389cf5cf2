"""Joins sign-in (accounts) with the mail that the ledger sends (plans)."""

from accounts.adapter import SignInAdapter


class AccountAdapter(SignInAdapter):
    """Tells people by mail what changed about their sign-in."""
