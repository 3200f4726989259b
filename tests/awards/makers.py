"""Award records for tests: plain functions, every argument optional, in the spirit of tests/factories.py."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from awards.actions import appraisal, council, dossier, issue, proposals, tallies
from awards.actions.decision import decide
from awards.enums import AwardingAuthority, Basis, Outcome, PaperKind, RecipientKind, RuleKind, Verdict, VoteMode
from awards.models import (
    AwardCategory,
    CouncilSession,
    Dossier,
    EligibilityOutcome,
    EligibilityRule,
    Proposal,
    ProposalEvidence,
)
from awards.queries.contents import contents_of, digest
from campaigns.calendar import cut_off, local_day
from campaigns.enums import Role
from campaigns.models import Campaign, Participant, User
from scoring.enums import Basis as ScoreBasis
from scoring.enums import RunStatus, RunTrigger
from scoring.models import ScoreRun, UnitScore
from tests.factories import at, day, make_campaign, make_file, make_participant, make_person

_numbers = itertools.count(1)
#: Sessions, submissions and decisions of tests happen after this interim day.
INTERIM = day(45)


def make_category(
    campaign: Campaign | None = None,
    code: str = "",
    *,
    kind: RecipientKind = RecipientKind.COLLECTIVE,
    basis_day: dt.date | None = INTERIM,
    **columns: Any,
) -> AwardCategory:
    """Return a category on an interim day (day 45), or on the final run with ``basis_day=None``."""
    campaign = campaign or make_campaign()
    code = code or f"GK{next(_numbers):02d}"
    return AwardCategory.objects.create(
        campaign=campaign,
        code=code,
        name=columns.pop("name", f"Giấy khen {code}"),
        title=columns.pop("title", "Giấy khen của Chủ tịch UBND quận A"),
        recipient_kind=kind,
        authority=columns.pop("authority", AwardingAuthority.DISTRICT),
        basis=Basis.INTERIM if basis_day else Basis.FINAL,
        basis_day=basis_day,
        **columns,
    )


def make_rule(
    category: AwardCategory, kind: RuleKind = RuleKind.MIN_TOTAL, params: dict[str, Any] | None = None, **columns: Any
) -> EligibilityRule:
    """Return a rule: a total of at least 80 points unless told otherwise."""
    return EligibilityRule.objects.create(
        category=category, kind=kind, params={"bp": 8000} if params is None else params, **columns
    )


def make_run(
    campaign: Campaign, on: dt.date = INTERIM, *, trigger: RunTrigger = RunTrigger.NIGHTLY, **columns: Any
) -> ScoreRun:
    """Return a finished run of a whole day."""
    moment = cut_off(on)
    defaults = {
        "cut_off": moment,
        "status": RunStatus.DONE,
        "requested_at": moment,
        "started_at": moment,
        "finished_at": moment + dt.timedelta(minutes=15),
    }
    return ScoreRun.objects.create(campaign=campaign, day=on, trigger=trigger, **{**defaults, **columns})


def make_score(participant: Participant, run: ScoreRun, total_bp: int | None = 8735, **columns: Any) -> UnitScore:
    """Return a unit's official figures of a run's day."""
    defaults: dict[str, Any] = {
        "base_bp": total_bp,
        "bonus_bp": 0,
        "penalty_bp": 0,
        "fulfilled_bp": 6000,
        "coverage_bp": 10000,
        "late_reports": 0,
        "missing_reports": 0,
        "rank": 1,
        "bloc_size": 10,
        "score_class": "good",
        "areas": {"1": 9000, "2": 8400},
    }
    return UnitScore.objects.create(
        campaign_id=participant.campaign_id,
        participant=participant,
        day=run.day,
        run=run,
        basis=ScoreBasis.OFFICIAL,
        total_bp=total_bp,
        **{**defaults, **columns},
    )


def make_outcome(
    category: AwardCategory,
    participant: Participant,
    *,
    run: ScoreRun | None = None,
    outcome: Outcome = Outcome.ELIGIBLE,
    is_basis: bool = True,
    lines: list[dict[str, Any]] | None = None,
) -> EligibilityOutcome:
    """Return a unit's outcome of the run's day, the category's basis unless told otherwise."""
    run = run or ScoreRun.objects.filter(campaign=category.campaign).first() or make_run(category.campaign)
    return EligibilityOutcome.objects.create(
        category=category,
        participant=participant,
        day=run.day,
        run=run,
        outcome=outcome,
        is_basis=is_basis,
        lines=lines or [],
    )


