"""The key in the letter that leads to a new password: it works for an hour, and once.

It is made when the letter is sent and is stored nowhere: it holds who asked, sealed, and Django's token, which ends
with the next sign-in or the next password.
"""

from uuid import UUID

from django.contrib.auth.tokens import default_token_generator

from accounts.models import User
from accounts.sealing import Unreadable, seal, unseal


def reset_key(user: User) -> str:
    """A key for this person; tells a reader nothing about them."""
    return seal(f"{user.pk} {default_token_generator.make_token(user)}")


def user_of(key: str) -> User | None:
    """Who may choose a new password with this key now; None when it is used, old or made up."""
    try:
        pk, _space, token = unseal(key).partition(" ")
    except Unreadable:
        return None
    user = User.objects.filter(pk=UUID(pk), is_active=True).first()
    return user if user is not None and default_token_generator.check_token(user, token) else None
