"""How somebody comes in: a letter with a key that works once, for 72 hours; no word about health in it.

The key is in the letter alone, so the letter is sent here and not owed as a notification: what is not stored cannot
be read out of a backup. When it could not be sent, the clinician is told at once and sends it again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import joining_passkey
from accounts.models import Invitation, Patient, User, Withdrawal
from accounts.tokens import hash_of, new_token
from plans.actions.history import note_event
from plans.actions.leaving import come_back
from plans.actions.mail import new_message_id
from plans.actions.refusals import Refused

logger = logging.getLogger(__name__)

VALID_FOR = timedelta(hours=72)


@dataclass(frozen=True)
class Sent:
    """The invitation, and whether the mail server took the letter."""

    invitation: Invitation
    sent: bool


def invite(*, patient: Patient, by: User, at: datetime, language: str = "") -> Sent:
    """Send the patient a key to their own record, in this language or the sender's. One sent before stops working."""
    token = new_token()
    with transaction.atomic():
        patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
        if patient.status == Patient.Status.DISCHARGED:
            raise Refused(_("This patient has been discharged. Readmit them before you invite them."))
        if patient.user_id is not None and not patient.has_left:
            raise Refused(_("This patient signs in already."))
        if not patient.email:
            raise Refused(_("Write down an e-mail address first."))
        _revoke(patient, at)
        invitation = Invitation.objects.create(
            clinic=patient.clinic, patient=patient, email=patient.email, token_hash=hash_of(token), made_at=at,
            made_by=by, expires_at=at + VALID_FOR,
        )  # fmt: skip
        note_event(patient=patient, verb="invited", at=at, by=by)
    return Sent(invitation, send(invitation, token, patient.time_zone, language or by.language))


def take_back(*, patient: Patient, by: User, at: datetime) -> bool:
    """The key that was sent opens nothing any more. True when one was open."""
    with transaction.atomic():
        Patient.objects.select_for_update().get(pk=patient.pk)
        taken = _revoke(patient, at)
        if taken:
            note_event(patient=patient, verb="invitation taken back", at=at, by=by)
    return taken


def usable(token: str, at: datetime) -> Invitation | None:
    """The invitation that this key opens now; None for an unknown, used, old or revoked one."""
    has_left = Q(patient__in=Withdrawal.objects.filter(ended_at=None).values("patient"))
    rows = Invitation.objects.usable(at).filter(Q(patient__user=None) | has_left, token_hash=hash_of(token))
    rows = rows.exclude(patient__status=Patient.Status.DISCHARGED)
    return rows.select_related("patient__clinic", "clinic", "made_by").first()


def account_of(invitation: Invitation) -> User | None:
    """The login that the address has already (of another clinic): then its own password opens the record."""
    return User.objects.filter(email__iexact=invitation.email).first()


@dataclass(frozen=True)
class Passkey:
    """What a browser made and was checked (accounts/joining_passkey.py), and the id that the login must have."""

    user_id: UUID
    credential: dict[str, Any]


def new_account(invitation: Invitation, password: str, passkey: Passkey | None, **about: str) -> User:
    """A login for the invitation's address, by password or, when there is one, by the passkey alone."""
    if passkey is None:
        return User.objects.create_user(invitation.email, password, **about)
    user = User.objects.create_user(invitation.email, pk=passkey.user_id, **about)
    joining_passkey.keep(user, passkey.credential)
    return user


def accept(
    *, token: str, password: str, language: str, time_zone: str, at: datetime, passkey: Passkey | None = None
) -> User:
    """Make the login (or take the one the address has), bind it to the record, and write the consent down.

    The caller has checked the password: a new one against the validators, of an existing login that it is right.
    With a passkey a new login has no password. Raises Refused when the key was used or revoked meanwhile.
    """
    with transaction.atomic():
        found = usable(token, at)
        if found is None or found.patient_id is None:
            raise Refused(_("This invitation cannot be used any more."))
        patient = Patient.objects.select_for_update().get(pk=found.patient_id)
        invitation = usable(token, at)  # again, now that nobody else can use it
        if invitation is None:
            raise Refused(_("This invitation cannot be used any more."))
        about = {"full_name": patient.full_name, "language": language, "time_zone": time_zone}
        user = account_of(invitation) or new_account(invitation, password, passkey, **about)
        others = Patient.objects.filter(user=user, clinic=patient.clinic_id).exclude(pk=patient.pk)
        if not user.is_active or others.exists():
            raise Refused(_("This invitation cannot be used any more."))
        invitation.accepted_at, invitation.accepted_by = at, user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        patient.user, patient.status, patient.consented_at = user, Patient.Status.ACTIVE, at
        patient.time_zone = time_zone
        patient.save()
        come_back(patient=patient, by=user, at=at)
        note_event(patient=patient, verb="joined", at=at, by=user)
    return user


def _revoke(patient: Patient, at: datetime) -> bool:
    rows = Invitation.objects.filter(patient=patient, accepted_at=None, revoked_at=None)
    return bool(rows.update(revoked_at=at))


def send(invitation: Invitation, token: str, zone: str, language: str) -> bool:
    """Send the letter with the key; times in it are of `zone`. False when the mail server did not take it."""
    base = settings.PAINPLAN_URL.rstrip("/") + "/"
    with timezone.override(zone), translation.override(language):
        context = {
            "url": urljoin(base, reverse("join", args=[token]).lstrip("/")),
            "until": timezone.localtime(invitation.expires_at),
        }
        message = EmailMultiAlternatives(
            subject=_("Your invitation to Painplan"),
            body=render_to_string("mail/invitation.txt", context),
            to=[invitation.email],
            headers={"Message-ID": new_message_id(), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("mail/invitation.html", context), "text/html")
    try:
        message.send()
    except (SMTPException, OSError) as error:
        logger.warning("invitation not sent", extra={"invitation": str(invitation.pk), "error": type(error).__name__})
        return False
    return True
