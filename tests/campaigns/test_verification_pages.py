"""The verification pages over HTTP: who has them, what they refuse, what they cost."""

import pytest
import time_machine
from django.urls import reverse

from campaigns.actions.verification import give_verdict
from campaigns.enums import Role, VerdictOutcome
from campaigns.models import Measurement, PointEntry
from tests.cast import CAST
from tests.factories import (
    at,
    attach,
    give_role,
    make_file,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_points,
    make_target,
    make_unit,
)

pytestmark = pytest.mark.django_db
NOW = at(8)
QUEUE = "/admin/campaigns/measurement/tham-dinh/"
UNIT_QUEUE = "/tham-dinh/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def value(participant_a, reporter_a) -> Measurement:
    return make_measurement(
        make_target(participant=participant_a, baseline=40), value=50, note="ZZB-ghi-chu", sent_by=reporter_a
    )


@pytest.fixture
def named(value, provider_participant, participant_b) -> Measurement:
    """A value of unit B that the provider's unit verifies."""
    indicator = make_indicator(value.target.indicator.area, verifier=provider_participant)
    return make_measurement(make_target(indicator, participant_b), value=60, note="ZZN-ghi-chu")


def verdict_url(value, *, unit=False) -> str:
    name = "campaigns:verify_verdict" if unit else "admin:campaigns_verification_verdict"
    return reverse(name, args=[value.pk])


def test_who_has_the_queue_and_who_may_judge(value, cast, client):
    shown, judged = {}, {}
    for name in CAST:
        client.force_login(cast[name])
        shown[name] = client.get(QUEUE).status_code
        judged[name] = client.post(verdict_url(value), {"outcome": "returned", "reason": ""}).status_code
    # 422: may judge, but a return needs a reason. The sign-in page (302) is for those without the administration.
    assert {name for name, status in shown.items() if status == 200} == {"staff", "staff_two"}
    assert {name for name, status in judged.items() if status == 422} == {"staff", "staff_two"}
    assert (shown["superuser"], judged["superuser"]) == (403, 403)
    assert Measurement.objects.get(pk=value.pk).verdict == ""


def test_an_auditor_looks_and_judges_nothing(value, auditor, client):
    auditor.is_staff = True
    auditor.save()
    client.force_login(auditor)
    page = client.get(QUEUE)
    assert "ZZB-ghi-chu" in page.text
    assert 'value="accepted"' not in page.text
    assert client.post(verdict_url(value), {"outcome": "accepted"}).status_code == 403


def test_a_value_is_accepted_without_javascript_and_the_place_is_kept(value, staff, client):
    client.force_login(staff)
    response = client.post(f"{verdict_url(value)}?period=3&state=waiting", {"outcome": "accepted"})
    assert (response.status_code, response.url) == (302, f"{QUEUE}?period=3&state=waiting")
    assert Measurement.objects.get(pk=value.pk).verdict_by == staff


