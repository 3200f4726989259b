"""The rows of sheet "Số liệu": when each report was sent, what was returned, adjusted, corrected, and by whom.

Order within one report and period: sent, verdict; where returned: sent again, verdict; where corrected: a new
measurement by one officer, verified by another. Every moment lies in office hours and before the campaign's "now".
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from campaign_portal.sample.calendar import CampaignCalendar, Period
from campaign_portal.sample.growth import seeded
from campaign_portal.sample.layout import Cell
from campaign_portal.sample.people import ENTERING_OFFICER, STAFF_UNIT, SUBSTITUTE_UNIT, VERIFYING_OFFICER
from campaign_portal.sample.plan import DISSOLVED, Edition, Target, targets
from campaign_portal.sample.tables import Row, people_by_unit, table

NOTHING = "không phát sinh"
_NOTES = (
    "Đã đối chiếu với sổ theo dõi của đơn vị.",
    "Số liệu tính đến hết ngày cuối kỳ.",
    "Có danh sách kèm theo.",
    "Tăng do tập trung xử lý hồ sơ tồn trong tuần.",
    "Tiến độ chậm do mưa kéo dài, đơn vị đã có phương án bù trong kỳ sau.",
)

Cells = dict[str, Cell]


class Desk:
    """Who sends and who verifies, and when, for one campaign."""

    def __init__(self, edition: Edition, days: CampaignCalendar) -> None:
        self.edition, self.days = edition, days
        self.people = people_by_unit()
        self.behaviour = {
            (row["Mã đơn vị"], int(row["Kỳ"])): row["Tình trạng"]
            for row in table("reports")
            if row["Phong trào"] == edition.name
        }
        self.events = {
            (row["Mã chỉ tiêu"], row["Mã đơn vị"], int(row["Kỳ"])): row
            for row in table("corrections")
            if row["Phong trào"] == edition.name
        }

    def sent_at(self, reporter: str, period: Period, *, early: bool = False) -> dt.datetime:
        """When the reporter sends the period's report: before the due time unless the table says late."""
        dice = seeded(f"{self.edition.name}|{reporter}|gửi|{period.number}")
        if self.behaviour.get((reporter, period.number)) == "muộn":
            return period.due + dt.timedelta(seconds=dice.randint(400, 11_000))
        minutes = dice.randint(0, 190)
        if early or dice.random() < 0.4:
            return dt.datetime.combine(period.end, dt.time(13, 40)) + dt.timedelta(
                minutes=minutes, seconds=dice.randint(0, 59)
            )
        opens = dt.time(7, 45) if dice.random() < 0.5 else dt.time(13, 35)
        return dt.datetime.combine(period.due.date(), opens) + dt.timedelta(
            minutes=minutes, seconds=dice.randint(0, 59)
        )

    def verified_at(self, sent: dt.datetime, key: str, *, slow: bool) -> dt.datetime | None:
        """When the verdict falls: a working moment after the sending, or None where "now" comes first."""
        dice = seeded(f"{self.edition.name}|{key}|thẩm định")
        day = sent.date() + dt.timedelta(days=dice.choice((1, 1, 2, 2, 3)))
        while day.weekday() >= 5:
            day += dt.timedelta(days=1)
        moment = dt.datetime.combine(day, dt.time(8, 5)) + dt.timedelta(
            minutes=dice.choice((0, 330)) + dice.randint(0, 160), seconds=dice.randint(0, 59)
        )
        if moment >= self.days.now or (slow and dice.random() < 0.3):
            return None
        return moment

    def verifier(self, target: Target) -> str:
        """Who gives the verdict: the verifying unit's head, else Internal Affairs; never the reporting unit."""
        if target.verifier and target.verifier not in (target.reporter, target.unit):
            return self.people[target.verifier][0]
        own = STAFF_UNIT in (target.reporter, target.unit)
        return self.people[SUBSTITUTE_UNIT][0] if own else VERIFYING_OFFICER


