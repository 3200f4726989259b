"""Data of a nominee's report of achievements: what the unit wrote beside its official figures."""

from __future__ import annotations

import datetime as dt

from awards.enums import RecipientKind
from awards.models import Proposal
from campaigns.calendar import local_day
from campaigns.display import local_date, percent, points
from scoring.enums import Basis, ScoreClass
from scoring.explain import TargetLine
from scoring.snapshots import Snapshot, snapshots
from scoring.unit_page import read_unit_page

from .common import Data, common, organiser, two_decimals
from .layouts import Layout


def achievement(proposal: Proposal, layout: Layout, *, now: dt.datetime) -> Data:
    """Return the nominee's report: what the unit wrote, and the unit's official figures beside it."""
    participant = proposal.participant
    snapshot = _snapshot_of(proposal)
    page = read_unit_page(participant=participant, snapshot=snapshot, basis=Basis.OFFICIAL) if snapshot else None
    score = page.score if page else None
    person = proposal.recipient_kind == RecipientKind.INDIVIDUAL
    areas = page.areas if page else []
    reports = f"{score.late_reports} lượt muộn, {score.missing_reports} lượt thiếu" if score else ""
    return {
        **common(
            kind="achievement",
            campaign=proposal.campaign,
            layout=layout,
            dated=None,
            year=local_day(now).year,
            participant=participant,
            signer=proposal.report_confirmed_by,
        ),
        "noi_nhan": [{"noi_dung": organiser().staff_unit_name or "Như trên"}, {"noi_dung": "Lưu: VT"}],
        "ten": proposal.recipient_name,
        "chuc_vu": proposal.address or proposal.position,
        "don_vi": participant.name,
        "la_ca_nhan": "có" if person else "",
        "hinh_thuc": proposal.category.title,
        "danh_muc": proposal.category.name,
        "bao_cao": proposal.report,
        "giai_trinh": proposal.justification,
        "xac_nhan": proposal.report_confirmed_by,
        "ngay_so_lieu": local_date(snapshot.day) if snapshot else "",
        "diem": points(score.total_bp) if score else "",
        "hang": f"{score.rank}/{score.bloc_size}" if score and score.rank else "",
        "xep_loai": str(ScoreClass(score.score_class).label) if score and score.score_class else "",
        "ty_le_hoan_thanh": percent(score.fulfilled_bp) if score else "",
        "bao_cao_muon": reports,
        "noi_dung": [
            {
                "stt": str(line.area.number),
                "ten": line.area.name,
                "diem": points(line.score_bp),
                "trung_vi": points(line.bloc_middle_bp),
            }
            for line in areas
        ],
        "chi_tieu": [_target_row(line) for area in areas for line in area.lines],
        "minh_chung": [{"ten": proof.file.name} for proof in proposal.evidence.select_related("file").order_by("pk")],
    }


def _snapshot_of(proposal: Proposal) -> Snapshot | None:
    """The basis day's figures where the proposal stands on them, else the latest."""
    days = snapshots(proposal.campaign)
    basis = proposal.eligibility.day if proposal.eligibility is not None else None
    return next((found for found in days if found.day == basis), days[0] if days else None)


def _target_row(line: TargetLine) -> dict[str, str]:
    indicator = line.target.indicator
    return {
        "ma": indicator.code,
        "ten": indicator.name,
        "muc_giao": two_decimals(line.goal),
        "thuc_hien": two_decimals(line.value),
        "don_vi_tinh": indicator.unit_of_measure,
        "ket_qua": percent(line.figure.achievement_bp),
    }
