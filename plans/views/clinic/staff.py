"""Who works in the clinic: the lead invites, changes roles and ends them. What counts asks once more who it is."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import lead
from accounts.reauth import confirmed_to_send
from plans.actions import staff as actions
from plans.actions.refusals import Refused
from plans.forms.staff import RoleForm, StaffInviteForm
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame


@lead
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_to_send
def staff_list(request: HttpRequest) -> HttpResponse:
    """Everybody with a role here, and letters that nobody has answered. POST invites."""
    at, here = timezone.now(), clinic_of(request)
    form = StaffInviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = actions.invite(clinic=here, **form.cleaned_data, by=doors.user(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if made.sent:
                messages.success(request, _("Invitation sent to %(email)s.") % {"email": made.invitation.email})
            else:
                messages.error(request, _("The invitation could not be sent. Check the address and send it again."))
            return redirect("clinic_staff")
    context: dict[str, Any] = {
        **frame(request, "clinic_staff"),
        "form": form,
        "members": actions.working_in(here, at),
        "letters": [{"letter": row, "over": row.expires_at <= at} for row in actions.invited_to(here)],
    }
    return render(request, "plans/clinic/staff.html", context, status=422 if form.errors else 200)


@lead
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_to_send
def member(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """One person in one role. POST gives them another one."""
    row, at = doors.membership(request, membership_id), timezone.now()
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": row.role})
    if form.is_valid():
        try:
            changed = actions.change_role(membership=row, role=form.cleaned_data["role"], by=doors.user(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Changes saved.") if changed else _("Nothing was different."))
            return redirect("clinic_staff" if row.user_id != doors.user(request).pk else "home")
    people = [each for each in actions.working_in(clinic_of(request), at) if each.pk == row.pk]
    context = {**frame(request, "clinic_staff"), "member": people[0] if people else row, "form": form}
    return render(request, "plans/clinic/staff_member.html", context, status=422 if form.errors else 200)


@lead
@require_POST
@confirmed_to_send
def member_end(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """This person does not work here in this role any more."""
    row = doors.membership(request, membership_id)
    try:
        actions.end(membership=row, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff_member", row.pk)
    messages.success(request, _("%(name)s is out from now on.") % {"name": row.user.full_name})
    return redirect("clinic_staff" if row.user_id != doors.user(request).pk else "home")


@lead
@require_POST
def take_back(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """The letter that was sent opens nothing any more."""
    letter = doors.staff_invitation(request, invitation_id)
    if actions.take_back(invitation=letter, by=doors.user(request), at=timezone.now()):
        messages.success(request, _("Invitation taken back."))
    return redirect("clinic_staff")
