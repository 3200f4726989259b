"""E-mail: one letter a burst, the same Message-ID however often, back-off, failures in the open, rollbacks silent."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Iterator

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.db import transaction

from campaigns.actions import mail, outbox_work
from campaigns.actions.mail import COLLECT_AFTER, PAUSES, STALE, send_again
from campaigns.actions.notices import tell_people, tell_roles, tell_units
from campaigns.enums import MailState, NoticeChannel, NoticeKind, Role
from campaigns.models import AuditEntry, Mail, Notice, NoticePreference, OutboxMessage
from tests.factories import at, make_organiser, make_person

NOW = at(10)
pytestmark = pytest.mark.django_db


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def work(seconds: float = COLLECT_AFTER) -> str:
    return outbox_work.drain(clock=lambda: later(seconds))


def tell(person, key="verdict:1", title="Bị trả lại", **more):
    words = more.pop("words", lambda: (title, "Số liệu chưa khớp hồ sơ"))
    return tell_people(people=[person], key=key, words=words, url="/bao-cao/1/ky/2/", now=NOW, **more)


@pytest.fixture
def ann(leader_a):
    leader_a.email = "anh@example.gov.vn"
    leader_a.save()
    return leader_a


# --- from notices to letters ------------------------------------------------------------------------------


def test_a_burst_of_notices_is_one_letter_in_the_persons_language(ann, settings):
    settings.PORTAL_URL = "https://thidua.example.gov.vn"
    make_organiser()
    tell(ann, "verdict:1", "Bị trả lại: Thu ngân sách")
    tell(ann, "verdict:2", "Bị trả lại: Hồ sơ trực tuyến")
    assert work(COLLECT_AFTER - 1) == "No work was due."
    work()
    [letter] = outbox.outbox
    assert letter.to == ["anh@example.gov.vn"]
    assert letter.subject == "[UBND quận A] Bị trả lại: Thu ngân sách (và 1 tin báo khác)"
    assert letter.body.startswith("Kính gửi Nguyễn Thị Ánh,\n")
    assert "1. Bị trả lại: Thu ngân sách\nSố liệu chưa khớp hồ sơ\nhttps://thidua.example.gov.vn/bao-cao/1/ky/2/" in (
        letter.body
    )
    assert "https://thidua.example.gov.vn/tin-bao/tuy-chon/" in letter.body
    stored = Mail.objects.get()
    assert letter.extra_headers["Message-ID"] == stored.message_id
    assert (stored.state, stored.attempts, stored.sent_at) == (MailState.SENT, 1, later(COLLECT_AFTER))
    assert set(Notice.objects.values_list("mail", flat=True)) == {stored.pk}


def test_nothing_in_a_letter_is_escaped_and_no_header_is_smuggled(ann):
    tell(ann, title="Mức < 5 & “đạt”\r\nBcc: all@example.com")
    work()
    [letter] = outbox.outbox
    assert letter.message()["Bcc"] is None
    assert "\n" not in letter.subject
    assert "Mức < 5 & “đạt”" in letter.body


def test_a_person_is_told_of_an_event_once(ann):
    assert [tell(ann), tell(ann)] == [1, 0]
    work()
    tell(ann)
    work(9_000)
    assert (Notice.objects.count(), len(outbox.outbox)) == (1, 1)


def test_what_is_rolled_back_sends_nothing(ann):
    with transaction.atomic():
        tell(ann)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()
    work()
    assert outbox.outbox == []


def test_who_wants_no_mail_or_has_no_address_is_told_in_the_portal_only(ann, leader_b):
    NoticePreference.objects.create(person=ann, kind=NoticeKind.VALUE, channel=NoticeChannel.PORTAL)
    tell(ann)
    tell(leader_b)
    work()
    assert Notice.objects.filter(by_mail=False).count() == 2
    assert outbox.outbox == []


@pytest.mark.parametrize(("kind", "count"), [(NoticeKind.VALUE, 1), (NoticeKind.ANNOUNCEMENT, 0)])
def test_a_duty_cannot_be_switched_off_in_the_portal(ann, kind, count):
    NoticePreference.objects.create(person=ann, kind=kind, channel=NoticeChannel.NONE)
    tell(ann, key="x:1", kind=kind)
    assert Notice.objects.count() == count


def test_units_and_roles_are_told(ann, reporter_a, unit_a, staff, staff_two):
    words = lambda: ("Có kiến nghị mới", "")  # noqa: E731
    assert tell_units(units=[unit_a.pk], key="appeal:1", words=words, url="", now=NOW) == 2
    assert tell_roles(roles=[Role.INTERNAL_AFFAIRS], key="appeal:2", words=words, url="", now=NOW) == 2
    assert set(Notice.objects.values_list("kind", flat=True)) == {NoticeKind.APPEAL}


def test_a_notice_that_waited_for_days_is_not_mailed_any_more(ann):
    tell(ann)
    outbox_work.drain(clock=lambda: NOW + STALE + dt.timedelta(hours=1))
    assert outbox.outbox == []
    assert not Notice.objects.filter(by_mail=True).exists()


def test_who_left_meanwhile_gets_no_letter(ann):
    tell(ann)
    ann.is_active = False
    ann.save()
    work()
    assert outbox.outbox == []


def test_letters_cost_the_same_whatever_the_number_of_notices(django_assert_max_num_queries):
    people = [make_person(Role.VIEWER, email=f"x{number}@example.gov.vn") for number in range(30)]
    with django_assert_max_num_queries(10):
        tell_people(people=people, key="announcement:1", words=lambda: ("Thông báo", ""), now=NOW)
    work()
    assert len(outbox.outbox) == 30


# --- a mail server with faults ----------------------------------------------------------------------------


class Server:
    """A mail server of our own: takes letters, or does what ``faults`` say, one fault a connection."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.faults: list[str] = []
        self.taken: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection, self.faults.pop(0) if self.faults else "")

    def _talk(self, connection: socket.socket, fault: str) -> None:
        if fault == "hang up":
            return
        lines = connection.makefile("rb")
        say = lambda text: connection.sendall(text.encode() + b"\r\n")  # noqa: E731
        say("220 stub")
        data: list[str] = []
        for raw in lines:
            word = raw.decode().strip()
            command = word[:4].upper()
            if command == "DATA":
                say("354 go on")
                for row in lines:
                    if row == b".\r\n":
                        break
                    data.append(row.decode())
                if fault == "crash after taking":
                    self.taken.append("".join(data))
                    return
                if fault in ("451 later", "554 spam"):
                    say(fault)
                else:
                    self.taken.append("".join(data))
                    say("250 taken")
            elif command == "RCPT" and fault in ("550 nobody", "450 busy"):
                say(fault)
            elif command == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def close(self) -> None:
        self.listener.close()


