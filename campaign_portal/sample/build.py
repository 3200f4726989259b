"""``python -m campaign_portal.sample.build``: write the two sample workbooks from the readable tables.

The result depends on the tables alone: no clock, no random source but names; the same tables give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from campaign_portal.sample import calendar, layout, plan, reports
from campaign_portal.sample.layout import Cell
from campaign_portal.sample.people import ORGANISER
from campaign_portal.sample.tables import Row, number, required, table

HERE = Path(__file__).parent
RUNNING_FILE = HERE / "running.xlsx"
LAST_YEAR_FILE = HERE / "last_year.xlsx"

Cells = dict[str, Cell]


def _campaign(edition: plan.Edition, days: calendar.CampaignCalendar) -> list[Cells]:
    row = next(row for row in table("campaigns") if row["Phong trào"] == edition.name)
    year = str(days.year)
    return [
        {
            "Mã": row["Mã"].replace("{nam}", year),
            "Tên phong trào": row["Tên phong trào"].replace("{nam}", year),
            "Chủ đề": row["Chủ đề"],
            "Số kế hoạch": row["Số kế hoạch"],
            "Ngày kế hoạch": days.day(int(row["Ngày kế hoạch (ngày thứ)"])),
            "Cơ quan phát động": str(ORGANISER["name"]),
            "Ngày bắt đầu": days.start,
            "Ngày kết thúc": days.end,
            "Ngày chốt": days.end + dt.timedelta(days=15),
            "Trạng thái": "đang thực hiện",
        }
    ]


def _areas() -> list[Cells]:
    return [{**row, "Số": int(row["Số"]), "Trọng số": required(row["Trọng số"])} for row in table("areas")]


def _units(edition: plan.Edition, days: calendar.CampaignCalendar) -> list[Cells]:
    columns = ("Mã đơn vị", "Tên đơn vị", "Loại", "Mã khối", "Xếp hạng")
    found: list[Cells] = []
    for row in table("units"):
        if row["Mã đơn vị"] in edition.units:
            cells: Cells = {column: row[column] for column in columns}
            if row["Mã đơn vị"] == plan.DISSOLVED[0]:
                cells |= {"Hiệu lực đến": days.day(plan.DISSOLVED[1]), "Đơn vị kế thừa": plan.DISSOLVED[2]}
            found.append(cells)
    return found


def _blocs(units: Sequence[Cells]) -> list[Cells]:
    used = {unit["Mã khối"] for unit in units}
    return [dict(row) for row in table("blocs") if row["Mã khối"] in used]


def _indicators(edition: plan.Edition) -> list[Cells]:
    found: list[Cells] = []
    for row in table(edition.indicators):
        cells: Cells = {column: text for column, text in row.items() if column != "Nhịp"}
        found.append(
            {
                **cells,
                "Số nội dung": int(row["Số nội dung"]),
                "Trọng số": required(row["Trọng số"]),
                "Trần (%)": number(row["Trần (%)"]),
                "Áp dụng": "có",
            }
        )
    return found


def _given(edition: plan.Edition, days: calendar.CampaignCalendar) -> list[Cells]:
    changes: dict[tuple[str, str], list[Row]] = {}
    for change in table("changes") if edition.is_running else []:
        changes.setdefault((change["Mã chỉ tiêu"], change["Mã đơn vị"]), []).append(change)
    found: list[Cells] = []
    for target in plan.targets(edition):
        first: Cells = {
            "Mã chỉ tiêu": target.code,
            "Mã đơn vị": target.unit,
            "Số gốc": target.base,
            "Mức giao": target.goal,
            "Hạn hoàn thành": days.day(target.due_day) if target.due_day else None,
        }
        later: list[Cells] = []
        for change in changes.get((target.code, target.unit), []):
            day, why = days.day(int(change["Từ ngày thứ"])), change["Lý do"]
            match change["Việc"]:
                case "giao bổ sung":
                    first |= {"Từ ngày": day, "Lý do": why}
                case "hủy giao":
                    first |= {"Kết thúc từ ngày": day, "Lý do": why}
                case "miễn trễ hạn":
                    first |= {"Miễn trễ hạn từ ngày": day, "Lý do miễn": why}
                case "điều chỉnh":
                    new = required(change["Mức giao mới"])
                    later.append(
                        {
                            "Mã chỉ tiêu": target.code,
                            "Mã đơn vị": target.unit,
                            "Mức giao": new,
                            "Từ ngày": day,
                            "Lý do": why,
                        }
                    )
        found += [first, *later]
    return found


def _periods(days: calendar.CampaignCalendar) -> list[Cells]:
    return [
        {"Kỳ": p.number, "Từ ngày": p.start, "Đến ngày": p.end, "Hạn gửi": p.due, "Khóa lúc": p.lock}
        for p in days.periods()
    ]


def _dated(name: str, days: calendar.CampaignCalendar) -> list[Cells]:
    """Rows of a table whose columns "… ngày thứ" are campaign days."""
    found: list[Cells] = []
    for row in table(name):
        cells: Cells = {}
        for column, text in row.items():
            if column.endswith(" ngày thứ"):
                cells[column.removesuffix(" thứ")] = days.day(int(text)) if text else None
            elif column == "Điểm":
                cells[column] = Decimal(text.replace(",", "."))
            else:
                cells[column] = int(text) if column == "Kỳ" else text
        found.append(cells)
    return found


def workbook(edition: plan.Edition, days: calendar.CampaignCalendar) -> dict[str, list[Cells]]:
    """Return the campaign's sheets as rows of named cells."""
    units = _units(edition, days)
    return {
        "Phong trào": _campaign(edition, days),
        "Nội dung": _areas(),
        "Khối": _blocs(units),
        "Đơn vị": units,
        "Chỉ tiêu": _indicators(edition),
        "Giao chỉ tiêu": _given(edition, days),
        "Kỳ báo cáo": _periods(days),
        "Số liệu": reports.rows(edition, days),
        "Điểm cộng trừ": _dated("points", days) if edition.is_running else [],
        "Miễn báo cáo": _dated("waivers", days) if edition.is_running else [],
        "Loại trừ": _dated("gates", days) if edition.is_running else [],
    }


def build(folder: Path = HERE) -> list[Path]:
    """Write both workbooks into ``folder`` and return their paths."""
    made = []
    for file, edition, days in (
        (RUNNING_FILE, plan.RUNNING, calendar.running()),
        (LAST_YEAR_FILE, plan.LAST_YEAR, calendar.last_year()),
    ):
        path = folder / file.name
        layout.write(path, workbook(edition, days))
        made.append(path)
    return made


if __name__ == "__main__":
    sys.stdout.write(f"Đã ghi: {', '.join(path.name for path in build())}\n")
