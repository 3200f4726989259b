"""The council: agenda, attendance, conflicts, open votes, written opinions, paper ballots, quorum, majority, ties."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.actions import agenda, appraisal, ballots, council, proposals, tallies
from awards.ballot import BallotResult, Share
from awards.enums import Attendance, ProposalState, SessionState, VoteChoice, VoteMode, VoteState
from awards.models import CouncilConflict, CouncilSession, CouncilVote, Proposal
from awards.queries.council import agenda_of, before_the_council, bench_of
from awards.workflow import Refusal, WrongState
from campaigns.enums import Role
from campaigns.models import AuditEntry, Notice
from tests.cast import client_of
from tests.factories import at, day, give_role, make_participant, make_person

from .makers import Office, make_category

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSTAIN = VoteChoice.FOR, VoteChoice.AGAINST, VoteChoice.ABSTAIN


# --- sessions --------------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Office:
    office = Office()
    office.with_outcome()
    return office


def planned(office: Office, *agenda: Proposal, **columns: Any) -> CouncilSession:
    return council.plan_session(
        campaign_id=office.campaign.pk,
        data=council.SessionData(held_on=day(52), **columns),
        by=office.secretary,
        now=at(52),
        agenda=[proposal.pk for proposal in agenda],
    )


def opened(office: Office, **columns: Any) -> tuple[CouncilSession, Proposal]:
    proposal = office.before_council(**columns)
    session = planned(office, proposal)
    ballots.open_vote(session_id=session.pk, proposal_id=proposal.pk, by=office.secretary, now=at(52))
    return session, proposal


def cast(office: Office, session: CouncilSession, proposal: Proposal, *choices: VoteChoice) -> None:
    for member, choice in zip(office.members, choices, strict=False):
        ballots.vote(session_id=session.pk, proposal_id=proposal.pk, choice=choice, by=member, now=at(52))


def close(office: Office, session: CouncilSession, proposal: Proposal, **arguments: Any) -> Any:
    return ballots.close_vote(
        session_id=session.pk, proposal_id=proposal.pk, by=office.secretary, now=at(52), **arguments
    )


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def attend(office: Office, session: CouncilSession, **seats: Attendance) -> None:
    """``m0=…`` sets the first member's attendance."""
    members = {f"m{index}": member.pk for index, member in enumerate(session.members.order_by("person__username"))}
    council.set_attendance(
        session_id=session.pk,
        attendance={members[name]: value for name, value in seats.items()},
        by=office.secretary,
        now=at(52),
    )


def test_quorum_and_majority_are_the_procedure_s_unless_said_otherwise(office: Office) -> None:
    usual = planned(office)
    strict = planned(office, quorum=Share(3, 4), majority=Share(9, 10))
    assert (usual.quorum_numerator, usual.quorum_denominator) == (2, 3)
    assert (usual.majority_numerator, usual.majority_denominator) == (1, 2)
    assert (strict.quorum_denominator, strict.majority_numerator, strict.majority_denominator) == (4, 9, 10)


@pytest.mark.parametrize("shares", [{"quorum": Share(4, 3)}, {"quorum": Share(0, 3)}, {"majority": Share(1, 1)}])
def test_a_share_that_is_none_is_refused(office: Office, shares: dict[str, Share]) -> None:
    assert refused(lambda: planned(office, **shares)) == "share_wrong"  # type: ignore[arg-type]


def test_only_the_secretary_records(office: Office) -> None:
    proposal = office.before_council()
    session = planned(office, proposal)
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk, "now": at(52)}
    for person in (office.staff, office.chairman, office.members[0], office.leader):
        with pytest.raises(PermissionDenied):
            ballots.open_vote(**ids, by=person)
        with pytest.raises(PermissionDenied):
            council.plan_session(
                campaign_id=office.campaign.pk, data=council.SessionData(held_on=day(52)), by=person, now=at(52)
            )
    with pytest.raises(PermissionDenied):
        ballots.vote(**ids, by=office.secretary, choice=FOR)


def test_a_nominee_is_on_one_open_agenda_only(office: Office) -> None:
    proposal = office.before_council()
    planned(office, proposal)
    assert refused(lambda: planned(office, proposal)) == "on_another_agenda"


def test_only_what_lies_before_the_council_is_put_on_an_agenda(office: Office) -> None:
    proposal = office.appraised()
    assert refused(lambda: planned(office, proposal)) == "not_before_council"


