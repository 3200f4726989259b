"""The small world the machine plays in: three units, fourteen people, a month, and proposals at every stage.

The campaign is a record of the independent calculator (``tests/scoring/campaign.py``), carried into the database; so
the scores of whatever the machine does can be computed a second time without the portal.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from awards.actions import appraisal, council, dossier, issue, proposals, tallies
from awards.actions.decision import decide
from awards.enums import PaperKind, RecipientKind, Verdict, VoteMode
from awards.models import AwardCategory, CouncilSession, Proposal, ProposalEvidence
from awards.queries.contents import contents_of, digest
from campaigns.calendar import LOCAL, local_day
from campaigns.enums import Role, UnitKind
from campaigns.models import Campaign, EvidenceFile, Measurement, Participant, Period, Target, User
from scoring.enums import RunStatus, RunTrigger
from scoring.models import ScoreRun
from tests.awards.makers import data, make_category, make_outcome, make_run, make_score
from tests.factories import at, day, give_role, make_file, make_person, make_unit, make_user
from tests.scoring import campaign as ref
from tests.scoring.loading import load

DAYS, INTERIM = 28, day(5)
UNITS = ("A", "B", "C")


def _source() -> ref.Campaign:
    start = day(1)
    periods = []
    for number in range(4):
        first = start + dt.timedelta(days=7 * number)
        last = first + dt.timedelta(days=6)
        due = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(17))
        periods.append(ref.Period(f"K{number + 1}", first, last, due, due + dt.timedelta(days=3)))
    indicators = (
        ref.Indicator("CT1", 1, "Thu ngân sách", ref.Kind.INCREASE, Decimal(3)),
        ref.Indicator("CT2", 1, "Buổi ra quân", ref.Kind.INCREASE, Decimal(2), mode=ref.Mode.INCREMENT),
        ref.Indicator("CT3", 2, "Vi phạm", ref.Kind.MAINTAIN, Decimal(1)),
    )
    goals = {"CT1": Decimal(100), "CT2": Decimal(40), "CT3": Decimal(10)}
    return ref.Campaign(
        code="MAY",
        name="Phong trào thử máy",
        start=start,
        end=start + dt.timedelta(days=DAYS - 1),
        areas=(ref.Area(1, "Kinh tế", Decimal(60)), ref.Area(2, "Trật tự", Decimal(40))),
        blocs=(ref.Bloc("KHOI", "Khối phường"),),
        units=tuple(ref.Unit(code, f"Phường {code}", "KHOI") for code in UNITS),
        indicators=indicators,
        targets=tuple(
            ref.Target(one.code, unit, goals[one.code], Decimal(20) if one.code == "CT3" else None)
            for one in indicators
            for unit in UNITS
        ),
        periods=tuple(periods),
    )


SOURCE = _source()


@dataclass(frozen=True)
class Actor:
    """Who somebody is, said here once more, so that the portal's own table of rights is not asked about itself."""

    leads: str = ""  # the unit, by its code
    reports_for: str = ""
    is_staff: bool = False
    is_secretary: bool = False
    decides: bool = False
    sits: bool = False  # in the council

    @property
    def unit(self) -> str:
        return self.leads or self.reports_for


ACTORS: dict[str, Actor] = {
    "reporter_a": Actor(reports_for="A"),
    "leader_a": Actor(leads="A"),
    "reporter_b": Actor(reports_for="B"),
    "leader_b": Actor(leads="B"),
    "leader_c": Actor(leads="C"),
    "staff": Actor(is_staff=True),
    "staff_two": Actor(is_staff=True),
    "double": Actor(leads="C", is_staff=True),  # in two groups
    "secretary": Actor(is_secretary=True),
    "chairman": Actor(decides=True),
    "vice": Actor(decides=True, reports_for="C"),  # by delegation, and of a unit
    "member": Actor(sits=True),
    "superuser": Actor(),
    "closed": Actor(),  # led a unit; the account is switched off
}


