"""Records for tests: plain functions, every argument optional, nothing random.

A campaign is open, runs 90 days from ``START`` and has weekly periods, so most tests say only what they are
about. ``at(60)`` is 10:00 local time on the campaign's 60th day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from decimal import Decimal
from typing import Any

from campaigns.calendar import local_moment
from campaigns.enums import CampaignStatus, Frequency, GateForm, IndicatorKind, ReportingMode, Role, UnitKind
from campaigns.models import (
    Area,
    Authorisation,
    Bloc,
    Campaign,
    EvidenceFile,
    Gate,
    Indicator,
    LateException,
    Measurement,
    MeasurementEvidence,
    MilestoneWaiver,
    Organiser,
    Participant,
    Period,
    PointEntry,
    Report,
    ReportWaiver,
    RoleAssignment,
    Submission,
    Target,
    TargetRevision,
    Unit,
    User,
)
from campaigns.vietnamese import fold, normalise, sort_key

#: A Monday. Roles hold from long before, so that a test may freeze any later moment.
START = dt.date(2026, 3, 2)
LONG_AGO = dt.date(2020, 1, 1)

_numbers = itertools.count(1)


def at(day: int, hour: int = 10, minute: int = 0, second: int = 0, *, start: dt.date = START) -> dt.datetime:
    """Return a local moment on the campaign's ``day``-th day (1 = the first)."""
    return local_moment(start + dt.timedelta(days=day - 1), dt.time(hour, minute, second))


def day(number: int, *, start: dt.date = START) -> dt.date:
    """Return the campaign's ``number``-th day (1 = the first)."""
    return start + dt.timedelta(days=number - 1)


def number(value: Any) -> Decimal | None:
    """Return a value as the exact Decimal that a decimal column holds."""
    return None if value is None else Decimal(str(value))


# --- people and units -------------------------------------------------------------------------------------


def make_organiser(**columns: Any) -> Organiser:
    """Return the single row of the installation."""
    defaults = {
        "name": "Ủy ban nhân dân quận A",
        "short_name": "UBND quận A",
        "parent_name": "Thành phố Hải Phòng",
        "place_name": "Quận A",
        "staff_unit_name": "Phòng Nội vụ",
    }
    return Organiser.objects.update_or_create(pk=1, defaults={**defaults, **columns})[0]


def make_user(username: str = "", *, full_name: str = "", password: str = "", **columns: Any) -> User:
    """Return a person; without ``password`` nobody can sign in but by ``client.force_login``."""
    username = username or f"user{next(_numbers)}"
    full_name = normalise(full_name or f"Nguyễn Văn {username}")
    user = User(username=username, full_name=full_name, search_text=fold(full_name), sort_key=sort_key(full_name))
    for name, value in columns.items():
        setattr(user, name, value)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    return user


def give_role(
    user: User,
    role: Role,
    *,
    unit: Unit | None = None,
    valid_from: dt.date = LONG_AGO,
    valid_to: dt.date | None = None,
    document_number: str = "",
) -> RoleAssignment:
    """Give a person a role; a vice-chairman's delegation gets its number and last day by itself."""
    if role == Role.VICE_CHAIRMAN:
        valid_to = valid_to or dt.date(2099, 12, 31)
        document_number = document_number or "12/QĐ-UBND"
    user.__dict__.pop("_access", None)
    return RoleAssignment.objects.create(
        user=user, role=role, unit=unit, valid_from=valid_from, valid_to=valid_to, document_number=document_number
    )


def make_person(role: Role, *, unit: Unit | None = None, username: str = "", **columns: Any) -> User:
    """Return a person who holds one role; staff may enter the admin site."""
    if role == Role.INTERNAL_AFFAIRS:
        columns.setdefault("is_staff", True)
    user = make_user(username, **columns)
    give_role(user, role, unit=unit)
    return user


def authorise(
    reporter: User, *, unit: Unit, leader: User, valid_from: dt.date = LONG_AGO, valid_to: dt.date = dt.date(2099, 1, 1)
) -> Authorisation:
    """Let a unit's reporter submit in the leader's place."""
    reporter.__dict__.pop("_access", None)
    return Authorisation.objects.create(
        reporter=reporter, unit=unit, leader=leader, valid_from=valid_from, valid_to=valid_to
    )


def make_unit(code: str = "", *, name: str = "", kind: UnitKind = UnitKind.WARD, **columns: Any) -> Unit:
    """Return a unit of the organisation."""
    code = code or f"DV{next(_numbers):03d}"
    unit = Unit(code=code, name=name or f"Phường {code}", kind=kind, **columns)
    unit.set_search_columns()
    unit.save()
    return unit


