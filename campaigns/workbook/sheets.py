"""The one table of sheets and columns: reader, importer, export and template all follow it.

Headers and fixed words are the file format (workbook.md), so they are Vietnamese here and never translated.
A column's key is the attribute of the model it fills, or the name under which the importer finds its code.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from campaigns.calendar import local_moment
from campaigns.enums import (
    CampaignStatus,
    Frequency,
    GateForm,
    IndicatorKind,
    ReportingMode,
    UnitKind,
)

from .columns import Choice, Column, Date, Moment, Text, YesNo
from .fixed_words import FREQUENCIES, GATES, KINDS, MODES, STATUS, UNIT_KINDS, VERDICTS
from .number_columns import Number, Points, Value, Whole


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its columns in the order in which they are written."""

    name: str
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column:
        """Return the column of this key."""
        return next(column for column in self.columns if column.key == key)

    def header(self, key: str) -> str:
        """Return the header of the column of this key."""
        return self.column(key).header


def _code(header: str, key: str, *, required: bool = True, example: str = "") -> Text:
    return Text(header=header, key=key, required=required, longest=40, example=example)


def _weight() -> Number:
    return Number(
        header="Trọng số",
        key="weight",
        required=True,
        places=2,
        max_digits=6,
        above=Decimal(0),
        highest=Decimal(1000),
        example=Decimal(10),
    )


def _policy(header: str, key: str, default: int, *, lowest: str = "0", highest: str = "100000") -> Points:
    """A figure of the scoring policy; the default is scoring.md's, in basis points."""
    return Points(
        header=header, key=key, default=default, lowest=Decimal(lowest), highest=Decimal(highest), example=default
    )


_DAY = dt.date(2026, 9, 1)
_LAST_DAY = dt.date(2026, 11, 29)

CAMPAIGN = Sheet(
    "Phong trào",
    (
        _code("Mã", "code", example="TD90-2026"),
        Text(header="Tên phong trào", key="name", required=True, longest=500, example="Phong trào thi đua 90 ngày"),
        Text(header="Chủ đề", key="theme", lines=True, example="Đoàn kết, sáng tạo, về đích"),
        Text(header="Số kế hoạch", key="plan_number", longest=80, example="120/KH-UBND"),
        Date(header="Ngày kế hoạch", key="plan_date", example=dt.date(2026, 8, 20)),
        Text(header="Cơ quan phát động", key="organiser_name", required=True, longest=200, example="UBND phường A"),
        Date(header="Ngày bắt đầu", key="starts_on", required=True, example=_DAY),
        Date(header="Ngày kết thúc", key="ends_on", required=True, example=_LAST_DAY),
        Date(header="Ngày chốt", key="proposed_closing_day", example=dt.date(2026, 12, 14)),
        Choice(header="Trạng thái", key="status", words=STATUS, example=CampaignStatus.PREPARATION),
        _policy("Trần vượt mức (%)", "cap_bp", 11000, lowest="0.01", highest="1000"),
        _policy("Ngưỡng tính điểm (%)", "floor_bp", 0, highest="1000"),
        _policy("Mốc trễ hạn (%)", "late_milestone_bp", 7500, highest="99.99"),
        _policy("Trần điểm thưởng", "bonus_cap_bp", 500),
        _policy("Điểm trừ báo cáo muộn", "late_report_bp", 50),
        _policy("Điểm trừ thiếu báo cáo", "missing_report_bp", 100),
        _policy("Trần điểm trừ báo cáo", "reporting_penalty_cap_bp", 500),
        _policy("Ngưỡng xuất sắc", "excellent_from_bp", 9000),
        _policy("Ngưỡng tốt", "good_from_bp", 7000),
        _policy("Ngưỡng hoàn thành", "completed_from_bp", 5000),
    ),
)

AREAS = Sheet(
    "Nội dung",
    (
        Whole(header="Số", key="number", required=True, lowest=Decimal(0), highest=Decimal(32767), example=1),
        Text(header="Tên nội dung", key="name", required=True, longest=500, example="Phát triển kinh tế"),
        Text(header="Mô tả", key="description", lines=True),
        _weight(),
        YesNo(header="Áp dụng", key="is_active", example=True),
    ),
)

