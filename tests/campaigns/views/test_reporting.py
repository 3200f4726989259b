"""The reporting pages over HTTP: who gets in, what a page keeps when it is refused, what never crosses units."""

import re
import uuid

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.enums import IndicatorKind
from campaigns.models import DraftValue, EvidenceFile, Measurement, Reopening, Submission
from tests.campaigns.files import corpus
from tests.factories import (
    at,
    attach,
    authorise,
    make_area,
    make_campaign,
    make_file,
    make_indicator,
    make_measurement,
    make_report,
    make_submission,
    make_target,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _third_day(time_machine_at):
    time_machine_at(at(3))


@pytest.fixture
def time_machine_at():
    travellers = []

    def travel(moment):
        traveller = time_machine.travel(moment, tick=False)
        traveller.start()
        travellers.append(traveller)

    yield travel
    for traveller in reversed(travellers):
        traveller.stop()


@pytest.fixture
def period(campaign):
    return campaign.periods.order_by("ends_on").first()


@pytest.fixture
def area(campaign):
    return make_area(campaign, 1)


@pytest.fixture
def target(area, participant_a):
    return make_target(make_indicator(area, "CT1"), participant_a)


@pytest.fixture
def as_leader(client, leader_a):
    client.force_login(leader_a)
    return client


def url(name, participant, period=None, *more):
    return reverse(f"campaigns:{name}", args=[participant.pk, *([period.pk] if period else []), *more])


def box_data(target, **typed):
    return {f"o{target.pk}-{name}": value for name, value in {"version": 0, **typed}.items()}


def hidden(response, name):
    """The value of a hidden field of the page."""
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


# --- who gets in ------------------------------------------------------------------------------------------

PAGES = ("unit_home", "receipts", "grid", "review", "box", "evidence")


def page_urls(participant, period, target):
    return {
        "unit_home": url("unit_home", participant),
        "receipts": url("receipts", participant),
        "grid": url("grid", participant, period),
        "review": url("review", participant, period),
        "box": url("box", participant, period, target.pk),
        "evidence": url("evidence", participant, period, target.pk),
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leader_a", 200),
        ("reporter_a", 200),
        ("staff", 200),
        ("chairman", 200),
        ("auditor", 200),
        ("leader_b", 404),
        ("provider", 404),
        ("viewer", 404),
        ("council_member", 404),
        ("superuser", 404),
    ],
)
def test_who_sees_the_pages(client, request, participant_a, period, target, page, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(page_urls(participant_a, period, target)[page]).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("leader_b", 404), ("viewer", 404), ("staff", 403), ("chairman", 403), ("auditor", 403)]
)
def test_who_may_write(client, request, evidence_root, participant_a, period, target, who, status):
    client.force_login(request.getfixturevalue(who))
    urls = page_urls(participant_a, period, target)
    pdf = SimpleUploadedFile("a.pdf", corpus.pdf(), "application/pdf")
    assert client.post(urls["box"], box_data(target, typed="60")).status_code == status
    assert client.post(urls["grid"], box_data(target, typed="60")).status_code == status
    assert client.post(url("texts", participant_a, period), {"texts-version": 0}).status_code == status
    assert client.post(url("submit", participant_a, period), {}).status_code == status
    assert client.post(urls["evidence"], {"file": pdf}).status_code == status
    assert (DraftValue.objects.count(), Submission.objects.count(), EvidenceFile.objects.count()) == (0, 0, 0)


def test_stranger_is_sent_to_the_sign_in(client, participant_a, period, target):
    for address in page_urls(participant_a, period, target).values():
        assert client.get(address).status_code == 302


def test_foreign_and_missing_units_look_the_same(client, leader_b, participant_a):
    client.force_login(leader_b)
    foreign = client.get(url("unit_home", participant_a))
    missing = client.get(reverse("campaigns:unit_home", args=[10**9]))
    assert foreign.content == missing.content


