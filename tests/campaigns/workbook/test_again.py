"""Importing into a campaign that exists: nothing twice, nothing frozen, nothing of the past after opening."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.calendar import local_moment
from campaigns.enums import CampaignStatus, Role, VerdictOutcome
from campaigns.models import (
    AuditEntry,
    Campaign,
    Gate,
    Measurement,
    Participant,
    Period,
    PointEntry,
    Registration,
    Target,
    TargetRevision,
    Unit,
    WorkbookImport,
)
from tests.factories import give_role, make_person

from .books import NOW, at, bring_in, day, file_of, refusal_of, small
from .test_round_trip import exported, rich

pytestmark = pytest.mark.django_db

TODAY = 19  # NOW falls on this day of the campaign
COUNTED = (Campaign, Unit, Participant, Period, Target, TargetRevision, Measurement, PointEntry, Gate, WorkbookImport)


def counts():
    return [model.objects.count() for model in (*COUNTED, AuditEntry)]


def imported(rows=None):
    rows = rows or small()
    bring_in(file_of(rows))
    return rows


def draft():
    rows = small()
    rows["Phong trào"][0]["Trạng thái"] = "dự thảo"
    return imported(rows)


# --- the same file again -------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [small, rich])
def test_the_same_file_writes_nothing_the_second_time(make):
    imported(make())
    before = counts()
    result = bring_in(file_of(make()))
    assert (result.written, result.opened, result.is_new) == (False, False, False)
    assert {(tally.new, tally.changed) for tally in result.tallies.values()} == {(0, 0)}
    assert counts() == before


def test_a_draft_again_writes_nothing():
    rows = draft()
    before = counts()
    assert not bring_in(file_of(rows)).written
    assert counts() == before


def test_the_export_of_an_open_campaign_changes_nothing_in_it():
    imported(rich())
    before = counts()
    assert not bring_in(exported()).written
    assert counts() == before


def test_a_rehearsal_writes_nothing_and_says_what_it_would():
    result = bring_in(file_of(small()), dry_run=True)
    assert (result.is_new, result.written, result.tallies["Số liệu"].new) == (True, False, 2)
    assert not any(count for count in counts())
    rows = draft()
    rows["Đơn vị"][0]["Tên đơn vị"] = "Phường Nhất"
    before = counts()
    changes = bring_in(file_of(rows), dry_run=True).changes
    assert [str(change) for change in changes] == ["Đơn vị 2, P1: Tên đơn vị: “Phường Một” → “Phường Nhất”"]
    assert counts() == before
    assert Participant.objects.get(code="P1").name == "Phường Một"


def test_a_rehearsal_finds_what_blocks_opening():
    rows = small()
    rows["Kỳ báo cáo"][1]["Từ ngày"] = day(9)
    from campaigns.workbook.problems import WorkbookRefused

    with pytest.raises(WorkbookRefused):
        bring_in(file_of(rows), dry_run=True)


def test_rows_that_are_absent_are_not_deleted():
    rows = draft()
    for sheet in ("Nội dung", "Khối", "Đơn vị", "Chỉ tiêu", "Giao chỉ tiêu", "Kỳ báo cáo", "Số liệu", "Điểm cộng trừ"):
        rows[sheet] = []
    before = counts()
    assert not bring_in(file_of(rows)).written
    assert counts() == before


def test_an_absent_column_leaves_things_as_they_are():
    imported(rich())
    rows = rich()
    for line in rows["Giao chỉ tiêu"]:
        line.pop("Hạn hoàn thành", None)
    del rows["Chỉ tiêu"][0]["Trần (%)"]
    rows["Giao chỉ tiêu"] = [line for line in rows["Giao chỉ tiêu"] if line["Mã chỉ tiêu"] != "MOC"]
    assert not bring_in(file_of(rows)).written


# --- in preparation -------------------------------------------------------------------------------------------


def test_the_plan_of_a_draft_changes():
    rows = draft()
    rows["Nội dung"][0]["Trọng số"] = 20
    rows["Giao chỉ tiêu"][0]["Mức giao"] = 101
    rows["Chỉ tiêu"][0]["Đơn vị cung cấp số liệu"] = "CCT"
    rows["Đơn vị"].append({"Mã đơn vị": "P3", "Tên đơn vị": "Phường Ba", "Loại": "xã", "Mã khối": "K1"})
    rows["Đơn vị"][1]["Đơn vị kế thừa"] = "P3"
    result = bring_in(file_of(rows))
    changed = {name: tally.changed for name, tally in result.tallies.items() if tally.changed}
    assert changed == {"Nội dung": 1, "Đơn vị": 1, "Chỉ tiêu": 1, "Giao chỉ tiêu": 1}
    target = Target.objects.get(indicator__code="TANG", participant__code="P1")
    assert (target.goal, target.indicator.area.weight, target.indicator.provider.code) == (
        Decimal(101),
        Decimal(20),
        "CCT",
    )
    assert Participant.objects.get(code="P2").successor.code == "P3"
    assert not bring_in(file_of(rows)).written


def test_history_is_completed_while_in_preparation():
    rows = draft()
    rows["Số liệu"][1] |= {"Kết quả thẩm định": "chấp nhận", "Thời điểm thẩm định": at(9)}
    rows["Số liệu"].append(
        {"Kỳ": "2", "Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Giá trị": 80, "Thời điểm gửi": at(10)}
    )
    tally = bring_in(file_of(rows)).tallies["Số liệu"]
    assert (tally.new, tally.changed, tally.unchanged) == (1, 1, 1)
    assert Measurement.objects.get(value=0).verdict == VerdictOutcome.ACCEPTED
    assert not bring_in(file_of(rows)).written


def test_a_recorded_value_does_not_change():
    rows = draft()
    rows["Số liệu"][0]["Giá trị"] = 71
    assert refusal_of(file_of(rows)) == [
        "Số liệu, dòng 2, cột “Giá trị”, giá trị “71”: “Giá trị” đã cố định, giữ nguyên là “70,5”; hãy ghi lại như cũ."
    ]


def test_a_recorded_revision_does_not_change():
    rows = rich()
    rows["Phong trào"][0]["Trạng thái"] = "dự thảo"
    imported(rows)
    rows["Giao chỉ tiêu"][6]["Mức giao"] = 1200
    assert refusal_of(file_of(rows)) == [
        "Giao chỉ tiêu, dòng 8, cột “Mức giao”, giá trị “1200”:"
        " “Mức giao” đã cố định, giữ nguyên là “1100”; hãy ghi lại như cũ.",
        "Giao chỉ tiêu, dòng 10, cột “Mức giao”: “Mức giao” đã cố định, giữ nguyên là “1100”; hãy ghi lại như cũ.",
    ]


def test_measured_periods_and_kinds_stay():
    rows = draft()
    rows["Kỳ báo cáo"][0]["Đến ngày"] = day(6)
    rows["Chỉ tiêu"][0]["Cách ghi"] = "trong kỳ"
    assert refusal_of(file_of(rows)) == [
        "Chỉ tiêu, dòng 2, cột “Cách ghi”, giá trị “trong kỳ”:"
        " “Cách ghi” đã cố định, giữ nguyên là “lũy kế”; hãy ghi lại như cũ.",
        "Kỳ báo cáo, dòng 2, cột “Đến ngày”, giá trị “07/03/2026”:"
        " “Đến ngày” đã cố định, giữ nguyên là “08/03/2026”; hãy ghi lại như cũ.",
    ]


def test_a_draft_is_opened_when_it_says_so():
    rows = draft()
    rows["Phong trào"][0]["Trạng thái"] = "Đang thực hiện"
    assert bring_in(file_of(rows)).opened
    assert Campaign.objects.get().status == CampaignStatus.OPEN


def test_a_plan_without_history_stays_a_draft():
    rows = small()
    rows["Số liệu"] = []
    assert not bring_in(file_of(rows)).opened
    assert Campaign.objects.get().status == CampaignStatus.PREPARATION


def test_history_only_before_the_first_opening():
    rows = imported()
    Campaign.objects.update(status=CampaignStatus.PREPARATION)
    rows["Số liệu"].append(
        {"Kỳ": "2", "Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Giá trị": 80, "Thời điểm gửi": at(10)}
    )
    assert refusal_of(file_of(rows)) == [
        "Số liệu, dòng 4, cột “Thời điểm gửi”, giá trị “11/03/2026 10:00:00”:"
        " Số liệu chỉ nhập được trước khi phong trào mở lần đầu."
    ]


# --- open -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "line"),
    [
        ("Phong trào", 0, "Ngày kết thúc", day(30), "Phong trào, dòng 2, cột “Ngày kết thúc”, giá trị “31/03/2026”:"
         " “Ngày kết thúc” đã cố định, giữ nguyên là “29/03/2026”; hãy ghi lại như cũ."),
        ("Phong trào", 0, "Trần vượt mức (%)", 120, "Phong trào, dòng 2, cột “Trần vượt mức (%)”, giá trị “120”:"
         " “Trần vượt mức (%)” đã cố định, giữ nguyên là “110”; hãy ghi lại như cũ."),
        ("Phong trào", 0, "Trạng thái", "dự thảo", "Phong trào, dòng 2, cột “Trạng thái”, giá trị “dự thảo”:"
         " “Trạng thái” đã cố định, giữ nguyên là “đang thực hiện”; hãy ghi lại như cũ."),
        ("Nội dung", 0, "Trọng số", 11, "Nội dung, dòng 2, cột “Trọng số”, giá trị “11”:"
         " “Trọng số” đã cố định, giữ nguyên là “10”; hãy ghi lại như cũ."),
        ("Đơn vị", 0, "Xếp hạng", "không", "Đơn vị, dòng 2, cột “Xếp hạng”, giá trị “không”:"
         " “Xếp hạng” đã cố định, giữ nguyên là “có”; hãy ghi lại như cũ."),
        ("Đơn vị", 0, "Mã khối", "K2", "Đơn vị, dòng 2, cột “Mã khối”, giá trị “K2”:"
         " “Mã khối” đã cố định, giữ nguyên là “K1”; hãy ghi lại như cũ."),
        ("Đơn vị", 0, "Hiệu lực đến", day(TODAY - 1), "Đơn vị, dòng 2, cột “Hiệu lực đến”, giá trị “19/03/2026”:"
         " “Hiệu lực đến” đã cố định, giữ nguyên là “”; hãy ghi lại như cũ."),
        ("Chỉ tiêu", 4, "Đơn vị cung cấp số liệu", "P1",
         "Chỉ tiêu, dòng 6, cột “Đơn vị cung cấp số liệu”, giá trị “P1”:"
         " “Đơn vị cung cấp số liệu” đã cố định, giữ nguyên là “CCT”; hãy ghi lại như cũ."),
        ("Giao chỉ tiêu", 0, "Mức giao", 99, "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “99”:"
         " “Mức giao” đã cố định, giữ nguyên là “100”; hãy ghi lại như cũ."),
        ("Kỳ báo cáo", 3, "Hạn gửi", at(30), "Kỳ báo cáo, dòng 5, cột “Hạn gửi”, giá trị “31/03/2026 10:00:00”:"
         " “Hạn gửi” đã cố định, giữ nguyên là “30/03/2026 17:00:00”; hãy ghi lại như cũ."),
        ("Điểm cộng trừ", 0, "Hủy từ ngày", day(TODAY - 1),
         "Điểm cộng trừ, dòng 2, cột “Hủy từ ngày”, giá trị “19/03/2026”:"
         " “Hủy từ ngày” đã cố định, giữ nguyên là “”; hãy ghi lại như cũ."),
    ],
)  # fmt: skip
def test_what_is_frozen_is_named(sheet, row, column, value, line):
    rows = imported()
    before = counts()
    rows[sheet][row][column] = value
    assert refusal_of(file_of(rows)) == [line]
    assert counts() == before


@pytest.mark.parametrize(
    ("sheet", "cells", "line"),
    [
        ("Nội dung", {"Số": 2, "Tên nội dung": "Mới", "Trọng số": 1},
         "Nội dung, dòng 4, cột “Số”, giá trị “2”:"
         " Kế hoạch đã cố định từ khi mở phong trào; không thêm được dòng mới ở đây."),
        ("Giao chỉ tiêu", {"Mã chỉ tiêu": "GIAM", "Mã đơn vị": "P2", "Số gốc": 5, "Mức giao": 4},
         "Giao chỉ tiêu, dòng 8, cột “Từ ngày”: Phong trào đang mở: chỉ tiêu giao bổ sung phải có ngày bắt đầu,"
         " từ hôm nay trở đi."),
        ("Giao chỉ tiêu", {"Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Mức giao": 4, "Từ ngày": day(TODAY - 1),
                           "Lý do": "x"},
         "Giao chỉ tiêu, dòng 8, cột “Từ ngày”, giá trị “19/03/2026”:"
         " Ngày này trước hôm nay; chỉ nhập được việc đã qua trước khi phong trào mở lần đầu."),
        ("Số liệu", {"Kỳ": "3", "Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Giá trị": 4, "Thời điểm gửi": at(TODAY)},
         "Số liệu, dòng 4, cột “Thời điểm gửi”, giá trị “20/03/2026 10:00:00”:"
         " Số liệu chỉ nhập được trước khi phong trào mở lần đầu."),
        ("Điểm cộng trừ", {"Mã đơn vị": "P1", "Điểm": 1, "Từ ngày": day(TODAY - 1), "Lý do": "x", "Số văn bản": "x"},
         "Điểm cộng trừ, dòng 3, cột “Từ ngày”, giá trị “19/03/2026”:"
         " Ngày này trước hôm nay; chỉ nhập được việc đã qua trước khi phong trào mở lần đầu."),
    ],
)  # fmt: skip
def test_what_may_not_be_added_is_named(sheet, cells, line):
    rows = imported()
    rows[sheet].append(cells)
    assert refusal_of(file_of(rows)) == [line]


ADDED = {"Mã chỉ tiêu": "GIAM", "Mã đơn vị": "P2", "Số gốc": 5, "Mức giao": 4}
LATE = {"Miễn trễ hạn từ ngày": day(TODAY), "Lý do miễn": "Thiên tai"}


@pytest.mark.parametrize(
    ("row", "cells", "line"),
    [
        (None, ADDED | {"Từ ngày": day(TODAY + 5), "Kết thúc từ ngày": day(TODAY + 3), "Lý do": "x"},
         "Giao chỉ tiêu, dòng 8, cột “Kết thúc từ ngày”, giá trị “23/03/2026”:"),
        (None, ADDED | {"Từ ngày": day(TODAY), "Kết thúc từ ngày": day(TODAY - 1), "Lý do": "x"},
         "Giao chỉ tiêu, dòng 8, cột “Kết thúc từ ngày”, giá trị “19/03/2026”:"),
        (0, {"Từ ngày": day(TODAY)}, "Giao chỉ tiêu, dòng 2, cột “Từ ngày”, giá trị “20/03/2026”:"),
        (0, {"Kết thúc từ ngày": day(TODAY - 2), "Lý do": "x"},
         "Giao chỉ tiêu, dòng 2, cột “Kết thúc từ ngày”, giá trị “18/03/2026”:"),
        (0, {"Mức giao": None}, "Giao chỉ tiêu, dòng 2, cột “Mức giao”: "),
        (4, {"Miễn trễ hạn từ ngày": day(TODAY - 1), "Lý do miễn": "Thiên tai"},
         "Giao chỉ tiêu, dòng 6, cột “Miễn trễ hạn từ ngày”, giá trị “19/03/2026”:"),
    ],
)  # fmt: skip
def test_what_of_a_target_lies_before_today_or_before_its_beginning_is_refused(row, cells, line):
    rows = imported()
    if row is None:
        rows["Giao chỉ tiêu"].append(cells)
    else:
        rows["Giao chỉ tiêu"][row] |= cells
    before = counts()
    told, *_that_follows = refusal_of(file_of(rows))
    assert told.startswith(line)
    assert counts() == before


def test_a_late_milestone_is_waived_once():
    rows = imported()
    rows["Giao chỉ tiêu"][4] |= LATE
    assert bring_in(file_of(rows)).written
    assert not bring_in(file_of(rows)).written
    rows["Giao chỉ tiêu"][4] |= {"Miễn trễ hạn từ ngày": day(TODAY + 1)}
    (told,) = refusal_of(file_of(rows))
    assert told.startswith("Giao chỉ tiêu, dòng 6, cột “Miễn trễ hạn từ ngày”, giá trị “21/03/2026”: ")


def test_a_draft_of_a_target_never_ends_before_it_begins():
    rows = draft()
    rows["Giao chỉ tiêu"][0] |= {"Từ ngày": day(10), "Kết thúc từ ngày": day(9), "Lý do": "x"}
    (told,) = refusal_of(file_of(rows))
    assert told.startswith("Giao chỉ tiêu, dòng 2, cột “Kết thúc từ ngày”, giá trị “10/03/2026”:")
    rows["Giao chỉ tiêu"][0] |= {"Kết thúc từ ngày": day(11)}
    assert bring_in(file_of(rows)).written
    assert Target.objects.get(indicator__code="TANG", participant__code="P1").starts_on == day(10)


def test_a_verdict_is_not_imported_into_an_open_campaign():
    rows = imported()
    rows["Số liệu"][1] |= {"Kết quả thẩm định": "chấp nhận", "Thời điểm thẩm định": at(9)}
    assert refusal_of(file_of(rows)) == [
        "Số liệu, dòng 3, cột “Kết quả thẩm định”, giá trị “chấp nhận”:"
        " Kết quả thẩm định chỉ nhập được trước khi phong trào mở lần đầu."
    ]


def test_an_old_file_says_nothing_about_a_later_verdict():
    rows = imported()
    waiting = Measurement.objects.get(value=0)
    Measurement.objects.all().write_verdict(
        waiting.pk, verdict=VerdictOutcome.ACCEPTED, verdict_at=NOW, verified_value=Decimal(0)
    )
    assert not bring_in(file_of(rows)).written


def test_what_may_still_change_changes():
    rows = imported()
    rows["Phong trào"][0] |= {"Chủ đề": "Về đích", "Ngày chốt": day(45)}
    rows["Đơn vị"][1] |= {"Hiệu lực đến": day(TODAY), "Đơn vị kế thừa": "P1"}
    rows["Giao chỉ tiêu"][1] |= {"Kết thúc từ ngày": day(TODAY), "Lý do": "Sáp nhập"}
    rows["Giao chỉ tiêu"] += [
        {"Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Mức giao": 120, "Từ ngày": day(TODAY), "Lý do": "Nâng"},
        {"Mã chỉ tiêu": "GIAM", "Mã đơn vị": "P2", "Số gốc": 5, "Mức giao": 4, "Từ ngày": day(TODAY + 1)},
    ]
    rows["Điểm cộng trừ"][0]["Hủy từ ngày"] = day(TODAY)
    rows["Đăng ký tham gia"][0]["Đầu mối"] = "Lê Văn C"
    rows["Đăng ký tham gia"].append({"Mã đơn vị": "P2", "Số kế hoạch": "9/KH"})
    result = bring_in(file_of(rows))
    assert result.written
    assert Campaign.objects.get().theme == "Về đích"
    ended = Participant.objects.get(code="P2")
    assert (ended.valid_to, ended.successor.code, ended.version) == (day(TODAY), "P1", 2)
    assert Target.objects.get(indicator__code="TANG", participant__code="P2").ends_from == day(TODAY)
    assert TargetRevision.objects.get().goal == Decimal(120)
    assert Target.objects.get(indicator__code="GIAM", participant__code="P2").starts_on == day(TODAY + 1)
    assert PointEntry.objects.get().voided_from == day(TODAY)
    assert Registration.objects.count() == 2
    assert not bring_in(file_of(rows)).written


def test_new_and_known_codes_may_stand_in_any_order():
    """A known unit before a new one, a revision of a known target before a new target with its own revision."""
    rows = imported()
    rows["Giao chỉ tiêu"] += [
        {"Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Mức giao": 120, "Từ ngày": day(TODAY), "Lý do": "Nâng"},
        {"Mã chỉ tiêu": "GIAM", "Mã đơn vị": "P2", "Số gốc": 5, "Mức giao": 4, "Từ ngày": day(TODAY + 1)},
        {"Mã chỉ tiêu": "GIAM", "Mã đơn vị": "P2", "Mức giao": 3, "Từ ngày": day(TODAY + 2), "Lý do": "Hạ"},
    ]
    assert bring_in(file_of(rows)).tallies["Giao chỉ tiêu"].new == 3
    later = small()
    later["Phong trào"][0] |= {"Mã": "PT-02"}
    later["Đơn vị"].append({"Mã đơn vị": "P9", "Tên đơn vị": "Phường Chín", "Loại": "phường", "Mã khối": "K1"})
    assert bring_in(file_of(later)).tallies["Đơn vị"].new == 4


def test_a_second_revision_ends_the_first():
    rows = imported()
    revision = {"Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Lý do": "Nâng"}
    rows["Giao chỉ tiêu"].append(revision | {"Mức giao": 120, "Từ ngày": day(TODAY)})
    bring_in(file_of(rows))
    rows["Giao chỉ tiêu"].append(revision | {"Mức giao": 130, "Từ ngày": day(TODAY + 3)})
    bring_in(file_of(rows))
    assert list(TargetRevision.objects.order_by("effective_from").values_list("goal", "superseded_from")) == [
        (Decimal(120), day(TODAY + 3)),
        (Decimal(130), None),
    ]
    rows["Giao chỉ tiêu"].insert(7, revision | {"Mức giao": 125, "Từ ngày": day(TODAY + 1)})
    assert refusal_of(file_of(rows)) == [
        "Giao chỉ tiêu, dòng 9, cột “Từ ngày”, giá trị “21/03/2026”:"
        " Đã có điều chỉnh sau ngày này; không chèn thêm điều chỉnh trước đó."
    ]


def test_added_points_wait_for_a_second_person():
    rows = imported()
    rows["Điểm cộng trừ"].append(
        {"Mã đơn vị": "P1", "Điểm": 1, "Từ ngày": day(TODAY), "Lý do": "x", "Số văn bản": "9/QĐ"}
    )
    staff = make_person(Role.INTERNAL_AFFAIRS)
    result = bring_in(file_of(rows), by=staff)
    assert "Trang “Điểm cộng trừ”, dòng 3 chờ người thứ hai xác nhận." in result.warnings
    added = PointEntry.objects.get(holds_from=day(TODAY))
    assert (added.entered_by, added.confirmed_at, added.imported_in) == (staff, None, None)
    assert PointEntry.objects.confirmed().count() == 1
    assert not bring_in(file_of(rows), by=staff).written


def test_staff_do_not_enter_points_of_their_own_unit():
    rows = imported()
    staff = make_person(Role.INTERNAL_AFFAIRS)
    give_role(staff, Role.UNIT_REPORTER, unit=Unit.objects.get(code="P1"))
    rows["Điểm cộng trừ"].append(
        {"Mã đơn vị": "P1", "Điểm": 1, "Từ ngày": day(TODAY), "Lý do": "x", "Số văn bản": "9/QĐ"}
    )
    assert refusal_of(file_of(rows), by=staff) == [
        "Điểm cộng trừ, dòng 3, cột “Mã đơn vị”, giá trị “P1”:"
        " Đây là đơn vị của chính bạn; việc này do đơn vị thay thế nhập."
    ]


def test_equal_acts_are_two_records():
    rows = small()
    rows["Điểm cộng trừ"] *= 2
    imported(rows)
    assert PointEntry.objects.count() == 2
    assert not bring_in(file_of(rows)).written
    rows["Điểm cộng trừ"] = [rows["Điểm cộng trừ"][0], rows["Điểm cộng trừ"][0] | {"Hủy từ ngày": day(TODAY)}]
    bring_in(file_of(rows))
    assert sorted(PointEntry.objects.values_list("voided_from", flat=True), key=str) == [day(TODAY), None]


# --- closed ---------------------------------------------------------------------------------------------------


def test_a_closed_campaign_takes_nothing():
    rows = imported()
    Campaign.objects.update(status=CampaignStatus.CLOSED, closed_at=NOW, closing_day=day(TODAY))
    assert not bring_in(file_of(rows)).written
    rows["Phong trào"][0]["Chủ đề"] = "Mới"
    rows["Đăng ký tham gia"].append({"Mã đơn vị": "P2", "Số kế hoạch": "9/KH"})
    assert refusal_of(file_of(rows)) == [
        "Phong trào, dòng 2, cột “Chủ đề”, giá trị “Mới”: “Chủ đề” đã cố định, giữ nguyên là “”; hãy ghi lại như cũ.",
        "Đăng ký tham gia, dòng 3, cột “Mã đơn vị”, giá trị “P2”: Phong trào đã chốt; không thêm được gì nữa.",
    ]


# --- who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CHAIRMAN, Role.AUDITOR, Role.COUNCIL])
def test_only_staff_import(role):
    person = make_person(role)
    with pytest.raises(PermissionDenied):
        bring_in(file_of(small()), by=person)
    assert not Campaign.objects.exists()


def test_staff_import_and_are_remembered():
    staff = make_person(Role.INTERNAL_AFFAIRS)
    bring_in(file_of(small()), by=staff)
    assert WorkbookImport.objects.get().imported_by == staff
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {staff.pk}


def test_oddities_are_warnings():
    rows = small()
    rows["Số liệu"][0] |= {"Người thẩm định": "Nguyễn Văn A", "Ngày hoàn thành": day(5)}
    rows["Giao chỉ tiêu"][1]["Số gốc"] = None
    warnings = bring_in(file_of(rows), now=local_moment(day(2), dt.time(9))).warnings
    assert warnings == [
        "2 dòng của trang “Số liệu” ghi thời điểm sau hiện tại.",
        "1 dòng của trang “Số liệu” có ngày hoàn thành dù không phải chỉ tiêu mốc.",
        "1 dòng của trang “Số liệu” ghi cùng một người gửi và thẩm định.",
        "TANG: Chỉ một số đơn vị có số gốc; chưa có: P2.",
    ]
