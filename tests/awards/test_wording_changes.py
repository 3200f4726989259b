"""What changed in a dossier, in the chairman's words: each part, each kind of value, and what is too long to stand."""

import datetime as dt

import pytest

from awards.wording_changes import field_changes

DAY = dt.date(2026, 4, 9)


def told(part, old, new):
    return [str(change) for change in field_changes({part: old}, {part: new})]


@pytest.mark.parametrize(
    ("part", "old", "new", "words"),
    [
        ("recipient", {"name": "Lê An"}, {"name": "Lê Ánh"}, ["người nhận: Lê An → Lê Ánh"]),
        ("recipient", {"kind": "collective"}, {"kind": "individual"}, ["loại: Tập thể → Cá nhân"]),
        ("recipient", {"kind": None}, {"kind": "household"}, ["loại: – → Hộ gia đình"]),
        ("recipient", {"is_leader": None}, {"is_leader": True}, ["lãnh đạo: – → có"]),
        ("recipient", {"is_leader": True}, {"is_leader": False}, ["lãnh đạo: có → không"]),
        (
            "papers",
            {"request": None},
            {"request": ["12/TTr", DAY]},
            ["văn bản đề nghị của đơn vị: – → 12/TTr 09/04/2026"],
        ),
        ("papers", {"minutes": ["3/BB", ""]}, {"minutes": ["", ""]}, ["biên bản xét của đơn vị: 3/BB → –"]),
        ("figures", {"total_bp": 9012}, {"total_bp": 9013}, ["tổng điểm: 90,12 → 90,13"]),
        ("figures", {"day": None}, {"day": DAY}, ["số liệu ngày: – → 09/04/2026"]),
        ("figures", {"class": "excellent"}, {"class": None}, ["xếp loại: Hoàn thành xuất sắc → –"]),
        ("figures", {"areas": {"2": 9000}}, {"areas": {"2": 8000, "10": 100}}, 2),
        ("figures", {"areas": None}, {"areas": {"1": 100}}, 1),
        ("figures", {"submitted": {"a": 1}}, {"submitted": {"a": 2}}, 1),
        ("report", {"text": "Một"}, {"text": "Hai"}, 1),
        ("report", {}, {"unheard": 1}, ["báo cáo thành tích"]),  # a change that no label names is told by its part
        ("council", {"held_on": None}, {"held_on": DAY}, 1),
        ("council", {"passed": None}, {"passed": True}, 1),
        ("council", {"for": 7, "gone": 1}, {"for": 6}, 1),
        ("dossier", {"dated": None}, {"dated": DAY}, 1),
        ("evidence", [["a.pdf", "1"]], [], ["minh chứng: a.pdf → không có"]),
        ("evidence", None, [["a.pdf", "1"]], ["minh chứng: không có → a.pdf"]),
        ("earlier", [], [["2025", "Giấy khen", ""]], 1),
        ("duplicates", None, [["Lê An", None]], 1),
    ],
)
def test_each_kind_of_change_is_told_in_words(part, old, new, words):
    found = told(part, old, new)
    assert len(found) == words if isinstance(words, int) else found == words


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ({"mark": "eligible", "gate_now": None, "lines": []}, {"mark": "eligible", "gate_now": "hold", "lines": []}, 1),
        ({"mark": None, "gate_now": "exclusion", "lines": []}, {"mark": "eligible", "gate_now": None, "lines": []}, 2),
        (None, {"mark": None, "gate_now": "hold", "lines": []}, 1),
    ],
)
def test_eligibility_is_told_by_mark_hold_and_criteria(old, new, count):
    found = told("eligibility", old, new)
    assert len(found) >= count
    assert all(" → " in words for words in found[:count])


def test_what_is_the_same_is_not_told():
    same = {"figures": {"total_bp": 9012, "day": DAY}, "evidence": [["a.pdf", "1"]]}
    assert field_changes({"figures": {"total_bp": 9012, "day": "2026-04-09"}, "evidence": [["a.pdf", "1"]]}, same) == []
