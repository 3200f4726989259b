"""The cast: who has an account, with which dated roles. No passwords here; addresses end in example.invalid.

``people()`` gives the tour's cast first (``tour=True``: print these with a password on the local default), then the
other heads and reporters of the unit table, who need none. Role names are the values of ``campaigns.enums.Role``.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaign_portal.sample.tables import table

#: The three officers of Phòng Nội vụ: who enters, who verifies, who appraises (never the same person).
ENTERING_OFFICER = "Lê Minh Đức"
VERIFYING_OFFICER = "Nguyễn Thị Hồng Nhung"
APPRAISING_OFFICER = "Phạm Quốc Bảo"


#: The body this sample installation serves; keys are the fields of ``campaigns.models.Organiser``.
ORGANISER = {
    "name": "Ủy ban nhân dân quận A",
    "short_name": "UBND quận A",
    "parent_name": "Ủy ban nhân dân thành phố X",
    "level": "district",
    "place_name": "Quận A",
    "staff_unit_name": "Phòng Nội vụ",
    "is_sample": True,
}
#: Internal Affairs' own unit, and the unit that settles what concerns it (values, points, waivers, gates).
STAFF_UNIT, SUBSTITUTE_UNIT = "NV", "VP"


@dataclass(frozen=True)
class Grant:
    """One role of one person; days are relative to the reference date (negative: before)."""

    role: str  # value of campaigns.enums.Role
    unit: str = ""  # unit code; needed for unit_leader and unit_reporter, says whose member a council member is
    from_days: int = -700  # first day
    to_days: int | None = None  # last day, None = no end
    document: str = ""  # number of the paper, required for vice_chairman


@dataclass(frozen=True)
class Person:
    """One account."""

    username: str
    full_name: str
    position: str  # chức vụ
    grants: tuple[Grant, ...]
    tour: bool = False  # printed with a password by the local default
    shows: str = ""  # what the tour shows with this account (Vietnamese, for the sign-in hint)
    is_superuser: bool = False

    @property
    def email(self) -> str:
        """An address that no mail can ever reach."""
        return f"{self.username}@example.invalid"


@dataclass(frozen=True)
class Authorised:
    """A leader's dated authorisation for a reporter to submit the unit's reports."""

    unit: str
    leader: str  # username
    reporter: str  # username
    from_days: int
    to_days: int


_OFFICERS = (
    Person(
        "noivu1",
        ENTERING_OFFICER,
        "Chuyên viên phòng Nội vụ",
        (Grant("internal_affairs", "NV"),),
        True,
        "nhập đính chính, theo dõi tiến độ, nhắc đơn vị chậm",
    ),
    Person(
        "noivu2",
        VERIFYING_OFFICER,
        "Chuyên viên chính phòng Nội vụ",
        (Grant("internal_affairs", "NV"),),
        True,
        "thẩm định số liệu trong trang quản trị",
    ),
    Person(
        "noivu3",
        APPRAISING_OFFICER,
        "Phó Trưởng phòng Nội vụ",
        (Grant("internal_affairs", "NV"),),
        True,
        "thẩm định hồ sơ khen thưởng, lập tờ trình, ban hành",
    ),
)
_COUNCIL = (
    Person(
        "thuky",
        "Đào Thị Hải Vân",
        "Thư ký Hội đồng Thi đua - Khen thưởng quận",
        (Grant("council_secretary", "NV"),),
        True,
        "ghi phiên họp, kết quả biểu quyết, biên bản",
    ),
    Person(
        "hoidong1",
        "Nguyễn Đăng Khoa",
        "Phó Chủ tịch Ủy ban MTTQ Việt Nam quận, Ủy viên Hội đồng",
        (Grant("council", "MTTQ"),),
        True,
        "xem hồ sơ, biểu quyết",
    ),
    Person(
        "hoidong2",
        "Trần Thị Diễm My",
        "Phó Chủ tịch Liên đoàn Lao động quận, Ủy viên Hội đồng",
        (Grant("council", "LDLD"),),
    ),
    Person(
        "hoidong3",
        "Phùng Thế Anh",
        "Phó Trưởng phòng Tài chính - Kế hoạch, Ủy viên Hội đồng",
        (Grant("council", "TCKH"),),
    ),
    Person(
        "hoidong4",
        "Lưu Thị Bích Thủy",
        "Phó Trưởng phòng Văn hóa và Thông tin, Ủy viên Hội đồng",
        (Grant("council", "VHTT"),),
    ),
    Person(
        "hoidong5",
        "Hoàng Gia Minh",
        "Phó Chánh Văn phòng HĐND và UBND quận, Ủy viên Hội đồng",
        (Grant("council", "VP"),),
    ),
)
_DECIDING = (
    Person(
        "chutich",
        "Trần Hoàng Nam",
        "Chủ tịch Ủy ban nhân dân quận A",
        (Grant("chairman"),),
        True,
        "quyết định hồ sơ đang chờ, yêu cầu giải trình",
    ),
    Person(
        "phochutich",
        "Vũ Thị Thanh Bình",
        "Phó Chủ tịch Ủy ban nhân dân quận A",
        (Grant("vice_chairman", from_days=-20, to_days=25, document="Giấy ủy quyền số 312/UQ-UBND"),),
        True,
        "quyết định thay theo ủy quyền có thời hạn",
    ),
)
_OTHERS = (
    Person(
        "xuatban",
        "Kim Ngọc Hân",
        "Chuyên viên phòng Văn hóa và Thông tin",
        (Grant("publisher", "VHTT"),),
        True,
        "đăng gương điển hình tiên tiến",
    ),
    Person("theodoi", "Nguyễn Phúc Lâm", "Phó Chánh Văn phòng Quận ủy", (Grant("viewer"),), True, "xem bảng xếp hạng"),
    Person(
        "kiemtoan",
        "Đoàn Thị Thùy Dung",
        "Kiểm tra viên được giao giám sát",
        (Grant("auditor"),),
        True,
        "đọc toàn bộ dấu vết kiểm toán",
    ),
    Person(
        "quantri",
        "Ngô Tiến Dũng",
        "Quản trị hệ thống",
        (),
        True,
        "tài khoản và cài đặt",
        is_superuser=True,
    ),
)
#: Heads and reporters whom the tour shows: two wards, one division, the tax office as data provider.
_TOUR_OF_UNITS = {
    "truong.p01": "lãnh đạo phường: gửi báo cáo, đề nghị khen thưởng",
    "baocao.p01": "nhập báo cáo của phường",
    "truong.p05": "lãnh đạo một phường khác",
    "baocao.p05": "nhập báo cáo của một phường khác",
    "truong.tnmt": "lãnh đạo phòng: báo cáo và thẩm định số liệu thuộc lĩnh vực",
    "baocao.tnmt": "nhập báo cáo của phòng",
    "truong.cct": "Chi cục Thuế: nhập thu ngân sách cho mọi phường",
}
#: Reporters who may submit by their leader's dated authorisation.
AUTHORISATIONS = (
    Authorised("P05", "truong.p05", "baocao.p05", -60, 30),
    Authorised("TNMT", "truong.tnmt", "baocao.tnmt", -58, 32),
)


def _of_units() -> list[Person]:
    found = []
    for row in table("units"):
        code = row["Mã đơn vị"]
        last = -370 if code == "DTT" else None  # the service that was dissolved last year
        for prefix, role, name, position in (
            ("truong", "unit_leader", row["Người đứng đầu"], row["Chức vụ người đứng đầu"]),
            ("baocao", "unit_reporter", row["Người báo cáo"], row["Chức vụ người báo cáo"]),
        ):
            username = f"{prefix}.{code.lower()}"
            shows = _TOUR_OF_UNITS.get(username, "")
            found.append(Person(username, name, position, (Grant(role, code, to_days=last),), bool(shows), shows))
    return found


def people() -> list[Person]:
    """Return every account: the tour's cast first, in the order in which to print it."""
    units = _of_units()
    everybody = [*units, *_OFFICERS, *_COUNCIL, *_DECIDING, *_OTHERS]
    return [person for person in everybody if person.tour] + [person for person in everybody if not person.tour]