def test_period_of_another_campaign_is_not_there(as_leader, participant_a):
    other = make_campaign("KHAC").periods.first()
    assert as_leader.get(url("grid", participant_a, other)).status_code == 404


def test_way_in(client, leader_a, viewer, participant_a):
    client.force_login(leader_a)
    assert client.get(reverse("campaigns:reporting")).url == url("unit_home", participant_a)
    client.force_login(viewer)
    assert client.get(reverse("campaigns:reporting")).status_code == 403


# --- nothing crosses units --------------------------------------------------------------------------------


def test_no_secret_of_another_unit_on_any_page(
    client, leader_b, leader_a, participant_a, participant_b, period, area, evidence_root
):
    canary = f"ZZB-{uuid.uuid4()}"
    indicator = make_indicator(area, "CT1")
    mine, theirs = make_target(indicator, participant_a), make_target(indicator, participant_b)
    report = make_report(participant_b, period, results=canary, difficulties=canary, proposals=canary)
    draft = DraftValue.objects.create(report=report, target=theirs, kind="number", typed="77", note=canary)
    file = make_file(participant_b, name=f"{canary}.pdf")
    draft.files.add(file)
    submission = make_submission(report, results=canary)
    measurement = make_measurement(theirs, period, note=canary, submission=submission, verdict="returned")
    attach(measurement, file)
    Reopening.objects.create(measurement=measurement, until=at(20))
    addresses = [
        *page_urls(participant_b, period, theirs).values(),
        reverse("campaigns:receipt", args=[submission.pk]),
        *page_urls(participant_a, period, mine).values(),
    ]
    client.force_login(leader_b)
    assert any(canary in client.get(address).content.decode() for address in addresses)  # there is something to leak
    client.force_login(leader_a)
    seen = [client.get(address) for address in addresses]
    assert {response.status_code for response in seen[:7]} == {404}
    assert {response.status_code for response in seen[7:]} == {200}
    assert [canary in response.content.decode() for response in seen] == [False] * len(seen)
    assert client.get(reverse("campaigns:evidence_download", args=[file.pk])).status_code == 404
    crossed = url("evidence_detach", participant_a, period, mine.pk, file.pk)
    assert client.post(crossed).status_code == 404


# --- saving a box -----------------------------------------------------------------------------------------


def test_box_saves_itself(as_leader, participant_a, period, target):
    response = as_leader.post(url("box", participant_a, period, target.pk), box_data(target, typed="60,5"))
    assert response.status_code == 200
    assert 'data-state="saved"' in response.content.decode()
    assert hidden(response, f"o{target.pk}-version") == "1"
    assert DraftValue.objects.get().typed == "60,5"


@pytest.mark.parametrize("typed", ["1.234", "abc", "1,23456"])
def test_what_cannot_be_read_is_kept_and_asked_about(as_leader, participant_a, period, target, typed):
    response = as_leader.post(url("box", participant_a, period, target.pk), box_data(target, typed=typed))
    assert response.status_code == 422
    assert DraftValue.objects.get().typed == typed
    assert typed in as_leader.get(url("grid", participant_a, period)).content.decode()


def test_ambiguous_number_offers_its_two_readings(as_leader, participant_a, period, target):
    address = url("box", participant_a, period, target.pk)
    page = as_leader.post(address, box_data(target, typed="1.234")).content.decode()
    assert re.findall(r'data-choose="([^"]+)"', page) == ["1234", "1,234"]
    chosen = {**box_data(target, typed="1.234", version=1), "choose": f"o{target.pk}-typed=1,234"}
    assert as_leader.post(address, chosen).status_code == 200
    assert DraftValue.objects.get().typed == "1,234"


def test_too_long_a_text_is_refused_and_not_kept(as_leader, participant_a, period, target):
    data = box_data(target, typed="9" * 61)
    assert as_leader.post(url("box", participant_a, period, target.pk), data).status_code == 422
    assert DraftValue.objects.count() == 0


