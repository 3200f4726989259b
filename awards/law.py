"""The law's figures as shipped defaults, with where each was read. Data, never consulted in place of the tables.

Staff change them in the admin site; ``ensure`` adds only what is not there. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from awards.enums import AwardingAuthority as A
from awards.enums import RecipientKind as R
from awards.enums import RoundingMode


class Salary(NamedTuple):
    """The base salary from a day, in đồng."""

    valid_from: dt.date
    valid_to: dt.date | None
    amount: int
    source: str


class Coefficient(NamedTuple):
    """What one award is worth in base salaries, by authority and recipient."""

    authority: str
    recipient_kind: str
    coefficient: Decimal
    valid_from: dt.date
    valid_to: dt.date | None
    source: str


class Basis(NamedTuple):
    """A document that decisions cite, in the order in which they cite it."""

    position: int
    title: str
    number: str
    issued_on: dt.date | None
    issuer: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: str


BASE_SALARIES = (
    Salary(dt.date(2024, 7, 1), dt.date(2026, 6, 30), 2_340_000, "Nghị định số 73/2024/NĐ-CP"),
    Salary(dt.date(2026, 7, 1), None, 2_530_000, "Nghị định số 161/2026/NĐ-CP"),
)

_OLD, _NEW = "Nghị định số 98/2023/NĐ-CP", "Nghị định số 152/2025/NĐ-CP"
_FROM_2024, _TO_2025, _FROM_2025 = dt.date(2024, 1, 1), dt.date(2025, 6, 30), dt.date(2025, 7, 1)

COEFFICIENTS = (
    Coefficient(A.DISTRICT, R.INDIVIDUAL, Decimal("0.3"), _FROM_2024, None, _OLD),
    Coefficient(A.DISTRICT, R.COLLECTIVE, Decimal("0.6"), _FROM_2024, None, f"{_OLD}: 2 lần mức cá nhân"),
    Coefficient(A.DISTRICT, R.HOUSEHOLD, Decimal("0.45"), _FROM_2025, None, f"{_NEW}: 1,5 lần mức cá nhân"),
    Coefficient(A.AGENCY, R.INDIVIDUAL, Decimal("0.3"), _FROM_2024, None, _OLD),
    Coefficient(A.AGENCY, R.COLLECTIVE, Decimal("0.6"), _FROM_2024, None, f"{_OLD}: 2 lần mức cá nhân"),
    Coefficient(A.COMMUNE, R.INDIVIDUAL, Decimal("0.15"), _FROM_2024, _TO_2025, _OLD),
    Coefficient(A.COMMUNE, R.COLLECTIVE, Decimal("0.3"), _FROM_2024, _TO_2025, f"{_OLD}: 2 lần mức cá nhân"),
    Coefficient(A.COMMUNE, R.INDIVIDUAL, Decimal("0.3"), _FROM_2025, None, f"{_NEW}, Điều 54 khoản 1 điểm e"),
    Coefficient(A.COMMUNE, R.COLLECTIVE, Decimal("0.6"), _FROM_2025, None, f"{_NEW}: 2 lần mức cá nhân"),
    Coefficient(A.COMMUNE, R.HOUSEHOLD, Decimal("0.45"), _FROM_2025, None, f"{_NEW}: 1,5 lần mức cá nhân"),
    Coefficient(A.PROVINCE, R.INDIVIDUAL, Decimal("1.5"), _FROM_2024, None, _OLD),
)

ROUNDING = (dt.date(2017, 10, 1), RoundingMode.UP, 10_000, "Nghị định số 91/2017/NĐ-CP, Điều 68 khoản 2")

LEGAL_BASES = (
    Basis(1, "Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022", "06/2022/QH15", dt.date(2022, 6, 15),
          "Quốc hội", dt.date(2024, 1, 1), None, "Văn bản hợp nhất số 115/VBHN-VPQH"),
    Basis(2, "Nghị định số 98/2023/NĐ-CP của Chính phủ", "98/2023/NĐ-CP", dt.date(2023, 12, 31),
          "Chính phủ", dt.date(2024, 1, 1), dt.date(2025, 6, 30), "Được thay thế bởi Nghị định số 152/2025/NĐ-CP"),
    Basis(2, "Nghị định số 152/2025/NĐ-CP của Chính phủ", "152/2025/NĐ-CP", dt.date(2025, 6, 14),
          "Chính phủ", dt.date(2025, 7, 1), dt.date(2027, 2, 28), "Hết hiệu lực từ 01/03/2027 theo thuộc tính văn bản"),
    Basis(3, "Thông tư số 15/2025/TT-BNV của Bộ trưởng Bộ Nội vụ", "15/2025/TT-BNV", dt.date(2025, 8, 4),
          "Bộ Nội vụ", dt.date(2025, 8, 4), None, "Thay thế Thông tư số 01/2024/TT-BNV"),
)  # fmt: skip


def ensure(rows_of: Callable[[str], Any]) -> int:
    """Add the figures that are not there yet and return how many; ``rows_of`` gives a model's manager by name.

    The migration passes its historical models, everybody else the models of today.
    """
    made = 0
    for salary in BASE_SALARIES:
        made += rows_of("BaseSalary").get_or_create(
            valid_from=salary.valid_from,
            defaults={"amount": salary.amount, "valid_to": salary.valid_to, "source": salary.source},
        )[1]
    for row in COEFFICIENTS:
        made += rows_of("RewardCoefficient").get_or_create(
            authority=row.authority,
            recipient_kind=row.recipient_kind,
            valid_from=row.valid_from,
            defaults={"coefficient": row.coefficient, "valid_to": row.valid_to, "source": row.source},
        )[1]
    valid_from, mode, step, source = ROUNDING
    made += rows_of("RoundingRule").get_or_create(
        valid_from=valid_from, defaults={"mode": mode, "step": step, "source": source}
    )[1]
    for basis in LEGAL_BASES:
        made += rows_of("LegalBasis").get_or_create(
            title=basis.title,
            defaults={
                "position": basis.position,
                "number": basis.number,
                "issued_on": basis.issued_on,
                "issuer": basis.issuer,
                "valid_from": basis.valid_from,
                "valid_to": basis.valid_to,
                "source": basis.source,
            },
        )[1]
    return made


def mend(rows_of: Callable[[str], Any]) -> int:
    """Give shipped rows that nobody changed the days and the source they were shipped without; return how many."""
    mended = 0
    for salary in BASE_SALARIES:
        if salary.valid_to is not None:
            shipped = {"valid_from": salary.valid_from, "amount": salary.amount, "source": salary.source}
            mended += rows_of("BaseSalary").filter(**shipped, valid_to=None).update(valid_to=salary.valid_to)
    for basis in LEGAL_BASES:
        rows = rows_of("LegalBasis").filter(title=basis.title)
        mended += rows.filter(source="").update(source=basis.source)
        mended += rows.filter(issued_on=None).update(issued_on=basis.issued_on)
    return mended
