"""A unit's reporting: its page at a glance, the grid of a period, the boxes that save themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions.carry_over import carry_over
from campaigns.actions.drafts import ReportingRefused, StaleDraft, StaleTexts, save_draft, save_drafts, save_texts
from campaigns.calendar import elapsed_days, local_day
from campaigns.forms.reporting import BoxForm, TextsForm
from campaigns.models import Participant, Period, Registration, Target
from campaigns.permissions import Permission, can, require, units_with
from campaigns.queries.registrations import missing_of
from campaigns.queries.report_box import Box, Grid
from campaigns.queries.reporting_grid import read_grid
from campaigns.queries.unit_home import participants_of, read_home, receipts_of

from .reporting_access import period_or_404, reporting_unit, signed_in, trail
from .reporting_rows import Row, RowGroup, broken_row, rows_of, stale_row, stored_row


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The way in: straight to the unit's page where there is one running, else a choice."""
    user = signed_in(request)
    participants = participants_of(units_with(user, Permission.DRAFT_REPORT))
    running = [p for p in participants if p.campaign.is_open]
    if len(running) == 1:
        return redirect("campaigns:unit_home", running[0].pk)
    if not participants and not can(user, Permission.DRAFT_REPORT):
        raise PermissionDenied
    return render(request, "campaigns/reporting_choice.html", {"participants": participants})


@require_GET
def unit_home(request: HttpRequest, participant: int) -> HttpResponse:
    """A unit's reporting at a glance."""
    unit, now = reporting_unit(request, participant), timezone.now()
    found = read_home(participant=unit, now=now)
    registers = can(signed_in(request), Permission.REGISTER_UNIT, unit=unit.unit_id) and unit.campaign.is_open
    context = {
        "unit": unit,
        "breadcrumb": trail(unit),
        "home": found,
        "now": now,
        "may_draft": can(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id),
        "may_register": registers,
        "missing": missing_of(Registration.objects.filter(participant=unit).first()) if registers else [],
    }
    return render(request, "campaigns/unit_home.html", context)


@require_GET
def receipts(request: HttpRequest, participant: int) -> HttpResponse:
    """Everything the unit has sent in the campaign."""
    unit = reporting_unit(request, participant)
    return render(
        request,
        "campaigns/receipts.html",
        {"unit": unit, "receipts": receipts_of(unit), "breadcrumb": trail(unit, here=_("Receipts"))},
    )