def rows(edition: Edition, days: CampaignCalendar) -> list[Cells]:
    """Return all measurements in the order in which they were sent."""
    desk = Desk(edition, days)
    every = targets(edition)
    found: list[tuple[dt.datetime, Cells]] = []
    told: dict[tuple[str, str], Cells] = {}
    for period in days.periods()[: days.last_report]:
        skipped: set[str] = set()
        for target in every:
            found += _measure(desk, target, period, skipped, told)
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def _asked(desk: Desk, target: Target, period: Period) -> bool:
    if desk.behaviour.get((target.reporter, period.number)) == "thiếu":
        return False
    if target.indicator["Tần suất"] == "cuối đợt" and period.end != desk.days.end:
        return False
    if target.unit == DISSOLVED[0] and period.end > desk.days.day(DISSOLVED[1]):
        return False
    starts, ends = target.first_day, target.last_day
    return (starts is None or desk.days.day(starts) <= period.end) and (
        ends is None or desk.days.day(ends) > period.end
    )


def _measure(
    desk: Desk, target: Target, period: Period, skipped: set[str], told: dict[tuple[str, str], Cells]
) -> list[tuple[dt.datetime, Cells]]:
    if not _asked(desk, target, period):
        return []
    event = desk.events.get((target.code, target.unit, period.number))
    waiting = event is not None and event["Việc"] == "trả lại, chờ gửi lại"
    sent = desk.sent_at(target.reporter, period, early=waiting or _waits(desk, target.reporter, period))
    if (
        desk.behaviour.get((target.reporter, period.number)) == "thiếu một chỉ tiêu"
        and target.reporter not in skipped
        and target.code != "CT1.1"
    ):
        skipped.add(target.reporter)
        sent = period.due + dt.timedelta(hours=15, minutes=42, seconds=20)
    value = _value(desk, target, period, sent, told)
    row: Cells = {
        "Kỳ": period.number,
        "Mã chỉ tiêu": target.code,
        "Mã đơn vị": target.unit,
        **value,
        "Thời điểm gửi": sent,
        "Người gửi": desk.people[target.reporter][1],
    }
    told[target.code, target.unit] = _said(target, value, told)
    dice = seeded(f"{target.curve.seed}|{period.number}|ghi chú")
    if event is None and dice.random() < 0.04:
        row["Ghi chú"] = dice.choice(_NOTES)
    slow = period.number == desk.days.last_report and desk.edition.is_running and event is None
    verdict = desk.verified_at(sent, f"{target.reporter}|{period.number}|{desk.verifier(target)}", slow=slow)
    if verdict is not None:
        spread = seeded(f"{target.curve.seed}|{period.number}|giây").randint(0, 1500)
        verdict += dt.timedelta(seconds=spread)
    if event is not None and verdict is not None:
        return _special(desk, target, event, row, sent, verdict)
    return [(sent, _with_verdict(desk, target, row, verdict, "chấp nhận"))]


def _waits(desk: Desk, reporter: str, period: Period) -> bool:
    """A whole report goes out at one moment: early where one of its values is to be returned before "now"."""
    return any(
        unit == reporter and number == period.number and row["Việc"].endswith("chờ gửi lại")
        for (_, unit, number), row in desk.events.items()
    )


def _said(target: Target, value: Cells, told: dict[tuple[str, str], Cells]) -> Cells:
    """The last number spoken aloud, which "không phát sinh" carries on."""
    return told.get((target.code, target.unit), {}) if value.get("Giá trị") == NOTHING else value


def _value(desk: Desk, target: Target, period: Period, sent: dt.datetime, told: dict[tuple[str, str], Cells]) -> Cells:
    """The true figure of the period as the reporter writes it."""
    dice = seeded(f"{target.curve.seed}|{period.number}|cách ghi")
    before = told.get((target.code, target.unit))
    if target.due_day is not None:
        done = desk.days.day(target.done_day) if target.done_day else None
        new: Cells = (
            {"Giá trị": Decimal(1), "Ngày hoàn thành": done}
            if done and done <= sent.date()
            else {"Giá trị": Decimal(0)}
        )
    elif target.curve.denominator:
        part, whole = target.curve.fraction(period.number, growing=target.growing)
        new = {"Tử số": Decimal(part), "Mẫu số": Decimal(whole)}
    elif target.curve.increment:
        amount = target.curve.amount(period.number)
        return {"Giá trị": amount} if amount else {"Giá trị": NOTHING if dice.random() < 0.8 else Decimal(0)}
    else:
        new = {"Giá trị": target.curve.figure(period.number)}
    same = before is not None and before == new
    return {"Giá trị": NOTHING} if same and dice.random() < 0.6 else new


