"""The first account: by somebody at the machine, in Vietnamese, by the portal's own rules, and in the trail."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from campaigns.actions.people import save_person
from campaigns.management.commands import createsuperuser
from campaigns.models import AuditEntry, AuditPayload, User
from tests.factories import at, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "bốn con voi đi bộ qua cầu"


@pytest.fixture
def asked(monkeypatch):
    """``asked(lines, passwords)``: what is typed at a terminal, one after another; returns the questions."""

    def typed(lines, passwords):
        questions, lines, passwords = [], iter(lines), iter(passwords)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda question: (questions.append(question), next(lines))[1])
        monkeypatch.setattr(
            createsuperuser, "getpass", lambda question: (questions.append(question), next(passwords))[1]
        )
        return questions

    return typed


def test_it_asks_in_vietnamese_until_the_answers_hold(asked):
    make_user("trung")
    questions = asked(
        ["trung", "quantri", "", " Nguyễn Thị Ánh ", "ai do", ""], ["ngắn", "ngắn", PASSWORD, "khác", *[PASSWORD] * 2]
    )
    out, err = io.StringIO(), io.StringIO()
    call_command("createsuperuser", stdout=out, stderr=err)
    person = User.objects.get(username="quantri")
    assert person.full_name == "Nguyễn Thị Ánh"
    assert (person.is_superuser, person.is_staff, person.is_active) == (True, True, True)
    assert person.check_password(PASSWORD)
    assert (person.sort_key != "", "anh" in person.search_text) == (True, True)
    assert questions[:2] == ["Tên đăng nhập: ", "Tên đăng nhập: "]
    assert questions[-2:] == ["Mật khẩu: ", "Nhập lại mật khẩu: "]
    said = err.getvalue()
    assert "Hai mật khẩu không giống nhau." in said
    assert "ít nhất 15 ký tự" in said
    assert out.getvalue().strip() == "Nguyễn Thị Ánh đã có thể đăng nhập."


def test_the_trail_says_by_which_command_and_keeps_no_password(asked):
    asked([], [PASSWORD, PASSWORD])
    call_command("createsuperuser", username="quantri", full_name="Lê An", email="", stdout=io.StringIO())
    (entry,) = AuditEntry.objects.filter(action="person.created")
    content = AuditPayload.objects.get(entry=entry).content
    assert entry.actor is None
    assert json.loads(content)["origin"] == {"command": "createsuperuser"}
    assert json.loads(content)["after"]["username"] == "quantri"
    assert "password" not in content


def test_an_account_saved_with_a_password_leaves_none_in_the_trail(superuser):
    person = User(username="binh", full_name="Lê Bình")
    person.set_password(PASSWORD)
    save_person(person=person, by=superuser, now=at(10))
    content = AuditPayload.objects.get(entry__action="person.created").content
    assert "binh" in content
    assert person.password not in content
    assert "password" not in content


@pytest.mark.parametrize(
    ("password", "problem"),
    [("", "ít nhất 15 ký tự"), ("UBND quận Hải Phòng 2026", "dễ đoán trong cơ quan"), (PASSWORD, None)],
)
def test_without_a_terminal_it_reads_the_environment_and_no_rule_is_passed_over(monkeypatch, password, problem):
    for name, value in {"USERNAME": "quantri", "FULL_NAME": "Lê An", "PASSWORD": password}.items():
        monkeypatch.setenv(f"DJANGO_SUPERUSER_{name}", value)
    if problem is None:
        call_command("createsuperuser", "--noinput", stdout=io.StringIO())
        assert User.objects.get(username="quantri").check_password(PASSWORD)
    else:
        with pytest.raises(CommandError, match=problem):
            call_command("createsuperuser", "--noinput", stdout=io.StringIO())
        assert not User.objects.filter(username="quantri").exists()


def test_nobody_to_ask_is_said(monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(CommandError, match="--noinput"):
        call_command("createsuperuser")


def test_it_takes_the_place_of_djangos_command():
    assert isinstance(load_command_class("campaigns", "createsuperuser"), createsuperuser.Command)
    assert get_commands()["createsuperuser"] == "campaigns"