def test_with_htmx_the_card_comes_back_with_its_verdict(value, staff, client):
    client.force_login(staff)
    response = client.post(
        verdict_url(value), {"outcome": "adjusted", "verified_value": "45,5", "reason": "Theo hồ sơ"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert response.status_code == 200
    assert "data-judged" in response.text
    assert "45,5" in response.text
    assert "<html" not in response.text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"outcome": "adjusted", "verified_value": "1.234", "reason": "Sai"}, "1,234"),  # asked, never guessed
        ({"outcome": "adjusted", "verified_value": "năm", "reason": "Sai"}, "1236,83"),
        ({"outcome": "returned"}, "Hãy ghi lý do"),
        ({"outcome": "dropped"}, ""),
        ({}, ""),
    ],
)
def test_what_cannot_be_taken_comes_back_as_typed(value, staff, client, said, words):
    client.force_login(staff)
    response = client.post(verdict_url(value), said, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert words in response.text
    assert Measurement.objects.get(pk=value.pk).verdict == ""


def test_the_second_officer_gets_409_with_who_and_when(value, staff, staff_two, client):
    give_verdict(measurement_id=value.pk, outcome=VerdictOutcome.RETURNED, reason="Thiếu", by=staff, now=NOW)
    client.force_login(staff_two)
    response = client.post(verdict_url(value), {"outcome": "accepted"}, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert staff.full_name in response.text
    assert "10:00 09/03/2026" in response.text


def test_refused_pairs_hold_over_http(value, staff, unit_a, client):
    mine = make_measurement(value.target, value=51, sent_by=staff, sent_at=at(7, 12))
    client.force_login(staff)
    assert client.post(verdict_url(mine), {"outcome": "accepted"}).status_code == 403
    give_role(staff, Role.UNIT_REPORTER, unit=unit_a)
    assert client.post(verdict_url(value), {"outcome": "accepted"}).status_code == 403
    assert not Measurement.objects.exclude(verdict="").exists()


# --- the verifying unit ----------------------------------------------------------------------


def test_a_verifying_unit_sees_its_field_and_nothing_else(value, named, provider, leader_b, client):
    client.force_login(provider)
    page = client.get(UNIT_QUEUE)
    assert "ZZN-ghi-chu" in page.text
    assert "ZZB-ghi-chu" not in page.text
    assert client.post(verdict_url(value, unit=True), {"outcome": "accepted"}).status_code == 404
    assert client.post(verdict_url(named, unit=True), {"outcome": "accepted"}).status_code == 302
    assert Measurement.objects.get(pk=named.pk).verdict_by == provider
    client.force_login(leader_b)
    assert "ZZN-ghi-chu" not in client.get(UNIT_QUEUE).text
    assert client.post(verdict_url(named, unit=True), {"outcome": "accepted"}).status_code == 404


def test_staff_are_told_whose_turn_it_is(named, staff, client):
    client.force_login(staff)
    page = client.get(QUEUE)
    assert "11/03/2026" in page.text
    response = client.post(verdict_url(named), {"outcome": "accepted"}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert Measurement.objects.get(pk=named.pk).verdict == ""


def test_a_verifying_unit_opens_the_evidence_of_its_field_only(value, named, provider, leader_b, unit_a):
    from campaigns.models import EvidenceFile
    from campaigns.permissions import visible_to

    mine = attach(named, make_file(named.target.participant)).file
    other = attach(value, make_file(value.target.participant, content=b"%PDF-2")).file
    assert set(visible_to(provider, EvidenceFile)) == {mine}
    assert set(visible_to(leader_b, EvidenceFile)) == {mine}
    assert other not in visible_to(provider, EvidenceFile)


# --- many at once, corrections, filters ------------------------------------------------------


def test_what_passes_the_checks_is_accepted_after_a_summary(value, campaign, staff, client):
    others = [make_measurement(make_target(value.target.indicator, make_participant(campaign))) for _ in range(3)]
    over = make_measurement(make_target(value.target.indicator, make_participant(campaign)), value=500)
    client.force_login(staff)
    url = reverse("admin:campaigns_verification_accept")
    page = client.get(url)
    assert f'value="{others[0].pk}"' in page.text
    assert f'value="{over.pk}"' not in page.text
    chosen = [value.pk, others[0].pk, over.pk]  # one too many, as if forged
    response = client.post(url, {"ids": chosen})
    assert response.status_code == 302
    done = Measurement.objects.exclude(verdict="").values_list("pk", flat=True)
    assert set(done) == {value.pk, others[0].pk}


def test_a_correction_is_entered_on_its_page(value, staff, staff_two, client):
    give_verdict(measurement_id=value.pk, outcome=VerdictOutcome.ACCEPTED, by=staff, now=NOW)
    client.force_login(staff_two)
    url = reverse("admin:campaigns_verification_correct", args=[value.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"value": "50", "reason": "Nhầm"}).status_code == 422
    assert client.post(url, {"value": "48", "reason": "Nhầm"}).status_code == 302
    assert Measurement.objects.get(corrects=value).sent_by == staff_two


@pytest.mark.parametrize("state", ["waiting", "attention", "mine", "done"])
@pytest.mark.parametrize("query", ["", "&area=abc&unit=99999999999999999999", "&page=zzz", "&campaign=x"])
def test_every_filter_answers(value, named, staff, client, state, query):
    client.force_login(staff)
    assert client.get(f"{QUEUE}?state={state}{query}").status_code == 200


def test_the_queue_costs_the_same_whatever_its_length(value, campaign, staff, client, django_assert_max_num_queries):
    client.force_login(staff)
    client.get(QUEUE)
    counts = []
    for size in (1, 30):
        while Measurement.objects.count() < size:
            make_measurement(make_target(value.target.indicator, make_participant(campaign)))
        with django_assert_max_num_queries(40) as queries:
            assert client.get(QUEUE).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- the substitute unit's points, waivers and gates -----------------------------------------


@pytest.fixture
def office(campaign, staff_participant, staff):
    """The substitute unit's leader and reporter; ``staff`` makes Phòng Nội vụ a unit of staff."""
    unit = make_unit("VP", name="Văn phòng")
    campaign.substitute_verifier = unit
    campaign.save()
    return make_person(Role.UNIT_LEADER, unit=unit), make_person(Role.UNIT_REPORTER, unit=unit)


def test_the_substitute_unit_enters_and_confirms_on_its_own_page(office, staff_participant, leader_a, staff, client):
    leader, reporter = office
    said = {
        "participant": staff_participant.pk, "points": "-1", "holds_from": "09/03/2026",
        "document_number": "9/KL", "reason": "ZZV-ly-do",
    }  # fmt: skip
    client.force_login(reporter)
    assert client.post("/tham-dinh/xac-nhan/points/moi/", said).status_code == 302
    entry = PointEntry.objects.get()
    assert (entry.participant, entry.entered_by) == (staff_participant, reporter)
    confirm = f"/tham-dinh/xac-nhan/points/{entry.pk}/xac-nhan/"
    client.post(confirm)
    assert PointEntry.objects.get().confirmed_by is None  # nobody confirms their own
    for outsider in (leader_a, staff):
        client.force_login(outsider)
        assert client.get("/tham-dinh/xac-nhan/").status_code == 404
        assert client.post(confirm).status_code == 404
    client.force_login(leader)
    assert "ZZV-ly-do" in client.get("/tham-dinh/xac-nhan/").text
    assert client.post(confirm).status_code == 302
    assert PointEntry.objects.get().confirmed_by == leader


def test_the_substitute_unit_reaches_no_other_unit(office, participant_a, client):
    leader, _reporter = office
    other = make_points(participant_a, confirmed=False)
    client.force_login(leader)
    assert client.post(f"/tham-dinh/xac-nhan/points/{other.pk}/xac-nhan/").status_code == 404
    said = {
        "participant": participant_a.pk, "points": "1", "holds_from": "09/03/2026", "document_number": "9/KL",
        "reason": "Thử",
    }  # fmt: skip
    assert client.post("/tham-dinh/xac-nhan/points/moi/", said).status_code == 422
    assert client.get("/tham-dinh/xac-nhan/unknown/moi/").status_code == 404
    assert client.get("/tham-dinh/xac-nhan/gate/moi/").status_code == 200