@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """The grid of a period; sent as a whole it saves every box, and leads on to the review."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    found = read_grid(participant=unit, period=the_period, now=now)
    if request.method == "GET":
        return _grid_page(request, unit, found, rows_of(found), now=now)
    forms = {box.target.pk: BoxForm(_with_choice(request), box=box) for box in found.boxes if box.is_open}
    filled = {key: form for key, form in forms.items() if f"{form.prefix}-version" in request.POST}
    entries = {key: (form.entry(), form.cleaned_data["version"]) for key, form in filled.items() if form.is_valid()}
    stale = save_drafts(participant=unit, period=the_period, entries=entries, by=signed_in(request), now=now)
    if keep := request.POST.get("keep", ""):
        _keep(request, unit, the_period, keep, now=now)
    saved = read_grid(participant=unit, period=the_period, now=now)
    broken = {key: form for key, form in filled.items() if form.errors}
    blocked = any(box.blocking for box in saved.to_send)
    if request.POST.get("next") == "review" and not (stale or broken or blocked):
        return redirect("campaigns:review", unit.pk, the_period.pk)
    status = 409 if stale else 422 if broken or blocked else 200
    return _grid_page(request, unit, saved, rows_of(saved, broken, stale), now=now, status=status, tried=True)


def _keep(request: HttpRequest, unit: Participant, period: Period, keep: str, *, now: Any) -> None:
    """ "Unchanged" was said of one box (its target), or of all that are due and empty."""
    one = int(keep) if keep.isdecimal() and len(keep) < 19 else None
    if one is None and keep != "all":
        raise Http404
    kept = carry_over(participant=unit, period=period, by=signed_in(request), now=now, target=one)
    words = ngettext(
        "%(count)d unchanged value has been drafted again.",
        "%(count)d unchanged values have been drafted again.",
        len(kept),
    )
    messages.success(request, words % {"count": len(kept)})


def _with_choice(request: HttpRequest) -> Any:
    """The posted fields, with the reading of an ambiguous number the typist chose by its button."""
    name, _, value = request.POST.get("choose", "").partition("=")
    if not name:
        return request.POST
    data = request.POST.copy()
    data[name] = value
    return data


def _grid_page(
    request: HttpRequest,
    unit: Participant,
    found: Grid,
    groups: list[RowGroup],
    *,
    now: Any,
    status: int = 200,
    tried: bool = False,
) -> HttpResponse:
    user, campaign = signed_in(request), unit.campaign
    may_draft = can(user, Permission.DRAFT_REPORT, unit=unit.unit_id)
    days = (campaign.ends_on - campaign.starts_on).days + 1
    elapsed = elapsed_days(campaign.starts_on, campaign.ends_on, local_day(now))
    context = {
        "unit": unit,
        "breadcrumb": trail(unit, period=found.period),
        "grid": found,
        "groups": groups,
        "now": now,
        "tried": tried,
        "tabs": _tabs(unit, found, now=now),
        "may_draft": may_draft,
        "may_submit": can(user, Permission.SUBMIT_REPORT, unit=unit.unit_id),
        "takes_input": may_draft and found.takes_input,
        "elapsed": elapsed,
        "days": days,
        "elapsed_bp": (2 * elapsed * 10000 + days) // (2 * days),
    }
    return render(request, "campaigns/grid.html", context, status=status)


def _tabs(unit: Participant, found: Grid, *, now: Any) -> list[dict[str, Any]]:
    """Periods that have begun, and the one that is shown."""
    today = local_day(now)
    return [
        {
            "url": reverse("campaigns:grid", args=[unit.pk, period.pk]),
            "label": _("Period %(code)s") % {"code": period.code},
            "active": period.pk == found.period.pk,
        }
        for period in found.periods
        if period.starts_on <= today or period.pk == found.period.pk
    ]


@require_http_methods(["GET", "POST"])
def box(request: HttpRequest, participant: int, period: int, target: int) -> HttpResponse:
    """One box: its row as stored (GET), or saved as it is typed (POST), answered with its state."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    found = _box_or_404(unit, the_period, target, now=now)
    if request.method == "GET":
        return _box_page(request, unit, the_period, stored_row(found), now=now)
    require(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)
    form = BoxForm(_with_choice(request), box=found)
    if not form.is_valid():
        if form.has_error("version"):
            raise Http404
        return _state(request, unit, the_period, broken_row(found, form), status=422)
    try:
        save_draft(
            participant=unit,
            period=the_period,
            target=target,
            entry=form.entry(),
            version=form.cleaned_data["version"],
            by=signed_in(request),
            now=now,
        )
    except StaleDraft as conflict:
        now_stored = _box_or_404(unit, the_period, target, now=now)
        return _state(request, unit, the_period, stale_row(now_stored, conflict), status=409)
    except ReportingRefused as refused:
        form.add_error(None, str(refused.message))
        return _state(request, unit, the_period, broken_row(found, form), status=409)
    except Target.DoesNotExist as error:
        raise Http404 from error
    saved = _box_or_404(unit, the_period, target, now=now)
    return _state(request, unit, the_period, stored_row(saved), status=422 if saved.blocking else 200)


def _box_or_404(unit: Participant, period: Period, target: int, *, now: Any) -> Box:
    found = read_grid(participant=unit, period=period, now=now, only=target).box(target)
    if found is None:
        raise Http404
    return found


def _box_page(request: HttpRequest, unit: Participant, period: Period, row: Row, *, now: Any) -> HttpResponse:
    context = {"unit": unit, "period": period, "row": row, "now": now, "may_draft": _may_draft(request, unit)}
    return render(request, "campaigns/_box.html", context)


def _may_draft(request: HttpRequest, unit: Participant) -> bool:
    return can(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)


def _state(request: HttpRequest, unit: Participant, period: Period, row: Row, *, status: int) -> HttpResponse:
    context = {"unit": unit, "period": period, "row": row, "fresh": True}
    return render(request, "campaigns/_box_state.html", context, status=status)


@require_POST
def texts(request: HttpRequest, participant: int, period: int) -> HttpResponse:
    """The three texts, saved as they are typed; answered with their state."""
    unit, now = reporting_unit(request, participant), timezone.now()
    the_period = period_or_404(unit, period)
    require(signed_in(request), Permission.DRAFT_REPORT, unit=unit.unit_id)
    form = TextsForm(request.POST)
    version = request.POST.get("texts-version", "")
    context: dict[str, Any] = {"unit": unit, "period": the_period, "state": "failed", "version": version}
    if not form.is_valid() or not version.isdecimal() or len(version) > 9:
        context["problems"] = [_("A text is longer than 5000 characters.")]
        return render(request, "campaigns/_texts_state.html", context, status=422)
    try:
        report = save_texts(
            participant=unit,
            period=the_period,
            texts=form.texts(),
            version=int(version),
            by=signed_in(request),
            now=now,
        )
    except StaleTexts as conflict:
        context |= {"current": conflict.current, "version": conflict.current.version}
        return render(request, "campaigns/_texts_state.html", context, status=409)
    except ReportingRefused as refused:
        context["problems"] = [str(refused.message)]
        return render(request, "campaigns/_texts_state.html", context, status=409)
    context |= {"state": "saved", "version": report.version}
    return render(request, "campaigns/_texts_state.html", context)