BLOCS = Sheet(
    "Khối",
    (
        _code("Mã khối", "code", example="K1"),
        Text(header="Tên khối", key="name", required=True, longest=200, example="Khối phường"),
    ),
)

UNITS = Sheet(
    "Đơn vị",
    (
        _code("Mã đơn vị", "code", example="P01"),
        Text(header="Tên đơn vị", key="name", required=True, longest=200, example="Phường Hòa An"),
        Choice(header="Loại", key="kind", required=True, words=UNIT_KINDS, example=UnitKind.WARD),
        _code("Mã khối", "bloc", example="K1"),
        YesNo(header="Xếp hạng", key="competes", example=True),
        Date(header="Hiệu lực từ", key="valid_from"),
        Date(header="Hiệu lực đến", key="valid_to"),
        _code("Đơn vị kế thừa", "successor", required=False),
    ),
)

INDICATORS = Sheet(
    "Chỉ tiêu",
    (
        _code("Mã chỉ tiêu", "code", example="CT1.1"),
        Whole(header="Số nội dung", key="area", required=True, lowest=Decimal(0), highest=Decimal(32767), example=1),
        Text(header="Tên chỉ tiêu", key="name", required=True, longest=500, example="Thu ngân sách trên địa bàn"),
        Text(header="Đơn vị tính", key="unit_of_measure", longest=60, example="triệu đồng"),
        Choice(header="Loại", key="kind", required=True, words=KINDS, example=IndicatorKind.INCREASE),
        Choice(
            header="Cách ghi",
            key="mode",
            words=MODES,
            default=ReportingMode.CUMULATIVE,
            example=ReportingMode.CUMULATIVE,
        ),
        _weight(),
        Points(header="Trần (%)", key="cap_bp", lowest=Decimal("0.01"), highest=Decimal(1000)),
        Choice(
            header="Tần suất",
            key="frequency",
            words=FREQUENCIES,
            default=Frequency.EVERY_PERIOD,
            example=Frequency.EVERY_PERIOD,
        ),
        _code("Đơn vị cung cấp số liệu", "provider", required=False),
        _code("Đơn vị thẩm định", "verifier", required=False),
        YesNo(header="Bắt buộc minh chứng", key="evidence_required", default=False, example=False),
        YesNo(header="Áp dụng", key="is_active", example=True),
    ),
)

TARGETS = Sheet(
    "Giao chỉ tiêu",
    (
        _code("Mã chỉ tiêu", "indicator", example="CT1.1"),
        _code("Mã đơn vị", "participant", example="P01"),
        Number(header="Số gốc", key="baseline", example=Decimal(1200)),
        Number(header="Mức giao", key="goal", example=Decimal("1850.5")),
        Date(header="Hạn hoàn thành", key="due_on"),
        Date(header="Từ ngày", key="from_day"),
        Date(header="Kết thúc từ ngày", key="ends_from"),
        Text(header="Lý do", key="reason", lines=True),
        Date(header="Miễn trễ hạn từ ngày", key="waived_from"),
        Text(header="Lý do miễn", key="waiver_reason", lines=True),
    ),
)

PERIODS = Sheet(
    "Kỳ báo cáo",
    (
        _code("Kỳ", "code", example="Tuần 1"),
        Date(header="Từ ngày", key="starts_on", required=True, example=_DAY),
        Date(header="Đến ngày", key="ends_on", required=True, example=dt.date(2026, 9, 6)),
        Moment(header="Hạn gửi", key="due_at", required=True, example=local_moment(dt.date(2026, 9, 7), dt.time(17))),
        Moment(header="Khóa lúc", key="locks_at"),
    ),
)

