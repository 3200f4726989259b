"""What staff set in the administration: who may, versions of criteria, what proposals hold fast."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards.actions.settings import save_rule, save_setting
from awards.enums import RuleKind
from awards.models import AwardCategory, BaseSalary, EligibilityRule, FundMovement
from awards.queries.money import bonus_terms, fund_balance
from awards.wording import rule_sentence
from campaigns.actions.records import PlanRefused
from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.models import AuditEntry, User
from tests.factories import at, day, make_participant, make_person

from .makers import Office, make_category, make_outcome, make_rule

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


def admin_client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_criterion_is_entered_in_the_administration(officer: User) -> None:
    category = make_category()
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
    wrong = admin_client(officer).post(address, {**form, "codes": "CT1"})
    assert (wrong.status_code, EligibilityRule.objects.count()) == (200, 0)
    assert admin_client(officer).post(address, form).status_code == 302
    rule = EligibilityRule.objects.get()
    assert (rule.params, rule.created_by) == ({"bp": 6050, "area": 3}, officer)


def test_records_cannot_be_changed_or_deleted_in_the_administration(officer: User) -> None:
    proposal = Office().presented()
    client = admin_client(officer)
    address = reverse("admin:awards_proposal_change", args=[proposal.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"state": "approved", "recipient_name": "Khác"}).status_code == 403
    assert client.get(reverse("admin:awards_proposal_delete", args=[proposal.pk])).status_code == 403
    assert client.get(reverse("admin:awards_proposal_add")).status_code == 403


def test_the_fund_is_a_ledger_staff_add_to(officer: User) -> None:
    client, address = admin_client(officer), reverse("admin:awards_fundmovement_add")
    form = {"day": "01/03/2026", "kind": "opening", "amount": "186400000", "document_number": "QĐ 1", "note": ""}
    assert client.post(address, form).status_code == 302
    assert client.post(address, {**form, "kind": "award"}).status_code == 200  # not a choice
    movement = FundMovement.objects.get()
    assert (movement.amount, movement.entered_by, fund_balance()) == (186_400_000, officer, 186_400_000)
    changed_row = client.post(reverse("admin:awards_fundmovement_change", args=[movement.pk]), {**form, "amount": "1"})
    assert (changed_row.status_code, fund_balance()) == (403, 186_400_000)
    assert admin_client(make_person(Role.AUDITOR, is_staff=True)).get(address).status_code == 403


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