def _with_verdict(
    desk: Desk, target: Target, row: Cells, moment: dt.datetime | None, outcome: str, reason: str = ""
) -> Cells:
    if moment is None:
        return row
    return {
        **row,
        "Kết quả thẩm định": outcome,
        "Thời điểm thẩm định": moment,
        "Người thẩm định": desk.verifier(target),
        "Lý do": reason,
    }


def _wrong(target: Target, row: Cells, factor: Decimal) -> Cells:
    """The same row with a figure that is off by the factor (and surely different)."""
    if isinstance(row.get("Tử số"), Decimal):
        part, whole = row["Tử số"], row["Mẫu số"]
        assert isinstance(part, Decimal)
        assert isinstance(whole, Decimal)
        off = min((part * factor).to_integral_value(ROUND_HALF_UP), whole)
        return {
            **row,
            "Tử số": off if off != part else part - max(Decimal(1), (part * Decimal("0.07")).to_integral_value()),
        }
    true = row["Giá trị"]
    if not isinstance(true, Decimal):
        raise ValueError(f"{target.code} {target.unit}: a figure was expected, not {true!r}")
    step = Decimal(1).scaleb(true.as_tuple().exponent)  # type: ignore[arg-type]  # finite by construction
    off = (true * factor).quantize(step, ROUND_HALF_UP)
    return {**row, "Giá trị": off if off != true else true + step}


def verified_value(row: Cells) -> Decimal:
    """A row's figure as one number: shares half up to 4 decimals (scoring.md)."""
    part, whole, plain = row.get("Tử số"), row.get("Mẫu số"), row.get("Giá trị")
    if isinstance(part, Decimal) and isinstance(whole, Decimal):
        return (part * 100 / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    if not isinstance(plain, Decimal):
        raise ValueError(f"not a number: {plain!r}")
    return plain


def _next_working(moment: dt.datetime, hour: int, minute: int) -> dt.datetime:
    day = moment.date() + dt.timedelta(days=1)
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour, minute, 17))


def _special(
    desk: Desk, target: Target, event: Row, row: Cells, sent: dt.datetime, verdict: dt.datetime
) -> list[tuple[dt.datetime, Cells]]:
    """A return, an adjustment or a correction, as ``corrections.tsv`` tells it."""
    factor, reason, deed = Decimal(event["Hệ số ghi sai"].replace(",", ".") or "1"), event["Lý do"], event["Việc"]
    if deed == "điều chỉnh không phát sinh thành số":
        nothing = {**row, "Giá trị": NOTHING}
        return [
            (
                sent,
                {
                    **_with_verdict(desk, target, nothing, verdict, "điều chỉnh", reason),
                    "Giá trị thẩm định": Decimal(2),
                },
            )
        ]
    wrong = _wrong(target, row, factor)
    if deed == "điều chỉnh":
        settled = _with_verdict(desk, target, wrong, verdict, "điều chỉnh", reason)
        return [(sent, {**settled, "Giá trị thẩm định": verified_value(row)})]
    if deed == "đính chính":
        entered = _next_working(verdict, 9, 20)
        mended = {**row, "Thời điểm gửi": entered, "Người gửi": ENTERING_OFFICER, "Ghi chú": f"Đính chính: {reason}"}
        first = _with_verdict(desk, target, wrong, verdict, "chấp nhận")
        second = _with_verdict(desk, target, mended, _next_working(entered, 14, 35), "chấp nhận")
        return [(sent, first), (entered, {**second, "Người thẩm định": VERIFYING_OFFICER})]
    returned = (sent, _with_verdict(desk, target, wrong, verdict, "trả lại", reason))
    if deed == "trả lại, chờ gửi lại":
        return [returned]
    again = _next_working(verdict, 10, 5)
    resent = {**row, "Thời điểm gửi": again, "Ghi chú": "Gửi lại theo yêu cầu thẩm định."}
    return [returned, (again, _with_verdict(desk, target, resent, _next_working(again, 9, 45), "chấp nhận"))]
