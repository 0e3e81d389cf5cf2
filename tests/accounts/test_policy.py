"""Each policy lets in whom its name says, and looks like a page that is not there to the others. No database."""

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from accounts import policy
from accounts.models import Clinic, Patient, Role, User
from accounts.policy import Actor

CLINIC = Clinic(name="Harbour")


def actor(*roles: str, patient: bool = False, **user: bool) -> Actor:
    who = User(email="somebody@clinic.example", **user)
    return Actor(who, CLINIC if roles else None, frozenset(roles), Patient(user=who) if patient else None)


PEOPLE = {
    "nobody": actor(),
    "clinician": actor(Role.CLINICIAN),
    "lead": actor(Role.LEAD),
    "curator": actor(Role.CURATOR),
    "everything": actor(Role.LEAD, Role.CLINICIAN, Role.CURATOR, patient=True),
    "clinician and curator": actor(Role.CLINICIAN, Role.CURATOR),
    "patient": actor(patient=True),
    "a clinician who is a patient": actor(Role.CLINICIAN, patient=True),
    "curator of the shared library": actor(curates_shared_library=True),
    "admin": actor(is_staff=True),
    "operator": actor(is_superuser=True),
}
# Of each person: the role whose shell is shown, and the policies that let them in.
ALLOWED = {
    "nobody": ("", set()),
    "clinician": ("clinician", {"clinical", "staff"}),
    "lead": ("lead", {"clinical", "staff", "lead"}),
    "curator": ("curator", {"staff", "curator"}),
    "everything": ("lead", {"clinical", "staff", "curator", "lead", "patient"}),
    "clinician and curator": ("clinician", {"clinical", "staff", "curator"}),
    "patient": ("patient", {"patient"}),
    "a clinician who is a patient": ("clinician", {"clinical", "staff", "patient"}),
    "curator of the shared library": ("", {"staff", "curator"}),
    "admin": ("", set()),
    "operator": ("", {"operator"}),
}
GUARDS = {
    "clinical": policy.clinical,
    "staff": policy.staff,
    "curator": policy.curator,
    "lead": policy.lead,
    "operator": policy.operator,
    "patient": policy.patient,
}


def view(request, number, *, word):
    """A page."""
    return HttpResponse(f"{request.method} {number} {word}")


@pytest.mark.parametrize("name", GUARDS)
@pytest.mark.parametrize("who", PEOPLE)
def test_a_policy_lets_in_whom_it_names_and_nobody_else(who, name):
    request = RequestFactory().post("/")
    request.actor = PEOPLE[who]
    guarded = GUARDS[name](view)
    if name in ALLOWED[who][1]:
        assert guarded(request, 7, word="seven").content == b"POST 7 seven"
    else:
        with pytest.raises(Http404):
            guarded(request, 7, word="seven")


@pytest.mark.parametrize("who", PEOPLE)
def test_the_role_that_decides_the_shell(who):
    assert PEOPLE[who].role == ALLOWED[who][0]
    assert type(PEOPLE[who].role) is str


@pytest.mark.parametrize("who", PEOPLE)
def test_who_counts_as_staff(who):
    """An account of a patient, or of nobody in particular, is not held to the second step of those who see others."""
    assert PEOPLE[who].is_staff is (who not in ("nobody", "patient"))


def test_each_policy_says_its_name_and_keeps_that_of_the_view():
    for name, guard in GUARDS.items():
        guarded = guard(view)
        assert (guarded.policy, guarded.__name__, guarded.__doc__) == (name, "view", "A page.")


@pytest.mark.parametrize("who", PEOPLE)
def test_a_policy_is_a_name_and_a_question_about_the_person(who):
    request, asked = RequestFactory().get("/"), []
    request.actor = PEOPLE[who]
    guarded = policy._only("sometimes", lambda actor: asked.append(actor) or actor.is_curator)(view)
    assert guarded.policy == "sometimes"
    if PEOPLE[who].is_curator:
        assert guarded(request, 1, word="x").status_code == 200
    else:
        with pytest.raises(Http404):
            guarded(request, 1, word="x")
    assert asked == [PEOPLE[who]]


def test_the_open_ones_are_the_view_itself():
    """Nobody is asked anything by `public`; `signed_in` leaves the asking to the middleware."""

    def page(request):
        return HttpResponse("a page")

    assert policy.signed_in(page) is page
    assert page.policy == "signed-in"
    assert getattr(page, "login_required", True) is True
    assert policy.public(page) is page
    assert (page.policy, page.login_required) == ("public", False)


def test_somebody_works_nowhere_unless_it_is_said():
    assert PEOPLE["lead"].clinics == ()
