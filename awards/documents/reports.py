"""Data of reports: the campaign's summary and the weekly briefing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, FilteredRelation, Q

from awards.models import Award
from campaigns.calendar import local_day
from campaigns.display import local_date, local_datetime, number, percent, points
from campaigns.documents import wording
from campaigns.models import Campaign, Participant, Period, ReportWaiver, Submission, Target
from scoring.board import BoardRow, read_board
from scoring.enums import Basis, Pace, ScoreClass
from scoring.formula import decimal_of
from scoring.live import unit_reports
from scoring.pace import pace_of
from scoring.queries import Scope, TargetFigure, target_scores
from scoring.shares import middle
from scoring.snapshots import Snapshot, last_snapshot, snapshots

from .common import Data, common, counts, legal_bases, plan_basis, two_decimals
from .layouts import Layout

RED = (Pace.BEHIND, Pace.OVER_LIMIT)


# --- summary ---------------------------------------------------------------------------------------------


def summary(campaign: Campaign, layout: Layout, *, now: dt.datetime) -> Data:
    """Return the campaign's summary: figures, ranking, areas, awards, what the units said."""
    snapshot = last_snapshot(campaign)
    figures: list[TargetFigure] = []
    blocs: list[tuple[str, list[BoardRow], list[BoardRow]]] = []
    areas: list[tuple[int, str, int | None]] = []
    if snapshot is not None:
        board = read_board(campaign=campaign, day=snapshot.day, basis=Basis.OFFICIAL)
        blocs = [(bloc.bloc.name, bloc.ranked, bloc.others) for bloc in board.blocs]
        figures = target_scores(campaign=campaign, day=snapshot.day, basis=Basis.OFFICIAL, cut_off=snapshot.as_of)
        scored = [row.score.areas for _name, ranked, others in blocs for row in (*ranked, *others)]
        areas = [
            (area.number, area.name, middle([own[str(area.number)] for own in scored if str(area.number) in own]))
            for area in board.areas
        ]
    ranked = [(name, row) for name, rows, _others in blocs for row in rows]
    everybody = [row for _name, rows, others in blocs for row in (*rows, *others)]
    counted = [figure for figure in figures if figure.is_counted]
    fulfilled = sum(figure.is_fulfilled for figure in counted)
    awards = list(
        Award.objects.standing()
        .filter(category__campaign=campaign)
        .select_related("category", "proposal")
        .order_by("category__position", "pk")
    )
    texts = _last_texts(campaign)
    late = sum(row.score.late_reports for row in everybody)
    missing = sum(row.score.missing_reports for row in everybody)
    classes = Counter(row.score.score_class for _name, row in ranked if row.score.score_class)
    return {
        **common(
            kind="summary",
            campaign=campaign,
            layout=layout,
            year=local_day(now).year,
            bases=[*legal_bases(on=local_day(now)), plan_basis(campaign)],
        ),
        **counts([award.proposal for award in awards]),
        "tong_tien": number(sum(award.bonus for award in awards)),
        "tong_tien_chu": wording.amount_in_words(sum(award.bonus for award in awards)),
        "ngay_so_lieu": local_date(snapshot.day) if snapshot else "",
        "so_don_vi": str(len(everybody)),
        "so_don_vi_xep_hang": str(len(ranked)),
        "so_noi_dung": str(len(areas)),
        "so_chi_tieu": number(len(counted)),
        "so_hoan_thanh": number(fulfilled),
        "ty_le_hoan_thanh": percent((2 * fulfilled * 10_000 + len(counted)) // (2 * len(counted))) if counted else "",
        "bao_cao_dung_han": f"{late} lượt muộn, {missing} lượt thiếu",
        "cuoi_ky": "\n".join(f"{unit}: {text}" for unit, text in _said(texts, "results")),
        "noi_dung": [
            {"stt": str(at), "ten": name, "diem": points(bp), "bp": bp} for at, name, bp in areas
        ],
        "don_vi": [_unit_row(name, row) for name, row in ranked],
        "xep_loai": [
            {"ten": str(ScoreClass(value).label), "so": str(classes[value])} for value in ScoreClass.values
        ],
        "khen_thuong": _award_rows(awards),
        "kho_khan": [{"don_vi": unit, "noi_dung": text} for unit, text in _said(texts, "difficulties")],
        "kien_nghi": [{"don_vi": unit, "noi_dung": text} for unit, text in _said(texts, "proposals")],
    }  # fmt: skip


def _unit_row(bloc: str, row: BoardRow) -> dict[str, Any]:
    score = row.score
    return {
        "stt": str(score.rank or ""),
        "ten": row.participant.name,
        "khoi": bloc,
        "diem": points(score.total_bp),
        "xep_loai": str(ScoreClass(score.score_class).label) if score.score_class else "",
        "bp": score.total_bp,
    }


def _award_rows(awards: Sequence[Award]) -> list[dict[str, str]]:
    found: dict[str, list[int]] = {}
    for award in awards:
        found.setdefault(award.category.name, []).append(award.bonus)
    return [
        {"danh_muc": name, "so": str(len(bonuses)), "tien": number(sum(bonuses))} for name, bonuses in found.items()
    ]


def _last_texts(campaign: Campaign) -> list[Submission]:
    """The latest signed texts of each unit in the campaign's last period that has any."""
    last = Submission.objects.filter(report__period__campaign=campaign).order_by("-report__period__ends_on").first()
    return _texts(last.report.period) if last else []


def _texts(period: Period) -> list[Submission]:
    rows = Submission.objects.filter(report__period=period).select_related("report__participant")
    latest: dict[int, Submission] = {}
    for row in rows.order_by("sent_at", "pk"):
        latest[row.report.participant_id] = row
    return sorted(latest.values(), key=lambda row: row.report.participant.sort_key)


def _said(rows: Iterable[Submission], column: str) -> list[tuple[str, str]]:
    found = ((row.report.participant.name, " ".join(str(getattr(row, column)).split())) for row in rows)
    return [(unit, text) for unit, text in found if text]


# --- weekly briefing -------------------------------------------------------------------------------------


def briefing(period: Period, layout: Layout, *, now: dt.datetime) -> Data:
    """Return the briefing of a period: results, difficulties, who is late or missing, red targets, proposals."""
    campaign = period.campaign
    snapshot = _snapshot_for(period)
    texts = _texts(period)
    reports = _report_rows(period, now)
    board = read_board(campaign=campaign, day=snapshot.day, basis=Basis.OFFICIAL) if snapshot else None
    ranked = [(bloc.bloc.name, row) for bloc in (board.blocs if board else []) for row in bloc.ranked]
    red = _red_rows(campaign, snapshot) if snapshot else []
    states = Counter(state for _participant, state, _detail in reports)
    listed = {"ket_qua": "results", "kho_khan": "difficulties", "kien_nghi": "proposals"}
    return {
        **common(kind="briefing", campaign=campaign, layout=layout, year=local_day(now).year),
        "ky": period.code,
        "ngay_ky": f"từ ngày {period.starts_on:%d/%m/%Y} đến ngày {period.ends_on:%d/%m/%Y}",
        "ngay_so_lieu": local_date(snapshot.day) if snapshot else "",
        "so_don_vi": str(len(reports)),
        "so_dung_han": str(states["on_time"] + states["waived"]),
        "so_muon": str(states["late"]),
        "so_thieu": str(states["missing"]),
        "so_chua_den_han": str(states["open"]),
        "so_chi_tieu_do": str(len(red)),
        **{
            name: [{"don_vi": unit, "noi_dung": text} for unit, text in _said(texts, column)]
            for name, column in listed.items()
        },
        "bao_cao": [
            {"don_vi": participant.name, "tinh_trang": _STATES[state], "chi_tiet": detail}
            for participant, state, detail in reports
            if state in ("late", "missing")
        ],
        "chi_tieu_do": red,
        "dan_dau": [_unit_row(name, row) for name, row in ranked if row.score.rank == 1],
        "cuoi_bang": [
            _unit_row(name, row) for name, row in ranked if row.score.rank == row.score.bloc_size and row.score.rank > 1
        ],
    }


_STATES = {"late": "Muộn", "missing": "Chưa báo cáo"}


def _snapshot_for(period: Period) -> Snapshot | None:
    """The figures of the period's last day, or the latest before the next period ends."""
    days = snapshots(period.campaign)
    return next((found for found in days if found.day <= period.ends_on), days[0] if days else None)


def _report_rows(period: Period, now: dt.datetime) -> list[tuple[Participant, str, str]]:
    """Each unit that owes the period: on time, late, missing, waived; open while it is not due."""
    scope = Scope((period.campaign_id,), local_day(now), now)
    figures = {f.participant_id: f for f in unit_reports(scope) if f.period_id == period.pk}
    if not figures:
        return []
    waived = set(
        ReportWaiver.objects.filter(period=period, confirmed_at__isnull=False).values_list("participant_id", flat=True)
    )
    found = []
    for unit in Participant.objects.filter(pk__in=figures).order_by("sort_key", "code"):
        sent = figures[unit.pk].reported_at
        if sent is not None and sent <= period.due_at:
            found.append((unit, "on_time", ""))
        elif unit.pk in waived:
            found.append((unit, "waived", ""))
        elif sent is not None:
            found.append((unit, "late", f"đủ số liệu lúc {local_datetime(sent)}; hạn {local_datetime(period.due_at)}"))
        else:
            found.append((unit, "missing", f"hạn {local_datetime(period.due_at)}"))
    return found


def _red_rows(campaign: Campaign, snapshot: Snapshot) -> list[dict[str, str]]:
    """Targets behind their pace or over their limit, unit by unit."""
    figures = target_scores(campaign=campaign, day=snapshot.day, basis=Basis.OFFICIAL, cut_off=snapshot.as_of)
    day = snapshot.day
    in_force = Q(revisions__effective_from__lte=day) & (
        Q(revisions__superseded_from__isnull=True) | Q(revisions__superseded_from__gt=day)
    )
    rows = (
        Target.objects.filter(campaign=campaign)
        .select_related("indicator", "participant")
        .annotate(terms=FilteredRelation("revisions", condition=in_force))
        .annotate(terms_due=F("terms__due_on"))
    )
    targets = {row.pk: row for row in rows}
    red = []
    for figure in figures:
        target = targets[figure.target_id]
        pace = pace_of(
            kind=figure.kind,
            mode=target.indicator.mode,
            has_value=figure.value is not None,
            is_fulfilled=figure.is_fulfilled,
            achievement_bp=figure.achievement_bp,
            start=target.starts_on or campaign.starts_on,
            end=campaign.ends_on,
            due_on=target.terms_due or target.due_on,
            day=day,
        )
        if figure.is_counted and pace in RED:
            red.append((target.participant.sort_key, target, figure))
    red.sort(key=lambda item: (item[0], item[2].achievement_bp or 0, item[1].indicator.code))
    return [
        {
            "don_vi": target.participant.name,
            "ma": target.indicator.code,
            "ten": target.indicator.name,
            "muc_giao": two_decimals(decimal_of(figure.goal)),
            "thuc_hien": two_decimals(None if figure.value is None else decimal_of(figure.value)),
            "muc_do": percent(figure.achievement_bp),
        }
        for _key, target, figure in red
    ]
