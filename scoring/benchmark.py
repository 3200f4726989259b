"""Seeded data for the benchmarks, made by the database itself so that a whole country takes minutes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from campaigns.calendar import local_moment
from campaigns.enums import CampaignStatus, Frequency, IndicatorKind, ReportingMode, UnitKind
from campaigns.models import Area, Bloc, Campaign, Indicator, Participant, Period, Unit

FIRST_DAY = dt.date(2024, 10, 1)
UNITS, INDICATORS, PERIODS = 40, 36, 13


@dataclass(frozen=True)
class Size:
    """How many campaigns of so many units, each with 36 indicators (speed.md: district, province, country)."""

    name: str
    campaigns: int
    units: int = UNITS


SIZES = {"s": Size("district", 1), "m": Size("province", 30), "l": Size("country", 875)}


def build(size: Size, *, first_day: dt.date = FIRST_DAY, reported_until: dt.date | None = None) -> dt.date:
    """Fill the empty database with seeded campaigns and return the day to score: the third after the last report.

    A campaign begins on ``first_day``; the periods that end by ``reported_until`` have reports, all where it is None.
    """
    last_day = first_day + dt.timedelta(days=7 * PERIODS - 1)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # filling a country takes minutes; the run keeps its limits
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                # The statements below keep the keys; asking for each of 16 million rows takes longer than all else.
                cursor.execute("SET session_replication_role = replica")
    campaigns = Campaign.objects.bulk_create(
        Campaign(
            code=f"B{number:04d}",
            name=f"Campaign {number}",
            organiser_name="Benchmark",
            starts_on=first_day,
            ends_on=last_day,
            status=CampaignStatus.OPEN,
            opened_at=local_moment(first_day),
        )
        for number in range(size.campaigns)
    )
    for start in range(0, len(campaigns), 25):
        _plan(campaigns[start : start + 25], size.units)
    with connection.cursor() as cursor:
        cursor.execute(_TARGETS)
        cursor.execute(_MEASUREMENTS[connection.vendor].replace(":until", f"'{reported_until or last_day}'"))
        cursor.execute("ANALYZE")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) campaigns_measurement")  # visibility map: index-only reads, as in service
            cursor.execute("VACUUM (ANALYZE) campaigns_target")
            cursor.execute("RESET session_replication_role")
    return last_day + dt.timedelta(days=3)


def _plan(campaigns: list[Campaign], count: int) -> None:
    areas = Area.objects.bulk_create(
        Area(campaign=c, number=n, name=f"Area {n}", weight=Decimal(5 + n), is_active=n != 8)
        for c in campaigns
        for n in range(1, 10)
    )
    blocs = Bloc.objects.bulk_create(
        Bloc(campaign=c, code=f"K{n}", name=f"Bloc {n}") for c in campaigns for n in range(5)
    )
    units = []
    for c in campaigns:
        for n in range(count):
            unit = Unit(code=f"{c.code}-{n:02d}", name=f"Unit {n}", kind=UnitKind.WARD)
            unit.set_search_columns()
            units.append(unit)
    Unit.objects.bulk_create(units)
    participants = Participant.objects.bulk_create(
        Participant(
            campaign=c,
            unit=units[i * count + n],
            bloc=blocs[i * 5 + n % 5],
            code=f"D{n:02d}",
            name=f"Unit {n}",
            kind=UnitKind.WARD,
            competes=n % 13 != 12,
            sort_key=f"{n:04d}",
        )
        for i, c in enumerate(campaigns)
        for n in range(count)
    )
    Period.objects.bulk_create(
        Period(
            campaign=c,
            code=str(n + 1),
            starts_on=c.starts_on + dt.timedelta(days=7 * n),
            ends_on=c.starts_on + dt.timedelta(days=7 * n + 6),
            due_at=local_moment(c.starts_on + dt.timedelta(days=7 * n + 6), dt.time(17)),
        )
        for c in campaigns
        for n in range(PERIODS)
    )
    in_use = [n for n in range(1, 10) if n != 8]
    Indicator.objects.bulk_create(
        Indicator(
            campaign=c,
            area=areas[i * 9 + in_use[n % 8] - 1],
            code=f"CT{n:02d}",
            name=f"Indicator {n}",
            kind=_kind(n),
            mode=ReportingMode.INCREMENT if n % 6 == 0 and n < 20 else ReportingMode.CUMULATIVE,
            weight=Decimal(1 + n % 5),
            cap_bp=12000 if n % 7 == 0 else None,
            frequency=Frequency.MONTHLY if n % 9 == 5 else Frequency.EVERY_PERIOD,
            provider=participants[i * count] if n % 12 == 3 else None,
        )
        for i, c in enumerate(campaigns)
        for n in range(INDICATORS)
    )


def _kind(number: int) -> str:
    """55 % increase, 20 % decrease, 10 % maintain, 15 % milestones, in the order of the numbers."""
    if number < 20:
        return IndicatorKind.INCREASE
    if number < 27:
        return IndicatorKind.DECREASE
    return IndicatorKind.MAINTAIN if number < 31 else IndicatorKind.MILESTONE


_TARGETS = """
INSERT INTO campaigns_target
  (campaign_id, indicator_id, participant_id, baseline, goal, due_on, starts_on, ends_from, end_reason,
   added_reason, version)
