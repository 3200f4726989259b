"""Nobody checks what they made themselves: every pair of acts by one person, by the action and over HTTP.

Each second act is tried by somebody who holds every role that could let them, and whose hand is in the first: once
as a person who has since left the unit, once as one who belongs to it still. Another with the same roles may.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, QuerySet

from awards.actions import appraisal, stories
from awards.actions.decision import decide
from awards.enums import Act, Verdict
from awards.models import Exemplar, Proposal, ProposalEvent
from awards.workflow import Refusal
from campaigns.actions.appeals import settle_appeal
from campaigns.actions.confirmation import ConfirmationRefused, EntryKind, confirm_entry
from campaigns.actions.delegations import delegate
from campaigns.actions.people import give_role as give_role_to
from campaigns.actions.people import reset_second_factor
from campaigns.actions.records import PlanRefused
from campaigns.actions.threads import ThreadRefused
from campaigns.actions.verification import VerdictRefused, give_verdict
from campaigns.enums import Role, VerdictOutcome
from campaigns.models import Appeal, Measurement, PointEntry, RoleAssignment, User
from tests.awards.makers import Office
from tests.factories import (
    day,
    give_role,
    make_gate,
    make_measurement,
    make_milestone_waiver,
    make_participant,
    make_points,
    make_report_waiver,
    make_user,
)

from .addresses import client_of
from .posting import Sender
from .world import NOW, World

#: Refused by name or by right; anything else that is raised is an error of ours.
REFUSED = (PermissionDenied, VerdictRefused, ThreadRefused, ConfirmationRefused, Refusal, PlanRefused)
#: Every role that lets somebody check, decide or publish for all units.
ALL = (
    Role.INTERNAL_AFFAIRS, Role.CHAIRMAN, Role.VICE_CHAIRMAN, Role.PUBLISHER, Role.COUNCIL, Role.COUNCIL_SECRETARY,
    Role.AUDITOR, Role.VIEWER,
)  # fmt: skip
KEY = "phieu-000000000000001"


@dataclass
class Pair:
    """A second act on what somebody did first."""

    name: str
    act: Callable[[User], Any]  # by the action
    address: str = ""  # over HTTP; empty where the portal offers no such form
    data: dict[str, Any] | None = None
    before: Callable[[], Any] = lambda: None  # puts the hand into the first act


def test_nobody_takes_the_second_step_on_their_own_work(world: World, record_property: Any) -> None:
    people = {name: everything(name) for name in ("author", "insider", "other")}
    office = Office(make_participant(world.campaign), category=world.rows["category"])
    office.with_outcome()
    for unit in (world.a.participant.unit, office.participant.unit):
        give_role(people["insider"], Role.UNIT_LEADER, unit=unit)
    world.people.update(people)
    submitted = office.submitted(recipient_name="Tập thể đã gửi")
    presented = office.presented(recipient_name="Tập thể đã trình")
    clerk, by_hand = office.staff, {}
    for hand in ("author", "insider"):
        office.staff = people[hand]
        by_hand[hand] = office.presented(recipient_name=f"Tập thể do {hand} trình")
        Proposal.objects.filter(pk=by_hand[hand].pk).update(appraised_by=clerk)
    seen = {row.pk: office.seen(row, now=NOW) for row in (presented, *by_hand.values())}
    tried, wrong, let = 0, [], {}
    for hand in ("author", "insider"):
        for pair in (
            *_values(world, people[hand]), *_entries(world, people[hand]), *_appeals(world, people[hand]),
            *_proposals(submitted, people[hand]), *_decisions(presented, seen, people[hand]),
            *_decisions(by_hand[hand], seen, people[hand], ("presents",)), *_stories(world, people[hand]),
        ):  # fmt: skip
            tried += 1
            wrong += [f"{hand}: {pair.name}: {fault}" for fault in faults(world, pair, hand)]
            # The act itself is possible, or nothing was proved.
            let[pair.name] = let.get(pair.name, False) or succeeds(pair, people["other"])
            wrong += [f"superuser: {pair.name}: {fault}" for fault in faults(world, pair, "superuser")]
    record_property("pairs", tried)
    assert wrong == [], "\n".join(wrong)
    assert [name for name, was_possible in let.items() if not was_possible] == []
    assert tried > 60


def everything(name: str) -> User:
    """Somebody who holds every role there is for all units."""
    person = make_user(name, is_staff=True, full_name=f"Người {name}")
    for role in ALL:
        give_role(person, role)
    return person


def _values(world: World, hand: User) -> list[Pair]:
    found = []
    periods = list(world.campaign.periods.order_by("ends_on"))
    target = world.a.rows["target"]
    first = 1 if hand.username == "author" else 4
    for number, outcome in enumerate(VerdictOutcome):
        # Long sent: a verifying unit that was asked has had its days.
        value = make_measurement(target, periods[first + number], sent_by=hand, value=50 + number)
        said = {"outcome": outcome, "reason": "Đối chiếu hồ sơ"}
        more = {"verified_value": Decimal(40)} if outcome == VerdictOutcome.ADJUSTED else {}
        found.append(
            Pair(
                f"reports, {outcome}",
                lambda by, value=value, said=said, more=more: give_verdict(
                    measurement_id=value.pk, by=by, now=NOW, **said, **more
                ),
                f"/admin/campaigns/measurement/tham-dinh/{value.pk}/",
                {**said, **({"verified_value": "40"} if more else {})},
            )
        )
    return found


def _entries(world: World, hand: User) -> list[Pair]:
    unit, shared = world.a.participant, {"confirmed": False, "holds_from": day(59), "entered_by": hand}
    periods = list(unit.campaign.periods.order_by("ends_on"))
    rows: dict[EntryKind, Any] = {
        EntryKind.POINTS: make_points(unit, **shared),
        EntryKind.REPORT_WAIVER: make_report_waiver(unit, periods[2 if hand.username == "author" else 3], **shared),
        EntryKind.GATE: make_gate(unit, **shared),
        EntryKind.MILESTONE_WAIVER: make_milestone_waiver(world.b.rows["plain_target"], **shared)
        if hand.username == "author"
        else make_milestone_waiver(world.a.rows["limit_target"], **shared),
    }
    return [
        Pair(
            f"enters, confirms: {kind}",
            lambda by, kind=kind, row=row: confirm_entry(kind=kind, pk=row.pk, by=by, now=NOW),
            f"/admin/campaigns/{row._meta.model_name}/{row.pk}/xac-nhan/",
            {},
        )
        for kind, row in rows.items()
    ]


def _appeals(world: World, hand: User) -> list[Pair]:
    unit, leader = world.a.participant, world.people["leader_a"]
    target, period = world.a.rows["target"], world.campaign.periods.order_by("ends_on")[8]
    number = 0 if hand.username == "author" else 20
    shared = {"participant": unit, "grounds": "Chưa đúng", "lodged_at": NOW, "answer_by": day(66)}

    def value(**columns: Any) -> Measurement:
        return make_measurement(target, period, verdict="adjusted", verified_value=41, value=number, **columns)

    appeals = {
        "lodges": Appeal.objects.create(measurement=value(), lodged_by=hand, **shared),
        "lodges on a score": Appeal.objects.create(score_day=day(40 + number // 20), lodged_by=hand, **shared),
        "verifies": Appeal.objects.create(measurement=value(verdict_by=hand), lodged_by=leader, **shared),
        "reports": Appeal.objects.create(measurement=value(sent_by=hand), lodged_by=leader, **shared),
    }
    return [
        Pair(
            f"{first}, settles the appeal: {word}",
            lambda by, row=row, word=word: settle_appeal(
                appeal_id=row.pk, upheld=word == "yes", outcome="Đúng", seen=row.version, key=KEY, by=by, now=NOW
            ),
            f"/kien-nghi/{row.pk}/giai-quyet/",
            {"upheld": word, "text": "Đúng", "version": row.version, "form_key": KEY},
        )
        for first, row in appeals.items()
        for word in ("yes", "no")
    ]


def _hand_in(proposal: Proposal, first: str, hand: User) -> None:
    if first == "edits":
        ProposalEvent.objects.create(
            proposal=proposal, act=Act.EDIT, from_state="draft", to_state="draft", actor=hand, at=NOW
        )
    elif first != "presents":  # the submission is frozen: it was made by that hand
        column = {"drafts": "drafted_by", "submits": "submitted_by", "appraises": "appraised_by"}[first]
        Proposal.objects.filter(pk=proposal.pk).update(**{column: hand})


def _proposals(proposal: Proposal, hand: User) -> list[Pair]:
    """Drafted, edited or submitted, and then: appraised, refused, sent back."""
    why = "Đã đối chiếu, khác người"
    acts: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {
        "appraises": ("tham-dinh", appraisal.appraise, {"not_duplicates_because": why}),
        "refuses": ("tu-choi", appraisal.refuse, {"reason": why}),
        "sends back": ("tra-lai", appraisal.send_back, {"reason": why}),
    }
    return [
        Pair(
            f"{first}, {second}",
            lambda by, action=action, said=said: action(proposal_id=proposal.pk, by=by, now=NOW, **said),
            f"/khen-thuong/de-nghi/{proposal.pk}/buoc/{word}/",
            {"reason": why, "not_duplicates_because": why},
            lambda first=first: _hand_in(proposal, first, hand),
        )
        for first in ("drafts", "edits", "submits")
        for second, (word, action, said) in acts.items()
    ]


def _decisions(
    proposal: Proposal,
    seen: dict[int, str],
    hand: User,
    firsts: tuple[str, ...] = ("drafts", "edits", "submits", "appraises"),
) -> list[Pair]:
    """Drafted, edited, submitted, appraised or presented, and then decided."""
    said = {
        Verdict.APPROVE: {"reason": "", "return_step": ""},
        Verdict.REJECT: {"reason": "Chưa đủ căn cứ", "return_step": ""},
        Verdict.RETURN: {"reason": "Chưa đủ căn cứ", "return_step": "unit"},
    }
    return [
        Pair(
            f"{first}, decides: {verdict}",
            lambda by, verdict=verdict, more=more: decide(
                proposal_id=proposal.pk, by=by, verdict=verdict, seen_digest=seen[proposal.pk], now=NOW, key=KEY, **more
            ),
            f"/khen-thuong/cho-quyet-dinh/{proposal.pk}/quyet/",
            {"verdict": verdict.value, "seen": seen[proposal.pk], "form_key": KEY, **more},
            lambda first=first: _hand_in(proposal, first, hand),
        )
        for first in firsts
        for verdict, more in said.items()
    ]


def _stories(world: World, hand: User) -> list[Pair]:
    story = Exemplar.objects.create(
        campaign=world.campaign, participant=world.a.participant, kind="collective", name="Tổ 1", title="Gương",
        story="Lời", state="review", written_by=hand, written_at=NOW,
    )  # fmt: skip
    return [
        Pair(
            "writes, publishes",
            lambda by: stories.publish(story_id=story.pk, version=story.version, by=by, now=NOW),
            f"/dien-hinh/{story.pk}/buoc/dang/",
            {"version": story.version},
        )
    ]


def succeeds(pair: Pair, by: User) -> bool:
    """Whether somebody with the same roles and no hand in it may; undone."""
    with transaction.atomic():
        pair.before()
        try:
            with transaction.atomic():
                pair.act(User.objects.get(pk=by.pk))
            done = True
        except REFUSED:
            done = False
        transaction.set_rollback(True)
    return done


def faults(world: World, pair: Pair, role: str) -> list[str]:
    """What the person could do all the same, by the action and over HTTP."""
    found = []
    if succeeds(pair, world.people[role]):
        found.append("not refused by the action")
    with transaction.atomic():
        pair.before()
        effect = Sender(client_of(world, role)).send(pair.address, pair.data or {})
        transaction.set_rollback(True)
    if effect.response.status_code >= 500:
        found.append(f"HTTP {effect.response.status_code} {getattr(effect.response, 'exc_info', '')!r:.300}")
    # A refusal is noted in the trail.
    if moved := {table for table in effect.tables if "audit" not in table}:
        found.append(f"HTTP wrote {sorted(moved)}")
    return found


# --- what one gives oneself ------------------------------------------------------------------


@pytest.mark.django_db
def test_nobody_gives_themselves_anything(chairman: User, superuser: User) -> None:
    shared = {"by": superuser, "now": NOW}
    refused = {
        "a role": lambda: give_role_to(person_id=superuser.pk, role=Role.CHAIRMAN, valid_from=day(60), **shared),
        "another factor": lambda: reset_second_factor(person_id=superuser.pk, reason="Mất máy", **shared),
        "a delegation": lambda: delegate(
            person_id=chairman.pk, valid_from=day(60), valid_to=day(61), document_number="1/UQ", by=chairman, now=NOW
        ),
    }
    for name, act in refused.items():
        with pytest.raises(PlanRefused):
            act()
        assert not RoleAssignment.objects.filter(user=superuser).exists(), name


# --- the database -----------------------------------------------------------------------------

#: Where a row names both hands, the database refuses that they are one person's.
CONSTRAINTS = {
    "points_confirmed_by_another": ("campaigns.PointEntry", "confirmed_by", "entered_by"),
    "report_waiver_confirmed_by_another": ("campaigns.ReportWaiver", "confirmed_by", "entered_by"),
    "milestone_waiver_confirmed_by_another": ("campaigns.MilestoneWaiver", "confirmed_by", "entered_by"),
    "gate_confirmed_by_another": ("campaigns.Gate", "confirmed_by", "entered_by"),
    "measurement_verified_by_another": ("campaigns.Measurement", "verdict_by", "sent_by"),
    "appeal_settled_by_another": ("campaigns.Appeal", "settled_by", "lodged_by"),
    "authorisation_of_somebody_else": ("campaigns.Authorisation", "reporter", "leader"),
    "proposal_appraised_by_another": ("awards.Proposal", "appraised_by", "drafted_by"),
    "decision_by_another": ("awards.Decision", "decided_by", "drafted_by"),
    "council_vote_not_on_own_proposal": ("awards.CouncilVote", "voter", "drafted_by"),
    "exemplar_reviewed_by_another": ("awards.Exemplar", "reviewed_by", "written_by"),
}


def test_every_row_with_two_hands_is_guarded_by_the_database() -> None:
    guarded = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                guarded[constraint.name] = (model._meta.label, str(constraint.condition))
    for name, (label, one, other) in CONSTRAINTS.items():
        assert guarded[name][0] == label, name
        assert f"'{one}', F({other})" in guarded[name][1], name


def test_the_database_refuses_one_person_in_both_places(world: World) -> None:
    person, shared = world.people["chairman"], {"confirmed": False, "entered_by": world.people["chairman"]}
    unit = world.a.participant
    entry = make_points(unit, **shared)
    entry.confirmed_by, entry.confirmed_at = person, NOW
    value = world.a.rows["waiting"]
    appeal = world.a.rows["appeal"]
    story = world.a.rows["story"]
    proposal = world.a.rows["proposal"]
    writes: dict[str, Callable[[], Any]] = {
        "points_confirmed_by_another": entry.save,
        "measurement_verified_by_another": lambda: (
            QuerySet(Measurement)
            .filter(pk=value.pk)
            .update(verdict="accepted", verdict_at=NOW, verdict_by=value.sent_by_id, verified_value=value.value)
        ),
        "appeal_settled_by_another": lambda: Appeal.objects.filter(pk=appeal.pk).update(
            state="upheld", outcome="Đúng", settled_at=NOW, settled_by=appeal.lodged_by_id
        ),
        "proposal_appraised_by_another": lambda: Proposal.objects.filter(pk=proposal.pk).update(
            appraised_by=proposal.drafted_by_id
        ),
        "exemplar_reviewed_by_another": lambda: Exemplar.objects.filter(pk=story.pk).update(
            reviewed_by=story.written_by_id
        ),
    }
    for name, write in writes.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            write()
    assert PointEntry.objects.get(pk=entry.pk).confirmed_by is None
