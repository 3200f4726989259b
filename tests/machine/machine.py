"""A machine that does anything anybody could try, in any order, and holds the portal against ``ledger.py``.

After every act: what was refused left nothing but, at most, one entry in the trail; what was done was that person's
to do, took a legal step and left its entry; no record was rewritten; at most one decision stands; the scores are what
the independent calculator makes of the verified values; the chain of the trail is whole.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from awards.actions import agenda, appraisal, dossier, dossier_items, issue, proposals, tallies
from awards.actions.decision import decide
from awards.actions.eligibility import evaluate_run, flag_reopened
from awards.enums import DuplicateFinding, PaperKind, ProposalState, Verdict
from awards.models import CouncilTally, Decision, Dossier, DossierItem, Proposal
from awards.workflow import Refusal
from campaigns.actions import campaign as life
from campaigns.actions.confirmation import EntryKind as Entry
from campaigns.actions.confirmation import confirm_entry
from campaigns.actions.confirmation_entry import enter_gate
from campaigns.actions.corrections import correct_measurement
from campaigns.actions.drafts import DraftEntry, ReportingRefused, ReportTexts, StaleDraft, save_draft
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.reporting import shown_digest, submit_report
from campaigns.actions.verification import VerdictRefused, give_verdict
from campaigns.calendar import local_day
from campaigns.enums import EntryKind, GateForm, VerdictOutcome
from campaigns.models import AuditEntry, Campaign, DraftValue, Measurement, Participant, Submission
from campaigns.queries.audit import verify
from campaigns.queries.reporting_grid import read_grid
from campaigns.workflow import IllegalTransition
from scoring.actions.requests import RunRefused, request_final_run, request_run
from scoring.actions.runs import work_queue
from scoring.enums import RunTrigger
from tests.awards.makers import data
from tests.factories import at, day
from tests.machine import ledger
from tests.machine.ledger import Seen, may, where_is
from tests.machine.world import ACTORS, UNITS, World, as_reference
from tests.scoring.loading import exported, run
from tests.scoring.reference import compare, score

NUMBERS = range(60)
SEEDS = st.integers(0, 2**60)
#: How often it is whose turn.
GROUPS = {"time": 3, "reports": 9, "verdicts": 9, "life": 4, "units": 9, "office": 8, "council": 4, "chairman": 13}
#: How often a step is taken by whom it belongs to, where it belongs: else by anybody, anywhere.
MOSTLY = (True, True, True, True, True, False)
NAMES = tuple(ACTORS)
LEADERS = {"A": "leader_a", "B": "leader_b", "C": "leader_c"}
STAFF = ("staff", "staff_two", "double")
#: Refusals that are told by an exception.
REFUSED = (
    Refusal,
    PermissionDenied,
    ReportingRefused,
    StaleDraft,
    VerdictRefused,
    IllegalTransition,
    RunRefused,
    IdempotencyMismatch,
    ObjectDoesNotExist,
)


Method = Callable[..., None]
_STEPS: dict[str, list[tuple[int, Method, dict[str, Sequence[Any]]]]] = {}


def step(group: str, weight: int, **choices: Sequence[Any]) -> Callable[[Method], Method]:
    """Let the machine take this step of a group, so often among the others, with one of each of the choices."""

    def register(method: Method) -> Method:
        _STEPS.setdefault(group, []).append((weight, method, choices))
        return method

    return register


class PortalMachine(RuleBasedStateMachine):
    """One month of a small district, played out of order."""

    world: ClassVar[World]
    seen: ClassVar[Seen]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = at(6)
        self.people = {name: type(user).objects.get(pk=user.pk) for name, user in self.world.people.items()}
        self.hands = {key: set(names) for key, names in self.world.hands.items()}
        self.rows = ledger.rows_now()
        self.entries = AuditEntry.objects.count()
        self.decisions = {key: ledger.decision_digest(row) for key, row in self.rows["awards_decision"].items()}
        self.forms: list[tuple[Callable[..., Any], dict[str, Any], int]] = []
        self.number = self.turns = self.chance = 0
        self.seen.runs += 1

    def teardown(self) -> None:
        try:
            self._check_chain()
            self._check_scores()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # --- every act goes through here --------------------------------------------------------------------------

    def act(
        self, what: str, who: str, call: Callable[[], Any], *, allowed: bool = True, entries: int = 1
    ) -> tuple[bool, Any]:
        """Do it; return whether it was done, with its result. Checks all that holds after any act."""
        self.seen.acts += 1
        try:
            result = call()
        except REFUSED as refusal:
            self._refused(what, who, refusal)
            return False, refusal
        assert allowed, f"{who} may not {what}, and did"
        left = AuditEntry.objects.count() - self.entries
        assert left == entries, f"{what} by {who} left {left} entries in the trail, not {entries}"
        self.entries += left
        before, self.rows = self.rows, ledger.rows_now()
        self._check_rows(what, before, self.rows)
        if before["campaigns_measurement"] != self.rows["campaigns_measurement"]:
            self._check_scores()
        return True, result

    def _refused(self, what: str, who: str, refusal: Exception) -> None:
        code = code_of(refusal)
        self.seen.refusals[code] += 1
        self.seen.refused += 1
        traces = list(AuditEntry.objects.order_by("sequence")[self.entries :])
        found = [(trace.action, trace.actor_id) for trace in traces]
        assert found in ([], [("workflow.refused", self.people[who].pk)]), (
            f"{what} was refused ({code}) and left {found}"
        )
        if code in TRACED and what in ledger.ON_RECORD:
            assert found, f"{what} by {who} was refused ({code}) and left no trace"
        self.entries += len(traces)
        assert ledger.rows_now() == self.rows, f"{what} was refused ({code}) and left something behind"

    def _check_rows(self, what: str, before: ledger.Rows, after: ledger.Rows) -> None:
        assert list(ledger.rewritten(before, after)) == []
        assert list(ledger.decisions_wrong(after)) == []
        for key, row in after["awards_decision"].items():
            assert self.decisions.setdefault(key, ledger.decision_digest(row)) == ledger.decision_digest(row)
            if row["revokes_id"] is not None and key not in before["awards_decision"]:
                self.seen.revoked += 1
        self._check_steps(before["awards_proposal"], after["awards_proposal"], before, after)
        for key, row in after["campaigns_campaign"].items():
            moved = before["campaigns_campaign"][key]["status"], row["status"]
            if moved[0] != moved[1]:
                (name,) = [name for name, step in ledger.CAMPAIGN.items() if step == moved]
                self.seen.transitions[f"campaign {name}"] += 1
        for key, row in after["campaigns_measurement"].items():
            was = before["campaigns_measurement"].get(key, {"verdict": ""})
            if was["verdict"] != row["verdict"]:
                correction = " of a correction" if row["corrects_id"] else ""
                self.seen.transitions[f"verdict {row['verdict']}{correction}"] += 1
        del what

    def _check_steps(self, before: Any, after: Any, rows_before: ledger.Rows, rows_after: ledger.Rows) -> None:
        """Each step is in the log and legal, and nothing moves without a step."""
        where = {key: where_is(row) for key, row in before.items()}
        events = rows_after["awards_proposalevent"]
        for key in sorted(events.keys() - rows_before["awards_proposalevent"].keys()):
            event = events[key]
            proposal, act = event["proposal_id"], event["act"]
            came = where.get(proposal, "")
            to = event["to_state"] if event["to_state"] != "returned" else where_is(after[proposal])
            assert event["from_state"] == came.partition("/")[0], f"{act} from {event['from_state']}, it was {came}"
            if act == "flag":
                assert came == to
                assert came in ledger.FLAGGED
                self.seen.transitions["flag"] += 1
            else:
                assert (came, to) in ledger.LEGAL[act], f"{act}: {came} > {to}"
                self.seen.transitions[f"{act}: {came}>{to}"] += 1
            where[proposal] = to
        assert where == {key: where_is(row) for key, row in after.items()}, "a proposal moved without a step in its log"

    def _check_scores(self) -> None:
        """Both readings of today's scores are the independent calculator's, to the last digit."""
        campaign, today = self.world.campaign, local_day(self.now)
        source, moment = as_reference(self.world), self.now.astimezone(ledger_zone).replace(tzinfo=None)
        with transaction.atomic():
            run(campaign, today, moment)
            for basis in ("official", "provisional"):
                found = compare(score(source, today, basis, moment), exported(campaign, today, basis, moment))
                assert found == [], found
                self.seen.scores += 1
            transaction.set_rollback(True)

    def _check_chain(self) -> None:
        trail = verify()
        assert trail.fault is None, trail.fault
        assert trail.entries == self.entries

    # --- who and what -----------------------------------------------------------------------------------------

    def who(self, right: Sequence[str], number: int, aimed: bool) -> str:
        """One of those whose act it is, or anybody."""
        return right[number % len(right)] if aimed and right else NAMES[number % len(NAMES)]

    def proposal(self, number: int, aimed: bool, *where: str, latest: bool = False) -> Proposal:
        """A proposal that lies where the act needs it, or any."""
        found = list(Proposal.objects.select_related("participant", "category").order_by("pk"))
        fitting = [row for row in found if where_is(row.__dict__) in where]
        chosen = fitting if aimed and fitting else found
        return chosen[-1] if latest else chosen[number % len(chosen)]

    def key(self) -> str:
        self.number += 1
        return f"may-{self.number}"

    def unit(self, code: str) -> Participant:
        """A participant as the next request reads it."""
        return Participant.objects.select_related("unit", "campaign").get(pk=self.world.participants[code].pk)

    def another(self, proposal: Proposal, *names: str) -> list[str]:
        """Of these people those who had no hand in the proposal."""
        return [name for name in names if name not in self.hands.get(proposal.pk, ())]

    def checker(self, row: Proposal, number: int, aimed: bool) -> str:
        """One of Internal Affairs who had no hand in the proposal; now and then one who is of two groups."""
        return "double" if number % 6 == 0 else self.who(self.another(row, *STAFF), number, aimed)

    # --- time -------------------------------------------------------------------------------------------------

    @initialize(
        chance=SEEDS, start=st.sampled_from([at(6), at(6), at(9), at(13), at(15, 16), at(22), at(29, 18), at(33)])
    )
    def begin(self, chance: int, start: dt.datetime) -> None:
        """A day of the campaign, or after its end."""
        self.chance, self.now = chance, start

    # --- a turn -----------------------------------------------------------------------------------------------

    @rule(seed=SEEDS)
    def turn(self, seed: int) -> None:
        """Somebody does something. Who, what and how is drawn here: one by one, Hypothesis would repeat itself."""
        self.turns += 1
        chance = random.Random(f"{self.chance} {seed} {self.turns}")
        (group,) = chance.choices(list(GROUPS), list(GROUPS.values()))
        ((_weight, method, choices),) = chance.choices(_STEPS[group], [one[0] for one in _STEPS[group]])
        chosen = {name: chance.choice(among) for name, among in choices.items()}
        note(f"{self.turns}. {method.__name__}({', '.join(f'{name}={value!r}' for name, value in chosen.items())})")
        self.seen.steps += 1
        method(self, **chosen)

    @step("time", 1, step=["hour", "day", "days", "due", "lock", "lock"], late=range(-1, 2))
    def time_passes(self, step: str, late: int) -> None:
        """An hour, a day, four days, or to a second around the next due time or lock."""
        hours = {"hour": 1, "day": 24, "days": 96}.get(step)
        if hours:
            self.now += dt.timedelta(hours=hours)
            return
        moments = [row.due_at if step == "due" else row.locks_at for row in self.world.periods]
        ahead = [moment for moment in moments if moment and moment > self.now + dt.timedelta(seconds=1)]
        if ahead:
            self.now = ahead[0] + dt.timedelta(seconds=late)

    # --- reports ----------------------------------------------------------------------------------------------

    def _box(self, unit: str, number: int, aimed: bool) -> tuple[Participant, Any, Any]:
        participant = self.unit(unit)
        today = local_day(self.now)
        begun = [row for row in self.world.periods if row.starts_on <= today]
        open_now = [row for row in begun if row.locks_at and self.now < row.locks_at]
        reopened = list(
            Measurement.objects.filter(target__participant=participant, verdict="returned", reopening__isnull=False)
            .order_by("-pk")
            .select_related("period", "target")[:1]
        )
        if aimed and reopened and number % 3:
            return participant, reopened[0].period, reopened[0].target
        fitting = open_now if aimed and open_now else self.world.periods
        target = self.world.targets[f"CT{number % 3 + 1}", unit]
        return participant, fitting[number % len(fitting)], target

    @step(
        "reports",
        2,
        n=NUMBERS,
        aimed=MOSTLY,
        unit=UNITS,
        typed=["0", "8", "12,5", "30", "95", "x", ""],
        twist=["", "", "", "stale", "nothing"],
    )
    def type_a_value(self, n: int, aimed: bool, unit: str, typed: str, twist: str) -> None:
        participant, period, target = self._box(unit, n, aimed)
        right = [name for name in NAMES if ACTORS[name].unit == unit]
        who = self.who(right, n, aimed)
        self._type(who, participant, period, target, typed, twist)

    def _type(self, who: str, participant: Participant, period: Any, target: Any, typed: str, twist: str = "") -> None:
        draft = DraftValue.objects.filter(report__participant=participant, report__period=period, target=target).first()
        kind = EntryKind.NOTHING if twist == "nothing" else EntryKind.NUMBER if typed else EntryKind.EMPTY
        entry = DraftEntry(kind=kind, typed=typed if kind == EntryKind.NUMBER else "", note="vì có lý do")
        version = (draft.version if draft else 0) + (twist == "stale")
        self.act(
            "save",
            who,
            lambda: save_draft(
                participant=participant, period=period, target=target.pk, entry=entry, version=version,
                by=self.people[who], now=self.now,
            ),
            allowed=may("save", who, unit=participant.code),
            entries=0,
        )  # fmt: skip

    @step(
        "reports",
        5,
        n=NUMBERS,
        aimed=MOSTLY,
        unit=UNITS,
        typed=["5", "20", "60", "100"],
        twist=["", "", "", "", "", "changed", "again", "other", "empty"],
    )
    def send_a_report(self, n: int, aimed: bool, unit: str, typed: str, twist: str) -> None:
        """Type one value and send what is there; closed, empty or changed it is refused."""
        participant, period, target = self._box(unit, n, aimed)
        who = self.who([LEADERS[unit], "double"] if unit == "C" else [LEADERS[unit]], n, aimed)
        if twist != "empty" and aimed:
            self._type(LEADERS[unit], participant, period, target, typed)
        arguments = {
            "participant": participant,
            "period": period,
            "texts": ReportTexts("Đạt", "Không", "Không") if n % 4 else ReportTexts(),
            "notes": {},
            "seen": self._shown(participant, period, twist),
            "key": self.key(),
            "by": self.people[who],
        }
        again = Submission.objects.filter(report__participant=participant, report__period=period).exists()
        fits = self._takes(participant, period)
        done, sent = self._form("send", who, submit_report, arguments, allowed=may("send", who, unit=unit) and fits)
        if done:
            self.seen.transitions["report sent again" if again else "report sent"] += 1
            assert sent.number
            assert sent.sent_at == self.now
            if twist in ("again", "other"):
                self._replay(twist == "other")

    def _shown(self, participant: Participant, period: Any, twist: str) -> str:
        if twist == "changed":
            return "0" * 64
        return shown_digest(read_grid(participant=participant, period=period, now=self.now))

    def _takes(self, participant: Participant, period: Any) -> bool:
        """Whether anything of the period may be sent now: the campaign runs, and it is open or a value was returned."""
        if Campaign.objects.get(pk=self.world.campaign.pk).status != "open":
            return False
        if period.starts_on <= local_day(self.now) and self.now < period.locks_at:
            return True
        returned = Measurement.objects.filter(
            target__participant=participant, period=period, verdict="returned", corrects=None
        )
        return any(self.now < two_working_days_after(row.verdict_at) for row in returned)

    # --- verdicts and corrections -----------------------------------------------------------------------------

    @step(
        "verdicts",
        5,
        n=NUMBERS,
        aimed=MOSTLY,
        outcome=["accepted", "accepted", "accepted", "adjusted", "returned"],
        twist=["", "", "", "", "no reason", "no value", "same", "again", "other"],
    )
    def verify_a_value(self, n: int, aimed: bool, outcome: str, twist: str) -> None:
        rows = Measurement.objects.filter(target__campaign=self.world.campaign).select_related(
            "target__indicator", "target__participant"
        )
        waiting = rows.filter(verdict="").order_by("-corrects", "pk") if aimed else rows.order_by("pk")
        found = list(waiting) or list(rows.order_by("pk"))
        if not found:
            return
        row = found[0] if aimed and n % 2 else found[n % len(found)]
        who = self.who([name for name in NAMES if self._verifies(name, row) == "now"], n, aimed)
        if n % 7 == 0:
            who = self.who([name for name in NAMES if self._verifies(name, row)], n, aimed)
        value = {"adjusted": Decimal(n), "accepted": None, "returned": None}[outcome]
        if twist == "no value":
            value = None
        if twist == "same" and outcome == "adjusted":
            value = row.value
        self._verdict(who, row, outcome, value, "" if twist == "no reason" else "Theo hồ sơ")
        if twist in ("again", "other"):
            again = outcome if twist == "again" else "returned" if outcome != "returned" else "accepted"
            self._verdict(who, row, again, value if again == "adjusted" else None, "Theo hồ sơ")

    def _verdict(self, who: str, row: Measurement, outcome: str, value: Decimal | None, reason: str) -> None:
        stored = Measurement.objects.get(pk=row.pk)
        self.act(
            "verify",
            who,
            lambda: give_verdict(
                measurement_id=row.pk, outcome=VerdictOutcome(outcome), verified_value=value, reason=reason,
                by=self.people[who], now=self.now,
            ),
            allowed=bool(stored.verdict)
            or (self._verifies(who, row) == "now" and Campaign.objects.get(pk=self.world.campaign.pk).status == "open"),
            entries=0 if stored.verdict else 1,
        )  # fmt: skip

    def _verifies(self, name: str, row: Measurement) -> str:
        """Whether the person may give the verdict: "now", "later" (the verifying unit comes first), or never."""
        actor, unit = ACTORS[name], row.target.participant.code
        if actor.unit == unit or row.sent_by_id == self.people[name].pk:
            return ""
        asked = "B" if row.target.indicator.code == "CT3" and unit != "B" else ""
        if asked and actor.unit == asked:
            return "now"
        if not actor.is_staff:
            return ""
        if asked and local_day(self.now) <= working_days_after(local_day(row.sent_at), 3):
            return "later"
        return "now"

    @step("verdicts", 2, n=NUMBERS, aimed=MOSTLY, twist=["", "", "", "no reason", "same"])
    def correct_a_value(self, n: int, aimed: bool, twist: str) -> None:
        """What was verified wrongly is entered anew, for somebody else to verify."""
        rows = Measurement.objects.filter(target__campaign=self.world.campaign).select_related(
            "target__indicator", "target__participant"
        )
        found = list(rows.filter(verdict__in=["accepted", "adjusted"]).order_by("-pk")) if aimed else []
        found = found or list(rows.order_by("pk"))
        if not found:
            return
        row = found[n % len(found)]
        right = [name for name in STAFF if self._verifies(name, row)]
        who = self.who(right, n, aimed)
        value = row.verified_value if twist == "same" else Decimal(n)
        done, _row = self.act(
            "correct",
            who,
            lambda: correct_measurement(
                measurement_id=row.pk, value=value, reason="" if twist == "no reason" else "Nhập nhầm",
                by=self.people[who], now=self.now,
            ),
            allowed=who in right and row.verdict in ("accepted", "adjusted"),
        )  # fmt: skip
        if done:
            self.seen.transitions["correction entered"] += 1

    # --- the campaign's life and its scores -------------------------------------------------------------------

    @step(
        "life",
        2,
        n=NUMBERS,
        aimed=MOSTLY,
        what=["close", "reopen", "open", "back"],
        reason=["Theo kết luận", "Theo kết luận", ""],
        later=[0, 0, 0, 1, -1, -1],
    )
    def live_the_campaign(self, n: int, aimed: bool, what: str, reason: str, later: int) -> None:
        status = Campaign.objects.get(pk=self.world.campaign.pk).status
        if aimed:  # what its status allows
            what = {"preparation": "open", "closed": "reopen", "open": what if what in ("close", "back") else "close"}[
                status
            ]
        who = self.who(STAFF, n, aimed)
        self._move(what, who, reason, local_day(self.now) + dt.timedelta(days=later))

    def _move(self, what: str, who: str, reason: str, on: dt.date) -> bool:
        campaign = Campaign.objects.get(pk=self.world.campaign.pk)
        asked: dict[str, Any] = {"campaign_id": campaign.pk, "by": self.people[who], "now": self.now}
        calls: dict[str, Callable[[], Any]] = {
            "open": lambda: life.open_campaign(**asked),
            "back": lambda: life.back_to_preparation(**asked, reason=reason),
            "close": lambda: life.close_campaign(**asked, day=on, reason=reason),
            "reopen": lambda: life.reopen_campaign(**asked, reason=reason),
        }
        allowed = may("campaign", who, unit="") and ledger.CAMPAIGN[what][0] == campaign.status
        if what == "close":
            waiting = Measurement.objects.filter(target__campaign=campaign, verdict="").exists()
            allowed &= not waiting and self.now >= self.world.periods[-1].due_at
        if what == "back":
            allowed &= not Measurement.objects.filter(target__campaign=campaign).exclude(verdict="").exists()
        if what in ("back", "reopen"):
            allowed &= bool(reason)
        done, _result = self.act(f"{what} the campaign", who, calls[what], allowed=allowed)
        self.now += dt.timedelta(seconds=1)  # nobody closes and reopens in one moment
        return done

    @step("life", 1, n=NUMBERS, on=[0, 0, 1])
    def wind_up(self, n: int, on: int) -> None:
        """All that waits is verified, the campaign is closed, its final run made; perhaps it is reopened."""
        if Campaign.objects.get(pk=self.world.campaign.pk).status != "open" or self.now < at(22):
            return
        self.now = max(self.now, at(34) + dt.timedelta(hours=n % 4))
        waiting = Measurement.objects.filter(target__campaign=self.world.campaign, verdict="")
        for row in list(waiting.select_related("target__indicator", "target__participant")):
            names = [name for name in NAMES if self._verifies(name, row) == "now"]
            if names:
                self._verdict(names[n % len(names)], row, "accepted", None, "Theo hồ sơ")
        if self._move("close", "staff", "Hết thời hạn", local_day(self.now)):
            self._final_run()
            if on:
                self.reopened("staff_two")

    def reopened(self, who: str) -> None:
        if self._move("reopen", who, "Theo kết luận kiểm tra", local_day(self.now)):
            self._flag()

    def _final_run(self) -> None:
        """As the worker does after a closing."""
        campaign = Campaign.objects.get(pk=self.world.campaign.pk)

        def made() -> Any:
            asked = request_final_run(campaign=campaign, now=self.now)
            assert asked is not None
            work_queue(clock=lambda: self.now, campaign_ids=[campaign.pk])
            asked.refresh_from_db()
            assert asked.status == "done", asked.error
            asked.campaign = campaign
            evaluate_run(run=asked, now=self.now)
            return asked

        done, row = self.act("score for good", "staff", made)
        if done:
            self.seen.transitions["final run done"] += 1
            self._compare_stored(row)

    def _flag(self) -> None:
        """As the worker does after a reopening."""
        campaign = Campaign.objects.get(pk=self.world.campaign.pk)
        live = Proposal.objects.live().filter(
            campaign=campaign, category__code="GK-CUOI", eligibility__is_basis=True, is_flagged=False
        )
        self.act("flag", "staff", lambda: flag_reopened(campaign=campaign, now=self.now), entries=live.count())

    @step("life", 1, n=NUMBERS, aimed=MOSTLY)
    def ask_for_a_score(self, n: int, aimed: bool) -> None:
        campaign, who = Campaign.objects.get(pk=self.world.campaign.pk), self.who(STAFF, n, aimed)
        today = local_day(self.now)

        def made() -> Any:
            asked = request_run(
                campaign=campaign, day=today, trigger=RunTrigger.MANUAL, by=self.people[who], now=self.now
            )
            work_queue(clock=lambda: self.now, campaign_ids=[campaign.pk])
            asked.refresh_from_db()
            assert asked.status == "done", asked.error
            return asked

        done, row = self.act("score", who, made, allowed=ACTORS[who].is_staff and campaign.status == "open")
        if done:
            self.seen.transitions["run done"] += 1
            self._compare_stored(row)

    def _compare_stored(self, row: Any) -> None:
        moment = row.cut_off.astimezone(ledger_zone).replace(tzinfo=None)
        source = as_reference(self.world)
        for basis in ("official", "provisional"):
            found = compare(
                score(source, row.day, basis, moment), exported(self.world.campaign, row.day, basis, moment)
            )
            assert found == [], found
            self.seen.scores += 1

    # --- a unit's proposals -----------------------------------------------------------------------------------

    @step(
        "units",
        3,
        n=NUMBERS,
        aimed=MOSTLY,
        unit=UNITS,
        category=range(4),
        papers=[3, 3, 3, 0, 1, 2],
        lacks=[
            "",
            "",
            "",
            "",
            "report",
            "report_confirmed_by",
            "request_number",
            "minutes_number",
            "justification",
            "position",
            "address",
        ],
        alike=[False, False, True],
    )
    def draft_a_proposal(
        self, n: int, aimed: bool, unit: str, category: int, papers: int, lacks: str, alike: bool
    ) -> None:
        """Write one, perhaps incomplete, perhaps of a name that is there already; attach papers, all or some."""
        who = self.who([name for name in NAMES if ACTORS[name].unit == unit], n, aimed)
        self.number += 1
        name = "Tập thể giống tên" if alike else f"Tập thể mới {self.number}"
        said = data(**{"recipient_name": name, "justification": "Đột xuất", **({lacks: ""} if lacks else {})})
        arguments = {
            "category_id": self.world.categories[category].pk,
            "participant_id": self.world.participants[unit].pk,
            "data": said,
            "key": self.key(),
            "by": self.people[who],
        }
        done, made = self._form("draft", who, proposals.draft, arguments, allowed=may("draft", who, unit=unit))
        if not done:
            return
        self.hands[made.pk] = {who}
        kinds = (PaperKind.REQUEST, PaperKind.REPORT, PaperKind.MINUTES)
        for kind, file in list(zip(kinds, self.world.papers(unit), strict=True))[:papers]:
            self.act(
                "attach",
                who,
                lambda kind=kind, file=file: proposals.attach(
                    proposal_id=made.pk, file_id=file.pk, kind=kind, by=self.people[who], now=self.now
                ),
                allowed=may("edit", who, unit=unit),
            )

    @step("units", 2, n=NUMBERS, aimed=MOSTLY, stale=[False, False, True])
    def edit_a_proposal(self, n: int, aimed: bool, stale: bool) -> None:
        row = self.proposal(n, aimed, "draft", "returned/unit")
        unit = row.participant.code
        who = self.who([name for name in NAMES if ACTORS[name].unit == unit], n, aimed)
        self.number += 1
        said = data(recipient_name=row.recipient_name, report=f"Báo cáo {self.number}", justification="Đột xuất")
        done, _row = self.act(
            "edit",
            who,
            lambda: proposals.edit(
                proposal_id=row.pk, version=row.version + stale, data=said, by=self.people[who], now=self.now
            ),
            allowed=may("edit", who, unit=unit) and not stale,
        )
        if done:
            self.hands[row.pk].add(who)

    @step("units", 4, n=NUMBERS, aimed=MOSTLY, stale=[False, False, False, True], latest=(False, True))
    def submit_a_proposal(self, n: int, aimed: bool, stale: bool, latest: bool) -> None:
        row = self.proposal(n, aimed, "draft", "returned/unit", latest=latest)
        unit = row.participant.code
        who = self.who([LEADERS[unit]], n, aimed)
        version = row.version + 1 if stale else row.version
        done, _row = self.act(
            "submit",
            who,
            lambda: proposals.submit(proposal_id=row.pk, version=version, by=self.people[who], now=self.now),
            allowed=may("submit", who, unit=unit) and not stale,
        )
        if done:
            self.hands[row.pk].add(who)

    @step("units", 1, n=NUMBERS, aimed=MOSTLY, where=sorted({came for came, _to in ledger.LEGAL["withdraw"]}))
    def withdraw_a_proposal(self, n: int, aimed: bool, where: str) -> None:
        row = self.proposal(n, aimed, where)
        unit = row.participant.code
        who = self.who([LEADERS[unit]], n, aimed)
        self.act(
            "withdraw",
            who,
            lambda: proposals.withdraw(proposal_id=row.pk, by=self.people[who], now=self.now, reason="Thôi"),
            allowed=may("withdraw", who, unit=unit),
        )

    # --- appraisal and council --------------------------------------------------------------------------------

    @step("office", 3, n=NUMBERS, aimed=MOSTLY, words=["Khác người", "Khác người", ""])
    def appraise(self, n: int, aimed: bool, words: str) -> None:
        row = self.proposal(n, aimed, "submitted")
        who = self.checker(row, n, aimed)
        self.act(
            "appraise",
            who,
            lambda: appraisal.appraise(
                proposal_id=row.pk, by=self.people[who], now=self.now, not_duplicates_because=words
            ),
            allowed=self._may("appraise", who, row),
        )

    def _may(self, act: str, who: str, row: Proposal) -> bool:
        return may(act, who, unit=row.participant.code, hands=self.hands[row.pk])

    @step(
        "office",
        2,
        n=NUMBERS,
        aimed=MOSTLY,
        what=["refuse", "send_back", "send_back"],
        where=["submitted", "appraised", "council", "returned/staff"],
        reason=["Chưa đủ", "Chưa đủ", "Chưa đủ", ""],
    )
    def turn_down(self, n: int, aimed: bool, what: str, where: str, reason: str) -> None:
        row = self.proposal(n, aimed, "submitted" if what == "refuse" else where)
        who = self.checker(row, n, aimed)
        act = appraisal.refuse if what == "refuse" else appraisal.send_back
        self.act(
            what,
            who,
            lambda: act(proposal_id=row.pk, reason=reason, by=self.people[who], now=self.now),
            allowed=self._may(what, who, row) and bool(reason),
        )

    @step("office", 1, n=NUMBERS, aimed=MOSTLY, same=(False, True), reason=["Đã xem", "Đã xem", ""])
    def look_at_a_name_alike(self, n: int, aimed: bool, same: bool, reason: str) -> None:
        alike = list(Proposal.objects.filter(recipient_name="Tập thể giống tên").order_by("pk"))
        here = [row for row in alike if row.state == ProposalState.SUBMITTED] or alike
        row = here[n % len(here)]
        other = next((one for one in alike[n % len(alike) :] + alike if one.pk != row.pk), row)
        who = self.checker(row, n, aimed)
        self.act(
            "review",
            who,
            lambda: appraisal.review_duplicate(
                proposal_id=row.pk, other_id=other.pk, reason=reason, by=self.people[who], now=self.now,
                finding=DuplicateFinding.SAME if same else DuplicateFinding.DIFFERENT,
            ),
            allowed=may("review", who, unit="", hands=self.hands[row.pk]),
        )  # fmt: skip

    @step("office", 3, n=NUMBERS, aimed=MOSTLY)
    def convene(self, n: int, aimed: bool) -> None:
        row = self.proposal(n, aimed, "appraised")
        who = self.checker(row, n, aimed)
        self.act(
            "convene",
            who,
            lambda: appraisal.convene(proposal_id=row.pk, by=self.people[who], now=self.now),
            allowed=self._may("convene", who, row),
        )

    @step("council", 1, n=NUMBERS, aimed=MOSTLY, session=range(3))
    def put_on_an_agenda(self, n: int, aimed: bool, session: int) -> None:
        row = self.proposal(n, aimed, "council")
        who = self.who(["secretary"], n, aimed)
        there = self.world.sessions[session].agenda.filter(proposal=row).exists()
        self.act(
            "agenda",
            who,
            lambda: agenda.add_to_agenda(
                session_id=self.world.sessions[session].pk, proposal_ids=[row.pk], by=self.people[who], now=self.now
            ),
            allowed=ACTORS[who].is_secretary,
            entries=0 if there else 1,
        )

    @step(
        "council",
        4,
        n=NUMBERS,
        aimed=MOSTLY,
        session=[0, 0, 1, 1, 2],
        votes=[(3, 0, 1), (4, 0, 0), (3, 1, 0), (1, 3, 0), (2, 2, 0), (9, 0, 0)],
        present=[None, None, None, None, 2],
    )
    def count_votes(self, n: int, aimed: bool, session: int, votes: tuple[int, int, int], present: int | None) -> None:
        row = self.proposal(n, aimed, "council")
        who = self.who(["secretary"], n, aimed)
        if present:
            votes = (1, 0, 0)
        counted = CouncilTally.objects.filter(proposal=row, recorded_at__gte=row.submitted_at or self.now).exists()
        done, tally = self.act(
            "tally",
            who,
            lambda: tallies.record_tally(
                session_id=self.world.sessions[session].pk, proposal_id=row.pk, votes_for=votes[0],
                votes_against=votes[1], abstained=votes[2], present=present, by=self.people[who], now=self.now,
            ),
            allowed=self._may("tally", who, row) and not (present or counted) and sum(votes) <= 5 and session < 2,
        )  # fmt: skip
        if done:
            assert tally.is_passed == (votes[0] * 2 > 5)  # more than half of all five members

    # --- the submission to the chairman -----------------------------------------------------------------------

    def _passed(self) -> list[Proposal]:
        passed = CouncilTally.objects.filter(is_passed=True).values("proposal")
        rows = Proposal.objects.filter(pk__in=passed, state__in=["council", "returned"]).order_by("pk")
        return [row for row in rows if where_is(row.__dict__) in ("council", "returned/staff")]

    @step("chairman", 4, n=NUMBERS, aimed=MOSTLY, count=[1, 1, 1, 2, 0], free=MOSTLY)
    def prepare_a_submission(self, n: int, aimed: bool, count: int, free: bool) -> None:
        lying = DossierItem.objects.filter(released_at__isnull=True).values_list("proposal", flat=True)
        found = [row for row in self._passed() if row.pk not in set(lying)] if aimed and free else self._passed()
        found = found if found and aimed else list(Proposal.objects.order_by("pk"))
        chosen = [found[(n + turn) % len(found)].pk for turn in range(count)]
        who = self.who(STAFF, n, aimed)
        drafts = list(Dossier.objects.filter(state="preparing").order_by("pk"))
        if drafts and n % 3 == 0:
            self.act(
                "prepare",
                who,
                lambda: dossier_items.add_to_dossier(
                    dossier_id=drafts[n % len(drafts)].pk, proposal_ids=chosen, by=self.people[who], now=self.now
                ),
                allowed=may("prepare", who, unit=""),
            )
            return
        self.act(
            "prepare",
            who,
            lambda: dossier.prepare_dossier(
                campaign_id=self.world.campaign.pk, title="Đề nghị", proposal_ids=chosen,
                by=self.people[who], now=self.now,
            ),
            allowed=may("prepare", who, unit="") and count > 0,
        )  # fmt: skip

    @step("chairman", 5, n=NUMBERS, aimed=MOSTLY, twist=["", "", "", "", "", "no number", "taken", "ahead"])
    def present_a_submission(self, n: int, aimed: bool, twist: str) -> None:
        drafts = list(Dossier.objects.filter(state="preparing").order_by("pk")) if aimed else []
        found = drafts or list(Dossier.objects.order_by("pk"))
        row = found[n % len(found)]
        who = self.who(STAFF, n, aimed)
        taken = Dossier.objects.exclude(number="").order_by("pk").values_list("number", flat=True)[0]
        number = {"no number": " ", "taken": taken}.get(twist, f"{row.pk}-{self.key()}/TTr")
        dated = local_day(self.now) + dt.timedelta(days=twist == "ahead")
        count = row.items.filter(released_at__isnull=True).count()
        self.act(
            "present",
            who,
            lambda: dossier.present_dossier(
                dossier_id=row.pk, number=number, dated=dated, by=self.people[who], now=self.now
            ),
            allowed=may("present", who, unit="") and twist == "",
            entries=count + 1,
        )

    @step("chairman", 1, n=NUMBERS, aimed=MOSTLY)
    def take_out_of_a_submission(self, n: int, aimed: bool) -> None:
        lying = list(DossierItem.objects.filter(released_at__isnull=True, dossier__state="preparing").order_by("pk"))
        if not lying:
            return
        item, who = lying[n % len(lying)], self.who(STAFF, n, aimed)
        self.act(
            "prepare",
            who,
            lambda: dossier.remove_from_dossier(
                dossier_id=item.dossier_id, proposal_id=item.proposal_id, by=self.people[who], now=self.now
            ),
            allowed=may("prepare", who, unit=""),
        )

    # --- the decision, and after ------------------------------------------------------------------------------

    @step(
        "chairman",
        6,
        n=NUMBERS,
        aimed=MOSTLY,
        verdict=[Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT, Verdict.RETURN],
        back=["unit", "staff", "staff", ""],
        twist=["", "", "", "", "changed", "unseen", "no reason", "again", "other"],
    )
    def decide(self, n: int, aimed: bool, verdict: Verdict, back: str, twist: str) -> None:
        waiting = list(Proposal.objects.filter(state="dossier").select_related("participant"))
        if n % 3 == 0:  # what was decided before
            waiting = list(Proposal.objects.filter(decisions__isnull=False).select_related("participant").distinct())
        found = waiting if waiting and aimed else list(Proposal.objects.select_related("participant").order_by("pk"))
        row = found[n % len(found)]
        who = self.who(["chairman", "chairman", "chairman", "vice"], n, aimed)
        if n % 5 == 0:  # a proposal of the vice-chairman's own unit
            row = next((one for one in found if one.participant.code == ACTORS["vice"].unit), row)
            who = "vice"
        seen = "0" * 64 if twist == "unseen" else self.world.seen(row, self.now)
        if twist == "changed" and row.state == ProposalState.DOSSIER:
            self._hold(row.participant.code)
        arguments = {
            "proposal_id": row.pk,
            "verdict": verdict,
            "seen_digest": seen,
            "key": self.key(),
            "reason": "" if twist == "no reason" else "Theo hồ sơ",
            "return_step": back if verdict is Verdict.RETURN else "",
            "by": self.people[who],
        }
        allowed = self._may("decide", who, row) and twist != "unseen" and not (verdict is Verdict.RETURN and not back)
        allowed &= twist != "no reason" or verdict is Verdict.APPROVE
        if twist == "changed" and row.state == ProposalState.DOSSIER:
            allowed = seen == self.world.seen(row, self.now) and allowed
        done, _decision = self._form("decide", who, decide, arguments, allowed=allowed)
        if done and twist in ("again", "other"):
            self._replay(twist == "other")

    def _hold(self, unit: str) -> None:
        """Something about the unit is being examined: what the chairman was shown is no longer so."""
        entered = {
            "participant_id": self.world.participants[unit].pk,
            "form": GateForm.HOLD,
            "holds_from": local_day(self.now),
            "reason": "Đang xem xét",
            "document_number": "1/TB",
            "now": self.now,
        }
        if Campaign.objects.get(pk=self.world.campaign.pk).status != "open":
            return
        done, gate = self.act("enter a gate", "staff", lambda: enter_gate(**entered, by=self.people["staff"]))
        if done:
            confirmed = {"kind": Entry.GATE, "pk": gate.pk, "by": self.people["staff_two"], "now": self.now}
            self.act("confirm a gate", "staff_two", lambda: confirm_entry(**confirmed))

    @step(
        "chairman", 3, n=NUMBERS, aimed=MOSTLY, twist=["", "", "", "", "no number", "ahead", "early", "taken", "none"]
    )
    def issue(self, n: int, aimed: bool, twist: str) -> None:
        row = self.proposal(n, aimed, "approved")
        who = self.who(STAFF, n, aimed)
        signed_on = {"ahead": local_day(self.now) + dt.timedelta(days=1), "early": day(5)}.get(
            twist, local_day(self.now)
        )
        signed = self.world.signed(" " if twist == "no number" else f"{row.pk}/QĐ", signed_on)
        if twist == "taken":  # the number and day of another signer's decision
            signed = issue.SignedDecision("01/QĐ", day(6), "Người khác", "Chủ tịch")
        self.act(
            "issue",
            who,
            lambda: issue.issue(
                proposal_ids=[] if twist == "none" else [row.pk], signed=signed, by=self.people[who], now=self.now
            ),
            allowed=may("issue", who, unit="") and twist == "",
        )

    @step("chairman", 2, n=NUMBERS, aimed=MOSTLY, twist=["", "", "", "no number", "ahead", "too much", "no reason"])
    def revoke(self, n: int, aimed: bool, twist: str) -> None:
        """A complaint was upheld: a new decision revokes the old one, which stays as it was written."""
        row = self.proposal(n, aimed, "issued")
        who = self.checker(row, n, aimed)
        old = Decision.objects.filter(proposal=row, superseded_at__isnull=True).first()
        done, _award = self.act(
            "revoke",
            who,
            lambda: issue.revoke(
                proposal_id=row.pk,
                reason="" if twist == "no reason" else "Khiếu nại đúng",
                document_number="" if twist == "no number" else "9/QĐ",
                revoked_on=local_day(self.now) + dt.timedelta(days=twist == "ahead"),
                recovered=10**9 if twist == "too much" else 10_000 * (n % 2),
                by=self.people[who],
                now=self.now,
            ),
            allowed=self._may("revoke", who, row) and twist == "",
        )
        if done:
            assert old is not None
            new = Decision.objects.get(proposal=row, superseded_at__isnull=True)
            assert (new.revokes_id, bool(new.reason), new.verdict) == (old.pk, True, Verdict.REVOKE)
            self._check_chain()

    # --- the same form again ----------------------------------------------------------------------------------

    def _form(
        self, what: str, who: str, call: Callable[..., Any], arguments: dict[str, Any], *, allowed: bool
    ) -> tuple[bool, Any]:
        done, made = self.act(what, who, lambda: call(**arguments, now=self.now), allowed=allowed)
        if done:
            self.forms.append((call, arguments, made.pk))
        return done, made

    @step("life", 1, other=(False, True))
    def send_a_form_again(self, other: bool) -> None:
        if self.forms:
            self._replay(other)

    def _replay(self, other: bool) -> None:
        """The last form once more: the same result and nothing new; with other content it is refused."""
        call, arguments, made = self.forms[-1]
        if other:
            change: dict[str, Any] = {
                submit_report: {"texts": ReportTexts("Khác")},
                decide: {"reason": "Khác hẳn"},
                proposals.draft: {"data": data(recipient_name="Khác hẳn")},
            }[call]
            arguments = {**arguments, **change}
        if call is submit_report:
            arguments = {**arguments, "participant": self.unit(arguments["participant"].code)}
        who = next(name for name, user in self.people.items() if user.pk == arguments["by"].pk)
        before = self.rows
        done, again = self.act("send again", who, lambda: call(**arguments, now=self.now), allowed=not other, entries=0)
        if done:
            assert again.pk == made
            assert self.rows == before
            self.seen.replayed += 1
        else:
            assert isinstance(again, IdempotencyMismatch), again


ledger_zone = at(1).tzinfo
#: Refusals that must leave their trace: the act was not that person's, or not to be done there.
TRACED = {"permission_denied", "wrong_state", "same_hands", "conflicted_decision"} | {
    "report.closed", "verdict.campaign_not_open", "verdict.verifier_first", "verdict.not_verified",
    "campaign.wrong_status", "campaign.verdict_given", "campaign.not_due", "campaign.waiting",
}  # fmt: skip


def code_of(refusal: Exception) -> str:
    """Return which refusal it is, for the count of those that were met."""
    if isinstance(refusal, PermissionDenied):
        return "permission_denied"
    if isinstance(refusal, IdempotencyMismatch):
        return "other_form"
    if isinstance(refusal, StaleDraft):
        return "stale_draft"
    if isinstance(refusal, RunRefused):
        return "score.refused"
    kinds = {VerdictRefused: "verdict.", ReportingRefused: "report.", IllegalTransition: "campaign."}
    prefix = next((word for kind, word in kinds.items() if isinstance(refusal, kind)), "")
    return prefix + (str(getattr(refusal, "code", "")) or type(refusal).__name__)


def working_days_after(on: dt.date, count: int) -> dt.date:
    """The count-th day after it that is neither Saturday nor Sunday (this world has no holidays)."""
    while count:
        on += dt.timedelta(days=1)
        count -= on.weekday() < 5
    return on


def two_working_days_after(moment: Any) -> dt.datetime:
    """The end of the second working day after it."""
    last = working_days_after(local_day(moment), 2)
    return dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), ledger_zone)
