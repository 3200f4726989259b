"""What staff set before anybody proposes: the sample's categories, criteria, fund and stories."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from awards.actions import issue
from awards.actions.register_import import import_register
from awards.actions.rules import save_rule
from awards.actions.settings import save_setting
from awards.enums import (
    AwardingAuthority,
    Basis,
    FundKind,
)
from awards.models import (
    AwardCategory,
    AwardPolicy,
    EligibilityRule,
    FundMovement,
)
from campaign_portal.sample import awards as data
from campaign_portal.sample import money, register
from campaign_portal.sample.calendar import moment
from campaign_portal.sample.stories import tell_stories
from campaigns.calendar import local_day, local_moment
from campaigns.models import Activity, Campaign, Participant, User

FUND_KEEPER = "noivu3"


def settings_of(campaign: Campaign, *, to: dt.date, by: User) -> None:
    """Set the categories and rules of a campaign; with the first one also the fund's opening balance."""
    set_at = local_moment(campaign.starts_on, dt.time(8))
    if not FundMovement.objects.exists():
        _fund(to)
    if not AwardPolicy.objects.filter(campaign=campaign).exists():
        save_setting(row=AwardPolicy(campaign=campaign), seen="", by=by, now=set_at)
    edition = data.RUNNING if campaign.ends_on >= to else data.LAST_YEAR
    for position, row in enumerate(row for row in data.CATEGORIES if row.campaign == edition):
        interim = None if row.interim_days is None else to + dt.timedelta(days=row.interim_days)
        category = AwardCategory(
            campaign=campaign,
            code=row.code,
            name=row.name,
            recipient_kind=row.recipient,
            authority=AwardingAuthority.DISTRICT,
            title="Giấy khen",
            quota_total=row.quota_total,
            quota_per_bloc=row.quota_per_bloc,
            quota_per_unit=row.quota_per_unit,
            basis=Basis.FINAL if interim is None else Basis.INTERIM,
            basis_day=interim,
            position=position,
        )
        save_setting(row=category, seen="", by=by, now=set_at)
        for place, rule in enumerate(row.rules, start=1):
            _criterion(category, rule, place, to=to, by=by, now=set_at)
    if edition == data.RUNNING:
        _stories(campaign, to)


def _criterion(
    category: AwardCategory, rule: data.Rule, place: int, *, to: dt.date, by: User, now: dt.datetime
) -> None:
    """Enter a criterion; one that was changed on the way as its two versions."""
    shared = {
        "category": category,
        "kind": rule.kind,
        "for_ranked": rule.applies_to == "ranked",
        "for_supporting": rule.applies_to == "supporting",
        "for_individuals": rule.applies_to == "individuals",
        "position": place,
    }
    since = None if rule.since_days is None else to + dt.timedelta(days=rule.since_days)
    earlier = None
    if rule.earlier is not None and since is not None:
        before = replace(rule, parameters=rule.earlier)
        earlier = EligibilityRule(params=_params(before, to), valid_to=since - dt.timedelta(days=1), **shared)
        save_rule(rule=earlier, seen="", by=by, now=now)
    criterion = EligibilityRule(params=_params(rule, to), valid_from=since, replaces=earlier, **shared)
    save_rule(rule=criterion, seen="", by=by, now=now)


def _fund(to: dt.date) -> None:
    """Enter the fund's opening balance and an allocation, and bring in the register of earlier years.

    Salaries, coefficients, rounding and legal bases ship with the portal.
    """
    keeper = User.objects.get(username=FUND_KEEPER)
    for kind, amount, days, number, note in (
        (FundKind.OPENING, money.FUND_BALANCE - money.ALLOCATION, -365, "", money.FUND_NAME),
        (FundKind.ALLOCATION, money.ALLOCATION, -320, "15/QĐ-UBND", "Trích bổ sung từ ngân sách quận"),
    ):
        moved = moment(to, days, "08:00")
        issue.move_fund(
            kind=kind, amount=amount, day=local_day(moved), document_number=number, note=note, by=keeper, now=moved
        )
    import_register(
        file=register.workbook(to.year),
        file_name="so-khen-thuong-cac-nam-truoc.xlsx",
        by=keeper,
        now=moment(to, -300, "09:00"),
    )


def _params(rule: data.Rule, to: dt.date) -> dict[str, Any]:
    """Return the rule's parameters as they are stored: basis points, ISO days."""
    given = dict(rule.parameters)
    match rule.kind:
        case "min_area":
            area = given["area"]
            return {"bp": _bp(given["points"]), "area": area or None}
        case "required_indicators":
            return {"codes": list(given["codes"])}  # type: ignore[arg-type]  # a tuple of codes
        case "top_rank":
            return {"rank": given["n"]}
        case "max_late_reports":
            return {"count": given["n"]}
        case "class_at_least":
            return {"class": given["band"]}
        case "own_plan_by":
            return {"day": (to + dt.timedelta(days=int(str(given["days"])))).isoformat()}
        case _:
            return {"bp": _bp(given.get("points", given.get("percent")))}


def _bp(points: object) -> int:
    return int(str(points)) * 100


def _stories(campaign: Campaign, to: dt.date) -> None:
    participants = {row.code: row for row in Participant.objects.filter(campaign=campaign)}
    tell_stories(campaign, to=to, reviewer=User.objects.get(username=FUND_KEEPER))
    for activity in data.ACTIVITIES:
        head = User.objects.filter(username=f"truong.{activity.unit.lower()}").first()
        if head is not None and activity.unit in participants:
            Activity.objects.create(
                participant=participants[activity.unit],
                title=activity.what,
                held_on=to + dt.timedelta(days=activity.days),
                people=activity.people,
                entered_by=head,
                entered_at=moment(to, activity.days, "16:00"),
            )