SELECT i.campaign_id, i.id, p.id,
  CASE i.kind WHEN 'increase' THEN 100000 WHEN 'decrease' THEN 900000 WHEN 'maintain' THEN 50000 END,
  CASE i.kind WHEN 'increase' THEN CASE (i.id * 31 + p.id * 17) % 200 WHEN 0 THEN 100000 ELSE 1000000 END
       WHEN 'decrease' THEN 500000 WHEN 'maintain' THEN 0 ELSE 10000 END,
  CASE i.kind WHEN 'milestone' THEN (SELECT c.starts_on FROM campaigns_campaign c WHERE c.id = i.campaign_id) END,
  NULL, NULL, '', '', 1
FROM campaigns_indicator i JOIN campaigns_participant p ON p.campaign_id = i.campaign_id
"""

# One row a target and period; 1 in 60 reports missing, and 1 in 25 units never reports a quarter of its targets;
# 1 in 40 values sent twice, nine tenths verified, 1 in 50 returned, 1 in 90 "nothing to report". The hash is the seed.
_MEASUREMENT = """
INSERT INTO campaigns_measurement
  (target_id, period_id, period_start, period_end, "nothing", value, note, sent_at, sent_by_name, correction_reason,
   verdict, verdict_at, verdict_by_name, verified_value, verdict_reason, completed_on, verified_completed_on)
SELECT target_id, period_id, starts_on, ends_on, "nothing", value, '', sent, '', '',
  verdict, CASE WHEN verdict <> '' THEN {verdict_at} END, '',
  CASE WHEN verdict = 'accepted' THEN value END, CASE WHEN verdict = 'returned' THEN 'x' ELSE '' END,
  CASE WHEN kind = 'milestone' AND value = 10000 THEN ends_on END,
  CASE WHEN kind = 'milestone' AND value = 10000 AND verdict = 'accepted' THEN ends_on END
FROM (
  SELECT t.id AS target_id, pe.id AS period_id, pe.starts_on, pe.ends_on, i.kind, h.h % 90 = 7 AS "nothing",
    CASE WHEN h.h % 90 = 7 THEN NULL
      WHEN i.kind = 'increase' AND i.mode = 'increment' THEN h.h % 150000
      WHEN i.kind = 'increase' THEN 100000 + (h.h % 90000) * CAST(pe.code AS integer)
      WHEN i.kind = 'decrease' THEN 900000 - (h.h % 40000) * CAST(pe.code AS integer)
      WHEN i.kind = 'maintain' THEN CASE WHEN h.h % 8 = 0 THEN 10000 ELSE 0 END
      ELSE CASE WHEN h.h % 13 < CAST(pe.code AS integer) THEN 10000 ELSE 0 END END AS value,
    {sent_at} AS sent,
    CASE WHEN h.h % 10 = 3 AND pe.code IN ('12', '13') THEN '' WHEN h.h % 50 = 11 THEN 'returned' ELSE 'accepted' END
      AS verdict
  FROM campaigns_target t
  JOIN campaigns_indicator i ON i.id = t.indicator_id
  JOIN campaigns_period pe ON pe.campaign_id = t.campaign_id AND pe.ends_on <= :until
  JOIN (SELECT 0 AS copy UNION ALL SELECT 1) twice ON twice.copy = 0 OR (t.id * 7 + pe.id * 13) % 40 = 1
  JOIN LATERAL_H
  WHERE NOT (t.participant_id % 25 = 7 AND i.id % 4 = 1 AND i.provider_id IS NULL)
    AND (COALESCE(i.provider_id, t.participant_id) * 13 + pe.id * 29) % 60 <> 5
) rows
"""
_HASH = "((t.id * 7919 + pe.id * 104729 + twice.copy * 31337) % 1000003)"
_MEASUREMENTS = {
    "sqlite": _MEASUREMENT.replace("h.h", _HASH)
    .replace("  JOIN LATERAL_H\n", "")
    .format(
        verdict_at="datetime(sent, '+26 hours')",
        sent_at=f"datetime(pe.due_at, (8000 - {_HASH} % 170000) || ' seconds')",
    ),
    "postgresql": _MEASUREMENT.replace("JOIN LATERAL_H", f"CROSS JOIN LATERAL (SELECT {_HASH} AS h) h").format(
        verdict_at="sent + interval '26 hours'",
        sent_at="pe.due_at - make_interval(secs => (h.h % 170000) - 8000)",
    ),
}