# --- the plan ---------------------------------------------------------------------------------------------


def make_campaign(
    code: str = "",
    *,
    starts_on: dt.date = START,
    days: int = 90,
    status: CampaignStatus = CampaignStatus.OPEN,
    periods: bool = True,
    **columns: Any,
) -> Campaign:
    """Return a campaign of ``days`` days: opened the day before its first, with weekly periods unless told not to."""
    code = code or f"PT{next(_numbers):03d}"
    if status != CampaignStatus.PREPARATION:
        columns.setdefault("opened_at", local_moment(starts_on - dt.timedelta(days=1), dt.time(9)))
    if status == CampaignStatus.CLOSED:
        closing_day = columns.setdefault("closing_day", starts_on + dt.timedelta(days=days + 14))
        columns.setdefault("closed_at", local_moment(closing_day, dt.time(16)))
    campaign = Campaign.objects.create(
        code=code,
        name=columns.pop("name", f"Phong trào thi đua 90 ngày {code}"),
        organiser_name=columns.pop("organiser_name", "Ủy ban nhân dân quận A"),
        starts_on=starts_on,
        ends_on=starts_on + dt.timedelta(days=days - 1),
        status=status,
        **columns,
    )
    if periods:
        make_weekly_periods(campaign)
    return campaign


def make_weekly_periods(campaign: Campaign) -> list[Period]:
    """Fill the calendar: seven days each (the last as long as days remain), K01, K02, …"""
    periods, first = [], campaign.starts_on
    while first <= campaign.ends_on:
        last = min(first + dt.timedelta(days=6), campaign.ends_on)
        periods.append(make_period(campaign, code=f"K{len(periods) + 1:02d}", starts_on=first, ends_on=last))
        first = last + dt.timedelta(days=1)
    return periods


def make_period(
    campaign: Campaign | None = None,
    *,
    code: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    due_at: dt.datetime | None = None,
    locks_at: dt.datetime | None = None,
) -> Period:
    """Return a period: due at 17:00 on the day after its last, locked three days later.

    Without a campaign it comes with one that has no other period.
    """
    campaign = campaign or make_campaign(periods=False)
    starts_on = starts_on or campaign.starts_on
    ends_on = ends_on or starts_on + dt.timedelta(days=6)
    due_at = due_at or local_moment(ends_on + dt.timedelta(days=1), dt.time(17))
    return Period.objects.create(
        campaign=campaign,
        code=code or f"K{next(_numbers)}",
        starts_on=starts_on,
        ends_on=ends_on,
        due_at=due_at,
        locks_at=locks_at or due_at + dt.timedelta(days=3),
    )


def make_area(campaign: Campaign | None = None, number: int | None = None, *, weight: Any = 10, **columns: Any) -> Area:
    """Return a content area, numbered after the last one."""
    campaign = campaign or make_campaign()
    number = number or campaign.areas.count() + 1
    columns.setdefault("name", f"Nội dung {number}")
    return Area.objects.create(campaign=campaign, number=number, weight=Decimal(str(weight)), **columns)


def make_bloc(campaign: Campaign | None = None, code: str = "", *, name: str = "") -> Bloc:
    """Return an emulation bloc."""
    code = code or f"KHOI{next(_numbers)}"
    return Bloc.objects.create(campaign=campaign or make_campaign(), code=code, name=name or f"Khối {code}")


def make_participant(
    campaign: Campaign | None = None, *, unit: Unit | None = None, bloc: Bloc | None = None, **columns: Any
) -> Participant:
    """Return a unit in a campaign, in the campaign's first bloc unless one is given."""
    campaign = campaign or (bloc.campaign if bloc else make_campaign())
    unit = unit or make_unit(columns.get("code", ""))
    bloc = bloc or campaign.blocs.first() or make_bloc(campaign)
    defaults = {"code": unit.code, "name": unit.name, "kind": unit.kind}
    participant = Participant(campaign=campaign, unit=unit, bloc=bloc, **{**defaults, **columns})
    participant.set_sort_key()
    participant.save()
    return participant


