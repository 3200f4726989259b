"""Every single field that a chairman is shown, changed behind their back, one at a time.

The fields are read from what is shown itself: a field added there without a way to change it here is found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from awards.enums import DuplicateFinding
from awards.models import (
    AwardCategory,
    CouncilTally,
    Decision,
    DuplicateReview,
    EarlierAward,
    EligibilityOutcome,
    Proposal,
    ProposalEvent,
    ProposalEvidence,
)
from awards.queries.contents import contents_of, digest
from awards.workflow import DossierChanged
from campaigns.calendar import local_day
from campaigns.chain import canonical_json
from campaigns.models import AuditEntry, IdempotencyKey, Participant
from scoring.models import UnitScore
from tests.database import as_owner
from tests.factories import at, day, make_gate, make_participant

from .makers import Office


def forge(table: str, pk: int, **columns: Any) -> None:
    """Change a record that nobody may change, as who holds the database could. The test's rollback mends it."""
    assignments = ", ".join(f'"{name}" = %s' for name in columns)
    on_postgres = connection.vendor == "postgresql"
    silence = "SET LOCAL session_replication_role = replica" if on_postgres else f"DROP TRIGGER {table}_no_update"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(silence)
        cursor.execute(f"UPDATE {table} SET {assignments} WHERE id = %s", [*columns.values(), pk])
        if on_postgres:
            cursor.execute("SET LOCAL session_replication_role = origin")


def own(**columns: Any) -> Callable[[Proposal], None]:
    """A change of the proposal's own row."""
    return lambda proposal: _one(Proposal.objects.filter(pk=proposal.pk).update(**columns))


def _one(count: int) -> None:
    assert count == 1


def score(**columns: Any) -> Callable[[Proposal], None]:
    return lambda proposal: _one(UnitScore.objects.filter(participant=proposal.participant).update(**columns))


def outcome(**columns: Any) -> Callable[[Proposal], None]:
    return lambda proposal: _one(EligibilityOutcome.objects.filter(pk=proposal.eligibility_id).update(**columns))


def tally(**columns: Any) -> Callable[[Proposal], None]:
    return lambda proposal: forge("awards_counciltally", CouncilTally.objects.get(proposal=proposal).pk, **columns)


def session(**columns: Any) -> Callable[[Proposal], None]:
    def change(proposal: Proposal) -> None:
        row = CouncilTally.objects.get(proposal=proposal).session
        _one(type(row).objects.filter(pk=row.pk).update(**columns))

    return change


def dossier(**columns: Any) -> Callable[[Proposal], None]:
    return lambda proposal: forge("awards_dossier", proposal.dossier_items.get().dossier_id, **columns)


def file(**columns: Any) -> Callable[[Proposal], None]:
    return lambda proposal: forge(
        "campaigns_evidencefile", ProposalEvidence.objects.filter(proposal=proposal)[0].file_id, **columns
    )


def register(**columns: Any) -> Callable[[Proposal], None]:
    return lambda proposal: _one(EarlierAward.objects.filter(recipient_key=proposal.recipient_key).update(**columns))


def alike(**columns: Any) -> Callable[[Proposal], None]:
    """A change of the other proposal of the same name."""
    return lambda proposal: _one(
        Proposal.objects.filter(recipient_key=proposal.recipient_key).exclude(pk=proposal.pk).update(**columns)
    )


def alikes_unit(proposal: Proposal) -> None:
    other = Proposal.objects.filter(recipient_key=proposal.recipient_key).exclude(pk=proposal.pk).get()
    _one(Participant.objects.filter(pk=other.participant_id).update(name="Phường khác"))


def alikes_award(proposal: Proposal) -> None:
    other = Proposal.objects.filter(recipient_key=proposal.recipient_key).exclude(pk=proposal.pk).get()
    copy = AwardCategory.objects.get(pk=other.category_id)
    copy.pk, copy.code, copy.name = None, "GK-KHAC", "Giấy khen khác"
    copy.save()
    _one(Proposal.objects.filter(pk=other.pk).update(category=copy))


def reviewed(**columns: Any) -> Callable[[Proposal], None]:
    return lambda proposal: forge(
        "awards_duplicatereview", DuplicateReview.objects.get(proposal=proposal, other__isnull=False).pk, **columns
    )


