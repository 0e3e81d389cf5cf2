"""A passkey in the browser: Chromium's virtual authenticator stands for the telephone, and the finger on it."""

from typing import Any

from playwright.sync_api import Page

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Phone:
    """The authenticator of one page's browser. `recognises` says whether the finger is the right one."""

    def __init__(self, page: Page) -> None:
        self._wire = page.context.new_cdp_session(page)
        self._wire.send("WebAuthn.enable")
        self._id = self._wire.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})["authenticatorId"]

    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._wire.send("WebAuthn.getCredentials", {"authenticatorId": self._id})[
            "credentials"
        ]
        return found

    def recognises(self, finger: bool) -> None:
        self._wire.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": finger})
