"""Data of the minutes of a council session."""

from __future__ import annotations

from awards.enums import Attendance, VoteMode
from awards.models import (
    CouncilSession,
    CouncilTally,
)
from campaigns.display import percent
from campaigns.documents import wording

from .common import Data, common, recipient
from .layouts import Layout


def minutes(session: CouncilSession, layout: Layout) -> Data:
    """Return the minutes of a session: who sat, each vote's count, who kept out of which vote."""
    members = list(session.members.all())
    absent = sum(member.attendance == Attendance.ABSENT for member in members)
    tallies = list(
        CouncilTally.objects.filter(session=session)
        .select_related("proposal__category", "proposal__participant")
        .order_by("proposal__category__position", "proposal__participant__sort_key", "proposal__recipient_name", "pk")
    )
    conflicts = (
        (conflict, member) for member in session.members.prefetch_related("conflicts__proposal")
        for conflict in sorted(member.conflicts.all(), key=lambda row: row.pk)
    )  # fmt: skip
    rules = (
        f"ít nhất {session.quorum_numerator}/{session.quorum_denominator} số thành viên tham gia; "
        f"thông qua khi trên {session.majority_numerator}/{session.majority_denominator} tổng số thành viên đồng ý"
    )
    secret = session.mode == VoteMode.SECRET
    return {
        **common(
            kind="minutes",
            campaign=session.campaign,
            layout=layout,
            number=session.minutes_number,
            dated=session.held_on,
            year=session.held_on.year,
            signer=session.chair_name,
        ),
        "ngay_hop": wording.official_day(session.held_on),
        "dia_diem": session.place,
        "chu_tri": session.chair_name,
        "thu_ky": session.secretary_name,
        "so_thanh_vien": str(len(members)),
        "so_co_mat": str(len(members) - absent),
        "so_vang": str(absent),
        "hinh_thuc_bieu_quyet": "bỏ phiếu kín" if secret else "biểu quyết công khai",
        "quy_dinh": rules,
        "y_kien": session.minutes_text,
        "so_truong_hop": str(len(tallies)),
        "so_thong_qua": str(sum(tally.is_passed for tally in tallies)),
        "thanh_vien": [
            {
                "stt": str(index),
                "ten": member.name,
                "chuc_vu": member.title,
                "co_mat": str(Attendance(member.attendance).label),
            }
            for index, member in enumerate(members, start=1)
        ],
        "ket_qua": [
            {
                **recipient(index, tally.proposal),
                "dong_y": str(tally.votes_for),
                "khong_dong_y": str(tally.votes_against),
                "khong_y_kien": str(tally.abstained),
                "ty_le": percent((2 * tally.votes_for * 10_000 + tally.members) // (2 * tally.members)),
                "ket_luan": "Thông qua" if tally.is_passed else "Không thông qua",
            }
            for index, tally in enumerate(tallies, start=1)
        ],
        "khong_tham_gia": [
            {"ten": member.name, "truong_hop": conflict.proposal.recipient_name, "ly_do": conflict.reason}
            for conflict, member in conflicts
        ],
    }
