"""Out, in and out again gives the same cells; what comes in is what was written."""

import datetime as dt
import io
from decimal import Decimal

import pytest

from campaigns.calendar import local_moment
from campaigns.enums import CampaignStatus, VerdictOutcome
from campaigns.models import (
    AuditEntry,
    Campaign,
    Gate,
    Measurement,
    MilestoneWaiver,
    OutboxMessage,
    Participant,
    PointEntry,
    Registration,
    ReportWaiver,
    Target,
    TargetRevision,
    Unit,
    WorkbookImport,
)
from campaigns.workbook.writer import export_campaign
from tests.database import as_owner

from .books import NOW, Rows, Typed, at, bring_in, cells_of, day, file_of, small, with_shared_strings

pytestmark = pytest.mark.django_db

TABLES = (Registration, Gate, ReportWaiver, PointEntry, Measurement, MilestoneWaiver, TargetRevision, Target)


def exported(code: str = "PT-01") -> io.BytesIO:
    file = io.BytesIO()
    export_campaign(campaign=Campaign.objects.get(code=code), file=file)
    file.seek(0)
    return file


def rich() -> Rows:
    """Every way to say something that workbook.md knows."""
    rows = small()
    rows["Phong trào"][0] |= {
        "Chủ đề": "Đoàn kết\nSáng tạo",
        "Số kế hoạch": "12/KH-UBND",
        "Ngày kế hoạch": "20/02/2026",
        "Ngày chốt": day(43),
        "Trần vượt mức (%)": "112,5",
        "Ngưỡng tính điểm (%)": 30,
        "Điểm trừ báo cáo muộn": 0.25,
    }
    rows["Nội dung"][0] |= {"Mô tả": Typed("=1+1"), "Trọng số": "33,33"}
    rows["Đơn vị"][1] |= {"Hiệu lực từ": day(1), "Hiệu lực đến": day(20), "Đơn vị kế thừa": "P1"}
    rows["Chỉ tiêu"][0] |= {"Trần (%)": 115, "Đơn vị tính": "%", "Đơn vị thẩm định": "CCT", "Bắt buộc minh chứng": "CÓ"}
    rows["Chỉ tiêu"][1] |= {"Tần suất": "Hằng  tháng"}
    rows["Chỉ tiêu"][4] |= {"Tần suất": "cuối đợt", "Áp dụng": "không"}
    targets = rows["Giao chỉ tiêu"]
    targets[0] |= {"Số gốc": "62,5", "Mức giao": "1.000,25"}
    targets[4] |= {"Miễn trễ hạn từ ngày": day(12), "Lý do miễn": "Chờ hướng dẫn của sở"}
    targets[5] |= {"Từ ngày": day(4), "Lý do": "Giao bổ sung"}
    targets += [
        {"Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Mức giao": 1100, "Từ ngày": day(6), "Lý do": "Điều chỉnh lần 1"},
        {"Mã chỉ tiêu": "GIAM", "Mã đơn vị": "P1", "Số gốc": 50, "Từ ngày": day(7), "Lý do": "Rà soát"},
        {
            "Mã chỉ tiêu": "TANG",
            "Mã đơn vị": "P1",
            "Hạn hoàn thành": day(27),
            "Từ ngày": day(9),
            "Lý do": "Hủy giao",
            "Kết thúc từ ngày": day(22),
        },
        {
            "Mã chỉ tiêu": "THUE",
            "Mã đơn vị": "P2",
            "Số gốc": 0,
            "Mức giao": 700,
            "Từ ngày": day(8),
            "Lý do": "Nâng",
            "Kết thúc từ ngày": day(25),
        },
    ]
    rows["Kỳ báo cáo"][0]["Khóa lúc"] = "10/03/2026 17:00"
    rows["Số liệu"] += measurements()
    rows["Điểm cộng trừ"] += [
        {"Mã đơn vị": "P1", "Điểm": 2, "Từ ngày": day(5), "Lý do": "Sáng kiến", "Số văn bản": "15/QĐ"},
        {
            "Mã đơn vị": "P2",
            "Điểm": "-0,25",
            "Từ ngày": day(5),
            "Hủy từ ngày": day(5),
            "Lý do": "Nhắc nhở",
            "Số văn bản": "16/TB",
        },
    ]
    rows["Loại trừ"].append(
        {
            "Mã đơn vị": "P1",
            "Hình thức": "LOẠI TRỪ",
            "Từ ngày": day(10),
            "Hủy từ ngày": day(12),
            "Lý do": "Kết luận thanh tra",
            "Số văn bản": "8/KL",
        }
    )
    return rows


