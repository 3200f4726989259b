"""How numbers, times and drawings read: one notation on every page, in documents and in messages. Pure.

The notation is the Vietnamese one in either language (``1.234,5``, ``dd/mm/yyyy``), so that a figure
looks the same for everyone. Nothing here depends on the active locale or on settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOTHING = "–"
MINUS = "−"
_NBSP = "\u00a0"

#: Lower bounds (bp) of heat classes 1 to 7; below the first is class 0.
HEAT_BOUNDS = (3000, 5000, 6000, 7000, 8000, 9000, 10000)


def number(value: Decimal | int | None, *, places: int | None = None) -> str:
    """Return a value with Vietnamese separators: ``Decimal("1234.5000")`` → ``1.234,5``.

    Without ``places`` trailing zeros go; with it the number is rounded half up to that many decimals.
    ``None`` reads as a dash. The minus is the true minus sign.
    """
    if value is None:
        return NOTHING
    exact = Decimal(value)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(exact):,f}"
    whole, _, decimals = text.partition(".")
    if places is None:
        decimals = decimals.rstrip("0")
    sign = MINUS if exact < 0 and (whole.strip("0,") or decimals.strip("0")) else ""
    return sign + whole.replace(",", ".") + ("," + decimals if decimals else "")


def points(bp: int | None) -> str:
    """Return basis points as points with two decimals: 8735 → ``87,35``. ``None`` reads as a dash."""
    return NOTHING if bp is None else number(Decimal(bp).scaleb(-2), places=2)


def signed_points(bp: int | None) -> str:
    """Return a change or a bonus in points with its sign: 120 → ``+1,20``, -50 → ``−0,50``, 0 → ``0,00``."""
    return ("+" if bp is not None and bp > 0 else "") + points(bp)


def percent(bp: int | None, places: int | None = None) -> str:
    """Return basis points as a percentage without needless decimals: 10000 → ``100 %``, 8735 → ``87,35 %``.

    ``places`` fixes the decimals, for columns.
    """
    return NOTHING if bp is None else number(Decimal(bp).scaleb(-2), places=places) + _NBSP + "%"


def vnd(amount: Decimal | int | None) -> str:
    """Return an amount of money in đồng: 2340000 → ``2.340.000 đ``."""
    return NOTHING if amount is None else number(amount, places=0) + _NBSP + "đ"


def input_number(value: Decimal | int | None) -> str:
    """Return a value as a person types it into a box: decimal comma, no grouping, plain minus; '' for None."""
    return "" if value is None else number(value).replace(".", "").replace(MINUS, "-")


def local(moment: datetime) -> datetime:
    """Return an aware moment in local time (Asia/Ho_Chi_Minh). Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment shown to people must be aware")
    return moment.astimezone(LOCAL_ZONE)


def local_date(day: date | datetime | None) -> str:
    """Return a day as ``dd/mm/yyyy``; a moment is taken on its local day. ``None`` reads as a dash."""
    if day is None:
        return NOTHING
    return (local(day) if isinstance(day, datetime) else day).strftime("%d/%m/%Y")


def local_time(moment: datetime | None) -> str:
    """Return a moment's local ``HH:MM``."""
    return NOTHING if moment is None else local(moment).strftime("%H:%M")


def local_datetime(moment: datetime | None) -> str:
    """Return a moment as ``HH:MM dd/mm/yyyy`` in local time, the way Vietnamese offices write it."""
    return NOTHING if moment is None else local(moment).strftime("%H:%M %d/%m/%Y")


@dataclass(frozen=True, kw_only=True)
class Span:
    """Length of time between now and a deadline, cut to minutes."""

    overdue: bool  # the deadline is in the past
    days: int  # whole days
    hours: int  # whole hours of the rest, 0 to 23
    minutes: int  # whole minutes of the rest, 0 to 59


def span(deadline: datetime, *, now: datetime) -> Span:
    """Return how far a deadline is from now; the deadline's own moment is not yet overdue."""
    distance = deadline - now
    overdue = distance < timedelta(0)
    minutes = int(abs(distance).total_seconds() // 60)
    return Span(overdue=overdue, days=minutes // 1440, hours=minutes % 1440 // 60, minutes=minutes % 60)


def urgency(deadline: datetime, *, now: datetime) -> str:
    """Return how pressing a deadline is: ``overdue``, ``soon`` (24 hours), ``near`` (3 days) or ``calm``."""
    if deadline < now:
        return "overdue"
    if deadline - now <= timedelta(hours=24):
        return "soon"
    return "near" if deadline - now <= timedelta(days=3) else "calm"


def heat_class(bp: int | None) -> str:
    """Return the CSS class of a heat-map cell: ``heat-0`` … ``heat-7`` by HEAT_BOUNDS, ``heat-na`` for None."""
    return "heat-na" if bp is None else f"heat-{sum(bp >= bound for bound in HEAT_BOUNDS)}"


def file_size(size: int) -> str:
    """Return a file size in the unit people read: 842 → ``842 B``, 1536 → ``1,5 KB``, 5242880 → ``5 MB``."""
    if size < 1024:
        return f"{size}{_NBSP}B"
    unit, scale = ("KB", 1024) if size < 1024 * 1024 else ("MB", 1024 * 1024)
    rounded = (Decimal(size) / scale).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return number(rounded) + _NBSP + unit


def sparkline_level(values: Sequence[int | None], level: int, *, height: int, pad: int = 3) -> str:
    """Return the y of a level on the scale that holds the trend and the level, as ``sparkline_path`` draws it."""
    known = [*(value for value in values if value is not None), level]
    low, high = min(known), max(known)
    share = (level - low) / (high - low) if high > low else 0.5
    return f"{height - pad - share * (height - 2 * pad):.1f}"


def sparkline_path(
    values: Sequence[int | None], *, width: int, height: int, pad: int = 3, level: int | None = None
) -> str:
    """Return the SVG path of a trend line; a missing value breaks the line. Empty when nothing is known.

    Values are spread over the width in order; the lowest known lies at the bottom, the highest on top
    (in the middle when all are equal); ``level`` widens the scale so that it lies on it. Coordinates use a decimal
    point whatever the locale.
    """
    known = [value for value in values if value is not None]
    if not known:
        return ""
    scale = known if level is None else [*known, level]
    low, high = min(scale), max(scale)
    step = (width - 2 * pad) / max(len(values) - 1, 1)
    steps: list[str] = []
    pen_down = False
    for index, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        x, y = pad + index * step, height - pad - share * (height - 2 * pad)
        steps.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}")
        pen_down = True
    return "".join(steps)


def sparkline_end(
    values: Sequence[int | None], *, width: int, height: int, pad: int = 3, level: int | None = None
) -> tuple[str, str] | None:
    """Return x and y of the last known value of a trend line, or None when nothing is known."""
    path = sparkline_path(values, width=width, height=height, pad=pad, level=level)
    if not path:
        return None
    x, _, y = path.replace("L", "M").rsplit("M", 1)[1].partition(" ")
    return x, y
