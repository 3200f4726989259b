"""Following up reports: the board of units and periods, what a unit lacks, and reminding by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.notices import people_by_unit
from campaigns.actions.reminder_words import chat_text
from campaigns.actions.reminders import Draft, NudgeRefused, draft_nudges, nudge
from campaigns.calendar import local_day
from campaigns.forms.follow_up import BoardForm, NudgeForm
from campaigns.models import Bloc, Campaign, Measurement, Organiser, Participant, Period, Reminder, User
from campaigns.openness import phase_of, takes_values
from campaigns.permissions import Permission, can, require
from campaigns.queries.follow_board import FollowBoard, PeriodSum, owing, read_board
from campaigns.queries.report_sums import read_sums
from campaigns.visibility import visible_to

from .campaign_choice import chosen_campaign
from .reporting_access import signed_in

LATEST_REMINDERS = 20
ROWS = 60  # units on one page
LARGE_ROWS, LARGE_PERIODS = 30, 3  # of a campaign of more units: no page reads the reports of all


def _overseer(request: HttpRequest) -> User:
    """Return the person, who sees every unit's reports; for all others these pages do not exist."""
    user = signed_in(request)
    if not can(user, Permission.VIEW_ALL_UNITS):
        raise Http404
    return user


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Units × periods with the state of each report; narrowed by bloc and state."""
    user = _overseer(request)
    campaign, now = chosen_campaign(request), timezone.now()
    blocs = list(Bloc.objects.filter(campaign=campaign).annotate(units=Count("participants")))
    is_large = sum(bloc.units for bloc in blocs) > ROWS
    asked = request.GET.copy()
    if is_large and asked.get("trang_thai") and not asked.get("khoi"):
        asked["khoi"] = str(blocs[0].pk)  # who is in a state is known once all are read: of a city one bloc at a time
    form = BoardForm(asked, blocs=blocs)
    span = _span(campaign, request, now) if is_large else None
    shown, page, all_count = (
        _large(campaign, form, request, now, span) if span is not None else _small(campaign, form, request, now)
    )
    may_nudge = can(user, Permission.FOLLOW_UP) and campaign.is_open
    context: dict[str, Any] = {
        "form": form,
        "board": shown,
        "page": page,
        "is_large": is_large,
        "span": span,
        "sums": _sums(campaign, form, shown, now) if is_large and not form.state() else shown.sums(),
        "all_count": all_count,
        "now": now,
        "may_nudge": may_nudge,
        "to_nudge": _to_nudge(shown, is_large=is_large, now=now) if may_nudge else [],
        "breadcrumb": [{"label": _("Follow-up of reports"), "url": ""}],
    }
    return render(request, "campaigns/follow_board.html", context)


Shown = tuple[FollowBoard, "Page[Any]", int]  # what is read, the rows of the page, all units that report


def _small(campaign: Campaign, form: BoardForm, request: HttpRequest, now: dt.datetime) -> Shown:
    found = read_board(campaign=campaign, now=now)
    shown = found.narrowed(bloc=form.bloc(), state=form.state())
    return shown, Paginator(shown.rows, ROWS).get_page(request.GET.get("page")), len(found.rows)


def _span(campaign: Campaign, request: HttpRequest, now: dt.datetime) -> Page[Any]:
    """Return the few periods that a large campaign's board shows at once, the newest first."""
    begun = campaign.periods.filter(starts_on__lte=local_day(now)).order_by("-ends_on")
    return Paginator(begun, LARGE_PERIODS).get_page(request.GET.get("ky"))


def _large(campaign: Campaign, form: BoardForm, request: HttpRequest, now: dt.datetime, span: Page[Any]) -> Shown:
    every = owing(campaign)
    units = every.filter(bloc=form.bloc()) if form.bloc() else every
    if form.state():
        found = read_board(campaign=campaign, now=now, units=units, periods=list(span))
        shown = found.narrowed(state=form.state())
        return shown, Paginator(shown.rows, LARGE_ROWS).get_page(request.GET.get("page")), every.count()
    page: Page[Any] = Paginator(units, LARGE_ROWS).get_page(request.GET.get("page"))
    shown = read_board(campaign=campaign, now=now, units=page, periods=list(span))
    page.object_list = shown.rows
    return shown, page, every.count() if form.bloc() else page.paginator.count


