"""A report by Excel over HTTP: the sheet down and up, the pasted column looked at and confirmed."""

import io
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.models import DraftValue
from tests.campaigns.actions.reports import Desk
from tests.factories import at, make_area, make_indicator, make_measurement, make_target

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _third_day():
    with time_machine.travel(at(3), tick=False):
        yield


@pytest.fixture
def period(campaign):
    return campaign.periods.order_by("ends_on").first()


@pytest.fixture
def targets(campaign, participant_a):
    area = make_area(campaign, 1)
    return [make_target(make_indicator(area, f"CT{n}"), participant_a) for n in range(1, 4)]


@pytest.fixture
def ask(client, reporter_a, participant_a, period):
    client.force_login(reporter_a)

    def asked(name, data=None, **more):
        address = reverse(f"campaigns:{name}", args=[participant_a.pk, period.pk])
        return client.get(address) if data is None else client.post(address, data, **more)

    return asked


def drafts():
    return {draft.target.indicator.code: draft.typed or draft.kind for draft in DraftValue.objects.all()}


def filled(ask, **values) -> SimpleUploadedFile:
    book = load_workbook(io.BytesIO(ask("sheet_file").content))
    page = book.active
    headers = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        code = row[headers.index("Mã chỉ tiêu")].value
        if code in values:
            row[headers.index("Số báo cáo")].value = values[code]
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("Báo cáo.xlsx", file.getvalue())


def test_the_sheet_lands_as_drafts(ask, targets):
    response = ask("sheet", {"file": filled(ask, CT1=12.5, CT3="1.236,83")})
    assert response.status_code == 302
    assert drafts() == {"CT1": "12,5", "CT3": "1236,83"}


def test_one_wrong_cell_and_nothing_is_written(ask, targets):
    response = ask("sheet", {"file": filled(ask, CT1=12.5, CT2="1.234")})
    assert response.status_code == 422
    words = response.content.decode()
    assert "dòng 3" in words
    assert "1.234" in words
    assert drafts() == {}


def test_too_large_a_file_is_not_read(ask, targets):
    file = SimpleUploadedFile("a.xlsx", b"PK\x03\x04" + b"0" * (5 * 1024 * 1024))
    assert ask("sheet", {"file": file}).status_code == 413


def test_the_name_of_the_file_says_what_it_is(ask, targets, participant_a, period):
    assert f"bao-cao-{participant_a.code}-{period.code}.xlsx" in ask("sheet_file")["Content-Disposition"]


def test_pasting_shows_first_and_saves_nothing(ask, targets):
    response = ask("paste", {"text": "12\n1.234\nabc", "start": targets[0].pk})
    words = response.content.decode()
    assert response.status_code == 200
    assert re.findall(r'name="take-(\d+)"', words) == [str(target.pk) for target in targets[:2]]
    assert re.findall(r'type="radio"[^>]*value="([^"]+)"', words) == ["1234", "1,234"]
    assert drafts() == {}


def test_confirmed_it_is_drafted(ask, targets):
    one, two, _three = (target.pk for target in targets)
    data = {"text": "12\n1.234\n7", "start": one, "confirm": "1", f"take-{one}": "on", f"take-{two}": "on"}
    unanswered = ask("paste", data | {f"version-{one}": 0, f"version-{two}": 0})
    assert (unanswered.status_code, drafts()) == (422, {})
    assert ask("paste", data | {f"value-{two}": "1,234"}).status_code == 302
    assert drafts() == {"CT1": "12", "CT2": "1,234"}  # the third was not ticked


def test_a_colleague_was_first(ask, targets, participant_a, period, leader_a):
    Desk(participant_a, period, leader_a).type(targets[0], "99")
    data = {"text": "12", "start": targets[0].pk, "confirm": "1", f"take-{targets[0].pk}": "on"}
    response = ask("paste", data | {f"version-{targets[0].pk}": 0}, follow=True)
    assert drafts() == {"CT1": "99"}
    assert "99" in response.content.decode()
    assert "12" in response.content.decode()


def test_unchanged_for_one_and_for_all(client, reporter_a, targets, campaign):
    second = campaign.periods.order_by("ends_on")[1]
    for target in targets:
        make_measurement(
            target, campaign.periods.order_by("ends_on").first(), value=4, sent_at=at(2), verdict="accepted"
        )
    with time_machine.travel(at(10), tick=False):
        client.force_login(reporter_a)
        address = reverse("campaigns:grid", args=[targets[0].participant_id, second.pk])
        assert 'name="keep" value="all"' in client.get(address).content.decode()
        client.post(address, {"keep": targets[1].pk})
        assert drafts() == {"CT2": "4"}
        client.post(address, {"keep": "all"})
        assert drafts() == {"CT1": "4", "CT2": "4", "CT3": "4"}
        assert client.post(address, {"keep": "etwas"}).status_code == 404
