"""Secrets that must be read back (of authenticator apps, of recovery codes) are stored sealed.

The keys come from PAINPLAN_SECRETS_KEYS, or else from SECRET_KEY and its fallbacks. The first one seals, all of them
open: to change the key, put the new one in front, run `manage.py reseal_secrets`, then take the old one away.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32


class Unreadable(Exception):
    """None of the keys opens this secret."""


def seal(text: str) -> str:
    """Encrypt and sign (Fernet: AES-128-CBC with HMAC-SHA256); letters that may stand in an address."""
    return _box().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """What was sealed. Raises Unreadable."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeEncodeError) as error:
        raise Unreadable(
            "No key of PAINPLAN_SECRETS_KEYS opens this secret: is the key it was sealed with gone?"
        ) from error


def reseal(sealed: str) -> str:
    """The same secret under the first key. Raises Unreadable."""
    return seal(unseal(sealed))


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in settings.SECRETS_KEYS])


def _derived(key: str) -> bytes:
    """A key of the right size from a long random text of any size."""
    kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=b"painplan", info=b"secrets at rest")
    return base64.urlsafe_b64encode(kdf.derive(key.encode()))