def data(**columns: Any) -> proposals.ProposalData:
    """Return everything a complete proposal of any kind needs."""
    defaults: dict[str, Any] = {
        "recipient_name": "Nguyễn Thị Hoà",
        "position": "Công chức",
        "is_leader": False,
        "gender": "female",
        "address": "Tổ 5, phường A",
        "report": "Hoàn thành vượt mức các chỉ tiêu.",
        "report_confirmed_by": "Trần Văn Bình",
        "request_number": "12/TTr",
        "request_date": day(48),
        "minutes_number": "03/BB",
        "minutes_date": day(47),
    }
    return proposals.ProposalData(**{**defaults, **columns})


class Office:
    """The people of the procedure, and one proposal walked along it step by step."""

    def __init__(self, participant: Participant | None = None, *, category: AwardCategory | None = None) -> None:
        self.participant = participant or make_participant(category.campaign if category else None)
        self.campaign = self.participant.campaign
        self.category = category or make_category(self.campaign)
        unit, code = self.participant.unit, self.participant.code
        self.leader = make_person(Role.UNIT_LEADER, unit=unit, username=f"leader-{code}")
        self.reporter = make_person(Role.UNIT_REPORTER, unit=unit, username=f"reporter-{code}")
        self.staff = self._shared(Role.INTERNAL_AFFAIRS)
        self.secretary = self._shared(Role.COUNCIL_SECRETARY)
        self.chairman = self._shared(Role.CHAIRMAN)
        self.run = ScoreRun.objects.filter(campaign=self.campaign, day=INTERIM).first() or make_run(self.campaign)
        self.members = [self._shared(Role.COUNCIL, number) for number in range(1, 6)]

    def _shared(self, role: Any, number: int = 0) -> User:
        username = f"{role.value}{number or ''}"
        found = User.objects.filter(username=username).first()
        return found or make_person(role, username=username, full_name=f"Cán bộ {role.value} {number or ''}".strip())

    def with_outcome(self, outcome: Outcome = Outcome.ELIGIBLE, **columns: Any) -> EligibilityOutcome:
        """Give the unit its figures and its basis outcome."""
        if not UnitScore.objects.filter(participant=self.participant, day=self.run.day).exists():
            make_score(self.participant, self.run)
        return make_outcome(self.category, self.participant, run=self.run, outcome=outcome, **columns)

    def draft(self, **columns: Any) -> Proposal:
        """A draft with scans of the unit's papers."""
        draft = proposals.draft(
            category_id=self.category.pk,
            participant_id=self.participant.pk,
            data=data(**columns),
            by=self.reporter,
            now=at(48),
        )
        for kind in (PaperKind.REQUEST, PaperKind.REPORT, PaperKind.MINUTES):
            file = make_file(
                self.participant, content=f"{kind} {draft.pk}".encode(), name=f"{kind}.pdf", uploaded_by=self.reporter
            )
            ProposalEvidence.objects.create(
                proposal=draft, file=file, kind=kind, added_by=self.reporter, added_at=at(48)
            )
        return draft

    def submitted(self, **columns: Any) -> Proposal:
        return proposals.submit(proposal_id=self.draft(**columns).pk, by=self.leader, now=at(49))

    def appraised(self, **columns: Any) -> Proposal:
        return appraisal.appraise(
            proposal_id=self.submitted(**columns).pk, by=self.staff, now=at(50), not_duplicates_because="Khác người"
        )

    def before_council(self, **columns: Any) -> Proposal:
        return appraisal.convene(proposal_id=self.appraised(**columns).pk, by=self.staff, now=at(51))

    def session(self, **columns: Any) -> CouncilSession:
        """The campaign's session: a ballot on paper unless told otherwise."""
        existing = CouncilSession.objects.filter(campaign=self.campaign).first()
        columns.setdefault("mode", VoteMode.SECRET)
        return existing or council.plan_session(
            campaign_id=self.campaign.pk,
            data=council.SessionData(held_on=day(52), minutes_number="21/BB-HĐTĐKT", **columns),
            by=self.secretary,
            now=at(52),
        )

    def tally(self, proposal: Proposal, *, votes: tuple[int, int, int] = (5, 0, 0)) -> Proposal:
        tallies.record_tally(
            session_id=self.session().pk,
            proposal_id=proposal.pk,
            votes_for=votes[0],
            votes_against=votes[1],
            abstained=votes[2],
            by=self.secretary,
            now=at(52),
        )
        proposal.refresh_from_db()
        return proposal

    def passed(self, **columns: Any) -> Proposal:
        return self.tally(self.before_council(**columns))

    def prepared(self, *chosen: Proposal) -> Dossier:
        return dossier.prepare_dossier(
            campaign_id=self.campaign.pk,
            title="Đề nghị tặng Giấy khen",
            proposal_ids=[proposal.pk for proposal in chosen],
            by=self.staff,
            now=at(53),
        )

    def present(self, *chosen: Proposal) -> Dossier:
        return dossier.present_dossier(
            dossier_id=self.prepared(*chosen).pk,
            number=f"{next(_numbers)}/TTr-NV",
            dated=day(53),
            by=self.staff,
            now=at(53),
        )

    def presented(self, **columns: Any) -> Proposal:
        if not EligibilityOutcome.objects.filter(category=self.category, participant=self.participant).exists():
            self.with_outcome()
        proposal = self.passed(**columns)
        self.present(proposal)
        proposal.refresh_from_db()
        return proposal

    def seen(self, proposal: Proposal, *, now: dt.datetime | None = None) -> str:
        """The digest of what the chairman is shown."""
        proposal = Proposal.objects.select_related("category", "participant", "campaign").get(pk=proposal.pk)
        return digest(contents_of([proposal], on=local_day(now or at(54)))[proposal.pk])

    def decide(self, proposal: Proposal, verdict: Any = None, **arguments: Any) -> Any:
        verdict = verdict or Verdict.APPROVE
        defaults: dict[str, Any] = {
            "by": self.chairman,
            "now": at(54),
            "key": f"key-{next(_numbers)}",
            "seen_digest": self.seen(proposal),
            "reason": "" if verdict is Verdict.APPROVE else "Chưa đủ căn cứ",
            "return_step": "unit" if verdict is Verdict.RETURN else "",
        }
        return decide(proposal_id=proposal.pk, verdict=verdict, **{**defaults, **arguments})

    def approved(self, **columns: Any) -> Proposal:
        proposal = self.presented(**columns)
        self.decide(proposal)
        proposal.refresh_from_db()
        return proposal

    def signed(self, **columns: Any) -> issue.SignedDecision:
        defaults = {
            "number": "184/QĐ-UBND",
            "signed_on": day(55),
            "signer_name": "Nguyễn Văn Chủ",
            "signer_title": "Chủ tịch",
        }
        return issue.SignedDecision(**{**defaults, **columns})

    def issued(self, **columns: Any) -> Proposal:
        proposal = self.approved(**columns)
        issue.issue(proposal_ids=[proposal.pk], signed=self.signed(), by=self.staff, now=at(55))
        proposal.refresh_from_db()
        return proposal
