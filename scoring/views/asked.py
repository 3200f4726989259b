"""What an address asks for: campaign, day and basis; and links that keep them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from campaigns.models import Campaign, Participant
from campaigns.permissions import Permission, can
from campaigns.views.campaign_choice import PARAMETER, campaign_choice, chosen_campaign
from campaigns.visibility import visible_to
from scoring.enums import Basis
from scoring.snapshots import Snapshot, last_snapshot, snapshots

#: The words of the address.
BASIS_WORDS = {"chinh-thuc": Basis.OFFICIAL, "tam-tinh": Basis.PROVISIONAL}
WORD_OF = {basis: word for word, basis in BASIS_WORDS.items()}


@dataclass(frozen=True)
class Asked:
    """The campaign, the scored days, and what is shown of them."""

    campaign: Campaign
    campaign_is_default: bool
    days: list[Snapshot]  # the latest first
    snapshot: Snapshot | None  # None: no day is scored yet
    basis: Basis

    @property
    def is_latest(self) -> bool:
        return bool(self.days) and self.snapshot == self.days[0]

    def query(self, *, basis: Basis | None = None, keep: Mapping[str, str] | None = None) -> str:
        """Return the query string that leads to the same day and basis (or another basis)."""
        chosen = basis or self.basis
        pairs = {} if self.campaign_is_default else {PARAMETER: self.campaign.code}
        if self.snapshot is not None and not self.is_latest:
            pairs["ngay"] = self.snapshot.day.isoformat()
        if chosen is not Basis.OFFICIAL:
            pairs["co-so"] = WORD_OF[chosen]
        pairs |= {name: value for name, value in (keep or {}).items() if value}
        return f"?{urlencode(pairs)}" if pairs else ""

    def url(
        self,
        name: str,
        *arguments: str | int,
        basis: Basis | None = None,
        keep: Mapping[str, str] | None = None,
        **more: str,
    ) -> str:
        """Return a page's address for the same campaign, day and basis, with what else it should keep."""
        pairs = {**(keep or {}), **more}
        return reverse(f"scoring:{name}", args=arguments) + self.query(basis=basis, keep=pairs)


def chosen_snapshot(request: HttpRequest) -> Snapshot | None:
    """Return the latest scored day of the chosen campaign; read once a request."""
    kept = request.__dict__
    if "_snapshot" not in kept:
        campaign = campaign_choice(request).current
        kept["_snapshot"] = last_snapshot(campaign) if campaign is not None else None
    return cast("Snapshot | None", kept["_snapshot"])


def read_asked(request: HttpRequest) -> Asked:
    """Return what the address asks for; 404 for a campaign, day or basis that is not there."""
    campaign = chosen_campaign(request)
    days = snapshots(campaign)
    request.__dict__["_snapshot"] = days[0] if days else None
    basis = BASIS_WORDS.get(request.GET.get("co-so") or WORD_OF[Basis.OFFICIAL])
    if basis is None:
        raise Http404
    return Asked(campaign, campaign_choice(request).is_default, days, _snapshot(request.GET.get("ngay"), days), basis)


def _snapshot(text: str | None, days: list[Snapshot]) -> Snapshot | None:
    if not text:
        return days[0] if days else None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    found = next((snapshot for snapshot in days if snapshot.day == day), None)
    if found is None:
        raise Http404
    return found


def sees_records(request: HttpRequest, participant: Participant) -> bool:
    """Whether the person sees the unit's people, notes, papers and unverified values: its own, or in charge."""
    return can(request.user, Permission.VIEW_UNIT, unit=participant.unit_id)


def unit_or_404(request: HttpRequest, asked: Asked, code: str) -> Participant:
    """Return a unit of the campaign; 404 also for figures on unverified values of a unit the person is not in."""
    rows = visible_to(request.user, Participant).select_related("campaign", "unit", "bloc")
    participant = get_object_or_404(rows, campaign=asked.campaign, code=code)
    if asked.basis is Basis.PROVISIONAL and not sees_records(request, participant):
        raise Http404
    return participant