def test_a_proposal_that_goes_back_leaves_the_agenda(office: Office) -> None:
    session, proposal = opened(office)
    appraisal.send_back(proposal_id=proposal.pk, reason="Bổ sung", by=office.staff, now=at(52))
    assert not session.agenda.exists()
    other = office.before_council(recipient_name="Tập thể khác")
    second = planned(office, other)
    proposals.withdraw(proposal_id=other.pk, by=office.leader, now=at(52))
    assert not second.agenda.exists()


def test_a_session_of_before_the_return_is_not_voted_in_twice(office: Office) -> None:
    session, proposal = opened(office)
    cast(office, session, proposal, FOR)
    appraisal.send_back(proposal_id=proposal.pk, reason="Bổ sung", by=office.staff, now=at(52))
    proposals.submit(proposal_id=proposal.pk, by=office.leader, now=at(53))
    appraisal.appraise(proposal_id=proposal.pk, by=office.staff, now=at(53))
    appraisal.convene(proposal_id=proposal.pk, by=office.staff, now=at(53))
    again = {"session_id": session.pk, "proposal_ids": [proposal.pk], "by": office.secretary, "now": at(54)}
    assert refused(lambda: agenda.add_to_agenda(**again)) == "voted_here_before"  # type: ignore[arg-type]
    assert list(before_the_council(session=session, campaign_id=office.campaign.pk)) == []
    assert list(before_the_council(session=None, campaign_id=office.campaign.pk)) == [proposal]


def test_a_session_is_edited_by_version_and_its_vote_stays_once_begun(office: Office) -> None:
    proposal = office.before_council()
    session = planned(office, proposal)
    ids: dict[str, Any] = {"session_id": session.pk, "by": office.secretary, "now": at(52)}
    text = council.SessionData(held_on=day(52), minutes_number="21/BB-HĐTĐKT", minutes_text="Nhất trí.")
    council.edit_session(**ids, version=session.version, data=text)
    assert refused(lambda: council.edit_session(**ids, version=session.version, data=text)) == "stale_version"
    session.refresh_from_db()
    assert session.minutes_text == "Nhất trí."
    ballots.open_vote(session_id=session.pk, proposal_id=proposal.pk, by=office.secretary, now=at(52))
    secret = council.SessionData(held_on=day(52), mode=VoteMode.SECRET)
    assert refused(lambda: council.edit_session(**ids, version=session.version, data=secret)) == "session_voted"


# --- open votes ------------------------------------------------------------------------------------------


def test_members_vote_once_and_the_count_decides(office: Office) -> None:
    session, proposal = opened(office)
    cast(office, session, proposal, FOR, FOR, FOR, AGAINST, ABSTAIN)
    again = {"session_id": session.pk, "proposal_id": proposal.pk, "by": office.members[0], "now": at(52)}
    assert refused(lambda: ballots.vote(**again, choice=AGAINST)) == "already_voted"  # type: ignore[arg-type]
    tally = close(office, session, proposal)
    assert (tally.members, tally.present, tally.votes_for, tally.votes_against, tally.abstained) == (5, 5, 3, 1, 1)
    assert tally.is_passed
    session.refresh_from_db()
    proposal.refresh_from_db()
    assert (session.state, proposal.state, proposal.due_on is not None) == (SessionState.HELD, "council", True)
    assert session.agenda.get().state == VoteState.CLOSED


def test_after_closing_nothing_changes(office: Office) -> None:
    session, proposal = opened(office)
    cast(office, session, proposal, FOR, FOR, FOR, FOR)
    close(office, session, proposal, despite_missing=True)
    late: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk, "now": at(52)}
    assert refused(lambda: ballots.vote(**late, by=office.members[4], choice=FOR)) == "vote_closed"
    assert refused(lambda: close(office, session, proposal)) == "vote_closed"
    assert refused(lambda: ballots.open_vote(**late, by=office.secretary)) == "vote_closed"
    with pytest.raises(Exception, match="append-only"):
        CouncilVote.objects.update(choice=AGAINST)


def test_a_vote_before_it_is_open_is_refused(office: Office) -> None:
    proposal = office.before_council()
    session = planned(office, proposal)
    assert refused(lambda: cast(office, session, proposal, FOR)) == "vote_not_open"


def test_who_has_not_voted_is_named_before_closing(office: Office) -> None:
    session, proposal = opened(office)
    cast(office, session, proposal, FOR, FOR, FOR)
    with pytest.raises(Refusal) as refusal:
        close(office, session, proposal)
    assert (refusal.value.code, refusal.value.params["count"]) == ("votes_missing", 2)
    assert close(office, session, proposal, despite_missing=True).is_passed


