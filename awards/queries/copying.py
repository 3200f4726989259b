"""What a copy of an earlier campaign's awards would bring: looked at before it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from awards.enums import RuleKind
from awards.models import AwardCategory, EligibilityRule
from campaigns.models import Area, Campaign, Indicator


@dataclass(frozen=True)
class CopiedRule:
    """One criterion as it would stand in the new campaign."""

    rule: EligibilityRule  # as the earlier campaign has it
    params: dict[str, Any]  # as the new one would have it: days moved along
    lacks: str  # what the new campaign does not have: indicators, a content area; "" = nothing


@dataclass(frozen=True)
class CopiedCategory:
    """One award as it would stand in the new campaign."""

    category: AwardCategory
    basis_day: dt.date | None
    rules: list[CopiedRule]
    exists: bool  # the new campaign has an award of this code: it stays as it is


def copy_plan(*, source: Campaign, target: Campaign) -> list[CopiedCategory]:
    """Return the awards in use with the criteria in force at the earlier campaign's end. Five queries."""
    moved = target.starts_on - source.starts_on
    known = set(AwardCategory.objects.filter(campaign=target).values_list("code", flat=True))
    codes = set(Indicator.objects.filter(campaign=target).values_list("code", flat=True))
    areas = set(Area.objects.filter(campaign=target, is_active=True).values_list("number", flat=True))
    categories = list(AwardCategory.objects.filter(campaign=source).offered())
    rules: dict[int, list[EligibilityRule]] = {category.pk: [] for category in categories}
    rows = EligibilityRule.objects.filter(category__in=categories).in_force(on=source.ends_on)
    for rule in rows.order_by("position", "pk"):
        rules[rule.category_id].append(rule)
    return [
        CopiedCategory(
            category,
            _within(category.basis_day, moved, target),
            [_copied(rule, moved, codes, areas) for rule in rules[category.pk]],
            category.code in known,
        )
        for category in categories
    ]


def _within(day: dt.date | None, moved: dt.timedelta, target: Campaign) -> dt.date | None:
    return None if day is None else min(max(day + moved, target.starts_on), target.ends_on)


def _copied(rule: EligibilityRule, moved: dt.timedelta, codes: Iterable[str], areas: Iterable[int]) -> CopiedRule:
    params, lacks = dict(rule.params), ""
    if rule.kind == RuleKind.OWN_PLAN_BY:
        params["day"] = (dt.date.fromisoformat(params["day"]) + moved).isoformat()
    elif rule.kind == RuleKind.REQUIRED_INDICATORS:
        lacks = ", ".join(code for code in params["codes"] if code not in codes)
    elif rule.kind == RuleKind.MIN_AREA and params["area"] is not None and params["area"] not in areas:
        lacks = str(params["area"])
    return CopiedRule(rule, params, lacks)
