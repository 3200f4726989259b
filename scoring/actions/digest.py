"""The overnight digest: what the night did to a unit's score and why, told to its people and to those in charge.

The night only asks for it; each campaign is a message of its own, so that a large night is not held up and a lost
worker repeats one campaign. Told once a person, unit and day, whatever runs again; by e-mail to who wants it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.actions.notices import tell_roles, tell_units
from campaigns.actions.outbox import enqueue_each
from campaigns.calendar import local_day
from campaigns.display import local_date, points, signed_points
from campaigns.enums import CampaignStatus, NoticeKind, Role
from campaigns.models import Campaign, Participant
from scoring.after_run import after_run
from scoring.changes import UnitChange, read_changes
from scoring.enums import Basis, RunTrigger
from scoring.snapshots import snapshots

TOPIC = "score.digest"
#: Units named in the digest of those in charge; the page has all.
MOVERS = 10
_DAY = dt.timedelta(days=1)


@after_run
def ask_for_digests(campaign_ids: Sequence[int], day: dt.date, trigger: RunTrigger, now: dt.datetime) -> None:
    """Ask for the digest of last night; a night that is caught up later is told to nobody."""
    if trigger == RunTrigger.NIGHTLY and day == local_day(now) - _DAY:
        enqueue_each(topic=TOPIC, keys=[f"{pk}:{day.isoformat()}" for pk in campaign_ids], now=now)


@transaction.atomic
def send_digest(*, campaign_id: int, day: dt.date, now: dt.datetime) -> int:
    """Tell the people of every unit whose total moved on a day, and those in charge; return how many units moved.

    The causes named are all of the difference (``scoring.changes``), by official figures.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    days = [found for found in snapshots(campaign) if found.day <= day][:2]
    if campaign.status != CampaignStatus.OPEN or len(days) < 2 or days[0].day != day:
        return 0
    changes = read_changes(
        campaign=campaign,
        earlier=days[1],
        later=days[0],
        basis=Basis.OFFICIAL,
        participants=list(Participant.objects.filter(campaign=campaign).select_related("bloc")),
    )
    moved = sorted(
        (change for change in changes if change.difference_bp),
        key=lambda change: (-abs(change.difference_bp), change.participant.sort_key),
    )
    for change in moved:
        tell_units(
            units=[change.participant.unit_id],
            key=f"score:{change.participant.pk}:{day.isoformat()}",
            kind=NoticeKind.SCORE,
            words=lambda change=change: _own_words(change, day),  # type: ignore[misc]  # bound now, for this unit
            url=_url(campaign, day, change.participant),
            now=now,
        )
    if moved:
        tell_roles(
            roles=[Role.INTERNAL_AFFAIRS, Role.CHAIRMAN],
            key=f"score:c{campaign.pk}:{day.isoformat()}",
            kind=NoticeKind.SCORE,
            words=lambda: _words(moved, day),
            url=_url(campaign, day),
            now=now,
        )
    return len(moved)


def _url(campaign: Campaign, day: dt.date, participant: Participant | None = None) -> str:
    asked = {"dot": campaign.code, "ngay": day.isoformat()}
    return f"{reverse('scoring:changes')}?{urlencode(asked | ({'don-vi': participant.code} if participant else {}))}"


def _own_words(change: UnitChange, day: dt.date) -> tuple[str, str]:
    said = {
        "unit": change.participant.name,
        "total": points(change.total_after),
        "difference": signed_points(change.difference_bp),
        "day": local_date(day),
    }
    title = _("Score of %(unit)s on %(day)s: %(total)s (%(difference)s)") % said
    return title, "\n".join(_cause_lines(change))


def _cause_lines(change: UnitChange) -> list[str]:
    lines = [f"– {cause.cause.label}: {signed_points(cause.points_bp)}" for cause in change.causes]
    if change.rank_before != change.rank_after and change.rank_before and change.rank_after:
        ranks = {"before": change.rank_before, "after": change.rank_after}
        lines.append("– " + _("Rank in the bloc: %(before)s → %(after)s") % ranks)
    return lines


def _words(moved: Sequence[UnitChange], day: dt.date) -> tuple[str, str]:
    title = ngettext(
        "Scores of %(day)s: %(count)s unit changed", "Scores of %(day)s: %(count)s units changed", len(moved)
    ) % {"day": local_date(day), "count": len(moved)}
    lines = [
        f"– {change.participant.name}: {points(change.total_after)} ({signed_points(change.difference_bp)})"
        for change in moved[:MOVERS]
    ]
    if len(moved) > MOVERS:
        lines.append(_("and %(count)s more") % {"count": len(moved) - MOVERS})
    return title, "\n".join(lines)
