"""Names folded for searching: case, accents and word order do not matter. Pure."""

import unicodedata


def folded(name: str) -> str:
    """The search key of a name: lower case, no accents, single spaces ("José  Öst" -> "jose ost")."""
    if name.isascii():
        return " ".join(name.lower().split())
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
