"""What a browser says about a passkey comes from outside: whatever it is, it opens nothing and breaks nothing."""

import json
import re
from base64 import urlsafe_b64encode

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.utils import timezone

from accounts.models import Patient
from plans.actions import invitations
from tests.accounts.signing import give_password, is_in, with_app, with_password
from tests.cast import make_patient

FROM = {"type": "webauthn.get", "challenge": "eA", "origin": "https://evil.example"}
ELSEWHERE = urlsafe_b64encode(json.dumps(FROM).encode()).decode().rstrip("=")
BROKEN = [
    "",
    "x",
    "null",
    "[]",
    "1e999",
    "{}",
    '{"id": 1}',
    json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}),
    json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": []}),
    json.dumps({"id": "é", "rawId": "\u0000", "type": "public-key", "response": {"userHandle": "\u202e"}}),
    json.dumps(
        {
            "id": "eA", "rawId": "eA", "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": "e30", "authenticatorData": "eA", "signature": "eA", "userHandle": "eA",
                "attestationObject": "oA",
            },
        }
    ),
    json.dumps(
        {
            "id": "eA", "rawId": "eA", "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": ELSEWHERE,
                "authenticatorData": "eA" * 40, "signature": "eA", "userHandle": "MQ",
            },
        }
    ),
    "{" * 100_000,
]  # fmt: skip


@pytest.fixture
def dora(harbour, alice) -> Patient:
    patient = make_patient("Dora Dean", harbour, alice)
    patient.user, patient.email = None, "dora.new@example.org"
    patient.save()
    return patient


@pytest.mark.parametrize("answer", BROKEN, ids=[str(n) for n in range(len(BROKEN))])
def test_nonsense_opens_nothing_and_breaks_nothing(client, alice, settings, answer):
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = {"login_failed": "", "webauthn_login": ""}
    with_app(with_password(alice))
    client.get("/sign-in/passkey/")
    assert client.post("/sign-in/passkey/", {"credential": answer}).headers["Location"] == "/sign-in/"
    give_password(client, alice)
    client.get("/sign-in/second-step/")
    assert client.post("/sign-in/second-step/", {"credential": answer}).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("answer", BROKEN, ids=[str(n) for n in range(len(BROKEN))])
def test_nonsense_is_no_new_passkey(client, anna, answer):
    give_password(client, with_password(anna.user))
    client.get("/security/passkey/")
    page = client.post("/security/passkey/", {"credential": answer, "name": "My telephone"})
    assert page.status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("answer", BROKEN[1:2] + BROKEN[3:])
def test_nonsense_joins_nobody(client, alice, dora, answer):
    invitations.invite(patient=dora, by=alice, at=timezone.now())
    path = re.search(r"/join/[^/]+/", mail.outbox[-1].body)[0]
    assert "creation_options" in client.get(f"{path}passkey/").json()
    page = client.post(path, {"credential": answer, "time_zone": "Europe/London", "language": "en-gb", "consent": "on"})
    assert page.status_code == 422
    dora.refresh_from_db()
    assert dora.user is None and not is_in(client) and not Authenticator.objects.exists()
