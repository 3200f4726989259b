"""The committed sample workbooks: layout, rules, people, and order in time."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from campaign_portal.sample import calendar
from campaign_portal.sample.build import LAST_YEAR_FILE, RUNNING_FILE, build
from campaign_portal.sample.people import ENTERING_OFFICER, VERIFYING_OFFICER, people
from campaign_portal.sample.tables import people_by_unit
from tests.campaign_portal.sample_rows import HEADERS, REQUIRED, Rows, read

NOTHING = "không phát sinh"


@pytest.fixture(scope="module")
def running() -> Rows:
    return read(RUNNING_FILE)


@pytest.fixture(scope="module")
def last_year() -> Rows:
    return read(LAST_YEAR_FILE)


@pytest.fixture(scope="module", params=["running", "last_year"])
def either(request: pytest.FixtureRequest) -> Rows:
    return request.getfixturevalue(request.param)


def day(value: dt.datetime | dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def number(value: Any) -> Decimal:
    return Decimal(str(value))


# Files


def test_committed_workbooks_are_what_the_tables_give(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    build(first)
    build(second)
    for committed in (RUNNING_FILE, LAST_YEAR_FILE):
        assert (first / committed.name).read_bytes() == (second / committed.name).read_bytes()
        assert read(first / committed.name) == read(committed)
        assert committed.stat().st_size < 1_500_000


@pytest.mark.parametrize("path", [RUNNING_FILE, LAST_YEAR_FILE])
def test_sheets_and_headers_are_those_of_the_layout(path: Path) -> None:
    book = load_workbook(path)
    assert {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets} == {
        title: headers.split(", ") for title, headers in HEADERS.items()
    }


def test_texts_are_nfc_and_trimmed_and_hold_no_placeholder(either: Rows) -> None:
    texts = [text for rows in either.values() for row in rows for text in row.values() if isinstance(text, str)]
    assert len(texts) > 1000
    for text in texts:
        assert unicodedata.normalize("NFC", text).strip() == text
        assert not re.search(r"[{}]", text)


def test_required_cells_are_filled(either: Rows) -> None:
    for title, columns in REQUIRED.items():
        for row in either[title]:
            assert [column for column in columns.split(", ") if row[column] is None] == [], (title, row)


# The campaign and its calendar


def test_the_reference_date_is_day_60_of_90(running: Rows) -> None:
    (campaign,) = running["Phong trào"]
    start, end = day(campaign["Ngày bắt đầu"]), day(campaign["Ngày kết thúc"])
    assert (end - start).days + 1 == 90
    assert (calendar.REFERENCE - start).days + 1 == 60
    assert campaign["Cơ quan phát động"] == "Ủy ban nhân dân quận A"
    assert str(calendar.REFERENCE.year) in campaign["Mã"]
    assert f"năm {calendar.REFERENCE.year}" in campaign["Tên phong trào"]


def test_last_year_is_over_and_its_code_is_its_own(running: Rows, last_year: Rows) -> None:
    (now,), (then,) = running["Phong trào"], last_year["Phong trào"]
    assert day(then["Ngày chốt"]) < day(now["Ngày bắt đầu"])
    assert then["Mã"] == f"TD90-{calendar.REFERENCE.year - 1}" != now["Mã"]


def test_periods_cover_the_campaign_without_gap_or_overlap(either: Rows) -> None:
    (campaign,), periods = either["Phong trào"], either["Kỳ báo cáo"]
    assert len(periods) == 13
    assert day(periods[0]["Từ ngày"]) == day(campaign["Ngày bắt đầu"])
    assert day(periods[-1]["Đến ngày"]) == day(campaign["Ngày kết thúc"])
    for before, after in pairwise(periods):
        assert day(after["Từ ngày"]) - day(before["Đến ngày"]) == dt.timedelta(days=1)
    for period in periods:
        assert day(period["Đến ngày"]) < day(period["Hạn gửi"]) < day(period["Khóa lúc"])
        assert period["Hạn gửi"].time() == dt.time(17)
    assert day(campaign["Ngày chốt"]) >= day(periods[-1]["Hạn gửi"])


def test_area_eight_is_inactive_and_empty(either: Rows) -> None:
    areas = {row["Số"]: row for row in either["Nội dung"]}
    assert sorted(areas) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert areas[8]["Tên nội dung"] == "(văn bản gốc không có mục 8)"
    assert areas[8]["Mô tả"] is None
    assert [row["Số"] for row in either["Nội dung"] if row["Áp dụng"] == "không"] == [8]
    assert 8 not in {row["Số nội dung"] for row in either["Chỉ tiêu"]}
    assert sum(areas[n]["Trọng số"] for n in areas if n != 8) == 100


def test_counts_are_those_of_a_district(running: Rows, last_year: Rows) -> None:
    kinds = Counter(row["Loại"] for row in running["Đơn vị"])
    assert kinds["phòng"] == 12
    assert kinds["phường"] == 10
    assert kinds["công an"] == kinds["quân sự"] == 1
    assert kinds["mặt trận, đoàn thể"] == 6
    assert kinds["đơn vị sự nghiệp"] >= 3
    unranked = {row["Mã đơn vị"] for row in running["Đơn vị"] if row["Xếp hạng"] == "không"}
    assert unranked == {row["Mã đơn vị"] for row in running["Đơn vị"] if row["Loại"] == "mặt trận, đoàn thể"}
    assert 33 <= len(running["Chỉ tiêu"]) <= 40
    assert len(last_year["Chỉ tiêu"]) == 12
    assert min(Counter(row["Mã khối"] for row in running["Đơn vị"]).values()) >= 5
    assert len({row["Kỳ"] for row in running["Số liệu"]}) == 8
    assert len({row["Kỳ"] for row in last_year["Số liệu"]}) == 13


def test_every_vocabulary_is_used(running: Rows) -> None:
    indicators = running["Chỉ tiêu"]
    assert {row["Loại"] for row in indicators} == {"tăng", "giảm", "duy trì", "mốc"}
    assert {row["Cách ghi"] for row in indicators} == {"lũy kế", "trong kỳ"}
    assert {row["Tần suất"] for row in indicators} == {"mỗi kỳ", "hằng tháng", "cuối đợt"}
    assert {row["Bắt buộc minh chứng"] for row in indicators} == {"có", "không"}
    assert {row["Kết quả thẩm định"] for row in running["Số liệu"]} == {"chấp nhận", "điều chỉnh", "trả lại", None}
    assert {row["Hình thức"] for row in running["Loại trừ"]} == {"tạm dừng", "loại trừ"}
    assert {row["Điểm"] > 0 for row in running["Điểm cộng trừ"]} == {True, False}
    assert running["Miễn báo cáo"]


# References


def test_every_reference_resolves_and_codes_are_unique(either: Rows) -> None:
    def codes(sheet: str, column: str) -> set[Any]:
        found = [row[column] for row in either[sheet]]
        assert len(found) == len(set(found))
        return set(found)

    units, indicators = codes("Đơn vị", "Mã đơn vị"), codes("Chỉ tiêu", "Mã chỉ tiêu")
    blocs, areas, periods = codes("Khối", "Mã khối"), codes("Nội dung", "Số"), codes("Kỳ báo cáo", "Kỳ")
    assert {row["Mã khối"] for row in either["Đơn vị"]} == blocs
    assert {row["Đơn vị kế thừa"] for row in either["Đơn vị"]} - {None} <= units
    assert {row["Số nội dung"] for row in either["Chỉ tiêu"]} <= areas
    for column in ("Đơn vị cung cấp số liệu", "Đơn vị thẩm định"):
        assert {row[column] for row in either["Chỉ tiêu"]} - {None} <= units
    targets = {(row["Mã chỉ tiêu"], row["Mã đơn vị"]) for row in either["Giao chỉ tiêu"]}
    assert {indicator for indicator, _ in targets} == indicators
    assert {unit for _, unit in targets} <= units
    assert {(row["Mã chỉ tiêu"], row["Mã đơn vị"]) for row in either["Số liệu"]} <= targets
    assert {row["Kỳ"] for row in either["Số liệu"]} <= periods
    for sheet in ("Điểm cộng trừ", "Miễn báo cáo", "Loại trừ"):
        assert {row["Mã đơn vị"] for row in either[sheet]} <= units
    assert len({(r["Kỳ"], r["Mã chỉ tiêu"], r["Mã đơn vị"], r["Thời điểm gửi"]) for r in either["Số liệu"]}) == len(
        either["Số liệu"]
    )


def test_mass_organisations_have_no_targets(running: Rows) -> None:
    supporting = {row["Mã đơn vị"] for row in running["Đơn vị"] if row["Xếp hạng"] == "không"}
    given = {row["Mã đơn vị"] for row in running["Giao chỉ tiêu"]}
    assert not supporting & given
    assert given == {row["Mã đơn vị"] for row in running["Đơn vị"]} - supporting


# Kinds (scoring.md, Achievement of a target)


def test_goals_obey_their_kind(either: Rows) -> None:
    kinds = {row["Mã chỉ tiêu"]: row for row in either["Chỉ tiêu"]}
    in_force: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for row in either["Giao chỉ tiêu"]:
        pair = (row["Mã chỉ tiêu"], row["Mã đơn vị"])
        base_before, _ = in_force.get(pair, (Decimal(0), Decimal(0)))
        base = base_before if row["Số gốc"] is None else number(row["Số gốc"])
        goal = number(row["Mức giao"])
        in_force[pair] = base, goal
        match kinds[pair[0]]["Loại"]:
            case "tăng":
                assert goal > base, row
            case "giảm":
                assert goal < base, row
            case "duy trì":
                assert base >= goal, row
            case "mốc":
                assert goal == 1, row
                assert row["Hạn hoàn thành"] is not None, row
                assert kinds[pair[0]]["Cách ghi"] == "lũy kế", row
        assert number(row["Mức giao"]).as_tuple().exponent >= -4


def test_caps_weights_and_shares_are_allowed(either: Rows) -> None:
    kinds = {row["Mã chỉ tiêu"]: row for row in either["Chỉ tiêu"]}
    for row in kinds.values():
        assert 0 < number(row["Trọng số"]) <= 1000
        if row["Loại"] in ("duy trì", "mốc"):
            assert row["Trần (%)"] is None
    for row in either["Số liệu"]:
        if row["Tử số"] is not None:
            assert row["Giá trị"] is None
            assert row["Mẫu số"] > 0
            assert kinds[row["Mã chỉ tiêu"]]["Cách ghi"] == "lũy kế"
        else:
            assert row["Giá trị"] is not None
            assert row["Mẫu số"] is None


def test_milestones_say_when_they_were_done(either: Rows) -> None:
    kinds = {row["Mã chỉ tiêu"]: row["Loại"] for row in either["Chỉ tiêu"]}
    done = 0
    for row in either["Số liệu"]:
        if kinds[row["Mã chỉ tiêu"]] == "mốc" and row["Giá trị"] == 1:
            assert day(row["Ngày hoàn thành"]) <= day(row["Thời điểm gửi"])
            done += 1
        else:
            assert row["Ngày hoàn thành"] is None
        if kinds[row["Mã chỉ tiêu"]] == "mốc":
            assert row["Giá trị"] in (0, 1, NOTHING)
    assert done > 10


def test_changes_to_the_plan_are_dated_and_reasoned(running: Rows) -> None:
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in running["Giao chỉ tiêu"]:
        rows[row["Mã chỉ tiêu"], row["Mã đơn vị"]].append(row)
    revisions = [later for pair in rows.values() for later in pair[1:]]
    added = [pair[0] for pair in rows.values() if pair[0]["Từ ngày"]]
    ended = [row for pair in rows.values() for row in pair if row["Kết thúc từ ngày"]]
    waived = [row for pair in rows.values() for row in pair if row["Miễn trễ hạn từ ngày"]]
    assert revisions
    assert added
    assert ended
    assert waived
    assert all(row["Từ ngày"] and row["Lý do"] for row in revisions)
    assert all(row["Lý do"] for row in added + ended)
    assert all(row["Lý do miễn"] for row in waived)
    for row in running["Số liệu"]:
        first = rows[row["Mã chỉ tiêu"], row["Mã đơn vị"]][0]["Từ ngày"]
        period = running["Kỳ báo cáo"][row["Kỳ"] - 1]
        assert first is None or day(first) <= day(period["Đến ngày"])


# Order in time


def office_hours(moment: dt.datetime) -> bool:
    return dt.time(7, 30) <= moment.time() <= dt.time(20, 30)


def test_nothing_is_dated_on_the_reference_day_or_later(running: Rows) -> None:
    midnight = dt.datetime.combine(calendar.REFERENCE, dt.time())
    ahead = {"Phong trào", "Kỳ báo cáo"}  # the plan itself lies ahead
    for title, rows in running.items():
        for row in rows:
            for column, value in row.items():
                if isinstance(value, dt.datetime) and title not in ahead and column != "Hạn hoàn thành":
                    assert value < midnight, (title, column, row)


def test_sending_and_verdict_follow_each_other(either: Rows) -> None:
    periods = {row["Kỳ"]: row for row in either["Kỳ báo cáo"]}
    for row in either["Số liệu"]:
        sent, ruled = row["Thời điểm gửi"], row["Thời điểm thẩm định"]
        assert day(sent) >= day(periods[row["Kỳ"]]["Từ ngày"])
        assert office_hours(sent)
        assert row["Người gửi"]
        outcome = row["Kết quả thẩm định"]
        assert (ruled is None) == (outcome is None) == (row["Người thẩm định"] is None)
        if ruled is not None:
            assert ruled > sent
            assert office_hours(ruled)
            assert ruled.weekday() < 5
            assert row["Người thẩm định"] != row["Người gửi"]
        assert (row["Giá trị thẩm định"] is not None) == (outcome == "điều chỉnh")
        assert row["Lý do"] or outcome not in ("điều chỉnh", "trả lại")


def test_a_value_sent_again_comes_after_the_verdict_on_the_one_before(either: Rows) -> None:
    by_cell: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in either["Số liệu"]:
        by_cell[row["Kỳ"], row["Mã chỉ tiêu"], row["Mã đơn vị"]].append(row)
    again = [rows for rows in by_cell.values() if len(rows) > 1]
    assert again
    for rows in again:
        for before, after in pairwise(rows):
            assert after["Thời điểm gửi"] > before["Thời điểm thẩm định"]


def test_rows_stand_in_the_order_of_sending(either: Rows) -> None:
    moments = [row["Thời điểm gửi"] for row in either["Số liệu"]]
    assert moments == sorted(moments)


def test_last_year_is_verified_to_the_last_value(last_year: Rows) -> None:
    assert {row["Kết quả thẩm định"] for row in last_year["Số liệu"]} == {"chấp nhận", "điều chỉnh", "trả lại"}
    latest: dict[tuple[Any, ...], str] = {}
    for row in last_year["Số liệu"]:
        latest[row["Kỳ"], row["Mã chỉ tiêu"], row["Mã đơn vị"]] = row["Kết quả thẩm định"]
    assert "trả lại" not in latest.values()
    closing = day(last_year["Phong trào"][0]["Ngày chốt"])
    assert max(day(row["Thời điểm thẩm định"]) for row in last_year["Số liệu"]) <= closing


def test_only_the_last_week_waits_for_verdicts(running: Rows) -> None:
    waiting = Counter(row["Kỳ"] for row in running["Số liệu"] if row["Kết quả thẩm định"] is None)
    whole = sum(row["Kỳ"] == 8 for row in running["Số liệu"])
    assert set(waiting) == {8}
    assert 0.2 < waiting[8] / whole < 0.8


def test_reports_are_late_missing_corrected_and_nothing_to_report(running: Rows) -> None:
    due = {row["Kỳ"]: row["Hạn gửi"] for row in running["Kỳ báo cáo"]}
    first = {}
    for row in running["Số liệu"]:
        first.setdefault((row["Kỳ"], row["Mã đơn vị"], row["Mã chỉ tiêu"]), row["Thời điểm gửi"])
    own = {key: sent for key, sent in first.items() if key[2] == "CT1.2"}
    assert sum(sent > due[key[0]] for key, sent in own.items()) >= 8
    assert 5 <= 32 * 8 - len(own) <= 32  # units without a report
    assert sum(row["Giá trị"] == NOTHING for row in running["Số liệu"]) > 100
    corrections = [row for row in running["Số liệu"] if row["Người gửi"] == ENTERING_OFFICER]
    assert corrections
    assert {row["Người thẩm định"] for row in corrections} == {VERIFYING_OFFICER}
    assert all(row["Ghi chú"].startswith("Đính chính") for row in corrections)


def test_senders_and_verifiers_are_known_and_apart(either: Rows) -> None:
    everybody = {person.full_name: person for person in people()}
    units, indicators = people_by_unit(), {row["Mã chỉ tiêu"]: row for row in either["Chỉ tiêu"]}
    for row in either["Số liệu"]:
        reporter = indicators[row["Mã chỉ tiêu"]]["Đơn vị cung cấp số liệu"] or row["Mã đơn vị"]
        assert row["Người gửi"] in (units[reporter][1], ENTERING_OFFICER)
        if row["Người thẩm định"]:
            grants = everybody[row["Người thẩm định"]].grants
            assert reporter not in {grant.unit for grant in grants}, row
            assert row["Mã đơn vị"] not in {grant.unit for grant in grants}, row


def test_cumulative_figures_of_accepted_rows_do_not_jump(running: Rows) -> None:
    """A cumulative "tăng" with a plain number never falls between accepted periods."""
    indicators = {row["Mã chỉ tiêu"]: row for row in running["Chỉ tiêu"]}
    seen: dict[tuple[str, str], tuple[int, Decimal]] = {}
    compared = 0
    for row in sorted(running["Số liệu"], key=lambda r: (r["Kỳ"], r["Thời điểm gửi"])):
        indicator = indicators[row["Mã chỉ tiêu"]]
        if indicator["Loại"] != "tăng" or indicator["Cách ghi"] != "lũy kế" or row["Kết quả thẩm định"] == "trả lại":
            continue
        value = row["Giá trị thẩm định"] if row["Giá trị thẩm định"] is not None else row["Giá trị"]
        if value in (None, NOTHING):
            continue
        pair = (row["Mã chỉ tiêu"], row["Mã đơn vị"])
        if pair in seen and seen[pair][0] < row["Kỳ"] and pair != ("CT2.1", "P05"):  # P05's is the corrected slip
            assert number(value) >= seen[pair][1], row
            compared += 1
        seen[pair] = row["Kỳ"], number(value)
    assert compared > 300
