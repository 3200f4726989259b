"""What staff set in the administration: who may, versions of criteria, what proposals hold fast."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from awards.actions.rules import save_rule
from awards.actions.settings import save_setting
from awards.enums import RuleKind
from awards.models import (
    AwardCategory,
    BaseSalary,
    EligibilityOutcome,
    EligibilityRule,
    FundMovement,
    LegalBasis,
    RewardCoefficient,
    RoundingRule,
)
from awards.queries.money import bonus_terms, fund_balance
from awards.wording import rule_sentence
from campaigns.actions.outbox_work import drain
from campaigns.actions.records import PlanRefused, StaleRecord, digest_of_record
from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import AuditEntry, User
from tests.cast import client_of
from tests.factories import at, day, make_area, make_participant, make_person

from .makers import INTERIM, Office, make_category, make_outcome, make_rule, make_run, make_score

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return make_person(Role.INTERNAL_AFFAIRS)


def changed(rule: EligibilityRule, **columns: Any) -> EligibilityRule:
    fresh = EligibilityRule.objects.get(pk=rule.pk)
    for name, value in columns.items():
        setattr(fresh, name, value)
    return fresh


def test_a_criterion_nobody_was_judged_by_is_edited_in_place(officer: User) -> None:
    rule = make_rule(make_category())
    save_rule(rule=changed(rule, params={"bp": 9500}), seen="", by=officer, now=at(50))
    assert list(EligibilityRule.objects.values_list("pk", "params")) == [(rule.pk, {"bp": 9500})]


def test_a_used_criterion_ends_and_a_new_version_begins(officer: User) -> None:
    rule = make_rule(make_category(), valid_from=day(1))
    make_outcome(rule.category, make_participant(rule.category.campaign))
    save_rule(rule=changed(rule, params={"bp": 9500}), seen="", by=officer, now=at(50))
    old, new = EligibilityRule.objects.order_by("pk")
    assert (old.params, old.valid_from, old.valid_to) == ({"bp": 8000}, day(1), day(49))
    assert (new.params, new.valid_from, new.replaces) == ({"bp": 9500}, day(50), old)
    assert [[rule.params["bp"] for rule in EligibilityRule.objects.in_force(on=day(on))] for on in (49, 50)] == [
        [8000],
        [9500],
    ]
    with pytest.raises(PlanRefused):
        save_rule(rule=changed(old, params={"bp": 1}), seen="", by=officer, now=at(51))


def test_a_used_criterion_may_end(officer: User) -> None:
    rule = make_rule(make_category())
    make_outcome(rule.category, make_participant(rule.category.campaign))
    save_rule(rule=changed(rule, valid_to=day(60)), seen="", by=officer, now=at(50))
    assert EligibilityRule.objects.get().valid_to == day(60)


def test_parameters_are_checked(officer: User) -> None:
    rule = EligibilityRule(category=make_category(), kind=RuleKind.TOP_RANK, params={"bp": 1})
    with pytest.raises(ValidationError):
        save_rule(rule=rule, seen="", by=officer, now=at(50))


def test_what_proposals_stand_on_stays(officer: User) -> None:
    office = Office()
    office.with_outcome()
    office.draft()
    category = AwardCategory.objects.get()
    category.quota_total = 3
    save_setting(row=category, seen="", by=officer, now=at(50))
    category.basis_day = day(60)
    with pytest.raises(PlanRefused):
        save_setting(row=category, seen="", by=officer, now=at(50))


def test_every_change_is_in_the_trail(officer: User) -> None:
    save_setting(row=BaseSalary(amount=2_700_000, valid_from=dt.date(2027, 7, 1)), seen="", by=officer, now=at(50))
    assert AuditEntry.objects.filter(action="award.basesalary", actor=officer).count() == 1


@pytest.mark.parametrize("role", [Role.CHAIRMAN, Role.COUNCIL_SECRETARY, Role.AUDITOR, Role.VIEWER])
def test_only_internal_affairs_sets(role: Role) -> None:
    with pytest.raises(PermissionDenied):
        save_rule(rule=make_rule(make_category()), seen="", by=make_person(role), now=at(50))


def test_a_criterion_is_entered_in_the_administration(officer: User) -> None:
    category = make_category()
    make_area(category.campaign, 3)
    form = {
        "category": category.pk,
        "kind": "min_area",
        "figure": "60,5",
        "area": "3",
        "codes": "",
        "score_class": "",
        "day": "",
        "for_ranked": "on",
        "position": "1",
    }
    address = reverse("admin:awards_eligibilityrule_add")
    wrong = client_of(officer).post(address, {**form, "codes": "CT1"})
    assert (wrong.status_code, EligibilityRule.objects.count()) == (200, 0)
    assert client_of(officer).post(address, form).status_code == 302
    rule = EligibilityRule.objects.get()
    assert (rule.params, rule.created_by) == ({"bp": 6050, "area": 3}, officer)


def test_criteria_get_places_of_their_own_and_a_taken_one_is_refused(officer: User) -> None:
    category, address = make_category(), reverse("admin:awards_eligibilityrule_add")
    form = {"category": category.pk, "kind": "top_rank", "figure": "3", "for_ranked": "on", "position": "0"}
    client = client_of(officer)
    for _turn in range(2):
        assert client.post(address, form).status_code == 302
    first, second = EligibilityRule.objects.order_by("position")
    assert (first.position, second.position) == (1, 2)
    refused = client.post(address, {**form, "position": "2"})
    assert "Danh mục này đã có tiêu chí ở thứ tự đó" in refused.content.decode()
    with pytest.raises(ValidationError):
        save_rule(rule=changed(second, position=1), seen="", by=officer, now=at(1))
    assert EligibilityRule.objects.count() == 2
    assert save_rule(rule=changed(second, position=5), seen="", by=officer, now=at(1)).position == 5
    third = EligibilityRule(category=category, kind="top_rank", params={"rank": 3}, position=1, valid_from=day(80))
    assert save_rule(rule=third, seen="", by=officer, now=at(1)).position == 1  # from another day on


def test_records_cannot_be_changed_or_deleted_in_the_administration(officer: User) -> None:
    proposal = Office().presented()
    client = client_of(officer)
    address = reverse("admin:awards_proposal_change", args=[proposal.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"state": "approved", "recipient_name": "Khác"}).status_code == 403
    assert client.get(reverse("admin:awards_proposal_delete", args=[proposal.pk])).status_code == 403
    assert client.get(reverse("admin:awards_proposal_add")).status_code == 403


def test_the_fund_is_a_ledger_staff_add_to(officer: User) -> None:
    client, address = client_of(officer), reverse("admin:awards_fundmovement_add")
    form = {"day": "01/03/2026", "kind": "opening", "amount": "186400000", "document_number": "QĐ 1", "note": ""}
    assert client.post(address, form).status_code == 302
    assert client.post(address, {**form, "kind": "award"}).status_code == 200  # not a choice
    movement = FundMovement.objects.get()
    assert (movement.amount, movement.entered_by, fund_balance()) == (186_400_000, officer, 186_400_000)
    changed_row = client.post(reverse("admin:awards_fundmovement_change", args=[movement.pk]), {**form, "amount": "1"})
    assert (changed_row.status_code, fund_balance()) == (403, 186_400_000)
    assert client_of(make_person(Role.AUDITOR, is_staff=True)).get(address).status_code == 403


def test_each_kind_has_its_sentence() -> None:
    params: dict[RuleKind, dict[str, Any]] = {
        RuleKind.REQUIRED_INDICATORS: {"codes": ["CT1"]},
        RuleKind.TOP_RANK: {"rank": 3},
        RuleKind.CLASS_AT_LEAST: {"class": "good"},
        RuleKind.OWN_PLAN_BY: {"day": "2026-03-16"},
        RuleKind.MAX_LATE_REPORTS: {"count": 1},
    }
    sentences = {rule_sentence(kind, params.get(kind, {"bp": 9000, "area": None})) for kind in RuleKind}
    assert len(sentences) == len(RuleKind)


def test_the_shipped_figures_are_in_force_today() -> None:
    terms = bonus_terms(category=make_category(), on=max(local_day(timezone.now()), dt.date(2026, 7, 1)))
    assert terms is not None
    assert (terms.coefficient, terms.step) == (Decimal("0.6"), 10_000)


# --- dated figures: one holds on a day -------------------------------------------------------------------


def test_a_later_figure_ends_the_open_ended_one_before_it(officer: User) -> None:
    save_setting(row=BaseSalary(amount=2_700_000, valid_from=dt.date(2027, 7, 1)), seen="", by=officer, now=at(50))
    assert BaseSalary.objects.get(amount=2_530_000).valid_to == dt.date(2027, 6, 30)
    assert AuditEntry.objects.filter(action="award.figure_ended").count() == 1
    held = {on: BaseSalary.objects.in_force(on=on).get().amount for on in (dt.date(2027, 6, 30), dt.date(2027, 7, 1))}
    assert list(held.values()) == [2_530_000, 2_700_000]


@pytest.mark.parametrize(
    "row",
    [
        BaseSalary(amount=1, valid_from=dt.date(2024, 7, 2)),  # inside one that has its last day
        BaseSalary(amount=1, valid_from=dt.date(2024, 1, 1)),  # open-ended, over a later one
        BaseSalary(amount=1, valid_from=dt.date(2023, 7, 1), valid_to=dt.date(2024, 7, 1)),
        RoundingRule(mode="down", step=1000, valid_from=dt.date(2017, 1, 1), valid_to=dt.date(2018, 1, 1)),
        RewardCoefficient(
            authority="commune", recipient_kind="individual", coefficient=1, valid_from=dt.date(2025, 6, 30)
        ),
        LegalBasis(title="Nghị định 152", number="152/2025/NĐ-CP", valid_from=dt.date(2026, 1, 1)),
    ],
)
def test_overlapping_days_are_refused(officer: User, row: Any) -> None:
    before = list(type(row).objects.order_by("pk").values())
    row.pk = None
    with pytest.raises(PlanRefused):
        save_setting(row=row, seen="", by=officer, now=at(50))
    assert list(type(row).objects.order_by("pk").values()) == before


def test_moving_the_days_of_a_figure_over_another_is_refused(officer: User) -> None:
    row = BaseSalary.objects.get(amount=2_340_000)
    row.valid_to = None
    with pytest.raises(PlanRefused):
        save_setting(row=row, seen="", by=officer, now=at(50))
    other = RewardCoefficient.objects.filter(authority="agency").first()
    assert other is not None
    other.coefficient = Decimal("0.35")  # others' days do not matter
    save_setting(row=other, seen="", by=officer, now=at(50))


def test_no_two_shipped_figures_hold_on_one_day() -> None:
    for on in (dt.date(2024, 7, 1), dt.date(2025, 7, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 1)):
        assert BaseSalary.objects.in_force(on=on).count() == 1
        held = RewardCoefficient.objects.in_force(on=on).values_list("authority", "recipient_kind")
        assert len(set(held)) == held.count()
    assert not [row for model in (BaseSalary, RewardCoefficient, RoundingRule, LegalBasis)
                for row in model.objects.filter(source="")]  # fmt: skip


def test_a_form_sent_twice_adds_one_row(officer: User) -> None:
    client, address = client_of(officer), reverse("admin:awards_basesalary_add")
    form = {"amount": "2700000", "valid_from": "01/07/2027", "source": "Nghị định", "form_key": "phieu-00000000000001"}
    for _twice in range(2):
        assert client.post(address, form).status_code == 302
    assert BaseSalary.objects.filter(amount=2_700_000).count() == 1
    assert AuditEntry.objects.filter(action="award.basesalary").count() == 1


# --- versions ---------------------------------------------------------------------------------------------


def test_a_version_begun_today_is_edited_until_the_night(officer: User) -> None:
    rule = make_rule(make_category(), valid_from=day(1))
    unit = make_participant(rule.category.campaign)
    make_outcome(rule.category, unit)
    new = save_rule(rule=changed(rule, params={"bp": 9500}), seen="", by=officer, now=at(50))
    make_outcome(rule.category, unit, run=make_run(rule.category.campaign, day(50)), is_basis=False)
    save_rule(rule=changed(new, params={"bp": 9000}), seen="", by=officer, now=at(50, 15))
    assert [(row.params["bp"], row.valid_from, row.valid_to) for row in EligibilityRule.objects.order_by("pk")] == [
        (8000, day(1), day(49)),
        (9000, day(50), None),
    ]


def test_a_basis_found_today_binds_today(officer: User) -> None:
    rule = make_rule(make_category(basis_day=day(50)))
    run = make_run(rule.category.campaign, day(50))
    make_outcome(rule.category, make_participant(rule.category.campaign), run=run, is_basis=True)
    new = save_rule(rule=changed(rule, params={"bp": 9500}), seen="", by=officer, now=at(50, 23))
    rule.refresh_from_db()
    assert (rule.valid_to, new.valid_from) == (day(50), day(51))


def test_a_version_may_begin_later_and_never_earlier(officer: User) -> None:
    rule = make_rule(make_category())
    make_outcome(rule.category, make_participant(rule.category.campaign))
    with pytest.raises(PlanRefused):
        save_rule(rule=changed(rule, params={"bp": 1}, valid_from=day(40)), seen="", by=officer, now=at(50))
    new = save_rule(rule=changed(rule, params={"bp": 9500}, valid_from=day(60)), seen="", by=officer, now=at(50))
    rule.refresh_from_db()
    assert (rule.valid_to, new.valid_from) == (day(59), day(60))


def test_two_new_versions_of_one_day_have_two_places(officer: User) -> None:
    category = make_category()
    first, second = make_rule(category, position=0), make_rule(category, position=0)  # from before places were given
    make_outcome(category, make_participant(category.campaign))
    save_rule(rule=changed(first, params={"bp": 9100}), seen="", by=officer, now=at(50))
    with pytest.raises(ValidationError):
        save_rule(rule=changed(second, params={"bp": 9200}), seen="", by=officer, now=at(50))
    new = save_rule(rule=changed(second, params={"bp": 9200}, position=2), seen="", by=officer, now=at(50))
    assert (new.position, new.replaces) == (2, second)


def test_nothing_reaches_back_before_yesterday(officer: User) -> None:
    category = make_category()
    rule = make_rule(category)
    make_outcome(category, make_participant(category.campaign))
    with pytest.raises(PlanRefused):
        save_rule(rule=changed(rule, valid_to=day(48)), seen="", by=officer, now=at(50))
    save_rule(rule=changed(rule, valid_to=day(49)), seen="", by=officer, now=at(50))
    late = EligibilityRule(category=category, kind="top_rank", params={"rank": 3}, valid_from=day(40))
    with pytest.raises(PlanRefused):
        save_rule(rule=late, seen="", by=officer, now=at(50))
    late.valid_from = None
    assert save_rule(rule=late, seen="", by=officer, now=at(50)).valid_from == day(50)


def test_of_two_officers_the_second_is_shown_both_versions(officer: User) -> None:
    rule = make_rule(make_category())
    seen = digest_of_record(rule)
    save_rule(rule=changed(rule, position=4), seen=seen, by=officer, now=at(50))
    with pytest.raises(StaleRecord) as stale:
        save_rule(rule=changed(rule, position=7), seen=seen, by=officer, now=at(50))
    assert [row[1:] for row in stale.value.rows] == [(4, 7)]


def test_what_is_set_today_shows_without_waiting_for_the_night(officer: User) -> None:
    unit = make_participant()
    next_day, evening = INTERIM + dt.timedelta(days=1), at(46)
    for on in (INTERIM, next_day):
        make_score(unit, make_run(unit.campaign, on), total_bp=8000)
    category = AwardCategory(
        campaign=unit.campaign, code="GK-CD", name="Giấy khen chuyên đề", title="Giấy khen",
        recipient_kind="collective", authority="district", basis="interim", basis_day=INTERIM,
    )  # fmt: skip
    save_setting(row=category, seen="", by=officer, now=evening)
    rule = EligibilityRule(category=category, kind=RuleKind.MIN_TOTAL, params={"bp": 9000})
    save_rule(rule=rule, seen="", by=officer, now=evening)
    assert not EligibilityOutcome.objects.exists()
    drain(clock=lambda: evening, topics=["awards.eligibility"])
    found = EligibilityOutcome.objects.order_by("day").values_list("day", "outcome", "is_basis")
    assert list(found) == [(INTERIM, "not_eligible", True), (next_day, "not_eligible", False)]
