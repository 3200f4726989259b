"""A pasted list of people: what is read, what is said about a line that cannot be taken."""

import pytest

from campaigns.enums import Role
from campaigns.newcomers import read_lines, suggest_username

UNITS = {"p-a": (1, "Phường An Biên"), "phuong an bien": (1, "Phường An Biên")}


def read(text, taken=()):
    return read_lines(text, units=UNITS, taken=set(taken), is_address=lambda text: "@" in text)


def test_columns_of_excel_are_read_and_the_head_is_skipped():
    head = "Họ và tên\tChức vụ\tVai trò\tĐơn vị\tThư điện tử\tTên đăng nhập\n"
    row = "Nguyễn Thị  Ánh\tChủ tịch\tlãnh đạo đơn vị\tphường an biên\tanh@example.vn\tanh.pa\n\n"
    (line,) = read(head + row)
    assert (line.number, line.full_name, line.position) == (2, "Nguyễn Thị Ánh", "Chủ tịch")
    assert (line.role, line.unit_id, line.email, line.username) == (Role.UNIT_LEADER, 1, "anh@example.vn", "anh.pa")
    assert line.problems == []


def test_a_name_alone_is_enough_and_gets_a_free_name_for_signing_in():
    first, second = read("Nguyễn Thị Ánh\nNgô Tuấn Ánh", taken={"anhnt"})
    assert (first.username, second.username) == ("anhnt2", "anhnt3")
    assert first.problems == second.problems == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (";Chủ tịch", "Thiếu họ và tên"),
        ("Lê An;;Trưởng ban", "Không có vai trò “Trưởng ban”"),
        ("Lê An;;unit_leader", "đơn vị"),
        ("Lê An;;unit_leader;P-X", "Không có đơn vị “P-X”"),
        ("Lê An;;vice_chairman", "Ủy quyền"),
        ("Lê An;;;;an(at)example", "không phải địa chỉ thư điện tử"),
        ("Lê An;;;;;binh", "Tên đăng nhập “binh” đã có"),
        ("Lê An;;;;;x;y", "nhiều hơn sáu cột"),
    ],
)
def test_what_is_wrong_is_said_on_the_line(text, problem):
    (line,) = read(text, taken={"binh"})
    assert any(problem in words for words in line.problems)


def test_the_same_name_twice_in_the_list_is_told():
    first, second = read("Lê An;;;;;an\nLê An;;;;;an")
    assert (first.problems, bool(second.problems)) == ([], True)


def test_a_name_without_letters_suggests_nothing():
    assert suggest_username("---", taken=set()) == ""
