"""What strangers may read of a campaign: nothing here is asked by who somebody is, so everything here is public.

Only what was put before them on purpose: published stories, issued awards that stand, the plan once published,
announcements marked public, and totals where the organiser opened the board.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from awards.enums import ExemplarState
from awards.models import Award, Exemplar, PublicPlan
from campaigns.enums import CampaignStatus
from campaigns.models import Announcement, Area, Campaign
from scoring.enums import Basis
from scoring.models import UnitScore
from scoring.snapshots import last_snapshot

_ORDER = {CampaignStatus.OPEN: 0, CampaignStatus.CLOSED: 1}


def public_campaigns() -> list[Campaign]:
    """Return the launched campaigns: the running ones, then the closed ones, the newest first."""
    rows = Campaign.objects.launched()
    return sorted(rows, key=lambda row: (_ORDER[CampaignStatus(row.status)], -row.starts_on.toordinal(), row.code))


def published_stories() -> QuerySet[Exemplar]:
    """Return the stories on the public page, the newest first."""
    rows = Exemplar.objects.filter(state=ExemplarState.PUBLISHED, campaign__in=Campaign.objects.launched())
    return rows.select_related("participant")


def public_awards(campaign: Campaign) -> QuerySet[Award]:
    """Return the awards that were issued and stand: names only, neither money nor addresses."""
    rows = Award.objects.filter(category__campaign=campaign, revoked_on__isnull=True)
    return rows.select_related("participant", "issue")


def public_announcements(campaign: Campaign) -> QuerySet[Announcement]:
    """Return the announcements marked for the public page, the newest first."""
    return Announcement.objects.filter(campaign=campaign, is_public=True, published_at__isnull=False)


def public_plan(campaign: Campaign) -> PublicPlan | None:
    """Return the plan's text and file once they are published."""
    return PublicPlan.objects.filter(campaign=campaign, is_published=True).first()


def public_areas(campaign: Campaign) -> QuerySet[Area]:
    """Return the content areas as the plan numbers them."""
    return Area.objects.filter(campaign=campaign, is_active=True)


@dataclass(frozen=True)
class PublicRow:
    """One ranked unit of the open board."""

    name: str
    rank: int
    total_bp: int


@dataclass(frozen=True)
class PublicBloc:
    """The ranked units of a bloc, the best first."""

    name: str
    rows: list[PublicRow]


@dataclass(frozen=True)
class PublicBoard:
    """Official totals per bloc as of a day: no area, no value, no note."""

    day: dt.date
    blocs: list[PublicBloc]


def public_board(campaign: Campaign) -> PublicBoard | None:
    """Return the totals per bloc; None where the organiser keeps the board closed or nothing is scored yet."""
    snapshot = last_snapshot(campaign) if campaign.public_board else None
    if snapshot is None:
        return None
    rows = UnitScore.objects.filter(
        participant__campaign=campaign, day=snapshot.day, basis=Basis.OFFICIAL, rank__isnull=False
    ).order_by("participant__bloc__code", "rank", "participant__sort_key", "participant__code")
    blocs: dict[int, PublicBloc] = {}
    for score in rows.select_related("participant__bloc"):
        bloc = score.participant.bloc
        found = blocs.setdefault(bloc.pk, PublicBloc(bloc.name, []))
        found.rows.append(PublicRow(score.participant.name, score.rank or 0, score.total_bp or 0))
    return PublicBoard(snapshot.day, list(blocs.values()))