def make_indicator(
    area: Area | None = None,
    code: str = "",
    *,
    kind: IndicatorKind = IndicatorKind.INCREASE,
    mode: ReportingMode = ReportingMode.CUMULATIVE,
    frequency: Frequency = Frequency.EVERY_PERIOD,
    weight: Any = 1,
    **columns: Any,
) -> Indicator:
    """Return an indicator: more is better, cumulative, owed in every period, weight 1."""
    area = area or make_area()
    code = code or f"CT{next(_numbers):03d}"
    columns.setdefault("name", f"Chỉ tiêu {code}")
    columns.setdefault("unit_of_measure", "%")
    return Indicator.objects.create(
        campaign=area.campaign,
        area=area,
        code=code,
        kind=kind,
        mode=mode,
        frequency=frequency,
        weight=Decimal(str(weight)),
        **columns,
    )


def make_target(
    indicator: Indicator | None = None,
    participant: Participant | None = None,
    *,
    baseline: Any = None,
    goal: Any = 100,
    **columns: Any,
) -> Target:
    """Return an indicator given to a unit, with goal 100 and no baseline."""
    if indicator is None:
        indicator = make_indicator(make_area(participant.campaign) if participant else None)
    participant = participant or make_participant(indicator.campaign)
    return Target.objects.create(
        campaign=indicator.campaign,
        indicator=indicator,
        participant=participant,
        baseline=number(baseline),
        goal=number(goal),
        **columns,
    )


def make_revision(
    target: Target | None = None,
    *,
    effective_from: dt.date | None = None,
    baseline: Any = None,
    goal: Any = 100,
    due_on: dt.date | None = None,
    reason: str = "Điều chỉnh theo quyết định",
    entered_by: User | None = None,
    entered_at: dt.datetime | None = None,
) -> TargetRevision:
    """Return new terms of a target; the revision before it is told where it ends."""
    target = target or make_target()
    effective_from = effective_from or target.campaign.starts_on + dt.timedelta(days=30)
    TargetRevision.objects.filter(
        target=target, superseded_from__isnull=True, effective_from__lt=effective_from
    ).update(superseded_from=effective_from)
    return TargetRevision.objects.create(
        target=target,
        effective_from=effective_from,
        baseline=number(baseline),
        goal=number(goal),
        due_on=due_on,
        reason=reason,
        entered_by=entered_by,
        entered_at=entered_at or local_moment(effective_from, dt.time(9)),
    )


# --- reports ----------------------------------------------------------------------------------------------


def make_report(participant: Participant | None = None, period: Period | None = None, **columns: Any) -> Report:
    """Return a unit's report for a period (the campaign's first unless given); the same pair, the same report."""
    participant = participant or make_participant(period.campaign if period else None)
    period = period or _first_period(participant.campaign)
    return Report.objects.get_or_create(participant=participant, period=period, defaults=columns)[0]


def make_submission(
    report: Report | None = None, *, sent_by: User | None = None, sent_at: dt.datetime | None = None, **columns: Any
) -> Submission:
    """Return an act of sending, by a leader of the reporting unit unless somebody is given."""
    report = report or make_report()
    columns.setdefault("number", f"BN-{next(_numbers):05d}")
    return Submission.objects.create(
        report=report,
        sent_by=sent_by or make_person(Role.UNIT_LEADER, unit=report.participant.unit),
        sent_at=sent_at or local_moment(report.period.ends_on, dt.time(10)),
        **columns,
    )


def make_measurement(
    target: Target | None = None,
    period: Period | None = None,
    *,
    value: Any = 50,
    nothing: bool = False,
    sent_at: dt.datetime | None = None,
    sent_by: User | None = None,
    verdict: str = "",
    verdict_at: dt.datetime | None = None,
    verdict_by: User | None = None,
    verified_value: Any = None,
    verdict_reason: str = "",
    numerator: Any = None,
    denominator: Any = None,
    **columns: Any,
) -> Measurement:
    """Return a value sent at 10:00 on the period's last day; a verdict, where one is named, an hour later."""
    target = target or make_target()
    period = period or _first_period(target.campaign)
    sent_at = sent_at or local_moment(period.ends_on, dt.time(10))
    if verdict:
        verdict_at = verdict_at or sent_at + dt.timedelta(hours=1)
        if verdict == "accepted" and not nothing and verified_value is None:
            verified_value = value
        if verdict in ("adjusted", "returned"):
            verdict_reason = verdict_reason or "Số liệu chưa khớp hồ sơ"
    return Measurement.objects.create(
        target=target,
        period=period,
        period_start=period.starts_on,
        period_end=period.ends_on,
        nothing=nothing,
        value=None if nothing else number(value),
        numerator=number(numerator),
        denominator=number(denominator),
        sent_at=sent_at,
        sent_by=sent_by,
        verdict=verdict,
        verdict_at=verdict_at,
        verdict_by=verdict_by,
        verified_value=number(verified_value),
        verdict_reason=verdict_reason,
        **columns,
    )