def test_a_tie_is_said_as_such_and_not_passed(office: Office) -> None:
    session, proposal = opened(office)
    cast(office, session, proposal, FOR, FOR, AGAINST, AGAINST, ABSTAIN)
    assert not close(office, session, proposal).is_passed
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.NOT_PASSED
    row = agenda_of(session=session, bench=bench_of(session=session, user=office.secretary))[0]
    assert row.result is BallotResult.TIE
    assert Notice.objects.filter(person=office.leader).exists()
    page = client_of(office.secretary).get(reverse("awards:session", args=[session.pk])).content.decode()
    assert "Số phiếu ngang nhau" in page


def test_without_quorum_no_vote_opens(office: Office) -> None:
    proposal = office.before_council()
    session = planned(office, proposal)
    attend(office, session, m0=Attendance.ABSENT, m1=Attendance.ABSENT)
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk, "by": office.secretary, "now": at(52)}
    assert refused(lambda: ballots.open_vote(**ids)) == "no_quorum"


def test_the_absent_do_not_vote_but_are_heard_in_writing(office: Office) -> None:
    proposal = office.before_council()
    session = planned(office, proposal)
    attend(office, session, m0=Attendance.ABSENT)
    ballots.open_vote(session_id=session.pk, proposal_id=proposal.pk, by=office.secretary, now=at(52))
    absent = session.members.get(attendance=Attendance.ABSENT)
    assert absent.person is not None
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk, "now": at(52)}
    assert refused(lambda: ballots.vote(**ids, choice=FOR, by=absent.person)) == "not_present"
    written: dict[str, Any] = {**ids, "member_id": absent.pk, "choice": AGAINST, "by": office.secretary}
    assert refused(lambda: ballots.record_written(**written, opinion=" ")) == "opinion_missing"
    ballots.record_written(**written, opinion="Chưa nhất trí (Phiếu số 3 ngày 12/9)")
    assert refused(lambda: ballots.record_written(**written, opinion="Lần hai")) == "already_voted"
    for member in session.members.exclude(pk=absent.pk):
        assert member.person is not None
        ballots.vote(**ids, choice=FOR, by=member.person)
    tally = close(office, session, proposal)
    assert (tally.present, tally.votes_for, tally.votes_against) == (5, 4, 1)
    absent.refresh_from_db()
    assert absent.attendance == Attendance.WRITTEN


def test_who_is_present_votes_in_person(office: Office) -> None:
    session, proposal = opened(office)
    member = session.members.first()
    assert member is not None
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk, "by": office.secretary, "now": at(52)}
    assert refused(lambda: ballots.record_written(**ids, member_id=member.pk, choice=FOR, opinion="A")) == "is_present"
    cast(office, session, proposal, *[FOR] * 5)
    assert refused(lambda: attend(office, session, m0=Attendance.ABSENT)) == "member_voted"


def test_who_is_no_member_of_the_session_does_not_vote(office: Office) -> None:
    session, proposal = opened(office)
    late = make_person(Role.COUNCIL, username="late-member")
    ids = {"session_id": session.pk, "proposal_id": proposal.pk, "by": late, "now": at(52)}
    assert refused(lambda: ballots.vote(**ids, choice=FOR)) == "not_a_member"  # type: ignore[arg-type]


# --- conflicts of interest -------------------------------------------------------------------------------


def test_a_member_votes_neither_on_their_own_unit_nor_on_their_own_proposal(office: Office) -> None:
    mine, hand = office.members[:2]
    give_role(mine, Role.UNIT_REPORTER, unit=office.participant.unit)
    office.reporter = hand
    give_role(hand, Role.UNIT_REPORTER, unit=office.participant.unit)
    session, proposal = opened(office)
    for member in (mine, hand):
        ids = {"session_id": session.pk, "proposal_id": proposal.pk, "by": member, "now": at(52)}
        assert refused(lambda ids=ids: ballots.vote(**ids, choice=FOR)) == "conflicted"
    # who had to keep out is written for the minutes, with the reason
    reasons = CouncilConflict.objects.filter(proposal=proposal).values_list("member__person", "reason")
    assert dict(reasons) == {mine.pk: "thuộc đơn vị đề nghị", hand.pk: "là người lập hoặc gửi hồ sơ"}


