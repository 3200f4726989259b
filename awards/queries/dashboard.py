"""The chairman's dashboard: what waits, with everything needed to decide it, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from awards.enums import Outcome, ProposalState
from awards.models import AwardCategory, CouncilConflict, Decision, DossierItem, Proposal
from awards.queries.conflicts import preparers_of
from awards.queries.contents import Content, contents_of, digest
from awards.queries.money import fund_balance, terms_of
from awards.queries.proposal_page import last_minute
from awards.wording import shown_lines
from awards.wording_changes import FieldChange, field_changes
from campaigns.models import Area, User
from campaigns.permissions import is_own_unit
from campaigns.visibility import visible_to
from scoring.enums import Basis
from scoring.models import UnitScore


@dataclass(frozen=True)
class Card:
    """One proposal as the chairman sees it; ``seen`` is the digest of exactly this."""

    proposal: Proposal
    item: DossierItem
    content: Content
    seen: str
    bonus: int | None  # đồng by today's terms; None where no terms are in force
    changed: list[FieldChange]  # what differs from the submission as it was presented, field by field
    barred: str  # why the person does not decide on it: "hands", "prepared", "conflict"; empty where they may

    @property
    def figures(self) -> dict[str, Any]:
        return dict(self.content["figures"])

    @property
    def lines(self) -> list[dict[str, Any]]:
        return shown_lines(self.content["eligibility"]["lines"])

    @property
    def exceptions(self) -> list[str]:
        """Return what one should know before approving it among several."""
        found = [line["words"] for line in self.failed]
        if self.proposal.mark != Outcome.ELIGIBLE:
            found.insert(0, str(Outcome(self.proposal.mark).label) if self.proposal.mark else _("No eligibility yet"))
        if self.content["eligibility"]["gate_now"]:
            found.append(_("A hold or an exclusion is in force."))
        if self.proposal.is_flagged:
            found.append(_("The campaign was reopened: check again"))
        if self.bonus is None:
            found.append(_("No base salary, coefficient or rounding is in force on that date."))
        return found + [_("Changed: %(what)s") % {"what": change} for change in self.changed]

    @property
    def failed(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["result"] == "failed"]


@dataclass(frozen=True)
class Group:
    """One submission with what still waits of it."""

    item: DossierItem
    cards: list[Card]

    @property
    def due_at(self) -> dt.datetime | None:
        due_on = self.item.dossier.due_on
        return last_minute(due_on) if due_on else None


@dataclass(frozen=True)
class Fund:
    """The fund before and after the bonuses of some proposals, in đồng."""

    balance: int
    committed: int  # approved and not issued yet: promised, not paid
    bonuses: int

    @property
    def before(self) -> int:
        return self.balance - self.committed

    @property
    def after(self) -> int:
        return self.before - self.bonuses


#: What a card shows of a proposal.
CARD_RELATIONS = ("category", "campaign", "participant__bloc", "participant__unit", "eligibility")


def cards_for(*, user: User, on: dt.date, ids: Sequence[int] | None = None) -> list[Card]:
    """Return what waits for a decision and the person may see, of some ids where given, most urgent first."""
    rows = visible_to(user, Proposal).filter(state=ProposalState.DOSSIER)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    conflicts = CouncilConflict.objects.filter(member__person=user, proposal=OuterRef("proposal"))
    items = list(
        DossierItem.objects.filter(proposal__in=rows, released_at__isnull=True)
        .annotate(has_conflict=Exists(conflicts))
        .select_related("dossier", *(f"proposal__{name}" for name in CARD_RELATIONS))
    )
    proposals = [item.proposal for item in items]
    contents = contents_of(proposals, on=on, items={item.proposal_id: item for item in items})
    terms = terms_of({proposal.category for proposal in proposals}, on=on)
    cards = []
    for item in items:
        proposal = item.proposal
        content, term = contents[proposal.pk], terms[proposal.category_id]
        cards.append(
            Card(
                proposal,
                item,
                content,
                digest(content),
                term.amount if term else None,
                field_changes(item.content, content),
                _barred(item, user),
            )
        )
    return sorted(cards, key=_urgency)


def _barred(item: DossierItem, user: User) -> str:
    """Mirror what the action refuses: own hands, own unit, a conflict of interest in the council."""
    proposal = item.proposal
    if user.pk in (proposal.drafted_by_id, proposal.submitted_by_id):
        return "hands"
    if user.pk in preparers_of(proposal, item):
        return "prepared"
    has_conflict: bool = item.has_conflict  # type: ignore[attr-defined]  # annotated by who reads the items
    return "conflict" if has_conflict or is_own_unit(user, proposal.participant.unit_id) else ""


def _urgency(card: Card) -> tuple[Any, ...]:
    proposal = card.proposal
    return (
        card.item.dossier.due_on or dt.date.max,
        card.item.dossier_id,
        proposal.category.position,
        card.figures.get("rank") or 10**6,
        -(card.figures.get("total_bp") or 0),
        proposal.recipient_key,
        proposal.pk,
    )


def groups_of(cards: Sequence[Card]) -> list[Group]:
    """Return the cards by submission, in their order."""
    groups: dict[int, list[Card]] = defaultdict(list)
    for card in cards:
        groups[card.item.dossier_id].append(card)
    return [Group(found[0].item, found) for found in groups.values()]


def fund_for(cards: Sequence[Card], *, on: dt.date) -> Fund:
    """Return the fund before and after these bonuses; what was approved and is not issued yet is taken off first."""
    return Fund(fund_balance(), _committed(on), sum(card.bonus or 0 for card in cards))


def _committed(on: dt.date) -> int:
    waiting = Count("proposals", filter=Q(proposals__state=ProposalState.APPROVED))
    counts = {row: row.waiting for row in AwardCategory.objects.annotate(waiting=waiting).filter(waiting__gt=0)}
    terms = terms_of(counts, on=on)
    return sum(term.amount * count for row, count in counts.items() if (term := terms[row.pk]) is not None)


@dataclass(frozen=True)
class AreaRow:
    """One area of the unit beside its bloc's median, in basis points."""

    area: Area
    own_bp: int | None  # None: not applicable
    median_bp: int | None

    @property
    def is_below(self) -> bool:
        return self.own_bp is not None and self.median_bp is not None and self.own_bp < self.median_bp


