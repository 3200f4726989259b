"""Base salary, coefficients, rounding, legal bases, public holidays and the fund: data that staff may change.

Coefficients and salaries are those of the decrees named. The holidays are the statutory days as they usually fall; none
was checked against the yearly announcement, so staff look them over before relying on them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class BaseSalary:
    """Monthly base salary (mức lương cơ sở) in đồng from a day on."""

    amount: int
    valid_from: dt.date
    source: str


@dataclass(frozen=True)
class Coefficient:
    """Bonus coefficient of a Giấy khen for a kind of recipient from a day on."""

    recipient: str  # individual, collective, household
    value: Decimal
    valid_from: dt.date
    source: str


@dataclass(frozen=True)
class Rounding:
    """How coefficient x base salary is rounded."""

    mode: str  # "up"
    to: int  # đồng
    source: str


@dataclass(frozen=True)
class LegalBasis:
    """One line "Căn cứ …", with the days on which it may be cited."""

    text: str
    valid_from: dt.date
    valid_to: dt.date | None  # last day, None = open
    order: int


@dataclass(frozen=True)
class Holiday:
    """A day on which working-day deadlines and reminders rest."""

    day: dt.date
    name: str


BASE_SALARIES = (
    BaseSalary(2_340_000, dt.date(2024, 7, 1), "Nghị định số 73/2024/NĐ-CP"),
    BaseSalary(2_530_000, dt.date(2026, 7, 1), "Nghị định số 161/2026/NĐ-CP"),
)
_DECREE = "Nghị định số 152/2025/NĐ-CP"
COEFFICIENTS = (
    Coefficient("individual", Decimal("0.3"), dt.date(2025, 7, 1), f"{_DECREE}, Điều 54"),
    Coefficient("collective", Decimal("0.6"), dt.date(2025, 7, 1), f"{_DECREE} (gấp hai lần cá nhân)"),
    Coefficient("household", Decimal("0.45"), dt.date(2025, 7, 1), f"{_DECREE} (gấp 1,5 lần cá nhân)"),
)
ROUNDING = Rounding("up", 10_000, "Làm tròn số lên hàng chục nghìn đồng (theo Nghị định số 91/2017/NĐ-CP, Điều 68)")
LEGAL_BASES = (
    LegalBasis(
        "Luật Tổ chức chính quyền địa phương ngày 19 tháng 02 năm 2025",
        dt.date(2025, 3, 1),
        dt.date(2025, 6, 15),
        1,
    ),
    LegalBasis("Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025", dt.date(2025, 6, 16), None, 1),
    LegalBasis("Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022", dt.date(2024, 1, 1), None, 2),
    LegalBasis(
        "Nghị định số 98/2023/NĐ-CP ngày 31 tháng 12 năm 2023 của Chính phủ quy định chi tiết thi hành một số điều của "
        "Luật Thi đua, khen thưởng",
        dt.date(2024, 1, 1),
        dt.date(2025, 6, 30),
        3,
    ),
    LegalBasis(
        "Nghị định số 152/2025/NĐ-CP ngày 14 tháng 6 năm 2025 của Chính phủ quy định về phân cấp, phân quyền trong "
        "lĩnh vực thi đua, khen thưởng; quy định chi tiết và hướng dẫn thi hành một số điều của Luật Thi đua, khen "
        "thưởng",
        dt.date(2025, 7, 1),
        dt.date(2027, 2, 28),
        3,
    ),
    LegalBasis(
        "Thông tư số 15/2025/TT-BNV ngày 04 tháng 8 năm 2025 của Bộ trưởng Bộ Nội vụ", dt.date(2025, 8, 4), None, 4
    ),
)
#: Balance of the emulation and commendation fund in đồng on the reference date, before what waits is decided.
FUND_BALANCE = 186_400_000
ALLOCATION = 60_000_000  # of it, added to the opening balance during the year
FUND_NAME = "Quỹ thi đua, khen thưởng của quận"


def _days(name: str, first: dt.date, count: int) -> list[Holiday]:
    return [Holiday(first + dt.timedelta(days=offset), name) for offset in range(count)]


def holidays() -> list[Holiday]:
    """Return the public holidays 2025-2027 in order; the weekends between need no rows."""
    found: list[Holiday] = []
    for year, tet, kings in (
        (2025, dt.date(2025, 1, 27), dt.date(2025, 4, 7)),
        (2026, dt.date(2026, 2, 16), dt.date(2026, 4, 27)),
        (2027, dt.date(2027, 2, 5), dt.date(2027, 4, 16)),
    ):
        found += _days("Tết Dương lịch", dt.date(year, 1, 1), 1)
        found += _days("Tết Nguyên đán", tet, 5)
        found += _days("Giỗ Tổ Hùng Vương", kings, 1)
        found += _days("Ngày Chiến thắng", dt.date(year, 4, 30), 1)
        found += _days("Ngày Quốc tế Lao động", dt.date(year, 5, 1), 1)
        found += _days("Quốc khánh", dt.date(year, 9, 1), 2)
    return sorted(found, key=lambda holiday: holiday.day)
