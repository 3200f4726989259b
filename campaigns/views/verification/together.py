"""Many values at once: what passes every check is accepted, several of one report go back for one reason."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext

from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.verdicts_together import MOST_AT_ONCE, accept_many, return_many
from campaigns.actions.verification import VerdictRefused
from campaigns.forms.verification import AcceptManyForm, QueueForm, ReturnManyForm
from campaigns.models import Campaign, Measurement
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_queue import in_order, inspect
from campaigns.views.form_key import run_once
from campaigns.views.reporting_access import signed_in

from .pages import Pages, chosen_campaign, refused_words


class TogetherPages(Pages):
    """What is done to many values, after a summary."""

    def accept_all(self, request: HttpRequest) -> HttpResponse:
        """Show what passes every check, and accept it after the summary."""
        now, user = timezone.now(), signed_in(request)
        desk = VerdictDesk.of(user, now=now)
        campaign = chosen_campaign(self.campaigns(user, desk), request.GET.get("campaign", ""))
        if campaign is None:
            raise Http404
        chosen = QueueForm(request.GET).to_filter()
        waiting = list(in_order(replace(chosen, state="waiting").narrow(self.place.scope(user, desk, campaign))))
        items = inspect(waiting, now=now, desk=desk)
        mine = [item for item in items if item.may_judge and not (item.standing and item.standing.steps_in)]
        clean = [item for item in mine if item.is_clean][:MOST_AT_ONCE]
        if request.method == "POST":
            return self._accept(request, campaign, [row.pk for row in waiting], now=now)
        context = {
            "campaign_shown": campaign,
            "items": clean,
            "left_checks": sum(not item.is_clean for item in mine),
            "left_others": len(items) - len(mine),
            "per_indicator": Counter(str(item.target.indicator) for item in clean).most_common(),
            "query": request.GET.urlencode(),
        }
        return self.render(request, "campaigns/verification_accept.html", context)

    def _accept(self, request: HttpRequest, campaign: Campaign, ids: list[int], *, now: dt.datetime) -> HttpResponse:
        form = AcceptManyForm(request.POST, ids=ids)
        chosen = form.cleaned_data["ids"] if form.is_valid() else _ticked(request)

        def act() -> dict[str, Any]:
            done = accept_many(campaign_id=campaign.pk, measurement_ids=chosen, by=signed_in(request), now=now)
            return {"count": len(done.accepted), "left": _named(done.left)}

        try:
            done = run_once(request, act, now=now)
        except (VerdictRefused, IdempotencyMismatch) as refused:
            messages.error(request, refused_words(refused))
        else:
            said = ngettext("%(count)d value has been accepted.", "%(count)d values have been accepted.", done["count"])
            _tell(request, said, done)
        return redirect(f"{self.place.url('queue')}?{request.GET.urlencode()}")

    def return_several(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose which values of one report go back, for one reason; nothing else of the report is touched."""
        now, user = timezone.now(), signed_in(request)
        desk = VerdictDesk.of(user, now=now)
        one = self.measurement(pk, user, desk)
        rows = self.place.scope(user, desk, one.target.campaign)
        report = rows.filter(submission=one.submission_id) if one.submission_id else rows.filter(pk=pk)
        items = [item for item in inspect(list(in_order(report)), now=now, desk=desk) if item.may_judge]
        if not items and request.method != "POST":
            raise PermissionDenied
        # Values of the report that were judged meanwhile may be named too: the answer says what became of them.
        form, status = ReturnManyForm(request.POST or None, ids=list(report.values_list("pk", flat=True))), 200
        chosen = set(_ticked(request)) or {pk}
        if request.method == "POST":
            status = 422
            if form.is_valid() and self._returned(request, one.target.campaign, form, now):
                return redirect(f"{self.place.url('queue')}?{request.GET.urlencode()}")
            if not items:
                raise PermissionDenied
        context = {"items": items, "form": form, "chosen": chosen, "one": one, "query": request.GET.urlencode()}
        return self.render(request, "campaigns/verification_return.html", context, status=status)

    def _returned(self, request: HttpRequest, campaign: Campaign, form: ReturnManyForm, now: dt.datetime) -> bool:
        said, user = form.cleaned_data, signed_in(request)

        def act() -> dict[str, Any]:
            done = return_many(
                campaign_id=campaign.pk, measurement_ids=said["ids"], reason=said["reason"], by=user, now=now
            )
            return {"count": len(done.returned), "left": _named(done.left)}

        try:
            done = run_once(request, act, now=now)
        except (VerdictRefused, IdempotencyMismatch) as refused:
            form.add_error(None, refused_words(refused))
            return False
        words = ngettext("%(count)d value has been returned.", "%(count)d values have been returned.", done["count"])
        _tell(request, words, done)
        return True


def _ticked(request: HttpRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]


def _named(left: list[tuple[Measurement, str]]) -> list[str]:
    """The first ten values that were left, with why."""
    return [f"{row.target}: {why}" for row, why in left[:10]]


def _tell(request: HttpRequest, words: str, done: dict[str, Any]) -> None:
    messages.success(request, words % {"count": done["count"]})
    for why in done["left"]:
        messages.warning(request, why)
