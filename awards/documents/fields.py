"""What a kind of document is: its placeholders, how it is signed, and what every kind has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One placeholder."""

    name: str
    meaning: str
    sample: str
    essential: bool = False  # without it the document would be none: a person's own template must name it


@dataclass(frozen=True)
class Kind:
    """What a kind of .docx document holds and how it is signed until staff set it otherwise."""

    stem: str  # of the file's name
    symbol: str  # after the number: "QĐ-UBND"
    head: str  # whose head it has: organiser, staff, council, unit
    titles: tuple[str, ...]  # over the signature; empty: found from who decides
    recipients: tuple[str, ...]
    fields: tuple[Field, ...]
    lists: dict[str, tuple[Field, ...]]

    @property
    def common(self) -> tuple[Field, ...]:
        """The fields every document has."""
        return COMMON

    def names(self) -> frozenset[str]:
        """Every placeholder a template may hold."""
        own = {field.name for field in (*COMMON, *self.fields)}
        listed = {f"{name}.{field.name}" for name, fields in self.all_lists().items() for field in fields}
        return frozenset(own | listed)

    def all_lists(self) -> dict[str, tuple[Field, ...]]:
        """The lists of the kind and those every document has."""
        return {**COMMON_LISTS, **self.lists}

    def essential(self) -> frozenset[str]:
        """Placeholders that a template must hold."""
        own = {field.name for field in (*COMMON, *self.fields) if field.essential}
        listed = {f"{name}.{f.name}" for name, fields in self.all_lists().items() for f in fields if f.essential}
        return frozenset(own | listed)

    def sample(self) -> dict[str, Any]:
        """Data to try a template with: an example in every field, two items in every list."""
        own: dict[str, Any] = {field.name: field.sample for field in (*COMMON, *self.fields)}
        for name, fields in self.all_lists().items():
            own[name] = [{field.name: field.sample for field in fields} for _number in range(2)]
        return own


#: The one field of a list of lines.
LINE = (Field("noi_dung", "Một dòng", "Như trên"),)


COMMON = (
    Field("co_quan_chu_quan", "Cơ quan chủ quản (in hoa)", "ỦY BAN NHÂN DÂN THÀNH PHỐ X"),
    Field("co_quan", "Cơ quan ban hành (in hoa)", "ỦY BAN NHÂN DÂN QUẬN A"),
    Field("ten_co_quan", "Cơ quan ban hành", "Ủy ban nhân dân quận A"),
    Field("so_ky_hieu", "Dòng số, ký hiệu", "Số: 12/QĐ-UBND"),
    Field("so_van_ban", "Số, ký hiệu", "12/QĐ-UBND"),
    Field("ngay_ban_hanh", "Ngày tháng năm", "ngày 05 tháng 12 năm 2026"),
    Field("nguoi_ban_hanh", "Người có thẩm quyền", "Chủ tịch Ủy ban nhân dân quận A"),
    Field("dia_danh_ngay", "Địa danh, ngày tháng năm", "Quận A, ngày 05 tháng 12 năm 2026"),
    Field("mau_so", "Mẫu số", "Mẫu số 07"),
    Field("phong_trao", "Tên phong trào thi đua", "Phong trào thi đua cao điểm 90 ngày đêm"),
    Field("ke_hoach", "Số, ngày kế hoạch phát động", "Kế hoạch số 210/KH-UBND ngày 28 tháng 9 năm 2026"),
    Field("thoi_gian", "Thời gian phong trào", "từ ngày 01/10/2026 đến ngày 29/12/2026"),
    Field("co_quan_phat_dong", "Cơ quan phát động", "Ủy ban nhân dân quận A"),
    Field("tham_quyen", "Người có thẩm quyền (in hoa)", "CHỦ TỊCH ỦY BAN NHÂN DÂN QUẬN A"),
    Field("phong_thuong_truc", "Cơ quan thường trực thi đua", "Phòng Nội vụ"),
    Field("chuc_vu_ky", "Quyền hạn, chức vụ người ký", "CHỦ TỊCH"),
    Field("nguoi_ky", "Họ tên người ký", "Nguyễn Văn An"),
)


COMMON_LISTS = {"can_cu": LINE, "noi_nhan": LINE}
