"""The verification queue: one set of pages, shown in the administration and to verifying units."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.actions.corrections import correct_measurement
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.records import PlanRefused
from campaigns.actions.saved_views import remove_view, save_view
from campaigns.actions.verdicts_together import MOST_AT_ONCE, accept_many, return_many
from campaigns.actions.verification import VerdictGiven, VerdictRefused, give_verdict
from campaigns.enums import CampaignStatus, VerdictOutcome
from campaigns.forms.verification import (
    STATES,
    AcceptManyForm,
    CorrectionForm,
    QueueForm,
    ReturnManyForm,
    VerdictForm,
    ViewForm,
)
from campaigns.models import Campaign, Measurement, SavedView, User
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_queue import Item, QueueFilter, in_order, inspect, scope_of_verifier
from campaigns.report_wording import CHECK_NAMES, finding_words
from campaigns.verdict_rules import Seat
from campaigns.verdict_wording import standing_words
from campaigns.visibility import visible_to

from .confirmation import handled_units
from .form_key import run_once

PAGE = 30


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the queue is shown, and whose it is."""

    address: str  # prefix of the names of its addresses
    frame: str  # template that the pages extend
    scope: Callable[[User, VerdictDesk, Campaign], QuerySet[Measurement]]
    context: Callable[[HttpRequest], dict[str, Any]]

    def url(self, name: str, *args: object) -> str:
        """Return the address of one of the pages."""
        return reverse(f"{self.address}{name}", args=args)


@dataclass(frozen=True)
class Shown:
    """One item with its words."""

    item: Item
    why_not: str  # why the person may not give the verdict; empty when they may
    warnings: list[str]
    information: list[str]
    form: VerdictForm | None = None  # what was typed, where it was refused
    message: str = ""
    judged: bool = False  # just now, by this request
    may_correct: bool = False


def show(item: Item, **more: Any) -> Shown:
    """Return an item with its words in the reader's language."""
    stand = item.standing
    verified = item.measurement.verdict in (VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED)
    seated = stand is not None and stand.seat in (Seat.STAFF, Seat.SUBSTITUTE)
    return Shown(
        item,
        standing_words(stand) if stand and not item.measurement.verdict else "",
        [finding_words(finding) for finding in item.failing],
        [finding_words(finding) for finding in item.information],
        may_correct=verified and seated and not item.superseded and item.target.campaign.is_open,
        **more,
    )