class World:
    """The records every run of the machine begins with, made by the services where there is one."""

    def __init__(self) -> None:
        self.campaign = load(SOURCE)
        Campaign.objects.filter(pk=self.campaign.pk).update(opened_at=at(1, 0))
        self.campaign.refresh_from_db()
        self.participants: dict[str, Participant] = {
            row.code: row for row in self.campaign.participants.select_related("unit", "campaign")
        }
        self.periods: list[Period] = list(self.campaign.periods.order_by("ends_on"))
        self.targets: dict[tuple[str, str], Target] = {
            (row.indicator.code, row.participant.code): row
            for row in Target.objects.filter(campaign=self.campaign).select_related("indicator", "participant")
        }
        # B's head office counts the violations of the others; B's own are for Internal Affairs.
        self.campaign.indicators.filter(code="CT3").update(verifier=self.participants["B"])
        self.people = self._people()
        self._nights()
        self.categories: list[AwardCategory] = self._categories()
        self.sessions: list[CouncilSession] = [
            self._session(number, mode)
            for number, mode in enumerate((VoteMode.SECRET, VoteMode.SECRET, VoteMode.OPEN), 1)
        ]
        self.hands: dict[int, set[str]] = {}
        self._proposals()

    def _people(self) -> dict[str, User]:
        office = make_unit("PNV-MAY", name="Phòng Nội vụ", kind=UnitKind.DIVISION)
        found: dict[str, User] = {}
        for name, actor in ACTORS.items():
            staff = {"is_staff": True} if actor.is_staff else {}
            user = found[name] = make_user(
                f"may-{name}", full_name=f"Cán bộ {name}", is_superuser=name == "superuser", **staff
            )
            if actor.leads:
                give_role(user, Role.UNIT_LEADER, unit=self.participants[actor.leads].unit)
            if actor.reports_for:
                give_role(user, Role.UNIT_REPORTER, unit=self.participants[actor.reports_for].unit)
            if actor.is_staff:
                give_role(user, Role.INTERNAL_AFFAIRS, unit=None if actor.leads else office)
            if actor.is_secretary:
                give_role(user, Role.COUNCIL_SECRETARY)
            if actor.decides:
                give_role(user, Role.VICE_CHAIRMAN if actor.unit else Role.CHAIRMAN)
            if actor.sits:
                give_role(user, Role.COUNCIL)
        give_role(found["closed"], Role.UNIT_LEADER, unit=self.participants["A"].unit)
        User.objects.filter(pk=found["closed"].pk).update(is_active=False)
        found["closed"].refresh_from_db()
        for number in range(4):  # with "member" five sit in the council; one of them is of unit A
            other = make_person(Role.COUNCIL, username=f"may-uy-vien-{number}")
            if number == 0:
                give_role(other, Role.UNIT_REPORTER, unit=self.participants["A"].unit)
        return found

    def _nights(self) -> None:
        """Every night was scored, so that a closing asks for the final run only; the interim day has its figures."""
        nights = [day(number) for number in range(1, 60) if day(number) != INTERIM]
        ScoreRun.objects.bulk_create(
            ScoreRun(
                campaign=self.campaign,
                day=night,
                trigger=RunTrigger.NIGHTLY,
                status=RunStatus.DONE,
                requested_at=at(1, 1),
                started_at=at(1, 1),
                finished_at=at(90),
            )
            for night in nights
        )
        self.run = make_run(self.campaign, INTERIM)
        for code, participant in self.participants.items():
            make_score(participant, self.run, 8_000 + 100 * UNITS.index(code))

    def _categories(self) -> list[AwardCategory]:
        """Three on the interim day (one with a quota, one the law has no coefficient for), one on the final run."""
        kinds = (
            ("GK-TT", RecipientKind.COLLECTIVE, INTERIM, {"quota_per_unit": 1}),
            ("GK-CN", RecipientKind.INDIVIDUAL, INTERIM, {}),
            ("GK-HO", RecipientKind.HOUSEHOLD, INTERIM, {"authority": "province"}),
            ("GK-CUOI", RecipientKind.COLLECTIVE, None, {}),
        )
        rows = [
            make_category(self.campaign, code, kind=kind, basis_day=basis, **columns)
            for code, kind, basis, columns in kinds
        ]
        for category in rows[:3]:
            for code, participant in self.participants.items():
                outcome = "not_eligible" if code == "C" and category.code == "GK-CN" else "eligible"
                make_outcome(category, participant, run=self.run, outcome=outcome)  # type: ignore[arg-type]
        return rows

    def _session(self, number: int, mode: VoteMode) -> CouncilSession:
        return council.plan_session(
            campaign_id=self.campaign.pk,
            data=council.SessionData(held_on=day(6), minutes_number=f"{number}/BB", mode=mode),
            by=self.people["secretary"],
            now=at(6, 7),
        )

    def _proposals(self) -> None:
        """Proposals at each stage but the first, of changing units and awards; the names of two are alike."""
        stages = (
            ("submitted", 1), ("submitted", 0), ("appraised", 1), ("council", 0), ("passed", 1), ("passed", 3),
            ("dossier", 1), ("dossier", 0), ("dossier", 1), ("issued", 0), ("returned", 1), ("approved", 2),
        )  # fmt: skip
        for number, (stage, category) in enumerate(stages):
            name = "Tập thể giống tên" if number < 2 else f"Tập thể số {number}"
            self._walk(UNITS[number % 3], self.categories[category], name, stage)

    def _walk(self, unit: str, category: AwardCategory, name: str, stage: str) -> None:
        leader = {"A": "leader_a", "B": "leader_b", "C": "leader_c"}[unit]
        people = self.people
        draft = proposals.draft(
            category_id=category.pk,
            participant_id=self.participants[unit].pk,
            data=data(recipient_name=name, justification="Có thành tích đột xuất"),
            by=people[leader],
            now=at(6, 7),
        )
        self.hands[draft.pk] = {leader}
        for file in self.papers(unit):
            ProposalEvidence.objects.create(
                proposal=draft, file=file, kind=file.name[:-4], added_by=people[leader], added_at=at(6, 7)
            )
        proposals.submit(proposal_id=draft.pk, by=people[leader], now=at(6, 7))
        steps = ("appraised", "council", "passed", "dossier", "approved", "issued")
        upto = {"submitted": 0, "returned": 4} | {step: number for number, step in enumerate(steps, 1)}
        for step in steps[: upto[stage]]:
            getattr(self, f"_to_{step}")(draft)
        if stage == "returned":
            self.decide(draft, Verdict.RETURN, at(6, 9))

    def papers(self, unit: str) -> list[EvidenceFile]:
        """The unit's three papers, one file each, whoever asks first."""
        participant = self.participants[unit]
        found = list(EvidenceFile.objects.filter(participant=participant).order_by("pk"))
        return found or [
            make_file(
                participant, content=f"{unit}{kind}".encode(), name=f"{kind}.pdf", uploaded_by=self.people["leader_a"]
            )
            for kind in (PaperKind.REQUEST.value, PaperKind.REPORT.value, PaperKind.MINUTES.value)
        ]

    def _to_appraised(self, proposal: Proposal) -> None:
        appraisal.appraise(
            proposal_id=proposal.pk, by=self.people["staff"], now=at(6, 8), not_duplicates_because="Khác"
        )

    def _to_council(self, proposal: Proposal) -> None:
        appraisal.convene(proposal_id=proposal.pk, by=self.people["staff"], now=at(6, 8))

    def _to_passed(self, proposal: Proposal) -> None:
        tallies.record_tally(
            session_id=self.sessions[0].pk,
            proposal_id=proposal.pk,
            votes_for=4,
            votes_against=0,
            abstained=0,
            by=self.people["secretary"],
            now=at(6, 8),
        )

    def _to_dossier(self, proposal: Proposal) -> None:
        made = dossier.prepare_dossier(
            campaign_id=self.campaign.pk,
            title="Đề nghị",
            proposal_ids=[proposal.pk],
            by=self.people["staff"],
            now=at(6, 8),
        )
        dossier.present_dossier(
            dossier_id=made.pk, number=f"{proposal.pk}/TTr", dated=day(6), by=self.people["staff"], now=at(6, 8)
        )

    def _to_approved(self, proposal: Proposal) -> None:
        self.decide(proposal, Verdict.APPROVE, at(6, 9))

    def _to_issued(self, proposal: Proposal) -> None:
        issue.issue(proposal_ids=[proposal.pk], signed=self.signed("01/QĐ"), by=self.people["staff"], now=at(6, 9))

    def signed(self, number: str, on: dt.date | None = None) -> issue.SignedDecision:
        """The decision as the document-management system has it."""
        return issue.SignedDecision(
            number=number, signed_on=on or day(6), signer_name="Đặng Văn Long", signer_title="Chủ tịch"
        )

    def seen(self, proposal: Proposal, now: dt.datetime) -> str:
        """The digest of what the chairman is shown now."""
        row = Proposal.objects.select_related("category", "participant", "campaign").get(pk=proposal.pk)
        return digest(contents_of([row], on=local_day(now))[row.pk])

    def decide(self, proposal: Proposal, verdict: Verdict, now: dt.datetime) -> None:
        """The chairman's word on what is shown now."""
        decide(
            proposal_id=proposal.pk,
            by=self.people["chairman"],
            verdict=verdict,
            seen_digest=self.seen(proposal, now),
            now=now,
            key=f"truoc-{proposal.pk}",
            reason="" if verdict is Verdict.APPROVE else "Cần xem lại",
            return_step="staff" if verdict is Verdict.RETURN else "",
        )


def as_reference(world: World) -> ref.Campaign:
    """The campaign with what was reported and verified so far, as the independent calculator reads it."""
    rulings = {"accepted": ref.Ruling.ACCEPTED, "adjusted": ref.Ruling.ADJUSTED, "returned": ref.Ruling.RETURNED}
    rows = (
        Measurement.objects.filter(target__campaign=world.campaign)
        .select_related("target__indicator", "target__participant", "period")
        .order_by("pk")
    )
    return replace(
        SOURCE,
        measurements=tuple(
            ref.Measurement(
                period=row.period.code,
                indicator=row.target.indicator.code,
                unit=row.target.participant.code,
                sent=_local(row.sent_at),
                value=row.value,
                nothing=row.nothing,
                ruling=rulings.get(row.verdict),
                verified_value=row.verified_value if row.verdict == "adjusted" else None,
                ruled=_local(row.verdict_at) if row.verdict_at else None,
            )
            for row in rows
        ),
    )


def _local(moment: Any) -> dt.datetime:
    return moment.astimezone(LOCAL).replace(tzinfo=None)  # type: ignore[no-any-return]