def make_file(participant: Participant | None = None, *, content: bytes = b"%PDF-1.4", **columns: Any) -> EvidenceFile:
    """Return the row of an evidence file; no bytes are stored."""
    participant = participant or make_participant()
    defaults: dict[str, Any] = {
        "name": "minh-chung.pdf",
        "content_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "uploaded_at": local_moment(participant.campaign.starts_on, dt.time(10)),
    }
    if "uploaded_by" not in columns:
        defaults["uploaded_by"] = make_person(Role.UNIT_REPORTER, unit=participant.unit)
    return EvidenceFile.objects.create(participant=participant, **{**defaults, **columns})


def attach(measurement: Measurement, file: EvidenceFile | None = None) -> MeasurementEvidence:
    """Back a measurement with a file."""
    file = file or make_file(measurement.target.participant)
    return MeasurementEvidence.objects.create(measurement=measurement, file=file)


# --- points, waivers, gates -------------------------------------------------------------------------------


def _confirmation(holds_from: dt.date, *, confirmed: bool, columns: dict[str, Any]) -> dict[str, Any]:
    """Columns shared by what two people must agree on: entered at 09:00 of its first day, confirmed at 10:00."""
    values: dict[str, Any] = {
        "holds_from": holds_from,
        "reason": "Theo văn bản kèm theo",
        "document_number": "45/QĐ-UBND",
        "entered_at": local_moment(holds_from, dt.time(9)),
        "entered_by": None,
    }
    if confirmed:
        values["confirmed_at"] = local_moment(holds_from, dt.time(10))
        values["confirmed_by"] = columns.get("confirmed_by") or make_person(Role.INTERNAL_AFFAIRS)
    return {**values, **columns}


def make_points(
    participant: Participant | None = None,
    points_bp: int = 100,
    *,
    holds_from: dt.date | None = None,
    confirmed: bool = True,
    **columns: Any,
) -> PointEntry:
    """Return confirmed bonus (or, negative, penalty) points from the campaign's first day."""
    participant = participant or make_participant()
    shared = _confirmation(holds_from or participant.campaign.starts_on, confirmed=confirmed, columns=columns)
    return PointEntry.objects.create(participant=participant, points_bp=points_bp, **shared)


def make_report_waiver(
    participant: Participant | None = None,
    period: Period | None = None,
    *,
    holds_from: dt.date | None = None,
    confirmed: bool = True,
    **columns: Any,
) -> ReportWaiver:
    """Return a confirmed waiver of one report."""
    participant = participant or make_participant(period.campaign if period else None)
    shared = _confirmation(holds_from or participant.campaign.starts_on, confirmed=confirmed, columns=columns)
    return ReportWaiver.objects.create(
        participant=participant, period=period or _first_period(participant.campaign), **shared
    )


def make_late_exception(
    participant: Participant, period: Period | None = None, *, ends_at: dt.datetime | None = None, **columns: Any
) -> LateException:
    """Return an exception that opens the first period on the 59th day, until the 62nd."""
    return LateException.objects.create(
        participant=participant,
        period=period or _first_period(participant.campaign),
        ends_at=ends_at or at(62),
        approved_by=columns.pop("approved_by", None) or make_user(),
        **{"approved_at": at(59), "reason": "Mất điện", **columns},
    )


def make_milestone_waiver(
    target: Target | None = None, *, holds_from: dt.date | None = None, confirmed: bool = True, **columns: Any
) -> MilestoneWaiver:
    """Return a confirmed waiver of one late milestone."""
    target = target or make_target(make_indicator(kind=IndicatorKind.MILESTONE), goal=1)
    shared = _confirmation(holds_from or target.campaign.starts_on, confirmed=confirmed, columns=columns)
    return MilestoneWaiver.objects.create(target=target, **shared)


def make_gate(
    participant: Participant | None = None,
    form: GateForm = GateForm.HOLD,
    *,
    holds_from: dt.date | None = None,
    confirmed: bool = True,
    **columns: Any,
) -> Gate:
    """Return a confirmed gate on a whole unit, or on a person where ``person_name`` is given."""
    participant = participant or make_participant()
    if columns.get("person_name"):
        columns.setdefault("person_key", fold(columns["person_name"]))
    shared = _confirmation(holds_from or participant.campaign.starts_on, confirmed=confirmed, columns=columns)
    return Gate.objects.create(campaign=participant.campaign, participant=participant, form=form, **shared)


def _first_period(campaign: Campaign) -> Period:
    return campaign.periods.order_by("ends_on").first() or make_period(campaign)