def _sums(campaign: Campaign, form: BoardForm, board: FollowBoard, now: dt.datetime) -> list[PeriodSum]:
    """The sums of all units, kept for a minute unless a value is sent."""
    units = owing(campaign).filter(bloc=form.bloc()) if form.bloc() else owing(campaign)
    newest = Measurement.objects.aggregate(newest=Max("pk"))["newest"]
    first = board.periods[0].pk if board.periods else 0
    key = f"report-sums:{campaign.pk}:{first}:{form.bloc()}:{newest}:{now:%Y%m%d%H%M}"
    found: list[PeriodSum] | None = cache.get(key)
    if found is None:
        found = read_sums(campaign=campaign, now=now, periods=board.periods, units=units)
        cache.set(key, found, 60)
    return found


def _to_nudge(board: FollowBoard, *, is_large: bool, now: dt.datetime) -> list[Period]:
    """The periods for which somebody has to be reminded; of a large campaign those that take values."""
    asking = {cell.period.pk for cell in board.cells if cell.asks_unit}
    return [period for period in board.periods if period.pk in asking or (is_large and _is_open(period, now))]


def _is_open(period: Period, now: dt.datetime) -> bool:
    phase = phase_of(
        starts_on=period.starts_on, due_at=period.due_at, locks_at=period.locks_at, exception_until=None, now=now
    )
    return takes_values(phase)


@require_GET
def unit(request: HttpRequest, participant: int) -> HttpResponse:
    """What one unit lacks, period by period, who answers for it, and what it was reminded of."""
    user, now = _overseer(request), timezone.now()
    found = get_object_or_404(visible_to(user, Participant).select_related("campaign", "unit", "bloc"), pk=participant)
    rows = read_board(campaign=found.campaign, now=now, units=[found]).rows
    context: dict[str, Any] = {
        "unit": found,
        "cells": rows[0].cells if rows else [],
        "people": people_by_unit([found.unit_id], on=local_day(now)).get(found.unit_id, []),
        "reminders": Reminder.objects.filter(participant=found).select_related("person", "period", "sent_by")[
            :LATEST_REMINDERS
        ],
        "may_nudge": can(user, Permission.FOLLOW_UP) and found.campaign.is_open,
        "now": now,
        "breadcrumb": [*_way(), {"label": found.name, "url": ""}],
    }
    return render(request, "campaigns/follow_unit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest, period: int) -> HttpResponse:
    """Show exactly what would be sent to whom for a period, and send it. ``?don-vi=`` asks for one unit."""
    user, now = _overseer(request), timezone.now()
    found = get_object_or_404(visible_to(user, Period).select_related("campaign"), pk=period)
    require(user, Permission.FOLLOW_UP)
    only = [int(pk) for pk in request.GET.getlist("don-vi") if pk.isdecimal() and len(pk) < 19] or None
    asked = owing(found.campaign).filter(pk__in=only) if only else owing(found.campaign)
    rows = ROWS if asked.count() <= ROWS else LARGE_ROWS
    page = Paginator(asked, rows).get_page(request.GET.get("page"))
    drafts = draft_nudges(campaign=found.campaign, period=found, now=now, only=[unit.pk for unit in page])
    form = NudgeForm(request.POST or None, units=[draft.cell.participant for draft in drafts])
    message, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                sent = _send(found, form, user)
            except NudgeRefused as refused:
                message, status = str(refused), 409
            except IdempotencyMismatch as mismatch:
                message = mismatch.messages[0]
            else:
                said = ngettext("%(count)d unit has been reminded.", "%(count)d units have been reminded.", sent)
                messages.success(request, said % {"count": sent})
                return redirect("campaigns:follow_board")
    return _remind_page(request, found, page, drafts, form, message=message, status=status)


def _send(period: Period, form: NudgeForm, user: User) -> int:
    said = form.cleaned_data
    sent = nudge(
        campaign=period.campaign,
        period=period,
        participants=said["units"],
        message=said["message"],
        key=said["form_key"],
        by=user,
        now=timezone.now(),
    )
    return len(sent)


def _remind_page(
    request: HttpRequest,
    period: Period,
    page: Page[Participant],
    drafts: list[Draft],
    form: NudgeForm,
    *,
    message: str,
    status: int,
) -> HttpResponse:
    organiser, now = Organiser.objects.first(), timezone.now()
    cells = [draft.cell for draft in drafts]
    context = {
        "period": period,
        "page": page,
        "drafts": drafts,
        "form": form,
        "message": message,
        "chat": chat_text(period, cells, sender=organiser.short_name if organiser else "", now=now) if cells else "",
        "now": now,
        "breadcrumb": [*_way(), {"label": _("Remind for period %(code)s") % {"code": period.code}, "url": ""}],
    }
    return render(request, "campaigns/follow_nudge.html", context, status=status)


def _way() -> list[dict[str, str]]:
    return [{"label": _("Follow-up of reports"), "url": reverse("campaigns:follow_board")}]
