"""Pages of explanations, appeals, ledgers and activities: what is offered, what is kept, what they cost."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.actions.explanations import answer_explanation, ask_explanation
from campaigns.enums import IndicatorKind, ReportingMode, Role
from campaigns.models import Activity, Appeal, Explanation, Incident, Measurement, Participant, Target, User
from tests.factories import (
    at,
    day,
    make_area,
    make_bloc,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db
NOW = at(60)
KEY = "k" * 20


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def target(campaign, participant_a) -> Target:
    return make_target(make_indicator(make_area(campaign), "CT1"), participant_a)


@pytest.fixture
def value(target, staff) -> Measurement:
    return make_measurement(target, verdict="adjusted", verified_value=41, verdict_by=staff, verdict_at=at(10))


def page(client: Client, user: User, address: str, data: dict[str, Any] | None = None, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(address) if data is None else client.post(address, data)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def asked(target: Target, by: User) -> Explanation:
    return ask_explanation(target_id=target.pk, question="Vì sao?", answer_by=day(65), key=KEY, by=by, now=NOW)


def test_asking_is_offered_beside_a_target_and_leads_to_the_answer(client, target, chairman, leader_a):
    address = f"/giai-trinh/chi-tieu/{target.pk}/"
    # Three working days from a Thursday.
    assert 'value="05/05/2026"' in page(client, chairman, address)
    kept = page(client, chairman, address, {"question": "Vì sao?", "answer_by": "01/01/2026", "form_key": KEY}, 409)
    assert "Hạn trả lời đã qua" in kept
    assert "Vì sao?</textarea>" in kept
    page(client, chairman, address, {"question": "Vì sao?", "answer_by": "06/05/2026", "form_key": KEY}, 302)
    thread = Explanation.objects.get()
    one = f"/giai-trinh/{thread.pk}/"
    assert "Gửi giải trình" in page(client, leader_a, one)
    assert "Gửi giải trình" not in page(client, chairman, one)
    page(client, leader_a, f"{one}tra-loi/", {"text": "Vì mưa", "version": 1, "form_key": KEY}, 302)
    assert "Vì mưa" in page(client, chairman, one)
    page(client, chairman, f"{one}ket-thuc/", {"text": "", "version": 2, "form_key": KEY + "c"}, 302)
    thread.refresh_from_db()
    assert thread.state == "closed"


def test_what_changed_meanwhile_is_shown_and_the_text_kept_for_sending_again(client, target, chairman, leader_a):
    thread = asked(target, chairman)
    for number in (1, 2):
        answer_explanation(
            explanation_id=thread.pk, text=f"Lần {number}", seen=number, key=f"{number:020}", by=leader_a, now=NOW
        )
    one = f"/giai-trinh/{thread.pk}/"
    shown = page(client, chairman, f"{one}ket-thuc/", {"text": "Đồng ý", "version": 2, "form_key": KEY + "c"}, 409)
    assert "Lần 2" in shown
    assert "Đồng ý</textarea>" in shown
    assert 'name="version" value="3"' in shown
    page(client, chairman, f"{one}ket-thuc/", {"text": "Đồng ý", "version": 3, "form_key": KEY + "c"}, 302)


def test_an_appeal_is_settled_by_another_officer_and_leads_to_the_correction(client, value, leader_a, staff, staff_two):
    page(client, leader_a, f"/kien-nghi/so-lieu/{value.pk}/", {"grounds": "Biên bản ghi 45", "form_key": KEY}, 302)
    one = f"/kien-nghi/{Appeal.objects.get().pk}/"
    refused = page(client, staff, one)
    assert "Đồng chí đã nhập hoặc thẩm định nội dung bị kiến nghị" in refused
    assert "Giải quyết kiến nghị" not in refused
    outcome = {"upheld": "yes", "text": "Đúng", "version": 1, "form_key": KEY}
    page(client, staff, f"{one}giai-quyet/", outcome, 409)
    assert "Giải quyết kiến nghị" in page(client, staff_two, one)
    page(client, staff_two, f"{one}giai-quyet/", outcome, 302)
    assert f"/tham-dinh/{value.pk}/dinh-chinh/" in page(client, staff_two, one)
    assert "dinh-chinh" not in page(client, leader_a, one)


def test_a_value_that_waits_is_not_offered_for_an_appeal(client, target, leader_a):
    waiting = make_measurement(target)
    shown = page(client, leader_a, f"/kien-nghi/so-lieu/{waiting.pk}/")
    assert "Chỉ kiến nghị về số liệu đã được chấp nhận" in shown
    assert "<textarea" not in shown


def test_a_unit_records_an_incident_and_withdraws_it(client, campaign, participant_a, reporter_a):
    indicator = make_indicator(make_area(campaign, 5), "CT5", kind=IndicatorKind.MAINTAIN)
    limit = make_target(indicator, participant_a, goal=0)
    address = f"/vu-viec/chi-tieu/{limit.pk}/"
    page(client, reporter_a, address, {"happened_on": "12/04/2026", "count": "2", "form_key": KEY}, 302)
    assert "41/90" in page(client, reporter_a, address)
    page(client, reporter_a, f"/vu-viec/{Incident.objects.get().pk}/rut/", {"text": "Nhầm"}, 302)
    assert "60/90" in page(client, reporter_a, address)
    assert page(client, reporter_a, f"/vu-viec/chi-tieu/{make_target(None, participant_a).pk}/", status=404)


def test_a_unit_files_an_activity(client, participant_a, reporter_a, staff):
    said = {"title": "Ra quân", "held_on": "10/04/2026", "people": "120", "text": "", "form_key": KEY}
    page(client, reporter_a, f"/hoat-dong/{participant_a.pk}/moi/", said, 302)
    assert "Ra quân" in page(client, staff, "/hoat-dong/?don-vi=P-A")
    page(client, reporter_a, f"/hoat-dong/{Activity.objects.get().pk}/rut/", {"text": "Trùng"}, 302)
    assert "Ra quân" not in page(client, staff, "/hoat-dong/")


# --- what they cost --------------------------------------------------------------------------------------


def _rows(campaign: Any, staff: User, count: int) -> None:
    """``count`` units with one of everything each."""
    bloc = make_bloc(campaign, f"K{count}")
    area = make_area(campaign)
    plain = make_indicator(area, f"CT{count}")
    limit = make_indicator(area, f"CTV{count}", kind=IndicatorKind.MAINTAIN, mode=ReportingMode.INCREMENT)
    for number in range(count):
        unit: Participant = make_participant(campaign, unit=make_unit(f"U{count}-{number}"), bloc=bloc)
        target, held = make_target(plain, unit), make_target(limit, unit, goal=0)
        value = make_measurement(target, verdict="accepted")
        Explanation.objects.create(
            target=target, question="?", asked_by=staff, asked_at=NOW, answer_by=day(65), state="answered"
        )
        common = {"participant": unit, "grounds": "?", "lodged_by": staff, "lodged_at": NOW, "answer_by": day(65)}
        Appeal.objects.create(measurement=value, **common)
        Appeal.objects.create(score_day=day(50), **common)
        Incident.objects.create(target=held, happened_on=day(20), recorded_by=staff, recorded_at=NOW)
        Activity.objects.create(participant=unit, title="?", held_on=day(20), entered_by=staff, entered_at=NOW)


def _cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", ["/giai-trinh/", "/kien-nghi/", "/vu-viec/", "/hoat-dong/", "/"])
def test_a_list_costs_the_same_at_1_and_at_30_rows(client, campaign, staff, address):
    client.force_login(staff)
    _rows(campaign, staff, 1)
    client.get(address)
    at_one = _cost(client, address)
    _rows(campaign, staff, 30)
    assert _cost(client, address) == at_one


def test_the_menu_counts_what_waits_and_pages_without_a_menu_count_nothing(
    client, target, value, chairman, leader_a, staff_two
):
    asked(target, chairman)
    page(client, leader_a, f"/kien-nghi/so-lieu/{value.pk}/", {"grounds": "Biên bản ghi 45", "form_key": KEY}, 302)
    for user, words in ((leader_a, "Giải trình cần trả lời"), (staff_two, "Kiến nghị cần giải quyết")):
        shown = page(client, user, "/")
        assert words in shown
        assert 'class="count">1' in shown
    viewer = make_person(Role.VIEWER)
    assert 'class="count"' not in page(client, viewer, "/")
    client.force_login(staff_two)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/diem-tam-tinh/{target.participant_id}/")
    assert not [query for query in queries if "campaigns_appeal" in query["sql"]]
