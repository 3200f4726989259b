"""Explanations (giải trình): the list, asking, one thread and what is done in it."""

from __future__ import annotations

import datetime as dt
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

from campaigns.actions.explanations import (
    answer_explanation,
    ask_explanation,
    ask_further,
    close_explanation,
    may_steer,
    take_back_explanation,
)
from campaigns.calendar import local_day
from campaigns.forms.threads import AnswerForm, AskForm, CloseForm, FurtherForm, ReasonForm
from campaigns.models import Explanation, Target, User
from campaigns.permissions import Permission, can, is_own_unit, require
from campaigns.queries.threads import messages_of
from campaigns.queries.verdict_cases import holidays
from campaigns.thread_rules import answer_day
from campaigns.visibility import visible_to
from campaigns.workflow import ThreadAct

from .campaign_choice import campaign_choice
from .reporting_access import signed_in
from .thread_pages import attempt, sections, shown_again, tabbed
from .thread_steps import IN_CHARGE, UNIT, Side, Step, shown_steps, take_step

_RELATIONS = (
    "target__participant__unit",
    "target__participant__campaign",
    "target__indicator",
    "asked_by",
    "closed_by",
)


STEPS = {
    "tra-loi": Step(
        act=ThreadAct.ANSWER,
        by=UNIT,
        form=AnswerForm,
        label=gettext_lazy("Send the answer"),
        done=gettext_lazy("The answer has been sent."),
        icon="send",
        call=answer_explanation,
    ),
    "hoi-them": Step(
        act=ThreadAct.ASK_FURTHER,
        by=IN_CHARGE,
        form=FurtherForm,
        label=gettext_lazy("Ask further"),
        done=gettext_lazy("The unit has been asked further."),
        icon="question-circle",
        call=ask_further,
    ),
    "ket-thuc": Step(
        act=ThreadAct.CLOSE,
        by=IN_CHARGE,
        form=CloseForm,
        label=gettext_lazy("Close the explanation"),
        done=gettext_lazy("The explanation is closed."),
        icon="check-lg",
        call=close_explanation,
    ),
    "rut": Step(
        act=ThreadAct.TAKE_BACK,
        by=IN_CHARGE,
        form=ReasonForm,
        label=gettext_lazy("Take the question back"),
        done=gettext_lazy("The question has been taken back."),
        icon="x-lg",
        call=take_back_explanation,
    ),
}


@require_GET
def explanations(request: HttpRequest) -> HttpResponse:
    """The explanations of the campaign: every unit's for those in charge, else one's own unit's."""
    user, campaign = signed_in(request), campaign_choice(request).current
    if campaign is None or not can(user, Permission.VIEW_UNIT):
        raise Http404
    rows = visible_to(user, Explanation).filter(target__campaign=campaign).select_related(*_RELATIONS)
    context = tabbed(request, rows, address="campaigns:explanations", today=local_day(timezone.now()))
    context |= {
        "heading": _("Explanations"),
        "lead": (
            _(
                "Asked of the units by the chairman and Internal Affairs staff. Ask from a target on the unit's score"
                " page."
            )
            if can(user, Permission.VIEW_ALL_UNITS)
            else _("What your unit has been asked to explain, and until when.")
        ),
        "nothing": _("No explanation stands in this list."),
        "sections": sections("explanations"),
    }
    for row in context["rows"]:
        row.late = row.is_overdue(on=context["today"])
    return render(request, "campaigns/explanations.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, target: int) -> HttpResponse:
    """Ask the unit to explain a target."""
    user, now = signed_in(request), timezone.now()
    rows = visible_to(user, Target).select_related("participant__unit", "participant__campaign", "indicator__area")
    found = get_object_or_404(rows, pk=target)
    require(user, Permission.ASK_EXPLANATION)
    form = AskForm(request.POST or None, initial={"answer_by": answer_day(local_day(now), holidays())})
    status = 200
    if request.method == "POST":
        made: list[Explanation] = []
        status = attempt(form, lambda said: made.append(_asked(found.pk, said, user, now)))
        if made:
            messages.success(request, _("The unit has been asked and told."))
            return redirect("campaigns:explanation", made[0].pk)
    earlier = visible_to(user, Explanation).filter(target=found).select_related("asked_by")
    context = {
        "target": found,
        "form": form,
        "earlier": earlier,
        "own": is_own_unit(user, found.participant.unit_id),
        "breadcrumb": [*_trail(), {"label": _("Ask for an explanation"), "url": ""}],
    }
    return render(request, "campaigns/explanation_ask.html", context, status=status)


def _asked(target: int, said: dict[str, Any], user: User, now: dt.datetime) -> Explanation:
    return ask_explanation(
        target_id=target, question=said["question"], answer_by=said["answer_by"], key=said["form_key"], by=user, now=now
    )


@require_GET
def explanation(request: HttpRequest, pk: int) -> HttpResponse:
    """One explanation with its thread, and what the person may do in it."""
    return _page(request, _thread(request, pk), {})


@require_POST
def act(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """Answer, ask further, close or take back; refused, the page comes back with what was typed."""
    user, thread = signed_in(request), _thread(request, pk)
    asks = can(user, Permission.ASK_EXPLANATION)  # whether this person may steer this one, the action says in words
    form, status = take_step(request, STEPS, word, _sides(user, thread, steers=asks), explanation_id=pk)
    if status == 200:
        return redirect("campaigns:explanation", pk)
    thread = _thread(request, pk)
    return _page(request, thread, {word: shown_again(form, version=thread.version)}, status=status)


def _thread(request: HttpRequest, pk: int) -> Explanation:
    return get_object_or_404(visible_to(signed_in(request), Explanation).select_related(*_RELATIONS), pk=pk)


def _page(
    request: HttpRequest, thread: Explanation, refused: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    today, unit = local_day(now), thread.target.participant
    context = {
        "thread": thread,
        "unit": unit,
        "entries": messages_of(thread, unit_id=unit.unit_id),
        "late": thread.is_overdue(on=today),
        "forms": shown_steps(
            STEPS,
            thread,
            _sides(user, thread, steers=may_steer(user, thread, on=today)),
            refused,
            answer_by=lambda: answer_day(today, holidays()),
        ),
        "refused": next(iter(refused.values()), None),
        "url_name": "campaigns:explanation_act",
        "score_url": reverse("scoring:unit", args=[unit.code]),
        "breadcrumb": [*_trail(), {"label": f"{thread.target.indicator.code} · {unit.name}", "url": ""}],
    }
    return render(request, "campaigns/explanation.html", context, status=status)


def _sides(user: User, thread: Explanation, *, steers: bool) -> frozenset[Side]:
    answers = can(user, Permission.ANSWER_EXPLANATION, unit=thread.target.participant.unit_id)
    return (UNIT if answers else frozenset()) | (IN_CHARGE if steers else frozenset())


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Explanations"), "url": reverse("campaigns:explanations")}]
