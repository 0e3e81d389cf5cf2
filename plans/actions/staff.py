"""Who works in a clinic, and as what: invited by a lead, given another role, ended. All as events of the clinic.

Roles are read on every request (accounts/middleware.py): what changes here holds at the next click. A clinic always
keeps somebody who leads it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import CareAssignment, Clinic, ClinicEvent, Invitation, Membership, Role, User
from accounts.models.invitation import InvitationQuerySet
from accounts.models.membership import MembershipQuerySet
from accounts.tokens import hash_of, new_token
from plans.actions.clinic import note, refuse_strangers
from plans.actions.invitations import VALID_FOR, Passkey, Sent, account_of, new_account, send, usable
from plans.actions.refusals import Refused

What = ClinicEvent.What


def invite(
    *, clinic: Clinic, email: str, full_name: str, role: str, by: User, at: datetime, language: str = ""
) -> Sent:
    """Send somebody a key to a role in this clinic, in this language or in the sender's. One sent to the same address
    before stops working.
    """
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
        refuse_strangers(by, clinic, at)
        invitation, token = _invite(clinic, email, full_name, role, by, at)
    return Sent(invitation, send(invitation, token, clinic.time_zone, language or by.language))


def invite_first_lead(*, clinic: Clinic, email: str, full_name: str, by: User, at: datetime) -> Sent:
    """The operator asks somebody to lead a clinic that nobody leads yet. Raises Refused when somebody does."""
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
        if not by.is_superuser:
            raise Refused(_("Only the operator can do that. Nothing was changed."))
        if _leads(clinic, at).exists():
            raise Refused(_("This clinic has a lead, who invites everybody else."))
        invitation, token = _invite(clinic, email, full_name, Role.LEAD, by, at)
    return Sent(invitation, send(invitation, token, clinic.time_zone, by.language))


def take_back(*, invitation: Invitation, by: User, at: datetime) -> bool:
    """The key that was sent opens nothing any more. True when it was open."""
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=invitation.clinic_id)
        refuse_strangers(by, clinic, at)
        taken = _open_invitations(clinic).filter(pk=invitation.pk).update(revoked_at=at)
        if taken:
            said = {"change": "invitation taken back", "name": invitation.full_name, "role": invitation.role}
            note(clinic, What.STAFF, by, at, said, {})
    return bool(taken)


def accept(
    *, token: str, password: str, language: str, time_zone: str, at: datetime, passkey: Passkey | None = None
) -> User:
    """Make the login (or take the one the address has) and let it work in the clinic from now on.

    The caller has checked the password, as in `invitations.accept`. Raises Refused when the key was used meanwhile.
    """
    with transaction.atomic():
        found = usable(token, at)
        if found is None or found.patient_id is not None:
            raise Refused(_("This invitation cannot be used any more."))
        clinic = Clinic.objects.select_for_update().get(pk=found.clinic_id)
        invitation = usable(token, at)  # again, now that nobody else can use it
        if invitation is None:
            raise Refused(_("This invitation cannot be used any more."))
        about = {"full_name": invitation.full_name, "language": language, "time_zone": time_zone}
        user = account_of(invitation) or new_account(invitation, password, passkey, **about)
        if not user.is_active:
            raise Refused(_("This invitation cannot be used any more."))
        invitation.accepted_at, invitation.accepted_by = at, user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        role = invitation.role
        if not Membership.objects.open(at).filter(user=user, clinic=clinic, role=role).exists():
            Membership.objects.create(user=user, clinic=clinic, role=role, valid_from=at)
            note(clinic, What.STAFF, user, at, {}, {"change": "joined", "name": user.full_name, "role": role})
    return user


def change_role(*, membership: Membership, role: str, by: User, at: datetime) -> bool:
    """Another role from now on; the one before stays in the history. Returns whether anything was different."""
    with transaction.atomic():
        clinic, row = _open(membership, by, at)
        if role == row.role:
            return False
        if Membership.objects.open(at).filter(user=row.user, clinic=clinic, role=role).exists():
            raise Refused(_("%(name)s has that role already.") % {"name": row.user.full_name})
        _refuse_nobody_leads(row, at)
        row.valid_until = at
        row.save(update_fields=["valid_until"])
        Membership.objects.create(user=row.user, clinic=clinic, role=role, valid_from=at)
        about = {"change": "role", "name": row.user.full_name}
        note(clinic, What.STAFF, by, at, about | {"role": row.role}, about | {"role": role})
    return True


def end(*, membership: Membership, by: User, at: datetime) -> None:
    """This person does not work here in this role any more: out at the next click. What they wrote stays."""
    with transaction.atomic():
        clinic, row = _open(membership, by, at)
        _refuse_nobody_leads(row, at)
        row.valid_until = at
        row.save(update_fields=["valid_until"])
        note(clinic, What.STAFF, by, at, {"change": "ended", "name": row.user.full_name, "role": row.role}, {})


def working_in(clinic: Clinic, at: datetime) -> list[Membership]:
    """Everybody's roles now, by name; `in_care` counts the patients for whom the person is responsible."""
    mine = Q(user__assignments__patient__clinic=clinic, user__assignments__kind=CareAssignment.Kind.RESPONSIBLE)
    now = Q(user__assignments__valid_until=None) | Q(user__assignments__valid_until__gt=at)
    rows = Membership.objects.open(at).filter(clinic=clinic).select_related("user")
    counted = rows.annotate(in_care=Count("user__assignments__patient", filter=mine & now, distinct=True))
    return list(counted.order_by("user__full_name", "user_id", "role"))


def invited_to(clinic: Clinic) -> list[Invitation]:
    """Letters to staff that nobody has answered, the newest first; some may be too old by now."""
    return list(_open_invitations(clinic).select_related("made_by"))


def _open_invitations(clinic: Clinic) -> InvitationQuerySet:
    return Invitation.objects.filter(clinic=clinic, patient=None, accepted_at=None, revoked_at=None)


def _leads(clinic: Clinic, at: datetime) -> MembershipQuerySet:
    return Membership.objects.open(at).filter(clinic=clinic, role=Role.LEAD, user__is_active=True)


def _invite(clinic: Clinic, email: str, full_name: str, role: str, by: User, at: datetime) -> tuple[Invitation, str]:
    email = email.strip().lower()
    if Membership.objects.open(at).filter(clinic=clinic, role=role, user__email__iexact=email).exists():
        raise Refused(_("Somebody with this address has that role here already."))
    token = new_token()
    _open_invitations(clinic).filter(email__iexact=email).update(revoked_at=at)
    invitation = Invitation.objects.create(
        clinic=clinic, email=email, full_name=full_name, role=role, token_hash=hash_of(token), made_at=at, made_by=by,
        expires_at=at + VALID_FOR,
    )  # fmt: skip
    note(clinic, What.STAFF, by, at, {}, {"change": "invited", "name": full_name, "role": role})
    return invitation, token


def _open(membership: Membership, by: User, at: datetime) -> tuple[Clinic, Membership]:
    clinic = Clinic.objects.select_for_update().get(pk=membership.clinic_id)
    refuse_strangers(by, clinic, at)
    row = Membership.objects.open(at).select_related("user").filter(pk=membership.pk).first()
    if row is None:
        raise Refused(_("This role was ended or changed meanwhile. Look again."))
    return clinic, row


def _refuse_nobody_leads(row: Membership, at: datetime) -> None:
    if row.role == Role.LEAD and not _leads(row.clinic, at).exclude(pk=row.pk).exists():
        raise Refused(_("Somebody has to lead the clinic. Give another person that role first."))
