"""What the pages of the queue share: their place, an item with its words, fetching within the person's queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.verification import VerdictRefused
from campaigns.enums import CampaignStatus, VerdictOutcome
from campaigns.forms.verification import VerdictForm
from campaigns.models import Campaign, Measurement, User
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_item import Item
from campaigns.queries.verification_queue import in_order, inspect, scope_of_verifier
from campaigns.report_wording import finding_words
from campaigns.verdict_rules import Seat
from campaigns.verdict_wording import standing_words
from campaigns.visibility import visible_to


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the queue is shown, and whose it is."""

    address: str  # prefix of the names of its addresses
    frame: str  # template that the pages extend
    scope: Callable[[User, VerdictDesk, Campaign], QuerySet[Measurement]]
    context: Callable[[HttpRequest], dict[str, Any]]
    of_units: bool = False  # only campaigns that hold something for the person's units

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


class Pages:
    """The pages in one place."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def campaigns(self, user: User, desk: VerdictDesk) -> list[Campaign]:
        """Return the launched campaigns of the place, open ones first."""
        rows = visible_to(user, Campaign).exclude(status=CampaignStatus.PREPARATION)
        if self.place.of_units:
            mine = scope_of_verifier(desk).values("target__campaign_id")
            rows = rows.filter(pk__in=mine)
        return sorted(rows, key=lambda campaign: not campaign.is_open)

    def measurement(self, pk: int, user: User, desk: VerdictDesk) -> Measurement:
        """Fetching is authorising: a value outside the person's queue does not exist."""
        campaign = Campaign.objects.filter(targets__measurements=pk).first()
        if campaign is None:
            raise Http404
        return get_object_or_404(self.place.scope(user, desk, campaign), pk=pk)

    def item(self, pk: int, user: User, desk: VerdictDesk, now: dt.datetime) -> Item:
        """Return a value with what it is held against."""
        return inspect(list(in_order(Measurement.objects.filter(pk=pk))), now=now, desk=desk)[0]

    def names(self) -> dict[str, Any]:
        """Return the names of the place's addresses, for the templates."""
        return {
            "url_queue": f"{self.place.address}queue",
            "url_verdict": f"{self.place.address}verdict",
            "url_correct": f"{self.place.address}correct",
            "url_accept": f"{self.place.address}accept",
            "url_return": f"{self.place.address}return",
            "url_view": f"{self.place.address}view",
            "frame": self.place.frame,
        }

    def render(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        """Answer with a page in the place's frame."""
        shared = {**self.place.context(request), **self.names()}
        return render(request, template, {**shared, **context}, status=status)


def chosen_campaign(campaigns: list[Campaign], asked: str) -> Campaign | None:
    """Return the campaign asked for by its key, else the first one."""
    return next((one for one in campaigns if str(one.pk) == asked), campaigns[0] if campaigns else None)


def refused_words(refused: VerdictRefused | IdempotencyMismatch) -> str:
    """Return why an act was refused."""
    return str(refused.messages[0]) if isinstance(refused, IdempotencyMismatch) else str(refused)
