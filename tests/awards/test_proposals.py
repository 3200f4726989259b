"""Proposals beside their procedure: names alike in pairs, quotas, share of leaders, figures that changed, readiness."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from awards.actions import appraisal, proposals
from awards.actions.proposals import missing_for_submission
from awards.enums import DuplicateFinding, Outcome, PaperKind, RecipientKind
from awards.models import AwardPolicy, DuplicateReview, EarlierAward, Proposal
from awards.names import name_key
from awards.queries.duplicates import Where, matches_of
from awards.queries.figures import figures_since
from awards.queries.proposal_list import time_left
from awards.queries.quotas import leader_share, quota_uses
from awards.queries.readiness import checklist
from awards.workflow import Refusal
from campaigns.calendar import working_days_until
from scoring.models import UnitScore
from tests.cast import client_of
from tests.factories import (
    at,
    day,
    make_area,
    make_file,
    make_indicator,
    make_measurement,
    make_participant,
    make_target,
)

from .makers import INTERIM, Office, make_category, make_run, make_score
from .test_names import SPELLINGS

pytestmark = pytest.mark.django_db


def offices(count: int = 2, **columns: Any) -> list[Office]:
    """Units of one campaign that propose in one category for individuals."""
    category = make_category(kind=RecipientKind.INDIVIDUAL, **columns)
    found = [Office(make_participant(category.campaign), category=category) for _number in range(count)]
    for office in found:
        office.with_outcome()
    return found


def review(office: Office, proposal: Proposal, **what: Any) -> None:
    finding = what.pop("finding", DuplicateFinding.DIFFERENT)
    appraisal.review_duplicate(
        proposal_id=proposal.pk, finding=finding, reason="Khác năm sinh", by=office.staff, now=at(50), **what
    )


# --- names alike -----------------------------------------------------------------------------------------


def test_every_spelling_is_found_among_other_units_drafts_and_nothing_is_refused() -> None:
    """More than thirty spellings by as many drafts of another unit: each is found, none keeps from submitting."""
    one, other = offices()
    drafts = [other.draft(recipient_name=spelling) for spelling in SPELLINGS]
    stranger = other.draft(recipient_name="Nguyễn Thị Hoan")
    proposal = one.submitted(recipient_name="Nguyễn Thị Hòa")
    found = {match.proposal_id for match in matches_of([proposal])[proposal.pk]}
    assert found == {draft.pk for draft in drafts}
    assert stranger.pk not in found
    assert len(found) > 30


def test_what_was_found_of_a_pair_holds_for_both_and_is_said_once() -> None:
    one, other = offices()
    first = one.submitted(recipient_name="Bà Nguyễn Thị Hoà")
    second = other.submitted(recipient_name="NGUYỄN THỊ HÒA")
    review(one, first, other_id=second.pk)
    (seen_from_the_other,) = matches_of([second])[second.pk]
    assert (seen_from_the_other.finding, seen_from_the_other.reason) == ("different", "Khác năm sinh")
    with pytest.raises(Proposal.DoesNotExist):
        review(one, second, other_id=first.pk)
    assert appraisal.appraise(proposal_id=second.pk, by=one.staff, now=at(50)).state == "appraised"
    assert DuplicateReview.objects.count() == 1


@pytest.mark.parametrize(
    ("year", "decided_on", "asks"),
    [(2020, None, False), (day(1).year, None, True), (day(1).year, day(5), True), (day(-60).year, day(-60), False)],
)
def test_an_award_for_a_time_the_campaign_runs_into_is_asked_about(
    year: int, decided_on: dt.date | None, asks: bool
) -> None:
    (office,) = offices(1)
    row = EarlierAward.objects.create(
        year=year,
        decided_on=decided_on,
        recipient_kind="individual",
        recipient_name="Nguyen Thi Hoa",
        recipient_key=name_key("Nguyen Thi Hoa"),
        title="Giấy khen",
    )
    proposal = office.submitted(recipient_name="Nguyễn Thị Hòa")
    (match,) = matches_of([proposal])[proposal.pk]
    assert (match.where, match.is_open) == (Where.REGISTER, asks)
    if asks:
        with pytest.raises(Refusal):
            appraisal.appraise(proposal_id=proposal.pk, by=office.staff, now=at(50))
        review(office, proposal, earlier_id=row.pk)
    assert appraisal.appraise(proposal_id=proposal.pk, by=office.staff, now=at(50)).state == "appraised"


def test_a_unit_is_told_only_that_there_is_one() -> None:
    one, other = offices()
    other.draft(recipient_name="NGUYỄN THỊ HÒA", report="BÍ MẬT CỦA ĐƠN VỊ KIA")
    proposal = one.draft(recipient_name="Nguyễn Thị Hoà")
    page = client_of(one.leader).get(reverse("awards:proposal", args=[proposal.pk])).content.decode()
    assert "trùng tên với hồ sơ khác" in page.lower()
    assert other.participant.name not in page
    assert "NGUYỄN THỊ HÒA" not in page


def test_the_appraiser_says_it_on_the_page_for_each_name() -> None:
    one, other = offices()
    draft = other.draft(recipient_name="NGUYỄN THỊ HÒA")
    proposal = one.submitted(recipient_name="Nguyễn Thị Hoà")
    address = reverse("awards:alike", args=[proposal.pk])
    staff = client_of(one.staff)
    said = {"other": draft.pk, "finding": "different", "reason": "Khác năm sinh"}
    assert client_of(one.leader).post(address, said).status_code == 403
    assert staff.post(address, {**said, "reason": ""}).status_code == 422
    assert staff.post(address, said).status_code == 302
    assert staff.post(address, said).status_code == 404
    page = staff.get(reverse("awards:proposal", args=[proposal.pk])).content.decode()
    assert ("Khác năm sinh" in page, "alike-form" in page) == (True, False)


# --- quotas and leaders ----------------------------------------------------------------------------------


def test_quotas_count_in_all_per_bloc_and_per_unit() -> None:
    one, other = offices(quota_total=5, quota_per_bloc=3, quota_per_unit=2)
    one.draft(recipient_name="Nháp A")
    one.submitted(recipient_name="Gửi A")
    other.presented(recipient_name="Trình B")
    other.draft(recipient_name="Nháp B")
    category = one.category
    uses = {use.what: use for use in quota_uses([category], participant=one.participant)[category.pk]}
    same_bloc = one.participant.bloc_id == other.participant.bloc_id
    assert (uses["total"].proposed, uses["total"].taken, uses["total"].left) == (2, 1, 3)
    assert uses["bloc"].proposed == (2 if same_bloc else 1)
    assert (uses["unit"].proposed, uses["unit"].is_full, uses["unit"].is_over) == (2, True, False)


def test_the_counters_stand_on_the_form_and_on_the_list() -> None:
    (office,) = offices(1, quota_per_unit=1)
    office.draft()
    leader = client_of(office.leader)
    ask = f"?don-vi={office.participant.pk}&danh-muc={office.category.pk}"
    for address in (reverse("awards:quota") + ask, reverse("awards:proposal_new") + ask, reverse("awards:proposals")):
        assert "<strong>1/1</strong>" in leader.get(address).content.decode(), address
    assert leader.get(reverse("awards:quota") + f"?don-vi=0&danh-muc={office.category.pk}").status_code == 404


def test_the_share_of_leaders_is_said_and_never_refused() -> None:
    (office,) = offices(1)
    AwardPolicy.objects.create(campaign=office.campaign, leader_share_bp=5000)
    office.submitted(recipient_name="Một", is_leader=True)
    office.submitted(recipient_name="Hai", is_leader=False)
    share = leader_share(campaign=office.campaign)
    assert share is not None
    assert (share.leaders, share.people, share.share_bp, share.is_over) == (1, 2, 5000, False)
    office.submitted(recipient_name="Ba", is_leader=True)
    share = leader_share(campaign=office.campaign)
    assert share is not None
    assert share.is_over


# --- figures ---------------------------------------------------------------------------------------------


def test_a_figure_that_changed_after_submitting_is_marked() -> None:
    office = Office(category=make_category(basis_day=None))
    office.with_outcome()
    proposal = office.submitted()
    assert figures_since([proposal])[proposal.pk].count == 0
    frozen = {
        **proposal.figures,
        "targets": [{"code": "1.1", "name": "Thu", "unit": "đ", "goal": "9", "value": "8", "source": "báo cáo"}],
    }
    Proposal.objects.filter(pk=proposal.pk).update(figures=frozen)
    make_score(office.participant, make_run(office.campaign, day(50)), total_bp=8100)
    proposal.refresh_from_db()
    since = figures_since([proposal])[proposal.pk]
    assert (since.total_then, since.total_now, since.total_changed) == (8735, 8100, True)
    (figure,) = since.changed  # the target is scored no more
    assert (figure.then, figure.is_known_now, figure.source) == (Decimal(8), False, "báo cáo")
    for address in (reverse("awards:proposals"), reverse("awards:proposal", args=[proposal.pk])):
        assert "figures-changed" in client_of(office.staff).get(address).content.decode()


def test_figures_of_a_basis_day_are_compared_with_the_same_day() -> None:
    office = Office()
    target = make_target(make_indicator(make_area(office.campaign, 1), "1.1"), office.participant)
    week, later = office.campaign.periods.get(ends_on=day(42)), office.campaign.periods.get(ends_on=day(56))
    make_measurement(target, week, value=5, verdict="accepted")
    office.with_outcome()
    proposal = office.submitted()
    assert proposal.figures["day"] == INTERIM.isoformat()
    assert [figure["value"] for figure in proposal.figures["targets"]] == ["5.0000"]
    # Weeks after the basis day say nothing of it …
    make_score(office.participant, make_run(office.campaign, day(60)), total_bp=100)
    make_measurement(target, later, value=9, verdict="accepted")
    assert figures_since([proposal])[proposal.pk].count == 0
    # … a correction of what it stood on does.
    make_measurement(target, week, value=4, sent_at=at(58), verdict="accepted")
    (figure,) = figures_since([proposal])[proposal.pk].changed
    assert (figure.then, figure.now) == (Decimal(5), Decimal(4))


def test_figures_are_kept_with_their_day() -> None:
    office = Office()
    office.with_outcome()
    proposal = office.submitted()
    assert proposal.figures["day"] == UnitScore.objects.get().day.isoformat()


# --- readiness and deadlines -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "lines"),
    [(RecipientKind.COLLECTIVE, 8), (RecipientKind.INDIVIDUAL, 9), (RecipientKind.HOUSEHOLD, 9)],
)
def test_the_checklist_names_what_is_missing_by_kind(kind: RecipientKind, lines: int) -> None:
    office = Office(category=make_category(kind=kind))
    office.with_outcome()
    bare = office.draft(report="", address="", position="", minutes_number="")
    checks = checklist(bare, missing=missing_for_submission(bare), has_evidence=False)
    assert len(checks) == lines
    assert [check.is_done for check in checks if check.is_needed].count(False) == (
        2 if kind == RecipientKind.COLLECTIVE else 3
    )
    whole = office.draft(recipient_name="Đủ giấy tờ")
    assert all(check.is_done for check in checklist(whole, missing=missing_for_submission(whole), has_evidence=True))


def test_the_unit_s_papers_are_attached_before_submitting_where_the_procedure_asks() -> None:
    office = Office()
    office.with_outcome()
    draft = office.draft()
    draft.evidence.exclude(kind=PaperKind.REQUEST).delete()
    assert missing_for_submission(draft) == ["report_scan_missing", "minutes_scan_missing"]
    with pytest.raises(Refusal) as refused:
        proposals.submit(proposal_id=draft.pk, by=office.leader, now=at(49))
    assert refused.value.code == "report_scan_missing"
    file = make_file(office.participant, content=b"A", name="bao-cao.pdf")
    told = {"proposal_id": draft.pk, "file_id": file.pk, "by": office.reporter, "now": at(49)}
    proposals.attach(**told, kind=PaperKind.REPORT)
    assert missing_for_submission(draft) == ["minutes_scan_missing"]
    proposals.attach(**told, kind=PaperKind.MINUTES)  # one scan holds both
    assert missing_for_submission(draft) == []
    proposals.detach(**told, kind=PaperKind.MINUTES)
    assert missing_for_submission(draft) == ["minutes_scan_missing"]
    AwardPolicy.objects.create(campaign=office.campaign, papers_as_files=False)
    assert proposals.submit(proposal_id=draft.pk, by=office.leader, now=at(49)).state == "submitted"


def test_one_who_is_not_eligible_needs_a_line_of_justification() -> None:
    office = Office()
    office.with_outcome(Outcome.NOT_ELIGIBLE)
    draft = office.draft()
    assert missing_for_submission(draft) == ["justification_missing"]
    page = client_of(office.leader).get(reverse("awards:proposal", args=[draft.pk])).content.decode()
    assert "is-missing" in page


@pytest.mark.parametrize(
    ("until", "left"),
    [
        (dt.date(2026, 4, 24), 0),  # the same day, a Friday
        (dt.date(2026, 4, 25), 0),
        (dt.date(2026, 4, 27), 1),
        (dt.date(2026, 5, 4), 4),  # 30/4 and 1/5 are holidays
        (dt.date(2026, 4, 23), -1),
        (dt.date(2026, 4, 20), -4),
    ],
)
def test_working_days_are_counted_without_weekends_and_holidays(until: dt.date, left: int) -> None:
    holidays = {dt.date(2026, 4, 30), dt.date(2026, 5, 1)}
    assert working_days_until(dt.date(2026, 4, 24), until, holidays) == left


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (dt.date(2026, 4, 24), ("hôm nay là hạn cuối", False)),
        (dt.date(2026, 4, 28), ("còn 2 ngày làm việc", False)),
        (dt.date(2026, 4, 22), ("quá hạn 2 ngày làm việc", True)),
        (None, ("", False)),
    ],
)
def test_a_deadline_in_words(due_on: dt.date | None, words: tuple[str, bool]) -> None:
    with translation.override("vi"):
        assert time_left(due_on=due_on, today=dt.date(2026, 4, 24), holidays=set()) == words


def test_the_list_takes_the_same_queries_for_one_and_for_many() -> None:
    (office,) = offices(1, quota_total=90, quota_per_bloc=50)
    office.submitted(recipient_name="Người 0")
    staff = client_of(office.staff)
    counts = []
    for turn in range(2):
        staff.get(reverse("awards:proposals"))
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(reverse("awards:proposals")).status_code == 200
        counts.append(len(queries))
        for number in range(1, 9) if turn == 0 else ():
            office.submitted(recipient_name=f"Người {number}")
    assert counts[0] == counts[1]
