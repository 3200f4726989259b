"""Load the sample's proposals, each step by step through the domain's actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from awards.actions import agenda, appraisal, ballots, council, decision, dossier, issue
from awards.actions import proposals as proposing
from awards.enums import (
    ProposalState,
    ReturnStep,
    Verdict,
    VoteChoice,
)
from awards.models import (
    AwardCategory,
    CouncilSession,
    Proposal,
)
from awards.queries.dashboard import cards_for
from awards.workflow import Refusal
from campaign_portal.sample import awards as data
from campaign_portal.sample.award_settings import FUND_KEEPER
from campaign_portal.sample.calendar import moment, texts_year
from campaign_portal.sample.papers import attach_papers
from campaign_portal.sample.proposals import PROPOSALS, Step
from campaign_portal.sample.proposals import Proposal as Row
from campaigns.calendar import local_day
from campaigns.models import Campaign, Participant, User


class Loading:
    """What the steps need to find: campaigns, rows by code, sessions and submissions made on the way."""

    def __init__(self, campaigns: Mapping[str, Campaign], to: dt.date) -> None:
        newest = max(campaigns.values(), key=lambda campaign: campaign.starts_on)
        oldest = min(campaigns.values(), key=lambda campaign: campaign.starts_on)
        self.campaigns = {data.RUNNING: newest, data.LAST_YEAR: oldest}
        self.to = to
        self.made: dict[str, int] = {}  # proposal code → id
        self.sessions: dict[str, CouncilSession] = {}
        self.presented: set[str] = set()
        self.stopped: set[str] = set()  # proposals whose step was refused: the rest of their steps is left out

    def now(self, step: Step) -> dt.datetime:
        return moment(self.to, step.days, step.time)

    def date(self, days: int | None) -> dt.date | None:
        return None if days is None else self.to + dt.timedelta(days=days)


def proposals(campaigns: Mapping[str, Campaign], *, to: dt.date, say: Callable[[str], None]) -> None:
    """Carry every proposal through its steps, all proposals' steps in order of time."""
    loading = Loading(campaigns, to)
    steps = [(step, row) for row in PROPOSALS for step in row.steps]
    for step, row in sorted(steps, key=lambda pair: (pair[0].days, pair[0].time, pair[1].code)):
        if row.code in loading.stopped:
            continue
        try:
            _take(loading, step, row)
        except Refusal as refusal:
            loading.stopped.add(row.code)
            say(f"  {row.code} {step.action}: {refusal}")
    _session_of_today(loading)


def _take(loading: Loading, step: Step, row: Row) -> None:
    by, now = User.objects.get(username=step.by), loading.now(step)
    acts: dict[str, Callable[[], Any]] = {
        "draft": lambda: _draft(loading, row, by, now),
        "submit": lambda: proposing.submit(proposal_id=loading.made[row.code], by=by, now=now),
        "withdraw": lambda: proposing.withdraw(proposal_id=loading.made[row.code], by=by, now=now, reason=step.reason),
        "appraise": lambda: appraisal.appraise(
            proposal_id=loading.made[row.code],
            by=by,
            now=now,
            not_duplicates_because="Khác người, khác thành tích; đã đối chiếu với đơn vị.",
        ),
        "refuse": lambda: appraisal.refuse(proposal_id=loading.made[row.code], reason=step.reason, by=by, now=now),
        "return": lambda: _return(loading, step, row, by, now),
        "council_pass": lambda: _tally(loading, step, row, by, now),
        "council_fail": lambda: _tally(loading, step, row, by, now),
        "dossier": lambda: _present(loading, step, by, now),
        "approve": lambda: _decide(loading, Verdict.APPROVE, step, row, by, now),
        "reject": lambda: _decide(loading, Verdict.REJECT, step, row, by, now),
        "issue": lambda: _issue(loading, step, row, by, now),
        "revoke": lambda: issue.revoke(
            proposal_id=loading.made[row.code],
            reason=step.reason,
            document_number=step.document_number,
            revoked_on=local_day(now),
            by=by,
            now=now,
        ),
    }
    acts[step.action]()