def test_the_database_refuses_such_votes_too(office: Office) -> None:
    session, proposal = opened(office)
    member = session.members.first()
    assert member is not None
    columns: dict[str, Any] = {
        "session": session, "member": member, "proposal": proposal, "choice": FOR, "cast_by": office.secretary,
        "cast_at": at(52), "drafted_by": office.reporter, "submitted_by": office.leader,
        "proposing_unit": office.participant.unit,
    }  # fmt: skip
    for own in ({"voter": office.reporter}, {"voter": office.leader}, {"voter_unit": office.participant.unit}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CouncilVote.objects.create(**columns, **own)
    CouncilVote.objects.create(**columns, voter=office.members[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        CouncilVote.objects.create(**columns, voter=office.members[0])


def test_a_declared_conflict_keeps_a_member_out(office: Office) -> None:
    session, proposal = opened(office)
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk, "now": at(52)}
    member = office.members[0]
    ballots.declare_conflict(**ids, reason="Vợ của người được đề nghị", by=member)
    assert refused(lambda: ballots.vote(**ids, choice=FOR, by=member)) == "conflicted"
    assert refused(lambda: ballots.declare_conflict(**ids, reason="Lần hai", by=member)) == "conflict_known"
    cast_by_others = [FOR] * 4
    for person, choice in zip(office.members[1:], cast_by_others, strict=True):
        ballots.vote(**ids, choice=choice, by=person)
    tally = close(office, session, proposal)  # nobody is missing: who keeps out is not waited for
    assert (tally.members, tally.present, tally.votes_for, tally.is_passed) == (5, 5, 4, True)


def test_who_has_voted_declares_no_conflict_afterwards(office: Office) -> None:
    session, proposal = opened(office)
    cast(office, session, proposal, FOR)
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk, "now": at(52)}
    act = {**ids, "reason": "Quên", "by": office.members[0]}
    assert refused(lambda: ballots.declare_conflict(**act)) == "already_voted"


# --- paper ballots ---------------------------------------------------------------------------------------


def test_an_open_session_takes_no_paper_tally_and_a_secret_one_no_votes(office: Office) -> None:
    session, proposal = opened(office)
    count = {"votes_for": 5, "votes_against": 0, "abstained": 0, "by": office.secretary, "now": at(52)}
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk}
    assert refused(lambda: tallies.record_tally(**ids, **count)) == "vote_in_portal"
    other = office.before_council(recipient_name="Tập thể khác")
    secret = planned(office, other, mode=VoteMode.SECRET)
    on_paper: dict[str, Any] = {"session_id": secret.pk, "proposal_id": other.pk, "by": office.secretary, "now": at(52)}
    assert refused(lambda: ballots.open_vote(**on_paper)) == "secret_on_paper"
    assert refused(lambda: tallies.record_tally(**on_paper, votes_for=6, votes_against=0, abstained=0)) == "tally_wrong"
    tallies.record_tally(**on_paper, votes_for=3, votes_against=1, abstained=1)
    assert secret.agenda.get().state == VoteState.CLOSED


def test_a_vote_on_what_has_left_the_council_is_refused(office: Office) -> None:
    proposal = office.before_council()
    session = planned(office, proposal)
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.SUBMITTED)
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": proposal.pk, "by": office.secretary, "now": at(52)}
    with pytest.raises(WrongState):
        ballots.open_vote(**ids)


# --- pages -----------------------------------------------------------------------------------------------


def test_names_stand_beside_votes_only_once_the_vote_is_closed(office: Office) -> None:
    session, proposal = opened(office)
    cast(office, session, proposal, AGAINST, FOR, FOR, FOR)
    watcher = client_of(office.staff)
    addresses = [reverse("awards:session", args=[session.pk]), reverse("awards:meeting_count", args=[session.pk])]
    for address in addresses:
        assert "Không đồng ý</span>" not in watcher.get(address).content.decode()
    assert agenda_of(session=session, bench=bench_of(session=session, user=office.staff))[0].votes == []
    entries = AuditEntry.objects.filter(action="council.voted")
    assert entries.count() == 4
    close(office, session, proposal, despite_missing=True)
    row = agenda_of(session=session, bench=bench_of(session=session, user=office.staff))[0]
    assert {given.member.person_id: given.choice for given in row.votes}[office.members[0].pk] == AGAINST