#: One way to change each field; ``[]`` stands for the places of a list.
CHANGES: dict[str, Callable[[Proposal], Any]] = {
    "recipient.category": lambda p: AwardCategory.objects.filter(pk=p.category_id).update(name="Giấy khen khác"),
    "recipient.kind": own(recipient_kind="individual", address=""),
    "recipient.name": own(recipient_name="Hộ ông Khác"),
    "recipient.position": own(position="Trưởng phòng"),
    "recipient.is_leader": own(is_leader=True),
    "recipient.address": own(address="Tổ 6"),
    "recipient.unit": lambda p: Participant.objects.filter(pk=p.participant_id).update(name="Phường khác"),
    "papers.request[0]": own(request_number="99/TTr"),
    "papers.request[1]": own(request_date=day(40)),
    "papers.minutes[0]": own(minutes_number="98/BB"),
    "papers.minutes[1]": own(minutes_date=day(41)),
    "papers.confirmed_by": own(report_confirmed_by="Người khác"),
    "report.text": own(report="Khác"),
    "report.justification": own(justification="Khác"),
    "figures.day": outcome(day=day(44)),
    "figures.total_bp": score(total_bp=1),
    "figures.base_bp": score(base_bp=1),
    "figures.bonus_bp": score(bonus_bp=1),
    "figures.penalty_bp": score(penalty_bp=1),
    "figures.rank": score(rank=9),
    "figures.ranked_units": score(bloc_size=99),
    "figures.class": score(score_class="completed"),
    "figures.fulfilled_bp": score(fulfilled_bp=1),
    "figures.coverage_bp": score(coverage_bp=1),
    "figures.late": score(late_reports=7),
    "figures.missing": score(missing_reports=7),
    "figures.areas.1": score(areas={"1": 1, "2": 8400}),
    "figures.areas.2": score(areas={"1": 9000, "2": 1}),
    "figures.submitted": own(figures_digest="f" * 64),
    "eligibility.mark": own(mark="not_eligible"),
    "eligibility.day": outcome(day=day(44)),
    "eligibility.is_basis": outcome(is_basis=False),
    "eligibility.lines[].kind": outcome(lines=[{"kind": "min_area", "result": "passed"}]),
    "eligibility.lines[].result": outcome(lines=[{"kind": "min_total", "result": "failed"}]),
    "eligibility.gate_now": lambda p: make_gate(p.participant),
    "council.held_on": session(held_on=day(51)),
    "council.minutes": session(minutes_number="99/BB"),
    "council.members": tally(members=9),
    "council.present": tally(present=4),
    "council.for": tally(votes_for=4),
    "council.against": tally(votes_against=1),
    "council.abstained": tally(abstained=1),
    "council.passed": tally(is_passed=False),
    "evidence[].0": file(name="khac.pdf"),
    "evidence[].1": file(sha256="f" * 64),
    "earlier[].0": register(title="Bằng khen"),
    "earlier[].1": register(year=2024),
    "earlier[].2": register(unit_name="Xã khác"),
    "duplicates[].0": alike(recipient_name="Hộ bà Khác"),
    "duplicates[].1": alikes_unit,
    "duplicates[].2": alikes_award,
    "duplicates[].3": reviewed(finding=DuplicateFinding.SAME.value),
    "duplicates[].4": reviewed(reason="Khác"),
    "flag": own(is_flagged=True),
    "dossier.number": dossier(number="99/TTr"),
    "dossier.dated": dossier(dated=day(50)),
}


def whole_proposal() -> tuple[Office, Proposal]:
    """A household before the chairman, with everything that can be shown of a proposal."""
    office = Office()
    office.category.recipient_kind, office.category.coefficient = "household", None
    office.category.save()
    office.with_outcome(lines=[{"kind": "min_total", "result": "passed"}])
    other = Office(make_participant(office.campaign), category=office.category)
    name = "Hộ ông Nguyễn Văn Sáu"
    other.draft(recipient_name=name)
    EarlierAward.objects.create(
        year=2020, recipient_kind="household", recipient_name=name, title="Giấy khen", unit_name="Xã cũ",
        recipient_key=Proposal.objects.get(recipient_name=name).recipient_key,
    )  # fmt: skip
    proposal = office.tally(office.before_council(recipient_name=name), votes=(3, 0, 0))
    office.present(proposal)
    proposal.refresh_from_db()
    return office, proposal


def content(proposal: Proposal) -> dict[str, Any]:
    """What is shown of it now."""
    row = Proposal.objects.select_related("category", "participant", "campaign").get(pk=proposal.pk)
    found: dict[str, Any] = contents_of([row], on=local_day(at(54)))[row.pk]
    return found


def fields(shown: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value of what is shown, by its place."""
    if isinstance(shown, dict):
        for name, value in shown.items():
            yield from fields(value, f"{path}.{name}" if path else name)
    elif isinstance(shown, list) and shown and isinstance(shown[0], list | dict):
        first = shown[0] if isinstance(shown[0], dict) else dict(enumerate(shown[0]))
        yield from fields({str(key): value for key, value in first.items()}, f"{path}[]")
    elif isinstance(shown, list):
        yield from ((f"{path}[{number}]", value) for number, value in enumerate(shown))
    else:
        yield path, shown


def refused(office: Office, proposal: Proposal, name: str, *, shown: dict[str, Any]) -> str:
    """Change one field after it was shown, and decide: return what is wrong, empty where it was refused rightly."""
    seen, left = digest(shown), _left()
    with transaction.atomic():
        CHANGES[name](proposal)
        was, now = (dict(fields(_plain(one))) for one in (shown, content(proposal)))
        problem = "" if was.get(name) != now.get(name) else "it did not change"
        try:
            office.decide(proposal, seen_digest=seen)
            problem = "it was decided"
        except DossierChanged as changed:
            part = name.partition(".")[0].partition("[")[0]
            if part not in changed.params["changes"]:
                problem = f"told was {changed.params['changes']}"
        if not problem and _left() != left:
            problem = "something was written"
        transaction.set_rollback(True)
    return problem


def _left() -> tuple[int, ...]:
    kinds: tuple[Any, ...] = (Decision, ProposalEvent, AuditEntry, IdempotencyKey)
    return tuple(kind.objects.count() for kind in kinds)


def _plain(shown: dict[str, Any]) -> Any:
    return json.loads(canonical_json(shown))


def all_fields(shown: dict[str, Any]) -> set[str]:
    """The places of everything that is shown."""
    return {name for name, _value in fields(_plain(shown))}