def _draft(loading: Loading, row: Row, by: User, now: dt.datetime) -> None:
    campaign = loading.campaigns[row.campaign]
    participant = Participant.objects.select_related("unit").get(campaign=campaign, code=row.unit)
    head = User.objects.filter(username=f"truong.{row.unit.lower()}").first()
    made = proposing.draft(
        category_id=AwardCategory.objects.get(campaign=campaign, code=row.category).pk,
        participant_id=participant.pk,
        data=proposing.ProposalData(
            recipient_name=row.name,
            position=row.position,
            is_leader=row.is_leader if row.recipient == "individual" else None,
            gender=row.gender,
            address=row.address,
            report=texts_year(row.achievements, loading.to),
            report_confirmed_by=head.full_name if head and row.request_number else "",
            request_number=row.request_number,
            request_date=loading.date(row.request_days),
            minutes_number=row.minutes_number,
            minutes_date=loading.date(row.minutes_days),
            justification=row.justification,
        ),
        by=by,
        now=now,
        key=f"sample-{row.code}",
    )
    loading.made[row.code] = made.pk
    if row.request_number:
        attach_papers(Proposal.objects.select_related("participant").get(pk=made.pk), by=by, now=now)


def _return(loading: Loading, step: Step, row: Row, by: User, now: dt.datetime) -> None:
    if Proposal.objects.get(pk=loading.made[row.code]).state == ProposalState.DOSSIER:
        _decide(loading, Verdict.RETURN, step, row, by, now)
    else:
        appraisal.send_back(proposal_id=loading.made[row.code], reason=step.reason, by=by, now=now)


def _tally(loading: Loading, step: Step, row: Row, by: User, now: dt.datetime) -> None:
    planned = next(session for session in data.SESSIONS if session.code == step.session)
    campaign = loading.campaigns[planned.campaign]
    if planned.code not in loading.sessions:
        held = moment(loading.to, planned.days, planned.time)
        loading.sessions[planned.code] = council.plan_session(
            campaign_id=campaign.pk,
            data=council.SessionData(
                held_on=local_day(held),
                place="Phòng họp số 2, trụ sở UBND quận A",
                chair_name=planned.chaired_by,
                secretary_name=by.full_name,
                minutes_number=planned.minutes_number,
                minutes_text=planned.notes,
            ),
            by=by,
            now=held,
        )
    pk = loading.made[row.code]
    if Proposal.objects.get(pk=pk).state == ProposalState.APPRAISED:
        appraisal.convene(proposal_id=pk, by=User.objects.get(username=FUND_KEEPER), now=now)
    session = loading.sessions[planned.code]
    _votes(session, Proposal.objects.get(pk=pk), step, by, now)


def _votes(session: CouncilSession, proposal: Proposal, step: Step, by: User, now: dt.datetime) -> None:
    """Let the members vote in the portal as the table says, who may; then the secretary closes the vote."""
    ids = {"session_id": session.pk, "proposal_id": proposal.pk}
    agenda.add_to_agenda(session_id=session.pk, proposal_ids=[proposal.pk], by=by, now=now)
    ballots.open_vote(**ids, by=by, now=now)
    pro, contra, abstained = step.votes or (0, 0, 0)
    kept_out = council.conflicted_members(session=session, proposal=proposal)
    voters = [m for m in session.members.select_related("person") if m.person and m.pk not in kept_out]
    against = [VoteChoice.AGAINST] * contra + [VoteChoice.ABSTAIN] * abstained
    choices = [VoteChoice.FOR] * max(0, min(pro, len(voters) - len(against))) + against
    for place, (member, choice) in enumerate(zip(voters, choices, strict=False), start=1):
        assert member.person is not None
        opinion = step.reason if choice is VoteChoice.AGAINST and contra else ""
        given = now + dt.timedelta(seconds=10 * place)
        ballots.vote(**ids, choice=choice, opinion=opinion, by=member.person, now=given)
    closed = now + dt.timedelta(minutes=2)
    ballots.close_vote(**ids, by=by, now=closed, despite_missing=True, reason=step.reason)


