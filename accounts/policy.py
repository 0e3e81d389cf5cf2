"""Who may come in. Every view declares one of these policies; `manage.py check` refuses a view without.

A policy says which kind of person a page is for. Which rows they may see is decided by `visible_to(user)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import Clinic, Patient, Role, User

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Actor:
    """The person behind a request as their open memberships say now: one clinic at a time.

    `roles` are those in `clinic`; `patient` is their own record, if they are a patient too. `clinics` are all where
    they work, the longest first.
    """

    user: User
    clinic: Clinic | None
    roles: frozenset[str]
    patient: Patient | None
    clinics: tuple[Clinic, ...] = ()

    @property
    def role(self) -> str:
        """The role that decides which shell is shown: lead, clinician, curator, patient or empty."""
        for role in (Role.LEAD, Role.CLINICIAN, Role.CURATOR):
            if role in self.roles:
                return str(role)
        return "patient" if self.patient else ""

    @property
    def other_clinics(self) -> tuple[tuple[str, str], ...]:
        """Short name and name of the clinics that can be gone to."""
        return tuple((clinic.slug, clinic.name) for clinic in self.clinics if clinic != self.clinic)

    @property
    def is_clinical(self) -> bool:
        return bool(self.roles & {Role.CLINICIAN, Role.LEAD})

    @property
    def is_curator(self) -> bool:
        return Role.CURATOR in self.roles or self.user.curates_shared_library

    @property
    def is_staff(self) -> bool:
        """Works in a clinic, on the shared library or on the running of Painplan: not (only) a patient."""
        return bool(self.roles) or self.user.curates_shared_library or self.user.is_staff or self.user.is_superuser


def _declare(view: View, name: str) -> View:
    view.policy = name  # type: ignore[attr-defined]
    return view


def _only(name: str, allows: Callable[[Actor], bool]) -> Callable[[View], View]:
    def decorator(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # A stranger learns nothing: a page for others looks like a page that is not there.
            if not allows(request.actor):  # type: ignore[attr-defined]
                raise Http404
            return view(request, *args, **kwargs)

        return _declare(guarded, name)

    return decorator


def public(view: View) -> View:
    """Anybody, signed in or not. For sign-in, health, and nothing that shows a patient."""
    return _declare(login_not_required(view), "public")


def signed_in(view: View) -> View:
    """Anybody with a login; LoginRequiredMiddleware sends the others to sign-in."""
    return _declare(view, "signed-in")


clinical = _only("clinical", lambda actor: actor.is_clinical)
staff = _only("staff", lambda actor: actor.is_clinical or actor.is_curator)
curator = _only("curator", lambda actor: actor.is_curator)
lead = _only("lead", lambda actor: Role.LEAD in actor.roles)
operator = _only("operator", lambda actor: actor.user.is_superuser)
patient = _only("patient", lambda actor: actor.patient is not None)