class VerificationPages:
    """The pages of the queue in one place."""

    def __init__(self, place: Place) -> None:
        self.place = place

    # --- the queue ---------------------------------------------------------------------------

    def queue(self, request: HttpRequest) -> HttpResponse:
        """List the values that wait, with what each is held against."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        now = timezone.now()
        user, desk = _user(request), VerdictDesk.of(_user(request), now=now)
        campaigns = self._campaigns(user, desk)
        campaign = _chosen(campaigns, request.GET.get("campaign", ""))
        if campaign is None:
            return self._render(request, "campaigns/verification_none.html", {})
        chosen = QueueForm(request.GET).to_filter()
        rows = self.place.scope(user, desk, campaign)
        page = _page(rows, chosen, request.GET.get("page", "1"), desk, now)
        context = {
            "campaigns": campaigns,
            "campaign_shown": campaign,
            "filter": chosen,
            "states": STATES,
            "checks": CHECK_NAMES.items(),
            "views": visible_to(user, SavedView),
            "view_form": ViewForm(),
            "choices": _choices(rows),
            "page": page,
            "shown": [show(item) for item in page.object_list],
            "waiting_count": rows.filter(verdict="").count(),
            "query": request.GET.urlencode(),
            "now": now,
        }
        return self._render(request, "campaigns/verification.html", context)

    # --- one verdict -------------------------------------------------------------------------

    def verdict(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give one value its verdict; answer with its card, or go back to the queue without JavaScript."""
        if request.method != "POST":
            return redirect(self.place.url("queue"))
        now, user = timezone.now(), _user(request)
        desk = VerdictDesk.of(user, now=now)
        self._measurement(pk, user, desk)
        form = VerdictForm(request.POST)
        message, status = "", 200
        if not form.is_valid():
            status = 422
        else:
            said = form.cleaned_data
            try:
                give_verdict(
                    measurement_id=pk,
                    outcome=VerdictOutcome(said["outcome"]),
                    verified_value=said["verified_value"],
                    verified_completed_on=said["verified_completed_on"],
                    reason=said["reason"],
                    by=user,
                    now=now,
                )
            except VerdictGiven as given:
                message, status = str(given), 409
            except VerdictRefused as refused:
                message, status = str(refused), 422
        item = self._item(pk, user, desk, now)
        if status == 422 and not (item.standing and item.standing.seat):
            raise PermissionDenied
        shown = show(
            item,
            form=form if status == 422 else None,
            message=message,
            judged=status == 200,
        )
        return self._answer(request, shown, status)

    def _answer(self, request: HttpRequest, shown: Shown, status: int) -> HttpResponse:
        query = request.GET.urlencode()
        if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx's middleware
            context = {"judged": shown, "query": query, **self._names()}
            return render(request, "campaigns/_verify_item.html", context, status=status)
        if status == 422:
            return self._render(
                request, "campaigns/verification_one.html", {"one": shown, "query": query}, status=status
            )
        if status == 409:
            messages.warning(request, shown.message)
        else:
            messages.success(request, _("The verdict has been given."))
        return redirect(f"{self.place.url('queue')}?{query}")

    # --- many at once ------------------------------------------------------------------------

    def accept_all(self, request: HttpRequest) -> HttpResponse:
        """Show what passes every check, and accept it after the summary."""
        now, user = timezone.now(), _user(request)
        desk = VerdictDesk.of(user, now=now)
        campaign = _chosen(self._campaigns(user, desk), request.GET.get("campaign", ""))
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
        return self._render(request, "campaigns/verification_accept.html", context)

    def _accept(self, request: HttpRequest, campaign: Campaign, ids: list[int], *, now: dt.datetime) -> HttpResponse:
        form = AcceptManyForm(request.POST, ids=ids)
        chosen = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
        if form.is_valid():
            chosen = form.cleaned_data["ids"]

        def act() -> dict[str, Any]:
            done = accept_many(campaign_id=campaign.pk, measurement_ids=chosen, by=_user(request), now=now)
            return {"count": len(done.accepted), "left": [f"{row.target}: {why}" for row, why in done.left[:10]]}

        try:
            done = run_once(request, act, now=now)
        except (VerdictRefused, IdempotencyMismatch) as refused:
            messages.error(request, refused_words(refused))
        else:
            said = ngettext("%(count)d value has been accepted.", "%(count)d values have been accepted.", done["count"])
            messages.success(request, said % {"count": done["count"]})
            for why in done["left"]:
                messages.warning(request, why)
        return redirect(f"{self.place.url('queue')}?{request.GET.urlencode()}")

    # --- several of one report ---------------------------------------------------------------

    def return_several(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose which values of one report go back, for one reason; nothing else of the report is touched."""
        now, user = timezone.now(), _user(request)
        desk = VerdictDesk.of(user, now=now)
        one = self._measurement(pk, user, desk)
        rows = self.place.scope(user, desk, one.target.campaign)
        report = rows.filter(submission=one.submission_id) if one.submission_id else rows.filter(pk=pk)
        items = [item for item in inspect(list(in_order(report)), now=now, desk=desk) if item.may_judge]
        if not items and request.method != "POST":
            raise PermissionDenied
        # Values of the report that were judged meanwhile may be named too: the answer says what became of them.
        form, status = ReturnManyForm(request.POST or None, ids=list(report.values_list("pk", flat=True))), 200
        chosen = {int(one) for one in request.POST.getlist("ids") if one.isdecimal() and len(one) < 19} or {pk}
        if request.method == "POST":
            status = 422
            if form.is_valid() and self._returned(request, one.target.campaign, form, now):
                return redirect(f"{self.place.url('queue')}?{request.GET.urlencode()}")
            if not items:
                raise PermissionDenied
        context = {"items": items, "form": form, "chosen": chosen, "one": one, "query": request.GET.urlencode()}
        return self._render(request, "campaigns/verification_return.html", context, status=status)

    def _returned(self, request: HttpRequest, campaign: Campaign, form: ReturnManyForm, now: dt.datetime) -> bool:
        said, user = form.cleaned_data, _user(request)

        def act() -> dict[str, Any]:
            done = return_many(
                campaign_id=campaign.pk, measurement_ids=said["ids"], reason=said["reason"], by=user, now=now
            )
            return {"count": len(done.returned), "left": [f"{row.target}: {why}" for row, why in done.left[:10]]}

        try:
            done = run_once(request, act, now=now)
        except (VerdictRefused, IdempotencyMismatch) as refused:
            form.add_error(None, refused_words(refused))
            return False
        words = ngettext("%(count)d value has been returned.", "%(count)d values have been returned.", done["count"])
        messages.success(request, words % {"count": done["count"]})
        for why in done["left"]:
            messages.warning(request, why)
        return True

    # --- saved views -------------------------------------------------------------------------

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the filters of the address under a name, or forget a kept one; they are the person's own."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user, now = _user(request), timezone.now()
        if not self._campaigns(user, VerdictDesk.of(user, now=now)):
            raise Http404
        query = request.GET.copy()
        query.pop("page", None)
        if (removed := request.POST.get("remove", "")).isdecimal() and len(removed) < 19:
            view = get_object_or_404(visible_to(user, SavedView), pk=removed)
            remove_view(pk=view.pk, by=user)
            messages.success(request, _("The view has been removed."))
        else:
            try:
                row = save_view(name=request.POST.get("name", ""), query=query.urlencode(), by=user, now=now)
            except PlanRefused as refused:
                messages.error(request, str(refused))
            else:
                messages.success(request, _("The view “%(name)s” has been saved.") % {"name": row.name})
        return redirect(f"{self.place.url('queue')}?{query.urlencode()}")

    # --- corrections -------------------------------------------------------------------------

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Enter what a verified value should have been; somebody else verifies it."""
        now, user = timezone.now(), _user(request)
        desk = VerdictDesk.of(user, now=now)
        self._measurement(pk, user, desk)
        item = self._item(pk, user, desk, now)
        if not (item.standing and item.standing.seat in (Seat.STAFF, Seat.SUBSTITUTE)):
            raise PermissionDenied
        form = CorrectionForm(request.POST or None)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid() and self._corrected(request, pk, form, now):
                messages.success(request, _("The correction waits for another officer's verdict."))
                return redirect(self.place.url("queue"))
        elif not show(item).may_correct:
            raise PermissionDenied
        return self._render(
            request, "campaigns/verification_correct.html", {"one": show(item), "form": form}, status=status
        )

    def _corrected(self, request: HttpRequest, pk: int, form: CorrectionForm, now: dt.datetime) -> bool:
        said, user = form.cleaned_data, _user(request)

        def act() -> dict[str, Any]:
            row = correct_measurement(
                measurement_id=pk,
                value=said["value"],
                nothing=said["nothing"],
                completed_on=said["completed_on"],
                reason=said["reason"],
                by=user,
                now=now,
            )
            return {"measurement": row.pk}

        try:
            run_once(request, act, now=now)
        except (VerdictRefused, IdempotencyMismatch) as refused:
            form.add_error(None, refused_words(refused))
            return False
        return True

    # --- what they share ---------------------------------------------------------------------

    def _campaigns(self, user: User, desk: VerdictDesk) -> list[Campaign]:
        rows = visible_to(user, Campaign).exclude(status=CampaignStatus.PREPARATION)
        if self.place.scope is scope_for_units:
            mine = scope_of_verifier(desk).values("target__campaign_id")
            rows = rows.filter(pk__in=mine)
        return sorted(rows, key=lambda campaign: not campaign.is_open)

    def _measurement(self, pk: int, user: User, desk: VerdictDesk) -> Measurement:
        """Fetching is authorising: a value outside the person's queue does not exist."""
        campaign = Campaign.objects.filter(targets__measurements=pk).first()
        if campaign is None:
            raise Http404
        return get_object_or_404(self.place.scope(user, desk, campaign), pk=pk)

    def _item(self, pk: int, user: User, desk: VerdictDesk, now: dt.datetime) -> Item:
        return inspect(list(in_order(Measurement.objects.filter(pk=pk))), now=now, desk=desk)[0]

    def _names(self) -> dict[str, Any]:
        return {
            "url_queue": f"{self.place.address}queue",
            "url_verdict": f"{self.place.address}verdict",
            "url_correct": f"{self.place.address}correct",
            "url_accept": f"{self.place.address}accept",
            "url_return": f"{self.place.address}return",
            "url_view": f"{self.place.address}view",
            "frame": self.place.frame,
        }

    def _render(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        shared = {**self.place.context(request), **self._names()}
        return render(request, template, {**shared, **context}, status=status)


def refused_words(refused: VerdictRefused | IdempotencyMismatch) -> str:
    """Return why an act was refused."""
    return str(refused.messages[0]) if isinstance(refused, IdempotencyMismatch) else str(refused)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _chosen(campaigns: list[Campaign], asked: str) -> Campaign | None:
    """The campaign asked for by its key, else the first one."""
    return next((one for one in campaigns if str(one.pk) == asked), campaigns[0] if campaigns else None)


def _page(
    rows: QuerySet[Measurement], chosen: QueueFilter, number: str, desk: VerdictDesk, now: dt.datetime
) -> Page[Item]:
    """One page of items; a filter on checks or standing looks at all waiting values first."""
    found = in_order(chosen.narrow(rows))
    if chosen.state == "done":
        found = found.order_by("-verdict_at", "-pk")
    elif chosen.state in ("attention", "mine") or chosen.check:
        kept = [item for item in inspect(list(found), now=now, desk=desk) if _is_kept(item, chosen)]
        return Paginator(kept, PAGE).get_page(number)
    page = Paginator(found, PAGE).get_page(number)
    page.object_list = inspect(list(page.object_list), now=now, desk=desk)  # type: ignore[assignment]
    return cast("Page[Item]", page)


def _is_kept(item: Item, chosen: QueueFilter) -> bool:
    if chosen.check and chosen.check not in item.failed_checks:
        return False
    if chosen.state == "mine":
        return item.may_judge
    return chosen.state != "attention" or not item.is_clean


def _choices(rows: QuerySet[Measurement]) -> dict[str, list[tuple[int, str]]]:
    """What the filters offer: the parts of the plan that have values here. Four queries."""

    def pairs(key: str, *words: str) -> list[tuple[int, str]]:
        found = rows.order_by(*words).values_list(key, *words).distinct()
        return [(row[0], " · ".join(str(word) for word in row[1:])) for row in found]

    return {
        "area": pairs("target__indicator__area_id", "target__indicator__area__number", "target__indicator__area__name"),
        "indicator": pairs("target__indicator_id", "target__indicator__code", "target__indicator__name"),
        "unit": [
            (pk, name)
            for pk, name, _key in rows.order_by("target__participant__sort_key")
            .values_list("target__participant_id", "target__participant__name", "target__participant__sort_key")
            .distinct()
        ],
        "period": [
            (pk, code)
            for pk, code, _end in rows.order_by("-period__ends_on")
            .values_list("period_id", "period__code", "period__ends_on")
            .distinct()
        ],
    }


def scope_for_units(user: User, desk: VerdictDesk, campaign: Campaign) -> QuerySet[Measurement]:
    """The queue of a verifying or substitute unit."""
    return scope_of_verifier(desk, campaign)


def _unit_context(request: HttpRequest) -> dict[str, Any]:
    user, now = _user(request), timezone.now()
    return {"title": _("Verification"), "stands_in": bool(handled_units(user, now))}


UNIT_PAGES = VerificationPages(
    Place(
        address="campaigns:verify_", frame="campaigns/verify_frame.html", scope=scope_for_units, context=_unit_context
    )
)