@pytest.fixture
def server(settings) -> Iterator[Server]:
    stub = Server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", stub.port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield stub
    stub.close()


def message_ids(server: Server) -> set[str]:
    return {line for text in server.taken for line in text.splitlines() if line.lower().startswith("message-id")}


@pytest.mark.parametrize("fault", ["hang up", "451 later", "450 busy"])
def test_a_server_that_is_away_is_asked_again_later(ann, server, fault):
    server.faults = [fault, fault]
    tell(ann)
    work()
    letter = Mail.objects.get()
    assert (letter.state, letter.attempts, server.taken) == (MailState.WAITING, 1, [])
    assert letter.last_error
    seconds = COLLECT_AFTER + PAUSES[0]
    work(seconds - 1)
    assert Mail.objects.get().attempts == 1
    work(seconds)
    work(seconds + PAUSES[1])
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.last_error) == (MailState.SENT, 3, "")
    assert len(server.taken) == 1


def test_a_letter_taken_twice_carries_the_same_message_id(ann, server):
    server.faults = ["crash after taking"]
    tell(ann)
    work()
    work(COLLECT_AFTER + PAUSES[0])
    assert len(server.taken) == 2
    assert message_ids(server) == {f"Message-ID: {Mail.objects.get().message_id}"}


@pytest.mark.parametrize("fault", ["550 nobody", "554 spam"])
def test_what_a_server_refuses_for_good_is_given_up_at_once(ann, server, fault):
    server.faults = [fault]
    tell(ann)
    work()
    letter = Mail.objects.get()
    assert (letter.state, letter.attempts) == (MailState.FAILED, 1)
    assert fault.split()[1] in letter.last_error
    assert not OutboxMessage.objects.exclude(state="done").exists()


def test_a_server_that_stays_away_is_given_up_after_the_last_pause_and_staff_send_again(ann, server, staff):
    server.faults = ["hang up"] * (len(PAUSES) + 1)
    tell(ann)
    seconds = float(COLLECT_AFTER)
    work(seconds)
    for pause in PAUSES:
        seconds += pause
        work(seconds)
    letter = Mail.objects.get()
    assert (letter.state, letter.attempts) == (MailState.FAILED, len(PAUSES) + 1)
    ann.email = "moi@example.gov.vn"
    ann.save()
    send_again(mail_id=letter.pk, by=staff, now=later(seconds))
    work(seconds)
    assert Mail.objects.get().state == MailState.SENT
    assert "To: moi@example.gov.vn" in server.taken[0]
    assert AuditEntry.objects.filter(action="mail.sent_again").count() == 1


def test_a_letter_that_was_sent_is_not_sent_again(ann, server, staff):
    tell(ann)
    work()
    letter = Mail.objects.get()
    send_again(mail_id=letter.pk, by=staff, now=NOW)
    assert mail.send(mail_id=letter.pk, clock=lambda: NOW).endswith("sent already.")
    assert len(server.taken) == 1


def test_others_do_not_send_again(ann, chairman, server):
    server.faults = ["550 nobody"]
    tell(ann)
    work()
    with pytest.raises(PermissionDenied):
        send_again(mail_id=Mail.objects.get().pk, by=chairman, now=NOW)
