"""What the machine holds the portal against: legal steps, rights, and rows that never change. Written from the
procedure (awards.md, scoring.md) and not from the portal's tables, which are what is tested."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from tests.machine.world import ACTORS

_BEFORE_DOSSIER = ("draft", "submitted", "appraised", "council", "returned/unit", "returned/staff")
#: Of each act the steps it may take: from where to where. A returned proposal is where it was returned to.
LEGAL: dict[str, frozenset[tuple[str, str]]] = {
    act: frozenset(steps)
    for act, steps in {
        "draft": [("", "draft")],
        "edit": [("draft", "draft"), ("returned/unit", "returned/unit")],
        "submit": [("draft", "submitted"), ("returned/unit", "submitted")],
        "withdraw": [(state, "withdrawn") for state in _BEFORE_DOSSIER],
        "appraise": [("submitted", "appraised")],
        "refuse": [("submitted", "refused")],
        "send_back": [(state, "returned/unit") for state in ("submitted", "appraised", "council", "returned/staff")],
        "convene": [("appraised", "council")],
        "pass": [("council", "council")],
        "not_pass": [("council", "not_passed")],
        "present": [("council", "dossier"), ("returned/staff", "dossier")],
        "approve": [("dossier", "approved")],
        "reject": [("dossier", "rejected")],
        "return": [("dossier", "returned/unit"), ("dossier", "returned/staff")],
        "issue": [("approved", "issued")],
        "revoke": [("issued", "revoked")],
    }.items()
}
#: The portal's own mark after a reopening leaves a proposal where it is.
FLAGGED = (
    "draft",
    "submitted",
    "appraised",
    "council",
    "dossier",
    "approved",
    "issued",
    "returned/unit",
    "returned/staff",
)
CAMPAIGN = {
    "open": ("preparation", "open"),
    "back": ("open", "preparation"),
    "close": ("open", "closed"),
    "reopen": ("closed", "open"),
}
VERDICTS = ("accepted", "adjusted", "returned")
BY_ANOTHER = {
    "appraise", "refuse", "send_back", "convene", "pass", "not_pass", "tally", "decide", "revoke", "review",
}  # fmt: skip
_STAFF = {"appraise", "refuse", "send_back", "convene", "review", "prepare", "present", "issue", "revoke", "campaign"}
#: Acts on record: one of these that was not to be done leaves its trace. (Drafts are nobody's record yet.)
ON_RECORD = {
    "send", "verify", "correct", "draft", "attach", "edit", "submit", "withdraw", "appraise", "refuse", "send_back",
    "review", "convene", "agenda", "tally", "prepare", "present", "decide", "issue", "revoke",
    "open the campaign", "back the campaign", "close the campaign", "reopen the campaign",
}  # fmt: skip

#: Every refusal the machine must meet.
REFUSALS = frozenset(
    """
    permission_denied wrong_state same_hands already_decided dossier_changed conflicted_decision reason_missing
    stale_version request_missing minutes_missing confirmation_missing report_missing address_missing
    person_incomplete request_scan_missing report_scan_missing minutes_scan_missing justification_missing
    duplicates_open is_duplicate no_quorum tally_wrong tally_exists vote_in_portal on_another_agenda
    not_before_council not_passed not_on_basis several_basis_days on_hold over_quota empty_dossier
    already_in_dossier number_missing number_taken date_too_early date_in_future no_money_rule too_much_recovered
    return_step_missing campaign_not_running other_form stale_draft
    verdict.given verdict.verifier_first verdict.campaign_not_open verdict.reason_missing
    verdict.stepping_in_needs_reason verdict.value_missing verdict.value_unchanged verdict.correction_unchanged
    verdict.not_verified verdict.later_value
    report.texts report.closed report.empty report.changed report.checks
    campaign.wrong_status campaign.reason_missing campaign.verdict_given campaign.day_ahead campaign.not_due
    campaign.waiting campaign.recorded_later score.refused
    """.split()  # noqa: SIM905  # a list of sixty words reads better so
)


def may(act: str, who: str, *, unit: str, hands: Iterable[str] = ()) -> bool:
    """Whether the person may take the step on a proposal or report of the unit, wherever it is."""
    actor = ACTORS[who]
    if act in BY_ANOTHER and who in hands:
        return False
    if act in ("draft", "edit", "save"):
        return actor.unit == unit
    if act in ("submit", "withdraw", "send"):
        return actor.leads == unit
    if act in _STAFF:
        return actor.is_staff
    if act == "tally":
        return actor.is_secretary
    return act == "decide" and actor.decides and actor.unit != unit


@dataclass
class Seen:
    """What all runs of the machine met."""

    runs: int = 0
    steps: int = 0
    acts: int = 0
    refused: int = 0
    replayed: int = 0
    scores: int = 0
    revoked: int = 0  # decisions that a later one revoked
    transitions: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def wanted(self) -> tuple[list[str], list[str]]:
        """The transitions and refusals that should be met."""
        steps = [f"{act}: {came}>{to}" for act, steps in LEGAL.items() for came, to in sorted(steps)]
        steps += [f"campaign {act}" for act in CAMPAIGN] + ["flag"]
        steps += [f"verdict {what}" for what in VERDICTS] + [f"verdict {what} of a correction" for what in VERDICTS]
        steps += ["report sent", "report sent again", "correction entered", "run done", "final run done"]
        return steps, sorted(REFUSALS)


# --- rows ----------------------------------------------------------------------------------------------------

Rows = dict[str, dict[Any, dict[str, Any]]]

#: The trail is counted and checked as a chain; keys of forms are part of what must be gone after a refusal.
_TRAIL = {"campaigns_auditentry", "campaigns_auditpayload", "campaigns_audithead"}


@cache
def _tables() -> list[str]:
    """Every table of the three apps but the trail's."""
    models = [model for app in ("campaigns", "scoring", "awards") for model in apps.get_app_config(app).get_models()]
    models = [model for model in models if model._meta.managed]
    return sorted({model._meta.db_table for model in models} - _TRAIL)


