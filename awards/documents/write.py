"""The portal's own layout of each .docx: from a document's data alone, so that the same data give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from campaigns.documents.decree30 import Document30

from . import write_procedure, write_reports
from .common import Data
from .fields import COMMON
from .kinds import KINDS

#: What rows are put together under, where it is not the category or the bloc; a template has no such headings.
_HEADINGS = {"chi_tieu_do": ("don_vi",)}


def starting_template(kind: str) -> bytes:
    """Return the portal's layout with placeholders in the places of texts: where a template of one's own begins."""
    own = KINDS[kind]
    data: dict[str, Any] = {field.name: f"{{{{{field.name}}}}}" for field in (*COMMON, *own.fields)}
    for name, fields in own.all_lists().items():
        row = {field.name: f"{{{{{name}.{field.name}}}}}" for field in fields}
        data[name] = [{**row, **dict.fromkeys(_HEADINGS.get(name, ("danh_muc", "khoi")), "")}]
    return write(kind, data, body_size=14)


def write(kind: str, data: Data, *, body_size: int) -> bytes:
    """Return the document of a kind, laid out by Decree 30/2020."""
    document = Document30(title=_TITLES[kind], author=data["ten_co_quan"], body_size=body_size)
    document.head(
        superior=data["co_quan_chu_quan"],
        body=data["co_quan"],
        number=data["so_ky_hieu"],
        place_and_day=data["dia_danh_ngay"],
    )
    _WRITERS[kind](document, data)
    return document.content()


_TITLES = {
    "submission": "Tờ trình",
    "minutes": "Biên bản họp Hội đồng Thi đua - Khen thưởng",
    "decision": "Quyết định tặng Giấy khen",
    "refusal": "Thông báo kết quả xét khen thưởng",
    "achievement": "Báo cáo thành tích",
    "summary": "Báo cáo tổng kết",
    "briefing": "Báo cáo tuần",
}
_WRITERS: dict[str, Callable[[Document30, Data], None]] = {
    "submission": write_procedure.submission,
    "minutes": write_procedure.minutes,
    "decision": write_procedure.decision,
    "refusal": write_procedure.refusal,
    "achievement": write_reports.achievement,
    "summary": write_reports.summary,
    "briefing": write_reports.briefing,
}
