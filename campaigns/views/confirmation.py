"""Points, waivers and gates of Internal Affairs' own unit, for the substitute unit that handles them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.actions.confirmation import (
    MODELS,
    ConfirmationRefused,
    Entry,
    EntryKind,
    confirm_entry,
    may_handle,
    unit_of,
    withdraw_entry,
)
from campaigns.actions.confirmation_entry import enter_gate, enter_milestone_waiver, enter_points, enter_report_waiver
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.calendar import local_day
from campaigns.display import signed_points
from campaigns.enums import CampaignStatus, GateForm
from campaigns.forms.confirmation import (
    EntryForm,
    GateEntryForm,
    MilestoneWaiverForm,
    PointsForm,
    ReportWaiverForm,
)
from campaigns.forms.plan import ReasonForm
from campaigns.models import Gate, Participant, PointEntry, ReportWaiver, User
from campaigns.permissions import Permission, units_with
from campaigns.queries.verdict_cases import staff_unit_ids

from .form_key import run_once
from .reporting_access import signed_in

FORMS: dict[EntryKind, type[EntryForm]] = {
    EntryKind.POINTS: PointsForm,
    EntryKind.REPORT_WAIVER: ReportWaiverForm,
    EntryKind.MILESTONE_WAIVER: MilestoneWaiverForm,
    EntryKind.GATE: GateEntryForm,
}


def enter(kind: EntryKind, said: dict[str, Any], *, by: User, now: dt.datetime) -> Entry:
    """Carry out the entry that the form of its kind describes."""
    shared = {name: said[name] for name in ("holds_from", "document_number", "reason")} | {"by": by, "now": now}
    if kind is EntryKind.POINTS:
        points = int(said["points"] * 100)
        return enter_points(participant_id=said["participant"].pk, points_bp=points, **shared)
    if kind is EntryKind.REPORT_WAIVER:
        return enter_report_waiver(participant_id=said["participant"].pk, period_id=said["period"].pk, **shared)
    if kind is EntryKind.MILESTONE_WAIVER:
        return enter_milestone_waiver(target_id=said["target"].pk, **shared)
    return enter_gate(
        participant_id=said["participant"].pk, form=GateForm(said["form"]), person_name=said["person_name"], **shared
    )


def words_of(entry: Any) -> str:
    """Return an entry in one line."""
    if isinstance(entry, PointEntry):
        return f"{entry.participant} · {signed_points(entry.points_bp)}"
    if isinstance(entry, Gate):
        named = f" · {entry.person_name}" if entry.person_name else ""
        return f"{entry.participant}{named} · {entry.get_form_display()}"
    if isinstance(entry, ReportWaiver):
        return f"{entry.participant} · {entry.period}"
    return f"{entry.target.participant} · {entry.target.indicator}"


def waiting_entries(kind: EntryKind) -> Any:
    """Return the entries of a kind that wait for a second person, with all that a line shows."""
    milestone = kind is EntryKind.MILESTONE_WAIVER
    related = ["target__participant__campaign", "target__indicator"] if milestone else ["participant__campaign"]
    if kind is EntryKind.REPORT_WAIVER:
        related.append("period")
    return MODELS[kind].objects.waiting().select_related(*related, "entered_by").order_by("entered_at")


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits about the units that the person's unit stands in for."""
    user, now = signed_in(request), timezone.now()
    mine = _handled(user, now)
    rows = []
    for kind in EntryKind:
        path = "target__participant" if kind is EntryKind.MILESTONE_WAIVER else "participant"
        for entry in waiting_entries(kind).filter(**{f"{path}__in": mine}):
            own = entry.entered_by_id == user.pk
            rows.append({"kind": kind, "noun": entry._meta.verbose_name, "entry": entry, "words": words_of(entry),
                         "is_own": own})  # fmt: skip
    kinds = [(kind, MODELS[kind]._meta.verbose_name) for kind in EntryKind]
    context = {"rows": rows, "kinds": kinds, "units": mine}
    return render(request, "campaigns/confirmation.html", context)


def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter one, for a colleague to confirm."""
    user, now = signed_in(request), timezone.now()
    chosen, mine = _kind(kind), _handled(user, now)
    form = FORMS[chosen](request.POST or None, campaign=mine[0].campaign, today=local_day(now))
    _narrow(form, mine)
    status = 200
    if request.method == "POST":
        status = 200 if form.is_finding else 422
        if form.is_valid():
            try:
                run_once(request, lambda: {"entry": enter(chosen, form.cleaned_data, by=user, now=now).pk}, now=now)
            except IdempotencyMismatch as mismatch:
                form.add_error(None, mismatch)
            except ConfirmationRefused as refused:
                form.add_error(None, refused.message)
                status = 409
            else:
                messages.success(request, _("Entered. It waits for a second person's confirmation."))
                return redirect("campaigns:confirmation")
    context = {"form": form, "title": str(MODELS[chosen]._meta.verbose_name).capitalize(), "words": ""}
    return render(request, "campaigns/confirmation_act.html", context, status=status)


def act(request: HttpRequest, kind: str, pk: int, what: str) -> HttpResponse:
    """Confirm what a colleague entered, or withdraw it with a reason."""
    user, now, chosen = signed_in(request), timezone.now(), _kind(kind)
    mine = _handled(user, now)
    entry: Any = get_object_or_404(MODELS[chosen].objects.all(), pk=pk)
    if unit_of(entry) not in mine:
        raise Http404
    if not may_handle(user, unit_of(entry), on=local_day(now)):
        raise PermissionDenied
    form = ReasonForm(request.POST or None) if what == "rut" else forms.Form(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() or what != "rut":
            try:
                if what == "rut":
                    withdraw_entry(kind=chosen, pk=pk, reason=form.cleaned_data["reason"], by=user, now=now)
                else:
                    confirm_entry(kind=chosen, pk=pk, by=user, now=now)
            except ConfirmationRefused as refused:
                messages.error(request, refused.message)
            else:
                messages.success(request, _("Withdrawn.") if what == "rut" else _("Confirmed."))
            return redirect("campaigns:confirmation")
    title = _("Withdraw") if what == "rut" else _("Confirm")
    context = {"form": form, "title": title, "words": words_of(entry), "entry": entry}
    return render(request, "campaigns/confirmation_act.html", context, status=status)


def handled_units(user: User, now: dt.datetime) -> list[Participant]:
    """Return the staff units, in open campaigns, that the person's unit stands in for."""
    speaks_for = units_with(user, Permission.DRAFT_REPORT)
    rows = Participant.objects.filter(
        campaign__substitute_verifier__in=speaks_for,
        campaign__status=CampaignStatus.OPEN,
        unit__in=staff_unit_ids(on=local_day(now)),
    ).select_related("campaign", "unit")
    return list(rows.order_by("-campaign__starts_on", "sort_key"))


def _handled(user: User, now: dt.datetime) -> list[Participant]:
    """The units the person handles; without any there is no such page."""
    found = handled_units(user, now)
    if not found:
        raise Http404
    return found


def _kind(name: str) -> EntryKind:
    try:
        return EntryKind(name)
    except ValueError as error:
        raise Http404 from error


def _narrow(form: EntryForm, mine: list[Participant]) -> None:
    """Offer only what the person handles."""
    for name, path in (("participant", "pk"), ("target", "participant")):
        if name in form.fields:
            field: Any = form.fields[name]
            field.queryset = field.queryset.filter(**{f"{path}__in": [row.pk for row in mine]})
