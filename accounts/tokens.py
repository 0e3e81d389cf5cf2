"""Keys that stand in an address: 256 random bits, of which only a hash is kept."""

import hashlib
import secrets


def new_token() -> str:
    """A key of 256 random bits, 43 letters that may stand in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is stored and looked up (SHA-256, hexadecimal). Random keys need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