def rows_now() -> Rows:
    """Everything that is stored, by table and key."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            found[table] = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    return found


#: Rows that stay as they were written, but for these columns, each written once.
_FROZEN: dict[str, tuple[str, ...]] = {
    "campaigns_submission": (),
    "campaigns_reopening": (),
    "awards_proposalevent": (),
    "awards_counciltally": (),
    "awards_duplicatereview": (),
    "awards_decision": ("superseded_at",),
    "awards_awarddecision": (),
    "awards_fundmovement": (),
    "awards_award": ("revoked_on", "revocation_number", "revocation_reason", "revoked_by_id"),
}


def rewritten(before: Rows, after: Rows) -> Iterator[str]:
    """What is not as it was written: rows of records that changed or are gone."""
    for table, once in _FROZEN.items():
        for key, row in before[table].items():
            now = after[table].get(key)
            if now is None:
                yield f"{table} {key} is gone"
            elif now != row:
                changed = {name for name in row if row[name] != now[name]}
                if changed - set(once) or any(row[name] not in (None, "") for name in changed):
                    yield f"{table} {key}: {sorted(changed)}"
    for key, row in before["campaigns_measurement"].items():
        now = after["campaigns_measurement"].get(key)
        if now is None or (now != row and (row["verdict"] or _submitted(row) != _submitted(now))):
            yield f"measurement {key}: {row} became {now}"
    for key, row in before["awards_dossieritem"].items():
        now = after["awards_dossieritem"].get(key)
        if now is None or (row["digest"] and (row["digest"], row["content"]) != (now["digest"], now["content"])):
            yield f"place in a submission {key} was changed after it was frozen"


def _submitted(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith(("verdict", "verified"))}


def decision_digest(row: dict[str, Any]) -> str:
    """The digest of a decision as it was written: everything but when it was superseded."""
    kept = sorted((name, str(value)) for name, value in row.items() if name != "superseded_at")
    return hashlib.sha256(repr(kept).encode()).hexdigest()


def decisions_wrong(rows: Rows) -> Iterator[str]:
    """More than one decision that stands on a proposal, or a state that does not go with it."""
    standing: dict[int, list[dict[str, Any]]] = {}
    for row in rows["awards_decision"].values():
        if row["superseded_at"] is None:
            standing.setdefault(row["proposal_id"], []).append(row)
    goes_with = {
        "approved": "approve", "issued": "approve", "rejected": "reject", "revoked": "revoke", "dossier": "",
    }  # fmt: skip
    for proposal in rows["awards_proposal"].values():
        found = standing.get(proposal["id"], [])
        if len(found) > 1:
            yield f"{len(found)} decisions stand on {proposal['id']}"
        wanted = goes_with.get(proposal["state"])
        if wanted is not None and [row["verdict"] for row in found] != ([wanted] if wanted else []):
            yield f"{proposal['id']} is {proposal['state']} with {[row['verdict'] for row in found]}"
    awarded = {row["proposal_id"]: row for row in rows["awards_award"].values()}
    for proposal in rows["awards_proposal"].values():
        award = awarded.get(proposal["id"])
        if (award is not None) != (proposal["state"] in ("issued", "revoked")):
            yield f"{proposal['id']} is {proposal['state']}; award: {award}"
    for item in rows["awards_dossieritem"].values():
        dossier, proposal = rows["awards_dossier"][item["dossier_id"]], rows["awards_proposal"][item["proposal_id"]]
        if dossier["state"] == "preparing" and item["released_at"] is None:
            where = where_is(proposal)
            if where not in ("council", "returned/staff"):
                yield f"{proposal['id']} is {where} and lies in a submission that is being prepared"


def where_is(proposal: dict[str, Any]) -> str:
    """Where a proposal is; a returned one with the step it was returned to."""
    return f"returned/{proposal['return_step']}" if proposal["state"] == "returned" else str(proposal["state"])