def _session_of_today(loading: Loading) -> None:
    """Hold a session on the reference date: nominees on its agenda, the vote on the first one open and under way."""
    campaign, now = loading.campaigns[data.RUNNING], moment(loading.to, 0, "08:05")
    staff, secretary = User.objects.get(username=FUND_KEEPER), User.objects.get(username="thuky")
    mine = {loading.made[row.code] for row in PROPOSALS if row.campaign == data.RUNNING and row.code in loading.made}
    submitted = Proposal.objects.filter(pk__in=mine, state=ProposalState.SUBMITTED).order_by("pk")
    for proposal in list(submitted)[:2]:
        appraisal.appraise(
            proposal_id=proposal.pk, by=staff, now=now, not_duplicates_because="Khác người; đã đối chiếu với đơn vị."
        )
    ready = list(Proposal.objects.filter(pk__in=mine, state=ProposalState.APPRAISED).order_by("pk"))[:3]
    for proposal in ready:
        appraisal.convene(proposal_id=proposal.pk, by=staff, now=now)
    if not ready:
        return
    session = council.plan_session(
        campaign_id=campaign.pk,
        data=council.SessionData(
            held_on=loading.to, place="Phòng họp số 2, trụ sở UBND quận A", chair_name="Vũ Thị Thanh Bình"
        ),
        by=secretary,
        now=now,
        agenda=[proposal.pk for proposal in ready],
    )
    ids: dict[str, Any] = {"session_id": session.pk, "proposal_id": ready[0].pk}
    ballots.open_vote(**ids, by=secretary, now=now)
    kept_out = council.conflicted_members(session=session, proposal=ready[0])
    for member in [m for m in session.members.select_related("person") if m.person and m.pk not in kept_out][:2]:
        assert member.person is not None
        ballots.vote(**ids, choice=VoteChoice.FOR, by=member.person, now=now)


def _present(loading: Loading, step: Step, by: User, now: dt.datetime) -> None:
    """Present a submission once, with every proposal that goes into it."""
    if step.dossier in loading.presented:
        return
    loading.presented.add(step.dossier)
    planned = next(row for row in data.DOSSIERS if row.code == step.dossier)
    codes = [
        row.code
        for row in PROPOSALS
        if row.code not in loading.stopped and any(later.dossier == step.dossier for later in row.steps)
    ]
    made = dossier.prepare_dossier(
        campaign_id=loading.campaigns[planned.campaign].pk,
        title=texts_year(planned.title, loading.to),
        proposal_ids=[loading.made[code] for code in codes],
        by=by,
        now=now,
    )
    dossier.present_dossier(dossier_id=made.pk, number=planned.number, dated=local_day(now), by=by, now=now)


def _decide(loading: Loading, verdict: Verdict, step: Step, row: Row, by: User, now: dt.datetime) -> None:
    pk = loading.made[row.code]
    card = cards_for(user=by, on=local_day(now), ids=[pk])[0]
    step_names = {"unit": ReturnStep.UNIT, "internal_affairs": ReturnStep.STAFF}
    decision.decide(
        proposal_id=pk,
        by=by,
        verdict=verdict,
        seen_digest=card.seen,
        now=now,
        key=f"sample-{row.code}-{step.action}",
        reason=step.reason,
        return_step=step_names.get(step.returned_to, ""),
    )


def _issue(loading: Loading, step: Step, row: Row, by: User, now: dt.datetime) -> None:
    chairman = User.objects.get(username="chutich")
    issue.issue(
        proposal_ids=[loading.made[row.code]],
        signed=issue.SignedDecision(
            number=step.document_number,
            signed_on=local_day(now),
            signer_name=chairman.full_name,
            signer_title="Chủ tịch",
        ),
        by=by,
        now=now,
    )