def measurements() -> list[dict[str, object]]:
    first = {"Kỳ": "2", "Mã chỉ tiêu": "TANG", "Mã đơn vị": "P1", "Thời điểm gửi": at(14)}
    verdict = {"Thời điểm thẩm định": at(14), "Người thẩm định": "Trần Thị B"}
    milestone = {"Kỳ": "2", "Mã chỉ tiêu": "MOC", "Mã đơn vị": "P1"}
    return [
        first | {"Giá trị": 71, "Ghi chú": "lần đầu\ndòng hai"},
        first | {"Giá trị": 72, "Ghi chú": Typed("=HYPERLINK(1)")},
        first | {"Tử số": 2, "Mẫu số": 3, "Kết quả thẩm định": "Trả lại", "Lý do": "Thiếu minh chứng", **verdict},
        first | {"Giá trị": "Không phát sinh", "Thời điểm gửi": "15/03/2026 10:00:01"},
        {
            "Kỳ": "1",
            "Mã chỉ tiêu": "TANG",
            "Mã đơn vị": "P2",
            "Tử số": -1,
            "Mẫu số": "0,5",
            "Thời điểm gửi": at(7),
            "Kết quả thẩm định": "điều chỉnh",
            "Giá trị thẩm định": "-199,9999",
            "Lý do": "Tính lại",
            "Thời điểm thẩm định": at(9),
        },
        milestone | {"Giá trị": 1, "Ngày hoàn thành": day(9), "Thời điểm gửi": at(9)},
        milestone
        | {"Giá trị": 0, "Thời điểm gửi": at(10), "Kết quả thẩm định": "điều chỉnh", "Giá trị thẩm định": 1}
        | {"Ngày hoàn thành thẩm định": day(9), "Lý do": "Đã xong", "Thời điểm thẩm định": at(11)},
        milestone
        | {"Giá trị": 1, "Ngày hoàn thành": day(8), "Thời điểm gửi": at(11), "Kết quả thẩm định": "điều chỉnh"}
        | {"Giá trị thẩm định": 1, "Lý do": "Giữ ngày", "Thời điểm thẩm định": at(11)},
        milestone
        | {"Giá trị": 1, "Ngày hoàn thành": day(8), "Thời điểm gửi": at(12), "Kết quả thẩm định": "điều chỉnh"}
        | {"Giá trị thẩm định": 0, "Lý do": "Chưa xong", "Thời điểm thẩm định": at(12)},
    ]


def forget_everything() -> None:
    """An empty database, past the triggers that forbid it (the test's transaction is rolled back)."""
    from django.db import connection

    from campaigns import append_only

    with as_owner(), connection.cursor() as cursor:
        append_only.drop(connection)
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table._meta.db_table}")
        for name in ("indicator", "participant", "bloc", "area", "period", "workbookimport", "reminderrule"):
            if name == "participant":
                cursor.execute("UPDATE campaigns_participant SET successor_id = NULL")
            cursor.execute(f"DELETE FROM campaigns_{name}")
        cursor.execute("DELETE FROM campaigns_auditpayload")
        cursor.execute("DELETE FROM campaigns_auditentry")
        cursor.execute("DELETE FROM campaigns_campaign")
        cursor.execute("DELETE FROM campaigns_unit")


