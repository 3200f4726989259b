"""Appeals (kiến nghị): the list, lodging, one appeal and what is done in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions.appeals import (
    holds,
    lodge_on_score,
    lodge_on_value,
    settle_appeal,
    what_of,
    withdraw_appeal,
    write_in_appeal,
)
from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.forms.threads import LodgeForm, ReasonForm, SettleForm, WriteForm, WriteWithoutFilesForm
from campaigns.models import Appeal, Measurement, Participant, User
from campaigns.permissions import Permission, can, require
from campaigns.queries.appeals import APPEAL_RELATIONS, hand_problem_of
from campaigns.queries.threads import messages_of
from campaigns.queries.verdict_cases import CASE_RELATIONS, VerdictDesk, holidays
from campaigns.thread_rules import ThreadRefusal, settling_day
from campaigns.thread_wording import refusal_sentence
from campaigns.verdict_rules import Seat
from campaigns.visibility import visible_to
from campaigns.workflow import ThreadAct

from .campaign_choice import campaign_choice
from .reporting_access import signed_in
from .thread_pages import attempt, sections, shown_again, tabbed
from .thread_steps import IN_CHARGE, UNIT, Side, Step, shown_steps, take_step


def _settle(*, text: str, **given: Any) -> Appeal:
    return settle_appeal(outcome=text, **given)


STEPS = {
    "giai-quyet": Step(
        act=ThreadAct.UPHOLD,
        by=IN_CHARGE,
        form=SettleForm,
        label=gettext_lazy("Settle the appeal"),
        done=gettext_lazy("The appeal is settled; the unit has been told."),
        icon="check-lg",
        call=_settle,
    ),
    "trao-doi": Step(
        act=ThreadAct.WRITE,
        by=UNIT | IN_CHARGE,
        form=WriteForm,
        form_in_charge=WriteWithoutFilesForm,
        label=gettext_lazy("Write a message"),
        done=gettext_lazy("The message has been sent."),
        icon="send",
        call=write_in_appeal,
    ),
    "rut": Step(
        act=ThreadAct.WITHDRAW,
        by=UNIT,
        form=ReasonForm,
        label=gettext_lazy("Withdraw the appeal"),
        done=gettext_lazy("The appeal has been withdrawn."),
        icon="x-lg",
        call=withdraw_appeal,
    ),
}


@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    """The appeals of the campaign: every unit's for those in charge, else one's own unit's."""
    user, campaign = signed_in(request), campaign_choice(request).current
    if campaign is None or not can(user, Permission.VIEW_UNIT):
        raise Http404
    rows = visible_to(user, Appeal).filter(participant__campaign=campaign).select_related(*APPEAL_RELATIONS)
    context = tabbed(request, rows, address="campaigns:appeals", today=local_day(timezone.now()))
    context |= {
        "heading": _("Appeals"),
        "lead": (
            _(
                "Lodged by the units on verified values and scores. Whoever verified the value does not settle its"
                " appeal."
            )
            if can(user, Permission.VIEW_ALL_UNITS)
            else _("Lodge one beside the value it is about, in the explanation of your unit's score.")
        ),
        "nothing": _("No appeal stands in this list."),
        "sections": sections("appeals"),
    }
    for row in context["rows"]:
        row.late, row.what = row.is_overdue(on=context["today"]), what_of(row)
    return render(request, "campaigns/appeals.html", context)


@require_http_methods(["GET", "POST"])
def lodge_value(request: HttpRequest, measurement: int) -> HttpResponse:
    """Lodge an appeal on a verified value of one's unit."""
    user, now = signed_in(request), timezone.now()
    rows = visible_to(user, Measurement).select_related(
        "target__participant__unit", "target__participant__campaign", "target__indicator", "period", "verdict_by"
    )
    value = get_object_or_404(rows, pk=measurement)
    unit = value.target.participant
    require(user, Permission.LODGE_APPEAL, unit=unit.unit_id)
    about = {"value": value, "may": holds(value)}

    def call(said: dict[str, Any]) -> Appeal:
        return lodge_on_value(measurement_id=value.pk, **_grounds(said), by=user, now=now)

    return _lodge(request, unit, about, call, now=now)


@require_http_methods(["GET", "POST"])
def lodge_score(request: HttpRequest, participant: int, day: str) -> HttpResponse:
    """Lodge an appeal on one's unit's score of a day."""
    user, now = signed_in(request), timezone.now()
    unit = get_object_or_404(visible_to(user, Participant).select_related("campaign", "unit"), pk=participant)
    try:
        the_day = dt.date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    if not can(user, Permission.VIEW_UNIT, unit=unit.unit_id):
        raise Http404
    require(user, Permission.LODGE_APPEAL, unit=unit.unit_id)

    def call(said: dict[str, Any]) -> Appeal:
        return lodge_on_score(participant_id=unit.pk, day=the_day, **_grounds(said), by=user, now=now)

    return _lodge(request, unit, {"day": the_day, "may": True}, call, now=now)


