"""The verification pages over HTTP: who has them, what they refuse, what they cost."""

import re
import threading

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.urls import reverse

from campaigns.actions.verification import give_verdict
from campaigns.enums import Role, VerdictOutcome
from campaigns.models import AuditEntry, Measurement, MeasurementEvidence, PointEntry, Preview, Reopening, SavedView
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
    from campaigns.visibility import visible_to

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


def test_the_queue_is_narrowed_to_a_check_that_fails(value, campaign, staff, client):
    over = make_measurement(make_target(value.target.indicator, make_participant(campaign)), value=500, note="ZZC-vuot")
    again = make_measurement(value.target, value=55, sent_at=at(7, 12), note="ZZD-gui-lai")
    client.force_login(staff)
    found = {
        check: {row.item.measurement.pk for row in client.get(f"{QUEUE}?check={check}").context["shown"]}
        for check in ("", "over_goal", "superseded", "falls", "khong-co")
    }
    everything = {value.pk, over.pk, again.pk}
    assert found == {
        "": everything, "over_goal": {over.pk}, "superseded": {value.pk}, "falls": set(), "khong-co": everything,
    }  # fmt: skip


def test_a_trend_is_drawn_with_its_goal_and_said_in_figures(value, campaign, staff, client):
    periods = list(campaign.periods.order_by("ends_on"))[1:14]
    for number, period in enumerate(periods):
        make_measurement(value.target, period, value=50 + number, verdict="accepted", verified_value=50 + number)
    waiting = make_measurement(value.target, periods[-1], value=70, sent_at=at(89, 12))
    with time_machine.travel(at(90), tick=False):
        client.force_login(staff)
        page = client.get(f"{QUEUE}?period={waiting.period_id}")
    item = page.context["shown"][0].item
    assert len(item.trend) == 12
    assert item.goal_point == 1_000_000
    assert '<line class="goal"' in page.text
    assert "51 → 52" in page.text  # the twelve of fourteen, oldest first
    assert page.text.count('<tr><th scope="row">') == 12


def test_several_values_of_one_report_go_back_together_and_nothing_else(value, campaign, participant_a, staff, client):
    from tests.factories import make_report, make_submission

    sent = make_submission(make_report(participant_a, value.period))
    rows = [
        make_measurement(
            make_target(make_indicator(value.target.indicator.area), participant_a), submission=sent, value=40 + number
        )
        for number in range(3)
    ]
    url = reverse("admin:campaigns_verification_return", args=[rows[0].pk])
    client.force_login(staff)
    page = client.get(url)
    assert {item.measurement for item in page.context["items"]} == set(rows)
    key = re.search(r'name="form_key" value="([^"]+)"', page.text)[1]
    chosen = {"ids": [rows[0].pk, rows[2].pk], "form_key": key}
    refused = client.post(url, chosen)
    assert refused.status_code == 422  # no reason
    assert f'value="{rows[2].pk}" checked' in refused.text
    said = {**chosen, "reason": "Thiếu biên bản đối chiếu"}
    assert [client.post(url, said).status_code for _ in range(2)] == [302, 302]
    assert [Measurement.objects.get(pk=row.pk).verdict for row in rows] == ["returned", "", "returned"]
    assert Measurement.objects.get(pk=value.pk).verdict == ""  # of another report
    assert Reopening.objects.filter(measurement__in=rows).count() == 2
    assert AuditEntry.objects.filter(action="measurement.returned").count() == 2
    stranger = client.post(url, {**said, "ids": [value.pk], "form_key": key[::-1]})
    assert stranger.status_code == 422
    assert Measurement.objects.get(pk=value.pk).verdict == ""


def test_filters_are_kept_under_a_name_of_ones_own(value, staff, staff_two, client):
    keep = reverse("admin:campaigns_verification_view")
    client.force_login(staff)
    for query in ("state=waiting&check=over_goal&page=3", "state=attention"):
        client.post(f"{keep}?{query}", {"name": "  Cần xem lại "})
    client.post(f"{keep}?check=falls", {"name": "Lũy kế giảm"})
    assert list(SavedView.objects.values_list("person", "name", "query")) == [
        (staff.pk, "Cần xem lại", "state=attention"),
        (staff.pk, "Lũy kế giảm", "check=falls"),
    ]
    page = client.get(f"{QUEUE}?check=falls").text
    assert 'href="?state=attention"' in page
    assert 'href="?check=falls" aria-current="true"' in page
    view = SavedView.objects.first()
    client.force_login(staff_two)
    assert "Cần xem lại" not in client.get(QUEUE).text
    assert client.post(keep, {"remove": view.pk}).status_code == 404
    client.force_login(staff)
    assert client.post(keep, {"remove": view.pk}).status_code == 302
    assert client.post(keep, {"name": "  "}).status_code == 302
    assert SavedView.objects.count() == 1


def test_evidence_is_shown_in_place_at_one_cost(value, campaign, staff, client, django_assert_max_num_queries):
    client.force_login(staff)
    client.get(QUEUE)
    counts = []
    for size in (1, 12):
        while MeasurementEvidence.objects.count() < size:
            row = make_measurement(make_target(value.target.indicator, make_participant(campaign)))
            file = make_file(row.target.participant, content=b"%%PDF-%d" % row.pk)
            attach(row, file)
            preview = Preview.objects.create(
                sha256=file.sha256, state="ready", page_count=12, small="a" * 64, small_width=9, small_height=9,
                made_at=NOW,
            )  # fmt: skip
            for number in (1, 2):
                preview.pages.create(number=number, sha256="b" * 64, width=90, height=90)
        with django_assert_max_num_queries(45) as queries:
            page = client.get(QUEUE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert page.text.count("data-preview") == 12
    assert "Còn 10 trang nữa" in page.text


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_over_http_lose_nothing_and_see_no_5xx(value, campaign, staff, staff_two):
    rows = [value] + [
        make_measurement(make_target(value.target.indicator, make_participant(campaign)), value=50) for _ in range(9)
    ]
    statuses: list[int] = []
    start = threading.Barrier(4)

    def officer(person, outcome):
        browser = Client(raise_request_exception=False)
        browser.force_login(person)
        start.wait(30)
        try:
            for row in rows if outcome == "accepted" else reversed(rows):
                said = {"outcome": outcome, "reason": "Thiếu hồ sơ" if outcome == "returned" else ""}
                statuses.append(browser.post(verdict_url(row), said, headers={"HX-Request": "true"}).status_code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=officer, args=(person, outcome))
        for person in (staff, staff_two)
        for outcome in ("accepted", "returned")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(statuses) == 40
    assert set(statuses) <= {200, 409}
    judged = Measurement.objects.filter(pk__in=[row.pk for row in rows]).exclude(verdict="")
    assert judged.count() == 10
    entries = AuditEntry.objects.filter(action__in=("measurement.accepted", "measurement.returned"))
    assert sorted(entries.values_list("subject_id", flat=True)) == sorted(row.pk for row in rows)
    returned = judged.filter(verdict="returned")
    assert set(Reopening.objects.values_list("measurement_id", flat=True)) == set(returned.values_list("pk", flat=True))


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