def test_export_import_export_gives_the_same_cells():
    bring_in(file_of(rich()))
    first = exported()
    forget_everything()
    bring_in(first)
    assert cells_of(exported()) == cells_of(first)


def test_the_export_of_a_draft_comes_back_as_a_draft():
    rows = rich()
    rows["Phong trào"][0]["Trạng thái"] = "dự thảo"
    assert not bring_in(file_of(rows)).opened
    first = exported()
    forget_everything()
    assert not bring_in(first).opened
    assert cells_of(exported()) == cells_of(first)


def test_text_and_excel_cells_say_the_same():
    rows = rich()
    typed = {
        sheet: [{name: _as_text(name, cell) for name, cell in line.items()} for line in lines]
        for sheet, lines in rows.items()
    }
    bring_in(file_of(rows))
    first = exported()
    forget_everything()
    bring_in(file_of(typed))
    assert cells_of(exported()) == cells_of(first)


def test_a_file_that_excel_saved_says_the_same():
    bring_in(file_of(rich()))
    first = exported()
    assert not bring_in(with_shared_strings(file_of(rich()))).written
    forget_everything()
    bring_in(with_shared_strings(file_of(rich())))
    assert cells_of(exported()) == cells_of(first)


def _as_text(header: str, cell: object) -> object:
    if isinstance(cell, dt.datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, dt.date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, int | float):
        return f" {cell:,}".replace(",", "").replace(".", ",") + "\u00a0"
    return f"\ufeff {cell} " if isinstance(cell, str) and not isinstance(cell, Typed) else cell


def test_what_came_in_is_what_was_written():
    result = bring_in(file_of(rich()))
    campaign = Campaign.objects.get()
    assert (result.opened, campaign.status, campaign.opened_at) == (True, CampaignStatus.OPEN, NOW)
    assert (campaign.cap_bp, campaign.floor_bp, campaign.late_report_bp, campaign.missing_report_bp) == (
        11250,
        3000,
        25,
        100,
    )
    assert campaign.theme == "Đoàn kết\nSáng tạo"
    assert campaign.areas.get(number=1).weight == Decimal("33.33")
    assert not campaign.areas.get(number=8).is_active
    second = campaign.participants.get(code="P2")
    assert (second.valid_to, second.successor.code, second.unit.valid_to) == (day(20), "P1", day(20))
    assert second.unit.successor.code == "P1"
    assert not campaign.participants.get(code="CCT").competes
    period = campaign.periods.get(code="1")
    assert period.due_at == local_moment(day(8), dt.time(17))


def test_revisions_hold_whole_terms_and_their_end():
    bring_in(file_of(rich()))
    target = Target.objects.get(indicator__code="TANG", participant__code="P1")
    assert (target.baseline, target.goal, target.ends_from, target.end_reason) == (
        Decimal("62.5"),
        Decimal("1000.25"),
        day(22),
        "Hủy giao",
    )
    assert list(
        target.revisions.order_by("effective_from").values_list(
            "effective_from", "superseded_from", "baseline", "goal", "due_on"
        )
    ) == [
        (day(6), day(9), Decimal("62.5"), Decimal(1100), None),
        (day(9), None, Decimal("62.5"), Decimal(1100), day(27)),
    ]
    added = Target.objects.get(indicator__code="THUE")
    assert (added.starts_on, added.added_reason, added.ends_from, added.end_reason) == (
        day(4),
        "Giao bổ sung",
        day(25),
        "Nâng",
    )


