"""From the tables to targets: who is given what, with which baseline, goal, due day and momentum."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from campaign_portal.sample.growth import PLACES, Curve, seeded
from campaign_portal.sample.tables import Row, number, required, table


@dataclass(frozen=True)
class Target:
    """One unit's target on one indicator."""

    indicator: Row
    unit: str
    reporter: str  # the indicator's data provider, else the unit itself
    verifier: str  # unit code, or "" for Internal Affairs
    base: Decimal | None  # as written in the workbook
    goal: Decimal
    due_day: int | None  # campaign day of a milestone
    done_day: int | None  # campaign day on which a milestone is done, where it is
    first_day: int | None  # added from this day, None = from the start
    last_day: int | None  # not in force from this day on
    curve: Curve
    growing: bool  # a share whose denominator grows

    @property
    def code(self) -> str:
        """The indicator's code."""
        return self.indicator["Mã chỉ tiêu"]


@dataclass(frozen=True)
class Edition:
    """What differs between the two campaigns."""

    name: str  # as the tables say: "năm nay" or "năm trước"
    indicators: str  # table
    targets: str  # table
    momentum: str  # column of the unit table
    units: tuple[str, ...]  # codes that take part

    @property
    def is_running(self) -> bool:
        """True for the running campaign, which has all the special cases."""
        return self.name == "năm nay"


_ALL = tuple(row["Mã đơn vị"] for row in table("units"))
RUNNING = Edition("năm nay", "indicators", "targets", "Đà năm nay", tuple(code for code in _ALL if code != "DTT"))
LAST_YEAR = Edition(
    "năm trước",
    "indicators_last_year",
    "targets_last_year",
    "Đà năm trước",
    tuple(
        row["Mã đơn vị"]
        for row in table("units")
        if row["Nhóm giao"] in ("phường", "phòng") or row["Mã đơn vị"] in ("TTVHTT", "DTT")
    ),
)
#: Last year the loudspeaker service was merged into the culture centre on this campaign day (its last day).
DISSOLVED = ("DTT", 56, "TTVHTT")


def _recipients(rule: Row, edition: Edition, units: dict[str, Row]) -> list[str]:
    wanted = {part.strip() for part in rule["Giao cho"].split(",")}
    return [code for code in edition.units if code in wanted or units[code]["Nhóm giao"] in wanted]


def _momentum(edition: Edition, unit: Row, indicator: Row) -> float:
    """The unit's own drive, stronger and weaker by area and by indicator."""
    code, drive = unit["Mã đơn vị"], float(required(unit[edition.momentum]))
    area = seeded(f"{edition.name}|{code}|nội dung {indicator['Số nội dung']}").gauss(1, 0.11)
    own = seeded(f"{edition.name}|{code}|{indicator['Mã chỉ tiêu']}").gauss(1, 0.07)
    return max(0.12, min(1.45, drive * area * own))


def _done_day(edition: Edition, unit: str, code: str, due: int, momentum: float) -> int | None:
    if edition.is_running and code == "CT1.1":
        launched = {row["Mã đơn vị"]: int(row["Ngày phát động (ngày thứ)"]) for row in table("registrations")}
        return launched.get(unit)
    fixed = {("CT3.5", "TTPTQD"): 50, ("CT3.5", "TNMT"): 43, ("CT4.4", "P02"): 55}
    if edition.is_running:
        return fixed.get((code, unit))
    return max(3, round(due * (1.45 - 0.55 * momentum)))


def _target(edition: Edition, unit: Row, indicator: Row, rule: Row) -> Target:
    code, who = indicator["Mã chỉ tiêu"], unit["Mã đơn vị"]
    momentum = _momentum(edition, unit, indicator)
    form = rule["Dạng số"]
    scale = required(unit["Quy mô"]) if rule["Theo quy mô"] == "có" else Decimal(1)
    step = Decimal(1).scaleb(-PLACES[form])
    base, goal = number(rule["Số gốc"]), (required(rule["Mức giao"]) * scale).quantize(step, ROUND_HALF_UP)
    if base is not None:
        spread = seeded(f"{edition.name}|{who}|{code}|gốc").uniform(0.94, 1.04)
        vary = indicator["Loại"] == "tăng" and form in ("tỷ lệ", "1 lẻ", "2 lẻ")
        base = (base * scale * (Decimal(repr(round(spread, 4))) if vary else 1)).quantize(step, ROUND_HALF_UP)
    due = int(rule["Hạn (ngày thứ)"]) if rule["Hạn (ngày thứ)"] else None
    size = required(unit["Quy mô"]) * Decimal(repr(round(seeded(f"{who}|{code}|cỡ").uniform(0.85, 1.15), 4)))
    curve = Curve(
        seed=f"{edition.name}|{code}|{who}",
        kind=indicator["Loại"],
        increment=indicator["Cách ghi"] == "trong kỳ",
        shape=indicator["Nhịp"],
        form=form,
        momentum=momentum,
        base=base or Decimal(0),
        goal=goal,
        ceiling=number(rule["Cao nhất"]),
        denominator=max(6, int((required(rule["Mẫu số"]) * size).to_integral_value())) if rule["Mẫu số"] else 0,
    )
    return Target(
        indicator=indicator,
        unit=who,
        reporter=indicator["Đơn vị cung cấp số liệu"] or who,
        verifier=indicator["Đơn vị thẩm định"],
        base=base,
        goal=goal,
        due_day=due,
        done_day=_done_day(edition, who, code, due, momentum) if due else None,
        first_day=None,
        last_day=None,
        curve=curve,
        growing=code.startswith("CT7"),
    )


def targets(edition: Edition) -> list[Target]:
    """Return every target of the campaign, by indicator and unit, added and cancelled ones included."""
    units = {row["Mã đơn vị"]: row for row in table("units")}
    indicators = {row["Mã chỉ tiêu"]: row for row in table(edition.indicators)}
    found = {
        (rule["Mã chỉ tiêu"], who): _target(edition, units[who], indicators[rule["Mã chỉ tiêu"]], rule)
        for rule in table(edition.targets)
        for who in _recipients(rule, edition, units)
    }
    if edition.is_running:
        _change(found, units, indicators)
    order = {code: index for index, code in enumerate(indicators)}
    return sorted(found.values(), key=lambda target: (order[target.code], edition.units.index(target.unit)))


def _change(found: dict[tuple[str, str], Target], units: dict[str, Row], indicators: dict[str, Row]) -> None:
    """Apply the additions and cancellations of ``changes.tsv``; revisions are rows of their own."""
    rules = {row["Mã chỉ tiêu"]: row for row in table("targets")}
    for change in table("changes"):
        key, day = (change["Mã chỉ tiêu"], change["Mã đơn vị"]), int(change["Từ ngày thứ"])
        if change["Việc"] == "giao bổ sung":
            added = _target(RUNNING, units[key[1]], indicators[key[0]], rules[key[0]])
            found[key] = Target(**{**vars(added), "first_day": day})
        elif change["Việc"] == "hủy giao":
            found[key] = Target(**{**vars(found[key]), "last_day": day})
