"""A campaign as the rules see it: plain records, no database.

Written from shared scoring.md and workbook.md only, so that the reference in ``reference.py`` stays
independent of the portal. Values, baselines, goals and weights are Decimals as entered; scores and
policy figures are integers in basis points (bp, 100 bp = 1 point); days are local dates and moments
naive local datetimes (Asia/Ho_Chi_Minh keeps one offset all year), to the second.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum


class Kind(Enum):
    """What an indicator's goal means; the value is the word the workbook uses."""

    INCREASE = "tăng"
    DECREASE = "giảm"
    MAINTAIN = "duy trì"
    MILESTONE = "mốc"


class Mode(Enum):
    """How an indicator is reported: the running total, or what came in the period."""

    CUMULATIVE = "lũy kế"
    INCREMENT = "trong kỳ"


class Frequency(Enum):
    """In which periods a target is owed."""

    EVERY_PERIOD = "mỗi kỳ"
    MONTHLY = "hằng tháng"
    AT_END = "cuối đợt"


class Ruling(Enum):
    """The verdict on a measurement."""

    ACCEPTED = "chấp nhận"
    ADJUSTED = "điều chỉnh"
    RETURNED = "trả lại"


class GateForm(Enum):
    """A hold only holds awards; an exclusion takes the rank as well."""

    HOLD = "tạm dừng"
    EXCLUSION = "loại trừ"


@dataclass(frozen=True)
class Policy:
    """The campaign's scoring policy and bands, all in bp, with the defaults of scoring.md."""

    cap_bp: int = 11000
    floor_bp: int = 0
    late_milestone_bp: int = 7500
    bonus_cap_bp: int = 500
    late_report_bp: int = 50
    missing_report_bp: int = 100
    reporting_penalty_cap_bp: int = 500
    excellent_bp: int = 9000
    good_bp: int = 7000
    fair_bp: int = 5000


@dataclass(frozen=True)
class Area:
    number: int
    name: str
    weight: Decimal
    active: bool = True
    description: str = ""


@dataclass(frozen=True)
class Bloc:
    code: str
    name: str


@dataclass(frozen=True)
class Unit:
    """A participant; ``last_day`` is the last day of its validity, empty ends are open."""

    code: str
    name: str
    bloc: str
    kind: str = "phường"
    competes: bool = True
    first_day: date | None = None
    last_day: date | None = None
    successor: str = ""


@dataclass(frozen=True)
class Indicator:
    """``provider`` is the code of the unit that reports it for every unit, empty where each reports itself."""

    code: str
    area: int
    name: str
    kind: Kind
    weight: Decimal
    mode: Mode = Mode.CUMULATIVE
    frequency: Frequency = Frequency.EVERY_PERIOD
    cap_bp: int | None = None
    provider: str = ""
    verifier: str = ""
    measured_in: str = ""
    evidence_required: bool = False
    active: bool = True


@dataclass(frozen=True)
class Revision:
    """A dated change; a field left None keeps what was in force."""

    day: date
    baseline: Decimal | None = None
    goal: Decimal | None = None
    due: date | None = None
    reason: str = "Điều chỉnh theo văn bản"


@dataclass(frozen=True)
class Target:
    """One indicator given to one unit; ``ending_day`` is the first day on which it is no longer in force."""

    indicator: str
    unit: str
    goal: Decimal
    baseline: Decimal | None = None
    due: date | None = None
    first_day: date | None = None
    revisions: tuple[Revision, ...] = ()
    ending_day: date | None = None
    ending_reason: str = ""
    late_waiver_day: date | None = None
    late_waiver_reason: str = ""


@dataclass(frozen=True)
class Period:
    name: str
    start: date
    end: date
    due: datetime
    locked: datetime | None = None


@dataclass(frozen=True)
class Measurement:
    """One sending and, where ``ruling`` is given, the verdict on it.

    Either ``nothing`` (không phát sinh), or ``value``, or ``numerator`` and ``denominator``. ``completed``
    is the day a milestone was done. ``verified_value`` and ``verified_completed`` belong to an adjustment.
    """

    period: str
    indicator: str
    unit: str
    sent: datetime
    value: Decimal | None = None
    nothing: bool = False
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    completed: date | None = None
    sender: str = ""
    ruling: Ruling | None = None
    verified_value: Decimal | None = None
    verified_completed: date | None = None
    ruled: datetime | None = None
    verifier: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Points:
    """Bonus (positive) or penalty (negative) points, in bp."""

    unit: str
    bp: int
    from_day: date
    voided_day: date | None = None
    reason: str = "Theo quyết định"
    document: str = "01/QĐ"


@dataclass(frozen=True)
class ReportWaiver:
    unit: str
    period: str
    from_day: date
    reason: str = "Được miễn"


@dataclass(frozen=True)
class Gate:
    unit: str
    form: GateForm
    from_day: date
    voided_day: date | None = None
    reason: str = "Đang xem xét"
    document: str = "01/TB"


@dataclass(frozen=True)
class Campaign:
    """Everything a workbook carries. The order of ``measurements`` is the order in which they were recorded."""

    code: str
    name: str
    start: date
    end: date
    agency: str = "Ủy ban nhân dân"
    theme: str = ""
    plan_number: str = ""
    plan_day: date | None = None
    closing_day: date | None = None
    status: str = ""
    policy: Policy = field(default_factory=Policy)
    areas: tuple[Area, ...] = ()
    blocs: tuple[Bloc, ...] = ()
    units: tuple[Unit, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    targets: tuple[Target, ...] = ()
    periods: tuple[Period, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    points: tuple[Points, ...] = ()
    report_waivers: tuple[ReportWaiver, ...] = ()
    gates: tuple[Gate, ...] = ()
