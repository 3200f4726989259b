"""Award proposals and the steps that bring each one to its state, from ``proposals.tsv``.

The table says for whom, by which unit, with which papers and in which state a proposal is; this module turns the state
into dated steps, one for each action of the domain. Who does what is fixed here so that duties stay separate: the
unit's reporter drafts, its head submits, ``noivu3`` appraises, the secretary records the council's tally, ``noivu3``
prepares the dossier, the chairman (once the vice-chairman, within the delegation) decides, ``noivu3`` issues.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaign_portal.sample.awards import DOSSIERS, LAST_YEAR, SESSIONS, Dossier
from campaign_portal.sample.tables import Row, table

APPRAISER, SECRETARY, CHAIRMAN, VICE_CHAIRMAN = "noivu3", "thuky", "chutich", "phochutich"
_RECIPIENTS = {"tập thể": "collective", "cá nhân": "individual", "hộ gia đình": "household"}


@dataclass(frozen=True)
class Step:
    """One act: days are relative to the reference date, time is local "hh:mm".

    Actions: draft, submit, withdraw, appraise, refuse, return, council_pass, council_fail, dossier, approve, reject,
    issue, revoke.
    """

    action: str
    by: str  # username
    days: int
    time: str
    reason: str = ""  # where the action needs one
    returned_to: str = ""  # of a return: "unit" or "internal_affairs"
    session: str = ""  # code in awards.SESSIONS, of the council's steps
    votes: tuple[int, int, int] | None = None  # for, against, abstained
    dossier: str = ""  # code in awards.DOSSIERS
    document_number: str = ""  # of the decision (issue, revoke)


@dataclass(frozen=True)
class Proposal:
    """One proposal as plain data; gender is for statistics only."""

    code: str  # the sample's own, e.g. "HS01"
    campaign: str  # awards.RUNNING or LAST_YEAR
    category: str  # code in awards.CATEGORIES
    recipient: str  # collective, individual, household
    name: str
    position: str
    unit: str
    gender: str  # "male", "female" or ""
    is_leader: bool | None  # None for collectives
    address: str  # households only
    achievements: str
    request_number: str  # văn bản đề nghị; empty in a draft
    request_days: int | None
    minutes_number: str  # biên bản xét; empty in a draft
    minutes_days: int | None
    justification: str  # where the recipient is not eligible
    state: str  # value that the steps lead to (awards.md)
    steps: tuple[Step, ...]


_STATES = {
    "dự thảo": "draft",
    "đã gửi": "submitted",
    "đã thẩm định": "appraised",
    "Hội đồng đã thông qua": "council",
    "Hội đồng không thông qua": "not_passed",
    "trong tờ trình": "dossier",
    "đã duyệt": "approved",
    "không duyệt": "rejected",
    "Chủ tịch trả lại đơn vị": "returned",
    "Chủ tịch trả lại Nội vụ": "returned",
    "từ chối khi thẩm định": "refused",
    "trả lại khi thẩm định": "returned",
    "đã rút": "withdrawn",
    "đã ban hành": "issued",
    "đã thu hồi": "revoked",
}
_WITHOUT_COUNCIL = {"dự thảo", "đã gửi", "đã thẩm định", "từ chối khi thẩm định", "trả lại khi thẩm định", "đã rút"}


def _minute(code: str, hour: int) -> str:
    return f"{hour:02d}:{(int(code[2:]) * 7) % 50 + 5:02d}"


def _first_steps(row: Row, base: int) -> list[Step]:
    """Draft, submission and what Internal Affairs makes of it; ``base`` is the day of the draft."""
    code, unit, state = row["Mã hồ sơ"], row["Mã đơn vị"].lower(), row["Trạng thái"]
    steps = [Step("draft", f"baocao.{unit}", base, _minute(code, 9))]
    if state == "dự thảo":
        return steps
    steps.append(Step("submit", f"truong.{unit}", base + 1, _minute(code, 14)))
    if state == "đã gửi":
        return steps
    appraised = base + 3
    match state:
        case "đã rút":
            return [*steps, Step("withdraw", f"truong.{unit}", appraised, _minute(code, 10), reason=row["Lý do"])]
        case "từ chối khi thẩm định":
            return [*steps, Step("refuse", APPRAISER, appraised, _minute(code, 10), reason=row["Lý do"])]
        case "trả lại khi thẩm định":
            back = Step("return", APPRAISER, appraised, _minute(code, 10), reason=row["Lý do"], returned_to="unit")
            return [*steps, back]
    return [*steps, Step("appraise", APPRAISER, appraised, _minute(code, 10))]


def _council(row: Row) -> Step:
    session = next(session for session in SESSIONS if session.campaign == row["Phong trào"])
    pro, contra, abstained = (int(part) for part in row["Biểu quyết"].split("/"))
    failed = row["Trạng thái"] == "Hội đồng không thông qua"
    return Step(
        "council_fail" if failed else "council_pass",
        SECRETARY,
        session.days,
        _minute(row["Mã hồ sơ"], 10),
        reason=row["Lý do"] if failed else "",
        session=session.code,
        votes=(pro, contra, abstained),
    )


def _decision(row: Row, dossier: Dossier) -> list[Step]:
    """What the chairman did with a proposal in a dossier, and what followed."""
    code, state, reason = row["Mã hồ sơ"], row["Trạng thái"], row["Lý do"]
    day, time = dossier.days + 2, _minute(code, 15)
    match state:
        case "đã duyệt":
            return [Step("approve", VICE_CHAIRMAN if code == "HS10" else CHAIRMAN, day, time)]
        case "không duyệt":
            return [Step("reject", CHAIRMAN, day, time, reason=reason)]
        case "Chủ tịch trả lại đơn vị":
            return [Step("return", CHAIRMAN, day, time, reason=reason, returned_to="unit")]
        case "Chủ tịch trả lại Nội vụ":
            return [Step("return", CHAIRMAN, day, time, reason=reason, returned_to="internal_affairs")]
        case "đã ban hành" | "đã thu hồi":
            assert dossier.decision_days is not None
            steps = [
                Step("approve", CHAIRMAN, day, time),
                Step(
                    "issue",
                    APPRAISER,
                    dossier.decision_days,
                    _minute(code, 16),
                    document_number=dossier.decision_number,
                ),
            ]
            if state == "đã thu hồi":
                steps.append(Step("revoke", APPRAISER, -240, "09:30", reason=reason, document_number="611/QĐ-UBND"))
            return steps
    return []


def _proposal(row: Row) -> Proposal:
    code, state = row["Mã hồ sơ"], row["Trạng thái"]
    interim = row["Danh mục"].startswith("GK-SK")
    # Last year's units proposed right after the close; this year's after the interim run, or in these days.
    base = -318 if row["Phong trào"] == LAST_YEAR else (-13 if interim else -4)
    steps = _first_steps(row, base)
    if state not in _WITHOUT_COUNCIL:
        steps.append(_council(row))
    if row["Tờ trình"]:
        dossier = next(dossier for dossier in DOSSIERS if dossier.code == row["Tờ trình"])
        steps.append(Step("dossier", APPRAISER, dossier.days, dossier.time, dossier=dossier.code))
        steps += _decision(row, dossier)
    return Proposal(
        code=code,
        campaign=row["Phong trào"],
        category=row["Danh mục"],
        recipient=_RECIPIENTS[row["Đối tượng"]],
        name=row["Họ và tên hoặc tên tập thể"],
        position=row["Chức vụ"],
        unit=row["Mã đơn vị"],
        gender={"nam": "male", "nữ": "female", "": ""}[row["Giới tính"]],
        is_leader=None if row["Đối tượng"] == "tập thể" else row["Vai trò"] == "lãnh đạo",
        address=row["Địa chỉ"],
        achievements=row["Thành tích"],
        request_number=row["Văn bản đề nghị"],
        request_days=base + 1 if row["Văn bản đề nghị"] else None,
        minutes_number=row["Biên bản xét"],
        minutes_days=base if row["Biên bản xét"] else None,
        justification=row["Giải trình khi chưa đủ điều kiện"],
        state=_STATES[state],
        steps=tuple(steps),
    )


PROPOSALS = tuple(_proposal(row) for row in table("proposals"))