MEASUREMENTS = Sheet(
    "Số liệu",
    (
        _code("Kỳ", "period", example="Tuần 1"),
        _code("Mã chỉ tiêu", "indicator", example="CT1.1"),
        _code("Mã đơn vị", "participant", example="P01"),
        Value(header="Giá trị", key="value", example=Decimal("312.25")),
        Number(header="Tử số", key="numerator"),
        Number(header="Mẫu số", key="denominator"),
        Date(header="Ngày hoàn thành", key="completed_on"),
        Moment(
            header="Thời điểm gửi",
            key="sent_at",
            required=True,
            example=local_moment(dt.date(2026, 9, 6), dt.time(16, 30)),
        ),
        Text(header="Người gửi", key="sent_by_name", longest=120, example="Nguyễn Văn A"),
        Choice(header="Kết quả thẩm định", key="verdict", words=VERDICTS),
        Number(header="Giá trị thẩm định", key="verified_value"),
        Date(header="Ngày hoàn thành thẩm định", key="verified_completed_on"),
        Moment(header="Thời điểm thẩm định", key="verdict_at"),
        Text(header="Người thẩm định", key="verdict_by_name", longest=120),
        Text(header="Lý do", key="verdict_reason", lines=True),
        Text(header="Ghi chú", key="note", lines=True),
    ),
)


def _reason() -> Text:
    return Text(header="Lý do", key="reason", required=True, lines=True, example="Theo văn bản của cấp trên")


def _document() -> Text:
    return Text(header="Số văn bản", key="document_number", required=True, longest=120, example="15/QĐ-UBND")


POINTS = Sheet(
    "Điểm cộng trừ",
    (
        _code("Mã đơn vị", "participant", example="P01"),
        Points(
            header="Điểm",
            key="points_bp",
            required=True,
            lowest=Decimal(-10000),
            highest=Decimal(10000),
            example=200,
        ),
        Date(header="Từ ngày", key="holds_from", required=True, example=dt.date(2026, 10, 1)),
        Date(header="Hủy từ ngày", key="voided_from"),
        _reason(),
        _document(),
    ),
)

REPORT_WAIVERS = Sheet(
    "Miễn báo cáo",
    (
        _code("Mã đơn vị", "participant", example="P01"),
        _code("Kỳ", "period", example="Tuần 1"),
        Date(header="Từ ngày", key="holds_from", required=True, example=dt.date(2026, 9, 7)),
        _reason(),
    ),
)

GATE_ROWS = Sheet(
    "Loại trừ",
    (
        _code("Mã đơn vị", "participant", example="P01"),
        Choice(header="Hình thức", key="form", required=True, words=GATES, example=GateForm.HOLD),
        Date(header="Từ ngày", key="holds_from", required=True, example=dt.date(2026, 10, 15)),
        Date(header="Hủy từ ngày", key="voided_from"),
        _reason(),
        _document(),
    ),
)

#: A unit's registration: its own plan and who answers for it. The plan's file stays in the portal.
REGISTRATIONS = Sheet(
    "Đăng ký tham gia",
    (
        _code("Mã đơn vị", "participant", example="P01"),
        Text(header="Số kế hoạch", key="plan_number", longest=80, example="45/KH-UBND"),
        Date(header="Ngày kế hoạch", key="plan_date", example=dt.date(2026, 9, 3)),
        Date(header="Ngày phát động", key="launched_on", example=dt.date(2026, 9, 5)),
        Text(header="Người đứng đầu", key="head_name", longest=120, example="Trần Thị B"),
        Text(header="Đầu mối", key="focal_name", longest=120, example="Lê Văn C"),
        Text(header="Liên hệ đầu mối", key="focal_contact", longest=160, example="0225 000 000"),
        Text(header="Cấp phó đầu mối", key="deputy_name", longest=120, example="Phạm Thị D"),
    ),
)

#: The campaign's own sheets in the order in which a workbook shows them.
OWN_SHEETS = (
    CAMPAIGN,
    AREAS,
    BLOCS,
    UNITS,
    INDICATORS,
    TARGETS,
    PERIODS,
    MEASUREMENTS,
    POINTS,
    REPORT_WAIVERS,
    GATE_ROWS,
    REGISTRATIONS,
)

#: Explains the workbook and holds the lists behind the drop-downs; the importer knows and skips it.
GUIDE = "Hướng dẫn"
#: A row whose first cell starts with this is the template's example; the importer skips it and says so.
EXAMPLE_MARK = "Ví dụ:"