def median(values: Sequence[int]) -> int | None:
    """Return the median, the mean of the two middle ones rounded half up; shown, never scored."""
    if not values:
        return None
    ordered, middle = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle] + 1) // 2


def areas_of(*, proposal: Proposal, day: dt.date) -> list[AreaRow]:
    """Return the unit's areas of a day against the median of its bloc's ranked units."""
    scores = UnitScore.objects.filter(
        participant__bloc=proposal.participant.bloc_id, day=day, basis=Basis.OFFICIAL
    ).values_list("participant", "rank", "areas")
    own: dict[str, int] = {}
    others: dict[str, list[int]] = defaultdict(list)
    for participant, rank, areas in scores:
        if participant == proposal.participant_id:
            own = areas
        if rank is not None:
            for number, bp in areas.items():
                others[number].append(bp)
    return [
        AreaRow(area, own.get(str(area.number)), median(others[str(area.number)]))
        for area in Area.objects.filter(campaign=proposal.campaign, is_active=True)
    ]


def trend_of(*, proposal: Proposal, day: dt.date, days: int = 30) -> list[int | None]:
    """Return the unit's official totals of the days up to ``day``."""
    return list(
        UnitScore.objects.filter(
            participant=proposal.participant_id,
            basis=Basis.OFFICIAL,
            day__gt=day - dt.timedelta(days=days),
            day__lte=day,
        )
        .order_by("day")
        .values_list("total_bp", flat=True)
    )


@dataclass(frozen=True)
class Decided:
    """A proposal that waits no longer, and the decision that stands on it, where it was decided."""

    proposal: Proposal
    decision: Decision | None


def decided_since(*, user: User, ids: Sequence[int]) -> list[Decided]:
    """Return of these proposals those that wait no longer: what another session decided."""
    rows = visible_to(user, Proposal).filter(pk__in=ids).exclude(state=ProposalState.DOSSIER)
    found = list(rows.select_related("category", "participant"))
    standing = Decision.objects.filter(proposal__in=found, superseded_at__isnull=True).select_related("decided_by")
    by_proposal = {row.proposal_id: row for row in standing}
    return [Decided(row, by_proposal.get(row.pk)) for row in found]
