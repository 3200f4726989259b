"""A unit's registration: filled in by its own people, looked at by those in charge."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import evidence
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.records import PlanRefused, StaleRecord
from campaigns.actions.registration import RegistrationData, SentFile, register_unit
from campaigns.actions.uploads import EvidenceRefused
from campaigns.files.checks import MAX_BYTES
from campaigns.files.refusals import Refusal
from campaigns.forms.registration import RegistrationForm
from campaigns.models import Participant, Registration
from campaigns.permissions import Permission, can, require
from campaigns.queries.registrations import missing_of

from .reporting_access import reporting_unit, signed_in, trail


@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest, participant: int) -> HttpResponse:
    """The registration of one unit: a form for its own people while the campaign is open, else to be read."""
    unit = reporting_unit(request, participant)
    if request.method == "GET":
        return _page(request, unit, None)
    # The action refuses too; here nothing of the form is looked at.
    require(signed_in(request), Permission.REGISTER_UNIT, unit=unit.unit_id)
    form = RegistrationForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, unit, form, status=422)
    status, stale = _save(request, unit, form)
    if status == 200:
        messages.success(request, _("The registration has been saved."))
        return redirect("campaigns:registration", unit.pk)
    return _page(request, unit, form, status=status, stale=stale)


def _save(request: HttpRequest, unit: Participant, form: RegistrationForm) -> tuple[int, list[Any]]:
    """Save; return the status of the answer and what differs where somebody else was first."""
    sent = None
    file = form.cleaned_data["file"]
    if file is not None:
        if (file.size or 0) > MAX_BYTES:
            form.add_error("file", str(Refusal.TOO_LARGE.label))
            return 413, []
        sent = SentFile(file.read(), file.name or "")
    try:
        register_unit(
            participant=unit,
            data=form.registration(),
            file=sent,
            version=form.cleaned_data["version"],
            key=form.cleaned_data["form_key"],
            by=signed_in(request),
            now=timezone.now(),
        )
    except StaleRecord as conflict:
        form.add_error(None, str(conflict.message))
        return 409, conflict.rows
    except PlanRefused as refused:
        form.add_error(None, str(refused.message))
        return 422, []
    except IdempotencyMismatch as again:
        form.add_error(None, again.messages[0])
        return 422, []
    except EvidenceRefused as refused:
        form.add_error("file", str(refused.message))
        return 422, []
    except evidence.EvidenceStoreFull:
        form.add_error("file", _("The portal's disk is full: the file was not stored. Tell Internal Affairs staff."))
        return 507, []
    return 200, []


def _page(
    request: HttpRequest,
    unit: Participant,
    form: RegistrationForm | None,
    *,
    status: int = 200,
    stale: list[Any] | None = None,
) -> HttpResponse:
    row = Registration.objects.filter(participant=unit).select_related("plan_file", "updated_by").first()
    may_register = can(signed_in(request), Permission.REGISTER_UNIT, unit=unit.unit_id) and unit.campaign.is_open
    if form is None:
        form = RegistrationForm(initial=_initial(row))
    elif stale is not None and stale:
        # What was typed stays; saved again, it names the version that was compared just now.
        data = {name: form.data.get(name, "") for name in form.data}
        again = RegistrationForm({**data, "version": str(row.version if row else 0)})
        again.is_valid()
        for message in form.non_field_errors():
            again.add_error(None, message)
        form = again
    context = {
        "unit": unit,
        "breadcrumb": trail(unit, here=_("Registration")),
        "registration": row,
        "missing": missing_of(row),
        "form": form,
        "may_register": may_register,
        "stale": stale or [],
    }
    return render(request, "campaigns/registration.html", context, status=status)


def _initial(row: Registration | None) -> dict[str, Any]:
    if row is None:
        return {"version": 0}
    names = RegistrationData.__dataclass_fields__
    return {"version": row.version, **{name: getattr(row, name) for name in names}}
