"""Year-end figures on a page and as workbooks: the evaluation of units, the yearly statistics.

Headers of the workbooks are the forms' own words, so they are Vietnamese here and never translated.
"""

from __future__ import annotations

import io
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from awards.queries.year_end import (
    EvaluationLine,
    FormLine,
    YearStatistics,
    evaluation_of,
    statistics_of,
    years_with_figures,
)
from campaigns.calendar import local_day
from campaigns.display import local_date, local_datetime
from campaigns.enums import GateForm
from campaigns.files.names import attachment_header
from campaigns.permissions import Permission
from campaigns.workbook.tables import Table, Value, write_tables
from scoring.enums import ScoreClass

from .access import in_charge, trail

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_GATES = {GateForm.HOLD: "Tạm dừng xét", GateForm.EXCLUSION: "Loại trừ"}


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """The year's figures on screen, with both workbooks to download."""
    in_charge(request, Permission.VIEW_PROPOSALS)
    years, year = years_with_figures(), _year_of(request)
    context = {
        "years": years if year in years else sorted({*years, year}, reverse=True),
        "figures": statistics_of(year=year),
        "breadcrumb": trail((_("Issued awards"), reverse("awards:awards")), here=_("Yearly statistics")),
    }
    return render(request, "awards/statistics.html", context)


@require_GET
def download(request: HttpRequest, what: str) -> HttpResponse:
    """A year's figures as a workbook: ``thong-ke`` (statistics) or ``danh-gia`` (evaluation of units)."""
    in_charge(request, Permission.VIEW_PROPOSALS)
    year, now = _year_of(request), timezone.now()
    source = f"Nguồn: phần mềm theo dõi thi đua, xuất lúc {local_datetime(now)}"
    if what == "thong-ke":
        tables = statistics_tables(statistics_of(year=year), source)
    elif what == "danh-gia":
        tables = [evaluation_table(evaluation_of(year=year), year, source)]
    else:
        raise Http404
    content = io.BytesIO()
    write_tables(content, tables)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = attachment_header(f"{what}-{year}.xlsx")
    return response


def _year_of(request: HttpRequest) -> int:
    asked = request.GET.get("nam", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else local_day(timezone.now()).year


def statistics_tables(figures: YearStatistics, source: str) -> list[Table]:
    """Return the sheets of the yearly statistics: movements, awards by form and kind of recipient."""
    period = f"Kỳ báo cáo: từ 01/01/{figures.year} đến 31/12/{figures.year}, theo ngày ký quyết định"
    movements: list[list[Value]] = [
        [
            index,
            line.campaign.code,
            line.campaign.name,
            line.campaign.organiser_name,
            line.campaign.starts_on,
            line.campaign.ends_on,
            "Đã chốt" if line.campaign.closing_day else "Đang thực hiện",
            line.units,
            line.awards,
        ]
        for index, line in enumerate(figures.movements, start=1)
    ]
    head = ["STT", "Mã", "Tên phong trào", "Cơ quan phát động", "Từ ngày", "Đến ngày", "Trạng thái",
            "Số đơn vị tham gia", "Số khen thưởng"]  # fmt: skip
    total: list[Value] = ["", "", f"Tổng số phong trào: {len(movements)}", "", None, None, "", None, None]
    forms = [_form_row(index, line) for index, line in enumerate((*figures.forms, *figures.brought_in), start=1)]
    columns = ["STT", "Hình thức khen thưởng", "Thẩm quyền", "Tổng số", "Tập thể", "Hộ gia đình", "Cá nhân",
               "Trong đó: lãnh đạo, quản lý", "Trong đó: người lao động trực tiếp", "Trong đó: nữ",
               "Tiền thưởng (đồng)"]  # fmt: skip
    whole = _form_row(None, figures.total)
    whole[1] = "Tổng cộng"
    revoked = f"Không tính khen thưởng đã hủy bỏ. Số hủy bỏ trong năm: {figures.revoked}"
    return [
        Table("Phong trào thi đua", f"SỐ PHONG TRÀO THI ĐUA NĂM {figures.year}", head, [*movements, total],
              (period, source), (6, 14, 44, 30, 12, 12, 16, 12, 12)),
        Table("Khen thưởng", f"SỐ LƯỢNG KHEN THƯỞNG NĂM {figures.year}", columns, [*forms, whole],
              (period, revoked, source), (6, 44, 34, 10, 10, 12, 10, 14, 16, 10, 18)),
    ]  # fmt: skip


def _form_row(index: int | None, line: FormLine) -> list[Value]:
    return [
        index,
        line.title,
        line.authority or "Theo sổ khen thưởng nhập vào",
        line.total,
        line.collectives,
        line.households,
        line.individuals,
        line.leaders,
        line.workers,
        line.women,
        line.bonus,
    ]


def evaluation_table(lines: list[EvaluationLine], year: int, source: str) -> Table:
    """Return the sheet for the year-end evaluation of units."""
    head = ["STT", "Phong trào", "Mã đơn vị", "Đơn vị", "Khối", "Điểm", "Xếp loại", "Thứ hạng", "Số đơn vị xếp hạng",
            "Tỷ lệ chỉ tiêu hoàn thành (%)", "Tỷ lệ có số liệu (%)", "Báo cáo muộn", "Thiếu báo cáo",
            "Khen thưởng của đơn vị", "Số cá nhân, hộ được khen", "Tạm dừng, loại trừ", "Số liệu đến ngày",
            "Tính chất"]  # fmt: skip
    return Table(
        "Đánh giá cuối năm",
        f"KẾT QUẢ THI ĐUA PHỤC VỤ ĐÁNH GIÁ, XẾP LOẠI CUỐI NĂM {year}",
        head,
        [_evaluation_row(index, line) for index, line in enumerate(lines, start=1)],
        ("Mức theo điểm của phong trào; việc xếp loại chất lượng do cấp có thẩm quyền quyết định", source),
        (6, 30, 12, 34, 24, 9, 22, 9, 10, 12, 12, 9, 9, 34, 12, 16, 14, 14),
    )


def _evaluation_row(index: int, line: EvaluationLine) -> list[Value]:
    score = line.score
    figures: list[Value] = [None, "", None, None, None, None, None, None]
    if score is not None:
        figures = [
            _points(score.total_bp),
            str(ScoreClass(score.score_class).label) if score.score_class else "",
            score.rank,
            score.bloc_size if score.rank else None,
            _points(score.fulfilled_bp),
            _points(score.coverage_bp),
            score.late_reports,
            score.missing_reports,
        ]
    return [
        index,
        line.campaign.name,
        line.participant.code,
        line.participant.name,
        line.participant.bloc.name,
        *figures,
        ", ".join(line.own_awards),
        line.people,
        _GATES.get(GateForm(line.gate), "") if line.gate else "",
        local_date(score.day) if score else "",
        "Chính thức" if line.is_final else "Tạm tính",
    ]


def _points(bp: int | None) -> Decimal | None:
    return None if bp is None else Decimal(bp).scaleb(-2)