def _grounds(said: dict[str, Any]) -> dict[str, Any]:
    return {"grounds": said["grounds"], "files": said["papers"], "key": said["form_key"]}


def _lodge(
    request: HttpRequest,
    unit: Participant,
    about: dict[str, Any],
    call: Callable[[dict[str, Any]], Appeal],
    *,
    now: dt.datetime,
) -> HttpResponse:
    form = LodgeForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        form = LodgeForm(request.POST, request.FILES)
        made: list[Appeal] = []
        status = attempt(form, lambda said: made.append(call(said)))
        if made:
            messages.success(
                request,
                _("The appeal has been lodged. It is settled by %(day)s.") % {"day": local_date(made[0].answer_by)},
            )
            return redirect("campaigns:appeal", made[0].pk)
    context = {
        "unit": unit,
        "form": form,
        "settled_by": settling_day(local_day(now), holidays()),
        "refusal": "" if about["may"] else refusal_sentence(ThreadRefusal.NOT_VERIFIED),
        "breadcrumb": [*_trail(), {"label": _("Lodge an appeal"), "url": ""}],
        **about,
    }
    return render(request, "campaigns/appeal_lodge.html", context, status=status)


@require_GET
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """One appeal with its thread, and what the person may do in it."""
    return _page(request, _appeal(request, pk), {})


@require_POST
def act(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """Settle, write or withdraw; refused, the page comes back with what was typed."""
    user, found = signed_in(request), _appeal(request, pk)
    # A party to it is refused by the action, in words.
    in_charge = hand_problem_of(user, found, now=timezone.now()) is not ThreadRefusal.NO_RIGHT
    form, status = take_step(request, STEPS, word, _sides(user, found, in_charge=in_charge), appeal_id=pk)
    if status == 200:
        return redirect("campaigns:appeal", pk)
    found = _appeal(request, pk)
    return _page(request, found, {word: shown_again(form, version=found.version)}, status=status)


def _appeal(request: HttpRequest, pk: int) -> Appeal:
    return get_object_or_404(visible_to(signed_in(request), Appeal).select_related(*APPEAL_RELATIONS), pk=pk)


def _page(request: HttpRequest, found: Appeal, refused: dict[str, forms.Form], *, status: int = 200) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    problem = hand_problem_of(user, found, now=now)
    sides = _sides(user, found, in_charge=problem is None)
    unit = found.participant
    context = {
        "appeal": found,
        "unit": unit,
        "what": what_of(found),
        "entries": messages_of(found, unit_id=unit.unit_id),
        "late": found.is_overdue(on=local_day(now)),
        "forms": shown_steps(STEPS, found, sides, refused, first_open=Side.UNIT not in sides),
        "refused": next(iter(refused.values()), None),
        # Said only to those who otherwise would: for everybody else there is nothing to settle.
        "why_not": "" if problem in (None, ThreadRefusal.NO_RIGHT) else refusal_sentence(problem),
        "url_name": "campaigns:appeal_act",
        "corrections": _corrections(found),
        "correct_url": _correct_url(user, found, now=now),
        "score_url": reverse("scoring:explanation", args=[unit.code]),
        "breadcrumb": [*_trail(), {"label": unit.name, "url": ""}],
    }
    return render(request, "campaigns/appeal.html", context, status=status)


def _sides(user: User, found: Appeal, *, in_charge: bool) -> frozenset[Side]:
    of_unit = can(user, Permission.LODGE_APPEAL, unit=found.participant.unit_id)
    return (UNIT if of_unit else frozenset()) | (IN_CHARGE if in_charge else frozenset())


def _corrections(found: Appeal) -> list[Measurement]:
    """Corrections of the value entered since the appeal: what an upheld one led to."""
    if found.measurement is None:
        return []
    rows = Measurement.objects.filter(
        target=found.measurement.target_id,
        period=found.measurement.period_id,
        corrects__isnull=False,
        sent_at__gt=found.lodged_at,
    )
    return list(rows.select_related("sent_by", "verdict_by"))


def _correct_url(user: User, found: Appeal, *, now: dt.datetime) -> str:
    """Where an officer enters the correction of an upheld value; empty for everybody else."""
    value = found.measurement
    if value is None or found.state != "upheld" or not found.participant.campaign.is_open:
        return ""
    seat = (
        VerdictDesk.of(user, now=now)
        .standing(Measurement.objects.select_related(*CASE_RELATIONS).get(pk=value.pk))
        .seat
    )
    if seat is Seat.STAFF:
        return reverse("admin:campaigns_verification_correct", args=[value.pk])
    return reverse("campaigns:verify_correct", args=[value.pk]) if seat is Seat.SUBSTITUTE else ""


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Appeals"), "url": reverse("campaigns:appeals")}]