def test_a_member_votes_on_the_page(office: Office) -> None:
    session, proposal = opened(office)
    browser = client_of(office.members[0])
    address = reverse("awards:session", args=[session.pk])
    assert "phieu/" in browser.get(address).content.decode()
    act = reverse("awards:council_act", args=[session.pk, proposal.pk, "phieu"])
    assert browser.post(act, {"choice": "for"}).status_code == 302
    assert browser.post(act, {"choice": "against"}).status_code == 422
    assert browser.post(act, {"choice": "perhaps"}).status_code == 422
    assert CouncilVote.objects.get().choice == FOR
    assert client_of(office.secretary).post(act, {"choice": "for"}).status_code == 403
    assert client_of(office.leader).post(act, {"choice": "for"}).status_code == 404


def test_the_secretary_runs_a_session_on_the_page(office: Office) -> None:
    proposal = office.before_council()
    browser = client_of(office.secretary)
    typed = {"held_on": day(52).strftime("%d/%m/%Y"), "mode": "open", "quorum": "2/3", "majority": "1/2"}
    response = browser.post(reverse("awards:sessions"), {**typed, "agenda": [proposal.pk]})
    session = CouncilSession.objects.get()
    assert response.headers["Location"] == reverse("awards:session", args=[session.pk])
    wrong = browser.post(reverse("awards:sessions"), {**typed, "majority": "một nửa"})
    assert wrong.status_code == 422
    seats = {f"m-{member.pk}": "present" for member in session.members.all()}
    step = reverse("awards:session_step", args=[session.pk, "diem-danh"])
    assert browser.post(step, seats).status_code == 302
    for word in ("mo", "dong"):
        act = reverse("awards:council_act", args=[session.pk, proposal.pk, word])
        browser.post(act, {"despite_missing": "on"})
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.NOT_PASSED  # nobody voted: none of five for
    edit = reverse("awards:session_step", args=[session.pk, "sua"])
    session.refresh_from_db()
    data = {**typed, "version": session.version, "minutes_text": "Kết luận"}
    assert browser.post(edit, data).status_code == 302
    assert browser.post(edit, data).status_code == 409


def test_the_meeting_s_screen_shows_one_nominee_at_a_time(office: Office) -> None:
    first, second = office.before_council(recipient_name="Tập thể A"), office.before_council(recipient_name="Tập thể B")
    session = planned(office, first, second)
    browser = client_of(office.chairman)
    address = reverse("awards:meeting", args=[session.pk])
    page = browser.get(address).content.decode()
    assert ("Tập thể A</h1>" in page, "Tập thể B</h1>" in page, 'rel="next"' in page) == (True, False, True)
    page = browser.get(f"{address}?ho-so={second.pk}").content.decode()
    assert ("Tập thể B</h1>" in page, 'rel="prev"' in page) == (True, True)
    assert browser.get(f"{address}?ho-so=999999").status_code == 404


def test_a_session_takes_the_same_queries_for_one_nominee_and_for_many(office: Office) -> None:
    session, _proposal = opened(office)
    category = make_category(office.campaign, "GK-NHIEU")
    counts = []
    browser = client_of(office.secretary)
    addresses = [reverse(f"awards:{name}", args=[session.pk]) for name in ("session", "meeting")]
    for _round in range(2):
        for address in addresses:
            browser.get(address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert browser.get(address).status_code == 200
            counts.append(len(queries))
        if _round == 0:
            for number in range(6):
                other = Office(make_participant(office.campaign, bloc=office.participant.bloc), category=category)
                other.with_outcome()
                extra = other.before_council(recipient_name=f"Tập thể {number}")
                agenda.add_to_agenda(session_id=session.pk, proposal_ids=[extra.pk], by=office.secretary, now=at(52))
    assert counts[:2] == counts[2:]


def test_staff_put_several_appraised_proposals_before_the_council_at_once() -> None:
    office = Office()
    office.with_outcome()
    one, two = office.appraised(recipient_name="Một"), office.appraised(recipient_name="Hai")
    office.submitted(recipient_name="Chưa thẩm định")
    client, address = client_of(office.staff), reverse("awards:convene_chosen")
    page = client.get(reverse("awards:sessions")).content.decode()
    assert [f'value="{pk}"' in page for pk in (one.pk, two.pk)] == [True, True]
    assert "Chưa thẩm định" not in page
    assert client.post(address, {"chosen": [one.pk, two.pk]}).status_code == 302
    for proposal in (one, two):
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.COUNCIL
    assert client.post(address).status_code == 422
    assert client_of(office.secretary).post(address, {"chosen": [one.pk]}).status_code == 403
