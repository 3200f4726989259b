"""The sample's people, awards and proposals: they resolve, keep duties apart, and every state can be reached."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict

import pytest

from campaign_portal.sample import awards, calendar, money
from campaign_portal.sample.people import AUTHORISATIONS, ORGANISER, STAFF_UNIT, SUBSTITUTE_UNIT, people
from campaign_portal.sample.proposals import PROPOSALS, Proposal
from campaign_portal.sample.registrations import registrations
from campaign_portal.sample.tables import table
from campaigns.enums import UNIT_ROLES, OrganiserLevel, Role

RULE_KINDS = {
    "min_total",
    "min_area",
    "min_fulfilled_share",
    "required_indicators",
    "top_rank",
    "top_share",
    "class_at_least",
    "own_plan_by",
    "min_coverage",
    "max_late_reports",
}
STATES = {
    "draft", "submitted", "appraised", "council", "dossier", "approved", "rejected", "issued", "refused", "not_passed",
    "returned", "withdrawn", "revoked",
}  # fmt: skip
UNITS = {row["Mã đơn vị"]: row for row in table("units")}


# People


def test_accounts_are_unique_and_reach_nobody() -> None:
    everybody = people()
    for attribute in ("username", "full_name", "email"):
        assert len({getattr(person, attribute) for person in everybody}) == len(everybody)
    assert all(person.email.endswith("@example.invalid") for person in everybody)
    assert all(person.username.isascii() and person.username == person.username.lower() for person in everybody)


def test_roles_are_known_and_shaped_as_the_model_asks() -> None:
    for person in people():
        for grant in person.grants:
            assert grant.role in Role.values
            assert grant.unit == "" or grant.unit in UNITS
            assert grant.unit or grant.role not in UNIT_ROLES
            assert grant.to_days is None or grant.to_days >= grant.from_days
            if grant.role == Role.VICE_CHAIRMAN:
                assert grant.document
                assert grant.to_days is not None


def test_the_tour_has_every_role_and_the_units_it_needs() -> None:
    tour = [person for person in people() if person.tour]
    assert {grant.role for person in tour for grant in person.grants} == set(Role.values)
    assert sum(person.is_superuser for person in tour) == 1
    wards = {g.unit for p in tour for g in p.grants if g.unit and UNITS[g.unit]["Loại"] == "phường"}
    assert len(wards) == 2
    for unit in [*wards, "TNMT"]:
        assert {g.role for p in tour for g in p.grants if g.unit == unit} == set(UNIT_ROLES)
    assert [p for p in tour if any(g.unit == "CCT" and g.role == Role.UNIT_LEADER for g in p.grants)]
    counts = Counter(grant.role for person in people() for grant in person.grants)
    assert counts[Role.INTERNAL_AFFAIRS] == 3
    assert counts[Role.COUNCIL] == 5
    superusers = [person for person in people() if person.is_superuser]
    assert all(not person.grants for person in superusers)


def test_the_organiser_is_marked_as_sample() -> None:
    assert ORGANISER["is_sample"] is True
    assert ORGANISER["level"] in OrganiserLevel.values
    assert {STAFF_UNIT, SUBSTITUTE_UNIT} <= set(UNITS)
    assert STAFF_UNIT != SUBSTITUTE_UNIT


def test_authorisations_name_the_units_own_people() -> None:
    accounts = {person.username: person for person in people()}
    for authorised in AUTHORISATIONS:
        for username, role in ((authorised.leader, Role.UNIT_LEADER), (authorised.reporter, Role.UNIT_REPORTER)):
            assert {(g.role, g.unit) for g in accounts[username].grants} == {(role, authorised.unit)}


# Awards


def test_every_rule_kind_is_used_somewhere() -> None:
    kinds = [rule.kind for category in awards.CATEGORIES for rule in category.rules]
    assert set(kinds) == RULE_KINDS
    assert {category.recipient for category in awards.CATEGORIES} == {"collective", "individual", "household"}


def test_an_interim_basis_day_lies_behind_the_reference_date() -> None:
    interim = [c for c in awards.CATEGORIES if c.interim_days is not None]
    assert {c.recipient for c in interim} == {"collective", "individual"}
    day_45 = calendar.running().day(45)
    assert {calendar.REFERENCE + dt.timedelta(days=c.interim_days or 0) for c in interim} == {day_45}


def test_required_indicators_exist() -> None:
    known = {row["Mã chỉ tiêu"] for row in table("indicators")}
    for category in awards.CATEGORIES:
        for rule in category.rules:
            assert set(rule.parameters.get("codes", ())) <= known  # type: ignore[arg-type]


def test_registrations_are_before_the_reference_date_and_some_are_missing_or_late() -> None:
    found = {entry.unit: entry for entry in registrations()}
    assert set(found) < set(UNITS)
    assert all(entry.issued_days <= entry.launched_days < 0 for entry in found.values())
    limit = 15 - calendar.REFERENCE_DAY
    assert {"QLDT", "DQLTTXD", "P08"} == {unit for unit, entry in found.items() if entry.launched_days > limit}
    assert {"P10", "TTGDNN"} <= set(UNITS) - set(found)


# Proposals


def test_every_state_is_there() -> None:
    assert {proposal.state for proposal in PROPOSALS} == STATES
    waiting = [proposal for proposal in PROPOSALS if proposal.state == "dossier"]
    assert len(waiting) >= 5
    interim = {category.code for category in awards.CATEGORIES if category.interim_days is not None}
    assert {proposal.category for proposal in waiting} == interim
    issued = [proposal for proposal in PROPOSALS if proposal.state == "issued"]
    assert {proposal.campaign for proposal in issued} == {awards.LAST_YEAR}
    assert len(issued) >= 10


@pytest.mark.parametrize("proposal", PROPOSALS, ids=lambda proposal: proposal.code)
def test_a_proposal_is_complete(proposal: Proposal) -> None:
    category = next(c for c in awards.CATEGORIES if (c.campaign, c.code) == (proposal.campaign, proposal.category))
    assert proposal.recipient == category.recipient
    assert proposal.unit in UNITS
    assert 3 <= proposal.achievements.count(".") <= 8
    assert (proposal.is_leader is None) == (proposal.recipient == "collective")
    assert (proposal.gender == "") == (proposal.recipient == "collective")
    assert bool(proposal.address) == (proposal.recipient == "household")
    papers = (proposal.request_number, proposal.request_days, proposal.minutes_number, proposal.minutes_days)
    assert all(papers) or proposal.state == "draft"


@pytest.mark.parametrize("proposal", PROPOSALS, ids=lambda proposal: proposal.code)
def test_steps_run_forward_before_the_reference_date_with_duties_apart(proposal: Proposal) -> None:
    accounts = {person.username: person for person in people()}
    moments = [calendar.moment(calendar.REFERENCE, step.days, step.time) for step in proposal.steps]
    assert moments == sorted(set(moments))
    assert moments[-1].date() < calendar.REFERENCE
    by_action = {step.action: step for step in proposal.steps}
    roles = {
        "draft": {Role.UNIT_REPORTER, Role.UNIT_LEADER}, "submit": {Role.UNIT_LEADER}, "withdraw": {Role.UNIT_LEADER},
        "appraise": {Role.INTERNAL_AFFAIRS}, "refuse": {Role.INTERNAL_AFFAIRS}, "dossier": {Role.INTERNAL_AFFAIRS},
        "issue": {Role.INTERNAL_AFFAIRS}, "revoke": {Role.INTERNAL_AFFAIRS},
        "return": {Role.INTERNAL_AFFAIRS, Role.CHAIRMAN},
        "council_pass": {Role.COUNCIL_SECRETARY}, "council_fail": {Role.COUNCIL_SECRETARY},
        "approve": {Role.CHAIRMAN, Role.VICE_CHAIRMAN}, "reject": {Role.CHAIRMAN, Role.VICE_CHAIRMAN},
    }  # fmt: skip
    for step in proposal.steps:
        in_force = [
            grant
            for grant in accounts[step.by].grants
            if grant.from_days <= step.days and (grant.to_days is None or step.days <= grant.to_days)
        ]
        assert {grant.role for grant in in_force} & roles[step.action], step
        if step.action in ("draft", "submit", "withdraw"):
            assert proposal.unit in {grant.unit for grant in in_force}
        if step.action in ("refuse", "return", "reject", "withdraw", "revoke", "council_fail"):
            assert step.reason
        assert (step.returned_to in ("unit", "internal_affairs")) == (step.action == "return")
    if "submit" in by_action:
        assert proposal.request_days is not None
        assert proposal.minutes_days is not None
        assert proposal.minutes_days <= proposal.request_days <= by_action["submit"].days
    if "appraise" in by_action:
        assert by_action["appraise"].by not in (by_action["draft"].by, by_action["submit"].by)
    if "issue" in by_action:
        assert by_action["issue"].document_number


def test_tallies_follow_quorum_majority_and_conflicts_of_interest() -> None:
    sessions = {session.code: session for session in awards.SESSIONS}
    units = {
        name: {grant.unit for grant in person.grants}
        for name, person in {person.username: person for person in people()}.items()
    }
    members = [person for person in people() if any(grant.role == Role.COUNCIL for grant in person.grants)]
    for proposal in PROPOSALS:
        for step in proposal.steps:
            if step.votes is None:
                continue
            session = sessions[step.session]
            assert session.campaign == proposal.campaign
            assert session.days == step.days
            assert 3 * len(session.present) >= 2 * len(members)
            may_vote = [name for name in session.present if proposal.unit not in units[name]]
            assert sum(step.votes) == len(may_vote), proposal.code
            assert (2 * step.votes[0] > len(members)) == (step.action == "council_pass")


def test_dossiers_keep_the_quotas_and_come_after_the_basis_day() -> None:
    dossiers = {dossier.code: dossier for dossier in awards.DOSSIERS}
    used: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for proposal in PROPOSALS:
        for step in proposal.steps:
            if step.action != "dossier":
                continue
            assert dossiers[step.dossier].campaign == proposal.campaign
            key = proposal.campaign, proposal.category
            used[key]["total"] += 1
            used[key][f"unit {proposal.unit}"] += 1
            used[key][f"bloc {UNITS[proposal.unit]['Mã khối']}"] += 1
    for category in awards.CATEGORIES:
        counts = used[category.campaign, category.code]
        assert counts["total"] <= category.quota_total
        for name, count in counts.items():
            limit = {"unit": category.quota_per_unit, "bloc": category.quota_per_bloc}.get(name.split()[0])
            assert limit is None or count <= limit, (category.code, name)
        for code in {s.dossier for p in PROPOSALS for s in p.steps if p.category == category.code and s.dossier}:
            assert category.interim_days is None or dossiers[code].days > category.interim_days


# Money


def test_base_salary_and_coefficients_give_the_known_sums() -> None:
    expected = {
        (2_340_000, "individual"): 710_000, (2_340_000, "collective"): 1_410_000, (2_340_000, "household"): 1_060_000,
        (2_530_000, "individual"): 760_000, (2_530_000, "collective"): 1_520_000, (2_530_000, "household"): 1_140_000,
    }  # fmt: skip
    step = money.ROUNDING.to
    for salary in money.BASE_SALARIES:
        for coefficient in money.COEFFICIENTS:
            raw = coefficient.value * salary.amount
            assert math.ceil(raw / step) * step == expected[salary.amount, coefficient.recipient]


def test_legal_bases_and_holidays_are_dated() -> None:
    for day in (dt.date(2025, 1, 2), dt.date(2025, 12, 1), dt.date(2026, 11, 24)):
        in_force = [b for b in money.LEGAL_BASES if b.valid_from <= day and (b.valid_to is None or day <= b.valid_to)]
        assert len([b for b in in_force if b.text.startswith("Nghị định")]) == 1
    days = [holiday.day for holiday in money.holidays()]
    assert days == sorted(set(days))
    assert {day.year for day in days} == {2025, 2026, 2027}
    assert dt.date(2026, 9, 2) in days
