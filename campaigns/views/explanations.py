"""Explanations (giải trình): the list, asking, one thread and what is done in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
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
from campaigns.workflow import ThreadAct, may_move_thread

from .campaign_choice import campaign_choice
from .reporting_access import signed_in
from .thread_pages import attempt, sections, shown_again, tabbed

_RELATIONS = (
    "target__participant__unit",
    "target__participant__campaign",
    "target__indicator",
    "asked_by",
    "closed_by",
)


@dataclass(frozen=True)
class Step:
    """One thing that may be done in a thread."""

    act: ThreadAct
    form: type[forms.Form]
    label: str | Promise
    done: str | Promise
    icon: str
    call: Callable[..., object]


#: Word of the address → step.
STEPS = {
    "tra-loi": Step(
        ThreadAct.ANSWER,
        AnswerForm,
        gettext_lazy("Send the answer"),
        gettext_lazy("The answer has been sent."),
        "send",
        answer_explanation,
    ),
    "hoi-them": Step(
        ThreadAct.ASK_FURTHER,
        FurtherForm,
        gettext_lazy("Ask further"),
        gettext_lazy("The unit has been asked further."),
        "question-circle",
        ask_further,
    ),
    "ket-thuc": Step(
        ThreadAct.CLOSE,
        CloseForm,
        gettext_lazy("Close the explanation"),
        gettext_lazy("The explanation is closed."),
        "check-lg",
        close_explanation,
    ),
    "rut": Step(
        ThreadAct.TAKE_BACK,
        ReasonForm,
        gettext_lazy("Take the question back"),
        gettext_lazy("The question has been taken back."),
        "x-lg",
        take_back_explanation,
    ),
}


#: Fields of the forms that the actions call otherwise.
_ARGUMENTS = {"version": "seen", "form_key": "key", "papers": "files"}


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
    user, now, thread = signed_in(request), timezone.now(), _thread(request, pk)
    step = STEPS.get(word)
    if step is None:
        raise Http404
    if step.act is ThreadAct.ANSWER:
        require(user, Permission.ANSWER_EXPLANATION, unit=thread.target.participant.unit_id)
    else:
        require(user, Permission.ASK_EXPLANATION)
    form = step.form(request.POST, request.FILES, auto_id=f"{word}-%s")

    def call(said: dict[str, Any]) -> None:
        given = {_ARGUMENTS.get(name, name): value for name, value in said.items()}
        step.call(explanation_id=pk, **given, by=user, now=now)

    status = attempt(form, call)
    if status == 200:
        messages.success(request, str(step.done))
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
        "forms": _forms(user, thread, refused, today=today),
        "refused": next(iter(refused.values()), None),
        "url_name": "campaigns:explanation_act",
        "score_url": reverse("scoring:unit", args=[unit.code]),
        "breadcrumb": [*_trail(), {"label": f"{thread.target.indicator.code} · {unit.name}", "url": ""}],
    }
    return render(request, "campaigns/explanation.html", context, status=status)


def _forms(user: User, thread: Explanation, refused: dict[str, forms.Form], *, today: dt.date) -> list[dict[str, Any]]:
    """The forms of what the person may do now; one that was refused as it was sent."""
    answers = can(user, Permission.ANSWER_EXPLANATION, unit=thread.target.participant.unit_id)
    steers = may_steer(user, thread, on=today)
    found = []
    for word, step in STEPS.items():
        allowed = answers if step.act is ThreadAct.ANSWER else steers
        if word not in refused and not (allowed and may_move_thread(thread, step.act)):
            continue
        initial = {"version": thread.version, "answer_by": None}
        if step.act is ThreadAct.ASK_FURTHER:
            initial["answer_by"] = answer_day(today, holidays())  # type: ignore[assignment]  # a date
        form = refused.get(word) or step.form(initial=initial, auto_id=f"{word}-%s")
        found.append({"word": word, "form": form, "label": step.label, "icon": step.icon, "open": word in refused})
    if found and not refused:
        found[0]["open"] = True
    return found


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Explanations"), "url": reverse("campaigns:explanations")}]
