"""Names alike in many spellings; names that only look alike stay apart."""

import unicodedata

import pytest

from awards.names import name_key

PERSON = "Nguyễn Thị Hòa"
SPELLINGS = [
    "Nguyễn Thị Hòa", "Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA", "nguyễn thị hoà", "Nguyen Thi Hoa", "NGUYEN THI HOA",
    "nguyen thi hoa", "Nguyễn  Thị   Hòa", " Nguyễn Thị Hòa ", "Nguyễn\u00a0Thị\u00a0Hòa", "Nguyễn\tThị Hòa",
    unicodedata.normalize("NFD", "Nguyễn Thị Hoà"), "Nguyễn\u200b Thị Hòa", "Nguyễn Thị Hòa\ufeff",
    "Bà Nguyễn Thị Hòa", "bà Nguyễn Thị Hoà", "Đ/c Nguyễn Thị Hòa", "Đồng chí Nguyễn Thị Hòa", "ThS. Nguyễn Thị Hòa",
    "ThS Nguyễn Thị Hòa", "Bà ThS. Nguyễn Thị Hòa", "Cô Nguyễn Thị Hòa", "Nguyễn-Thị-Hòa", "Nguyễn Thị Hòa.",
    "Nguyễn Thị Hòa,", "NguyễnThị Hòa", "nguyenthihoa", "Nguyễn Thị Hỏa", "Nguyễn Thị Họa", "ＮＧＵＹỄＮ Thị Hòa",
    "Nguyễn Thị “Hòa”", "Nguỹen Thị Hòa",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_one_person(spelling: str) -> None:
    assert name_key(spelling) == name_key(PERSON)


def test_there_are_more_than_thirty() -> None:
    assert len(set(SPELLINGS)) > 30


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("UBND phường An Phượng", "Ủy ban nhân dân phường An Phượng"),
        ("UỶ BAN NHÂN DÂN PHƯỜNG AN PHƯỢNG", "Uỷ ban nhân dân Phường An Phượng"),
        ("Phòng Văn hóa và Thông tin", "Phòng Văn hoá & Thông tin"),
        ("Phòng VHTT", "Phòng Văn hóa và Thông tin"),
        ("Phòng Lao động - Thương binh và Xã hội", "Phòng LĐTBXH"),
        ("Lý Thị Mỹ", "Lí Thị Mĩ"),
        ("Đỗ Đức Đạt", "do duc dat"),
    ],
)
def test_other_names_alike(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PERSON, "Nguyễn Thị Hoan"),
        (PERSON, "Nguyễn Văn Hòa"),
        (PERSON, "Nguyễn Thị Thu Hòa"),
        ("Phường An Phượng", "Phường An Phú"),
        ("Bà", "Cô"),
    ],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