def test_stale_box_is_told_both_values(as_leader, client, reporter_a, leader_a, participant_a, period, target):
    address = url("box", participant_a, period, target.pk)
    client.force_login(reporter_a)
    client.post(address, box_data(target, typed="71"))
    client.force_login(leader_a)
    response = client.post(address, box_data(target, typed="72"))
    page = response.content.decode()
    assert response.status_code == 409
    assert ("71" in page, "72" in page, str(reporter_a) in page) == (True, True, True)
    assert hidden(response, f"o{target.pk}-version") == "1"
    assert DraftValue.objects.get().typed == "71"


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_forged_version_is_not_found(as_leader, participant_a, period, target, version):
    data = box_data(target, typed="60", version=version)
    assert as_leader.post(url("box", participant_a, period, target.pk), data).status_code == 404


def test_date_that_cannot_be_read_is_said(as_leader, participant_a, period, area):
    milestone = make_target(
        make_indicator(area, "CT2", kind=IndicatorKind.MILESTONE), participant_a, goal=1, due_on=at(30).date()
    )
    data = box_data(milestone, typed="1", completed_on="31/02/2026")
    assert as_leader.post(url("box", participant_a, period, milestone.pk), data).status_code == 422
    data[f"o{milestone.pk}-completed_on"] = "02/03/2026"
    assert as_leader.post(url("box", participant_a, period, milestone.pk), data).status_code == 200
    assert DraftValue.objects.get().completed_on == at(1).date()


def test_locked_box_says_so(as_leader, participant_a, period, target, time_machine_at):
    time_machine_at(period.locks_at)
    as_leader.force_login(participant_a.unit.roles.first().user)
    response = as_leader.post(url("box", participant_a, period, target.pk), box_data(target, typed="60"))
    assert response.status_code == 409
    assert DraftValue.objects.count() == 0


# --- without JavaScript -----------------------------------------------------------------------------------


def test_whole_page_is_saved_and_leads_to_the_review(as_leader, participant_a, period, target, area):
    other = make_target(make_indicator(area, "CT2"), participant_a)
    data = {**box_data(target, typed="60"), **box_data(other, nothing=""), "next": "review"}
    response = as_leader.post(url("grid", participant_a, period), data)
    assert response.url == url("review", participant_a, period)
    assert [draft.typed for draft in DraftValue.objects.all()] == ["60"]


def test_page_with_a_problem_comes_back_with_everything(as_leader, participant_a, period, target, area):
    other = make_target(make_indicator(area, "CT2"), participant_a)
    data = {**box_data(target, typed="60"), **box_data(other, typed="9" * 70), "next": "review"}
    response = as_leader.post(url("grid", participant_a, period), data)
    assert response.status_code == 422
    assert "9" * 70 in response.content.decode()
    assert 'value="60"' in response.content.decode()


# --- sending ----------------------------------------------------------------------------------------------


def send(client, participant, period, extra=None, **changes):
    review = client.get(url("review", participant, period))
    data = {name: hidden(review, name) for name in ("seen", "form_key")}
    return client.post(url("submit", participant, period), {**data, **changes, **(extra or {})})


def test_from_typing_to_the_receipt(as_leader, participant_a, period, target):
    as_leader.post(url("box", participant_a, period, target.pk), box_data(target, typed="60", note="Theo báo cáo"))
    response = send(as_leader, participant_a, period, results="Kết quả nổi bật của kỳ")
    submission = Submission.objects.get()
    assert response.url == reverse("campaigns:receipt", args=[submission.pk])
    page = as_leader.get(response.url).content.decode()
    for words in (submission.number, "Theo báo cáo", "Kết quả nổi bật của kỳ", "data-print"):
        assert words in page
    assert submission.number in as_leader.get(url("receipts", participant_a)).content.decode()


