"""A lock that cannot be had is answered 409 with everything that was typed, never by a server error."""

import threading
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections, transaction

from campaign_portal.busy import is_busy
from campaigns.models import User
from tests.factories import make_user

LANGUAGE = "/ngon-ngu/"


@pytest.fixture
def person(db):
    return make_user("lan", password="bốn con voi đi bộ")


@contextmanager
def somebody_saving(pk):
    """Another connection holds the row (SQLite: the file) meanwhile; ours waits a tenth of a second only."""
    held, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                User.objects.select_for_update().get(pk=pk)
                held.set()
                done.wait(30)
        finally:
            connections.close_all()

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=100" if connection.vendor == "sqlite" else "SET lock_timeout = 100")
    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()
        connection.close()  # the short limit goes with it


@pytest.mark.django_db(transaction=True)
def test_a_row_somebody_holds_is_a_calm_409_and_free_again_afterwards(client, person):
    client.force_login(person)
    client.get("/accounts/password/change/")
    with somebody_saving(person.pk):
        answer = client.post(LANGUAGE, {"language": "en", "next": "/"})
    assert answer.status_code == 409
    assert answer.headers["Retry-After"] == "3"
    assert "đề nghị gửi lại" in answer.content.decode()
    person.refresh_from_db()
    assert person.language == "vi"
    assert client.post(LANGUAGE, {"language": "en", "next": "/"}).status_code == 302
    person.refresh_from_db()
    assert person.language == "en"


@pytest.fixture
def refusing(monkeypatch):
    """The view of the language meets a database that is locked."""

    def locked(*arguments, **named):
        raise OperationalError("database is locked")

    monkeypatch.setattr("campaign_portal.views.language.redirect", locked)


def test_the_page_sends_the_same_form_again(client, person, refusing):
    client.force_login(person)
    typed = {"language": "en", "next": "/", "note": 'dòng 1\r\ndòng "2" <b>', "form_key": "k" * 20}
    answer = client.post(LANGUAGE, typed)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert f'<form method="post" action="{LANGUAGE}">' in text
    assert '<input type="hidden" name="form_key" value="kkkkkkkkkkkkkkkkkkkk">' in text
    assert 'dòng &quot;2&quot; &lt;b&gt;">' in text


def test_with_files_what_was_typed_is_shown_to_be_copied(client, person, refusing):
    client.force_login(person)
    answer = client.post(
        LANGUAGE, {"language": "en", "note": "số liệu quý III", "file": SimpleUploadedFile("a.pdf", b"%PDF")}
    )
    assert answer.status_code == 409
    assert "số liệu quý III" in answer.content.decode()
    assert "<form" not in answer.content.decode()


def test_a_password_is_never_written_into_the_page(client, person, refusing):
    client.force_login(person)
    answer = client.post(LANGUAGE, {"language": "en", "password1": "bốn con voi"})
    assert answer.status_code == 409
    assert "bốn con voi" not in answer.content.decode()


def test_a_part_of_a_page_stays_as_it_is_and_says_why(client, person, refusing):
    client.force_login(person)
    answer = client.post(LANGUAGE, {"language": "en"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Reswap"], answer.headers["Retry-After"]) == (409, "none", "3")
    assert "portal:refused" in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Trigger"].isascii()


def test_a_lock_missed_around_the_view_is_answered_too(client, person, monkeypatch):
    client.force_login(person)
    client.raise_request_exception = False

    def locked(*arguments, **named):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", locked)
    assert client.get("/accounts/password/change/").status_code == 409


def test_other_errors_of_the_database_are_errors(client, person, monkeypatch):
    client.force_login(person)
    client.raise_request_exception = False

    def broken(*arguments, **named):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr("campaign_portal.views.language.redirect", broken)
    assert client.post(LANGUAGE, {"language": "en"}).status_code == 500
    assert not is_busy(ValueError("database is locked"))
