"""Award categories with their rules, council sessions, dossiers and exemplars of the sample, as plain data.

Percentages and points are written as people say them (90 points, 85 %); a loader multiplies by 100 where the portal
stores basis points. Days are relative to the reference date (negative: before) unless a name says campaign day.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from campaign_portal.sample.calendar import REFERENCE_DAY

RUNNING, LAST_YEAR = "năm nay", "năm trước"  # as the tables name the two campaigns
AUTHORITY = "Chủ tịch Ủy ban nhân dân quận A"
#: Mid-campaign basis day (sơ kết): campaign day 45, so fifteen days before the reference date.
INTERIM_DAYS = 45 - REFERENCE_DAY


@dataclass(frozen=True)
class Rule:
    """One condition. ``parameters`` by kind:

    min_total points · min_area points, area (0 = every applicable area) · min_fulfilled_share percent ·
    required_indicators codes · top_rank n · top_share percent · class_at_least band (good, excellent) ·
    own_plan_by days (relative) · min_coverage percent · max_late_reports n.
    """

    kind: str
    parameters: dict[str, int | str | tuple[str, ...]]
    applies_to: str = "ranked"  # ranked, supporting, individuals
    earlier: dict[str, int | str | tuple[str, ...]] | None = None  # what it asked before it was changed
    since_days: int | None = None  # from when it asks what it asks now, where it was changed


@dataclass(frozen=True)
class Category:
    """One award on offer."""

    code: str
    campaign: str  # RUNNING or LAST_YEAR
    name: str
    recipient: str  # collective, individual, household
    interim_days: int | None  # basis day, None = the final run
    quota_total: int
    quota_per_bloc: int | None
    quota_per_unit: int | None
    rules: tuple[Rule, ...]
    authority: str = AUTHORITY


@dataclass(frozen=True)
class Session:
    """One session of the council; attendance and minutes are entered by its secretary."""

    code: str
    campaign: str
    days: int
    time: str
    minutes_number: str
    chaired_by: str  # full name
    present: tuple[str, ...]  # usernames of voting members
    absent: tuple[str, ...] = ()
    secretary: str = "thuky"
    ballot: str = "open"  # open vote
    notes: str = ""


@dataclass(frozen=True)
class Dossier:
    """One submission (Tờ trình) to the chairman."""

    code: str
    campaign: str
    number: str
    days: int
    time: str
    title: str
    prepared_by: str = "noivu3"
    decision_number: str = ""  # of the award decision, where issued
    decision_days: int | None = None


@dataclass(frozen=True)
class Exemplar:
    """One published or drafted story (điển hình tiên tiến)."""

    kind: str  # individual, collective
    name: str
    title: str
    story: str
    unit: str
    published_days: int | None  # None = it waits for review
    picture: str = ""  # what is drawn, and what the picture says it shows
    by: str = "xuatban"


@dataclass(frozen=True)
class Activity:
    """One activity entry of a supporting body (no scores)."""

    unit: str
    days: int
    what: str
    people: int = field(default=0)


_OWN_PLAN = Rule("own_plan_by", {"days": 15 - REFERENCE_DAY})
_SUPPORTING_PLAN = Rule("own_plan_by", {"days": 15 - REFERENCE_DAY}, applies_to="supporting")

CATEGORIES = (
    Category(
        "GK-SK-TT",
        RUNNING,
        "Giấy khen sơ kết 45 ngày cho tập thể",
        "collective",
        INTERIM_DAYS,
        12,
        3,
        1,
        (
            Rule("min_total", {"points": 75}),
            Rule("min_coverage", {"percent": 85}),
            Rule("max_late_reports", {"n": 1}),
            Rule("top_share", {"percent": 40}),
            _OWN_PLAN,
            _SUPPORTING_PLAN,
        ),
    ),
    Category(
        "GK-SK-CN",
        RUNNING,
        "Giấy khen sơ kết 45 ngày cho cá nhân",
        "individual",
        INTERIM_DAYS,
        20,
        None,
        2,
        (
            Rule("min_total", {"points": 70}, applies_to="individuals"),
            Rule("class_at_least", {"band": "good"}, applies_to="individuals"),
            Rule("max_late_reports", {"n": 2}, applies_to="individuals"),
        ),
    ),
    Category(
        "GK-TT",
        RUNNING,
        "Giấy khen cho tập thể",
        "collective",
        None,
        10,
        3,
        1,
        (
            Rule("min_total", {"points": 90}),
            Rule("min_area", {"points": 60, "area": 0}),
            Rule("min_fulfilled_share", {"percent": 50}),
            Rule("required_indicators", {"codes": ("CT1.1", "CT5.1")}),
            Rule("top_rank", {"n": 3}),
            Rule("class_at_least", {"band": "excellent"}),
            Rule("min_coverage", {"percent": 85}),
            Rule("max_late_reports", {"n": 1}, earlier={"n": 3}, since_days=30 - REFERENCE_DAY),
            _OWN_PLAN,
            _SUPPORTING_PLAN,
        ),
    ),
    Category(
        "GK-CN",
        RUNNING,
        "Giấy khen cho cá nhân",
        "individual",
        None,
        39,
        None,
        3,
        (
            Rule("min_total", {"points": 80}, applies_to="individuals"),
            Rule("min_area", {"points": 50, "area": 1}, applies_to="individuals"),
            Rule("class_at_least", {"band": "good"}, applies_to="individuals"),
        ),
    ),
    Category(
        "GK-HGD",
        RUNNING,
        "Giấy khen cho hộ gia đình",
        "household",
        None,
        10,
        None,
        2,
        (Rule("min_coverage", {"percent": 80}, applies_to="individuals"),),
    ),
    Category(
        "GK-TT",
        LAST_YEAR,
        "Giấy khen cho tập thể",
        "collective",
        None,
        8,
        2,
        1,
        (
            Rule("min_total", {"points": 90}),
            Rule("top_rank", {"n": 2}),
            Rule("class_at_least", {"band": "excellent"}),
            Rule("max_late_reports", {"n": 0}),
        ),
    ),
    Category(
        "GK-CN",
        LAST_YEAR,
        "Giấy khen cho cá nhân",
        "individual",
        None,
        20,
        None,
        2,
        (Rule("min_total", {"points": 90}, applies_to="individuals"),),
    ),
)

_MEMBERS = ("hoidong1", "hoidong2", "hoidong3", "hoidong4", "hoidong5")
SESSIONS = (
    Session(
        "H0",
        LAST_YEAR,
        -313,
        "08:00",
        "09/BB-HĐTĐKT",
        "Trần Hoàng Nam",
        _MEMBERS,
        notes="Phiên xét khen thưởng tổng kết phong trào.",
    ),
    Session(
        "H1",
        RUNNING,
        -7,
        "08:00",
        "21/BB-HĐTĐKT",
        "Vũ Thị Thanh Bình",
        _MEMBERS,
        notes="Phiên xét khen thưởng sơ kết 45 ngày.",
    ),
)
DOSSIERS = (
    Dossier(
        "T0",
        LAST_YEAR,
        "64/TTr-NV",
        -309,
        "14:10",
        "Đề nghị tặng Giấy khen tổng kết phong trào thi đua 90 ngày năm {nam_truoc}",
        decision_number="184/QĐ-UBND",
        decision_days=-304,
    ),
    Dossier("T1", RUNNING, "86/TTr-NV", -5, "10:15", "Đề nghị tặng Giấy khen sơ kết 45 ngày (đợt 1)"),
    Dossier("T2", RUNNING, "91/TTr-NV", -2, "15:20", "Đề nghị tặng Giấy khen sơ kết 45 ngày (đợt 2)"),
)

EXEMPLARS = (
    Exemplar(
        "collective",
        "Tổ dân phố số 7, phường Bến Sơn",
        "“Tổ dân phố không rác” ở phường Bến Sơn",
        "Từ một ngõ nhỏ thường xuyên tồn rác, tổ dân phố số 7 nay là đường hoa tự quản. Mỗi tối thứ Sáu, cả ngõ cùng "
        "nhau phân loại, cân và ghi sổ. Mô hình đã được thành phố chọn nhân rộng.\n\n"
        "Tổ trưởng tổ dân phố cho biết, sau hai tháng lượng rác phải đưa đi chôn lấp giảm gần một nửa; tiền bán giấy, "
        "nhựa được góp vào quỹ khuyến học của tổ.",
        "P02",
        -18,
        "Đường hoa tự quản của tổ dân phố số 7 (hình minh họa)",
    ),
    Exemplar(
        "individual",
        "Vũ Hoài Nam",
        "Người thầy của lớp phụ đạo miễn phí",
        "Ba buổi tối mỗi tuần, thầy Vũ Hoài Nam lại sáng đèn lớp học cho 25 học sinh có hoàn cảnh khó khăn. Thầy bảo: "
        "“Các em tiến bộ là phần thưởng lớn nhất”.",
        "GDDT",
        -9,
        "Lớp phụ đạo buổi tối sáng đèn (hình minh họa)",
    ),
    Exemplar(
        "individual",
        "Lê Văn Khoa",
        "Cán bộ địa chính đi từng ngõ, gõ từng nhà",
        "Anh Lê Văn Khoa cùng tổ vận động của phường An Phượng đã đến từng nhà để giải thích chính sách, giúp tuyến "
        "đường trục A1 có mặt bằng sớm.",
        "P01",
        None,
    ),
)
ACTIVITIES = (
    Activity("MTTQ", -40, "Phát động ủng hộ hộ bị thiệt hại do bão tại mười phường", 820),
    Activity("LDLD", -33, "Hội thao chào mừng phong trào thi đua 90 ngày", 410),
    Activity("PN", -26, "Hướng dẫn phân loại rác tại nguồn cho hội viên các chi hội", 1250),
    Activity("DTN", -21, "Ngày chủ nhật xanh, dọn vệ sinh ba tuyến kênh", 640),
    Activity("CCB", -15, "Nói chuyện truyền thống với thanh niên chuẩn bị nhập ngũ", 230),
    Activity("ND", -11, "Tọa đàm kinh nghiệm trồng hoa, cây cảnh ven đô", 95),
    Activity("PN", -5, "Trao 60 suất quà cho trẻ em có hoàn cảnh khó khăn", 120),
)