def test_form_sent_twice_leads_to_the_same_receipt(as_leader, participant_a, period, target):
    as_leader.post(url("box", participant_a, period, target.pk), box_data(target, typed="60"))
    review = as_leader.get(url("review", participant_a, period))
    data = {name: hidden(review, name) for name in ("seen", "form_key")}
    first, second = (as_leader.post(url("submit", participant_a, period), data) for _ in range(2))
    assert first.url == second.url
    assert Measurement.objects.count() == 1
    other = as_leader.post(url("submit", participant_a, period), {**data, "results": "Nội dung khác"})
    assert other.status_code == 422
    assert "Nội dung khác" in other.content.decode()


def test_refused_report_comes_back_with_what_was_typed(as_leader, participant_a, period, target):
    as_leader.post(url("box", participant_a, period, target.pk), box_data(target, typed="150"))
    refused = send(as_leader, participant_a, period, results="Giữ lại", **{f"note-{target.pk}": ""})
    assert refused.status_code == 409
    assert "Giữ lại" in refused.content.decode()
    sent = send(as_leader, participant_a, period, **{f"note-{target.pk}": "Nguồn thu đột xuất"})
    assert sent.status_code == 302
    assert Measurement.objects.get().note == "Nguồn thu đột xuất"


def test_reporter_sees_that_the_leader_sends(client, reporter_a, leader_a, unit_a, participant_a, period, target):
    client.force_login(reporter_a)
    client.post(url("box", participant_a, period, target.pk), box_data(target, typed="60"))
    assert 'type="submit"' not in client.get(url("review", participant_a, period)).content.decode().split("<form")[-1]
    assert send(client, participant_a, period).status_code == 403
    authorise(reporter_a, unit=unit_a, leader=leader_a)
    assert send(client, participant_a, period).status_code == 302


def test_unknown_fields_change_nothing(as_leader, participant_a, participant_b, period, target, leader_b):
    as_leader.post(url("box", participant_a, period, target.pk), box_data(target, typed="60"))
    forged = {"participant": participant_b.pk, "sent_by": leader_b.pk, "verdict": "accepted", "id": 1, "value": 999}
    send(as_leader, participant_a, period, extra=forged)
    row = Measurement.objects.get()
    assert (row.value, row.verdict, row.sent_by == leader_b) == (60, "", False)


# --- evidence ---------------------------------------------------------------------------------------------


def test_evidence_goes_up_and_comes_down_inert(as_leader, evidence_root, participant_a, period, target):
    content = corpus.pdf()
    upload = SimpleUploadedFile("Báo cáo.pdf", content, "text/html")
    response = as_leader.post(url("evidence", participant_a, period, target.pk), {"file": upload})
    assert response.status_code == 302
    file = EvidenceFile.objects.get()
    down = as_leader.get(reverse("campaigns:evidence_download", args=[file.pk]))
    assert down.content == content
    assert down["Content-Type"] == "application/pdf"
    assert down["Content-Disposition"].startswith('attachment; filename="bao cao.pdf"; filename*=UTF-8')
    assert down["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert down["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in down["Cache-Control"]


@pytest.mark.parametrize("key", ["html", "svg called png", "docx with vbaProject", "test virus", "empty"])
def test_hostile_file_is_refused_with_a_reason(as_leader, evidence_root, participant_a, period, target, key):
    name, make, reason = corpus.HOSTILE[key]
    upload = SimpleUploadedFile(name, make())
    response = as_leader.post(url("evidence", participant_a, period, target.pk), {"file": upload})
    assert response.status_code == 422
    assert str(reason.label) in response.content.decode()
    assert list(evidence_root.rglob("*")) == []


def test_damaged_file_is_not_handed_out(as_leader, evidence_root, participant_a, leader_a):
    file = make_file(participant_a, uploaded_by=leader_a)
    assert as_leader.get(reverse("campaigns:evidence_download", args=[file.pk])).status_code == 409


def test_fragment_for_htmx_is_a_fragment(as_leader, evidence_root, participant_a, period, target):
    address = url("evidence", participant_a, period, target.pk)
    fragment = as_leader.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "evidence-panel" in fragment
    assert "<html" in as_leader.get(address).content.decode()