def test_measurements_keep_order_verdicts_and_origin():
    bring_in(file_of(rich()))
    same_time = Measurement.objects.filter(sent_at=local_moment(day(14), dt.time(10))).order_by("pk")
    assert list(same_time.values_list("value", "numerator", "denominator", "verdict")) == [
        (Decimal(71), None, None, ""),
        (Decimal(72), None, None, ""),
        (Decimal("66.6667"), Decimal(2), Decimal(3), VerdictOutcome.RETURNED),
    ]
    assert list(
        Measurement.objects.filter(target__indicator__code="MOC", period__code="2")
        .order_by("pk")
        .values_list("value", "completed_on", "verified_value", "verified_completed_on")
    ) == [
        (Decimal(1), day(9), None, None),
        (Decimal(0), None, Decimal(1), day(9)),
        (Decimal(1), day(8), Decimal(1), day(8)),
        (Decimal(1), day(8), Decimal(0), None),
    ]
    accepted = Measurement.objects.get(value=Decimal("70.5"))
    assert (accepted.verified_value, accepted.sent_by_name, accepted.verdict_by_name, accepted.sent_by) == (
        Decimal("70.5"),
        "Nguyễn Văn A",
        "Trần Thị B",
        None,
    )
    nothing = Measurement.objects.get(nothing=True)
    assert (nothing.value, nothing.sent_at) == (None, local_moment(day(14), dt.time(10, 0, 1)))
    origin = WorkbookImport.objects.get()
    assert set(Measurement.objects.values_list("imported_in", flat=True)) == {origin.pk}
    assert (origin.file_name, len(origin.sha256), origin.imported_by) == ("thử.xlsx", 64, None)


def test_imported_acts_count_at_once():
    bring_in(file_of(rich()))
    assert PointEntry.objects.in_force(on=day(5)).count() == 2
    assert Gate.objects.in_force(on=day(11)).count() == 2
    assert ReportWaiver.objects.confirmed().count() == 1
    assert MilestoneWaiver.objects.confirmed().count() == 1


def test_the_trail_and_the_outbox_know():
    bring_in(file_of(rich()))
    assert list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True)) == [
        "workbook.imported",
        "campaign.opened",
    ]
    assert OutboxMessage.objects.filter(topic="score.refresh").count() == 1


def test_no_text_becomes_a_formula():
    payloads = ["=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "#REF!", "\t=1", "＝1+1", '=HYPERLINK("http://x")', "|cmd", "="]
    rows = small()
    rows["Khối"] += [{"Mã khối": f"K{n}x", "Tên khối": "x"} for n in range(len(payloads))]
    file = file_of(rows)
    bring_in(file)
    from campaigns.models import Bloc

    for number, payload in enumerate(payloads):
        Bloc.objects.filter(code=f"K{number}x").update(name=payload)
    cells = cells_of(exported())["Khối"]
    assert [line[1] for line in cells[3:]] == [(payload.strip(), "s") for payload in payloads]


def test_units_belong_to_the_newest_campaign():
    bring_in(file_of(small()))
    later = small()
    later["Phong trào"][0] |= {"Mã": "PT-02", "Trạng thái": "dự thảo"}
    for sheet in ("Số liệu", "Điểm cộng trừ", "Miễn báo cáo", "Loại trừ"):
        later[sheet] = []
    later["Đơn vị"][0]["Tên đơn vị"] = "Phường Một Mới"
    later["Phong trào"][0]["Ngày bắt đầu"] = day(1) + dt.timedelta(1)
    bring_in(file_of(later))
    assert Unit.objects.get(code="P1").name == "Phường Một Mới"
    earlier = later | {"Phong trào": [later["Phong trào"][0] | {"Mã": "PT-00", "Ngày bắt đầu": day(-300)}]}
    earlier["Đơn vị"] = [unit | {"Tên đơn vị": "Tên cũ"} for unit in later["Đơn vị"]]
    bring_in(file_of(earlier))
    assert Unit.objects.get(code="P1").name == "Phường Một Mới"
    assert list(Participant.objects.filter(code="P1").order_by("campaign__code").values_list("name", flat=True)) == [
        "Tên cũ",
        "Phường Một",
        "Phường Một Mới",
    ]
