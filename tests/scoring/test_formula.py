"""Formulas with numbers put in, as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.formula import clamp_text, formula_text


def formula(kind: str, *, b: float = 0, g: float = 100, a: float | None, r: int = 0, **more: Any) -> str:
    given: dict[str, Any] = {"on_time": False, "by_another": False, **more}
    value = None if a is None else round(a * 10000)
    return formula_text(kind=kind, baseline=round(b * 10000), goal=round(g * 10000), value=value, unclamped=r, **given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (formula("increase", b=62, g=100, a=95.5, r=8816), "(95,5 − 62) × 10.000 ÷ (100 − 62) = 8.816"),
        (formula("decrease", b=40, g=36, a=33, r=17500), "(40 − 33) × 10.000 ÷ (40 − 36) = 17.500"),
        (formula("maintain", b=4, g=0, a=1, r=7500), "(4 − 1) × 10.000 ÷ (4 − 0) = 7.500"),
        (formula("increase", b=-2, g=3, a=-1, r=2000), "((−1) − (−2)) × 10.000 ÷ (3 − (−2)) = 2.000"),
    ],
)
def test_quotients_show_their_numbers(text: str, expected: str) -> None:
    assert text == expected


def test_what_is_no_quotient_is_said() -> None:
    texts = [
        formula("maintain", b=0, g=0, a=0, r=10000),
        formula("maintain", b=0, g=0, a=1),
        formula("increase", b=100, g=100, a=100, r=10000),
        formula("increase", b=100, g=100, a=99),
        formula("increase", b=50, g=100, a=40),
        formula("increase", b=50, g=100, a=50),
        formula("decrease", b=40, g=36, a=41),
        formula("decrease", b=40, g=36, a=40),
        formula("milestone", g=1, a=1, r=10000, on_time=True),
        formula("milestone", g=1, a=1, r=7500),
        formula("milestone", g=1, a=0),
        formula("increase", a=None),
        formula("increase", a=None, by_another=True),
    ]
    assert texts == [
        "0 ≤ 0, trong ngưỡng → 10.000",
        "1 > 0, vượt ngưỡng → 0",
        "100 ≥ 100, mức giao đã đạt từ đầu đợt → 10.000",
        "99 < 100, thấp hơn mức giao đã đạt từ đầu đợt → 0",
        "(40 − 50) × 10.000 ÷ (100 − 50) < 0, tính bằng 0",
        "(50 − 50) × 10.000 ÷ (100 − 50) = 0",
        "(40 − 41) × 10.000 ÷ (40 − 36) < 0, tính bằng 0",
        "(40 − 40) × 10.000 ÷ (40 − 36) = 0",
        "hoàn thành đúng hạn hoặc được miễn trễ hạn → 10.000",
        "hoàn thành sau hạn → 7.500",
        "chưa hoàn thành → 0",
        "chưa báo cáo → 0",
        "đơn vị cung cấp số liệu chưa báo cáo: chưa đưa vào tính điểm",
    ]


def clamp(kind: str = "increase", *, unclamped: int, floor: int = 0, cap: int = 11000, late: bool = False) -> str:
    reached = min(0 if kind != "milestone" and unclamped < floor else unclamped, cap)
    return clamp_text(kind=kind, unclamped=unclamped, achievement_bp=reached, floor_bp=floor, cap_bp=cap, late=late)


def test_floor_cap_and_lateness_are_said_where_they_apply() -> None:
    assert clamp(unclamped=8816) == ""
    assert clamp(unclamped=17500) == "lấy theo trần 110\u00a0%"
    assert clamp(unclamped=2999, floor=3000) == "dưới ngưỡng tính điểm 30\u00a0%: 0 điểm"
    assert clamp("milestone", unclamped=7500, floor=9000, cap=10000, late=True) == (
        "mốc hoàn thành trễ hạn được tính 75\u00a0%"
    )
