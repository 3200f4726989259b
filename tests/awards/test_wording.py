"""Rules' lines as a unit leader reads them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from awards.eligibility import Rule, UnitFacts, checked_params, judge
from awards.enums import Audience, RuleKind
from awards.wording import rule_sentence, shown_lines, stored_line

K = RuleKind
CASES = [
    (K.MIN_TOTAL, {"bp": 9000}, {"total_bp": 8735}, "Cần ≥ 90,00 điểm; đạt 87,35; còn thiếu 2,65"),
    (K.MIN_TOTAL, {"bp": 9000}, {"total_bp": 9150}, "Cần ≥ 90,00 điểm; đạt 91,50"),
    (K.MIN_TOTAL, {"bp": 9000}, {}, "Cần ≥ 90,00 điểm; hiện chưa có số liệu"),
    (K.MIN_AREA, {"bp": 6000, "area": 3}, {"areas": {3: 5900}},
     "Cần ≥ 60,00 điểm; đạt nội dung 3: 59,00; còn thiếu 1,00"),
    (K.MIN_AREA, {"bp": 6000, "area": 8}, {}, "Không áp dụng: đơn vị không có chỉ tiêu thuộc nội dung này."),
    (K.MIN_COVERAGE, {"bp": 8500}, {"coverage_bp": 8000}, "Cần ≥ 85 %; đạt 80 %; còn thiếu 5 %"),
    (K.TOP_RANK, {"rank": 3}, {"rank": 5, "ranked_units": 10}, "Cần hạng ≤ 3; đạt hạng 5/10; còn thiếu 2 bậc"),
    (K.TOP_SHARE, {"bp": 4000}, {}, "Cần thuộc nhóm 40 % dẫn đầu của khối; hiện không xếp hạng"),
    (K.REQUIRED_INDICATORS, {"codes": ["A", "B"]}, {"indicators": {"A": True, "B": False}},
     "Cần 2 chỉ tiêu hoàn thành; đạt 1/2; còn thiếu B"),
    (K.MAX_LATE_REPORTS, {"count": 1}, {"late_reports": 3}, "Cần ≤ 1 báo cáo muộn hoặc thiếu; hiện 3 (vượt 2)"),
    (K.OWN_PLAN_BY, {"day": "2026-03-16"}, {},
     "Cần kế hoạch riêng phát động chậm nhất ngày 16/03/2026; hiện chưa phát động"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "params", "known", "words"), CASES)
def test_a_line_in_words(kind: RuleKind, params: dict[str, Any], known: dict[str, Any], words: str) -> None:
    rule = Rule(kind, checked_params(kind, params), frozenset(Audience))
    with translation.override("vi"):
        stored = stored_line(judge(rule, UnitFacts(competes=True, **known), for_units=True))
        assert stored["words"].replace("\u00a0", " ") == words
        (shown,) = shown_lines([stored])
        assert shown["words"] == stored["words"]


def test_the_same_line_reads_in_the_readers_language() -> None:
    rule = Rule(K.MIN_TOTAL, {"bp": 9000}, frozenset(Audience))
    with translation.override("vi"):
        stored = stored_line(judge(rule, UnitFacts(competes=True, total_bp=8735), for_units=True))
        assert rule_sentence(K.MIN_TOTAL, {"bp": 9000}) == "Tổng điểm từ 90,00 điểm trở lên."
    with translation.override("en"):
        (shown,) = shown_lines([stored])
    assert shown["words"] == "Needed: ≥ 90,00 points; reached: 87,35; still missing: 2,65"
