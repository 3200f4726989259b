"""Composing criteria in the administration: the sentence as it is typed, the preview that writes nothing, the copy."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.actions.copying import copy_awards
from awards.actions.eligibility import evaluate_run
from awards.enums import Outcome, RuleKind
from awards.models import AwardCategory, AwardPolicy, EligibilityOutcome, EligibilityRule, Proposal
from awards.queries.preview import Preview, preview_of
from campaigns.actions.clone import clone_campaign
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.records import PlanRefused
from campaigns.enums import CampaignStatus, GateForm, Role
from campaigns.models import AuditEntry, Registration, User
from scoring.models import ScoreRun
from tests.cast import client_of
from tests.factories import (
    at,
    day,
    make_area,
    make_campaign,
    make_gate,
    make_indicator,
    make_measurement,
    make_participant,
    make_person,
    make_target,
)

from .makers import INTERIM, make_category, make_rule, make_run, make_score

pytestmark = pytest.mark.django_db
KEY = "phieu-000000000000000001"
WRITES = ("INSERT", "UPDATE", "DELETE")
ADD = "admin:awards_eligibilityrule_add"
PARAMS: dict[RuleKind, dict[str, Any]] = {
    RuleKind.MIN_TOTAL: {"bp": 9000},
    RuleKind.MIN_AREA: {"bp": 9000, "area": None},
    RuleKind.MIN_FULFILLED_SHARE: {"bp": 9000},
    RuleKind.REQUIRED_INDICATORS: {"codes": ["CT1.1"]},
    RuleKind.TOP_RANK: {"rank": 1},
    RuleKind.TOP_SHARE: {"bp": 1000},
    RuleKind.CLASS_AT_LEAST: {"class": "excellent"},
    RuleKind.OWN_PLAN_BY: {"day": day(15).isoformat()},
    RuleKind.MIN_COVERAGE: {"bp": 9000},
    RuleKind.MAX_LATE_REPORTS: {"count": 0},
}


@pytest.fixture
def officer() -> User:
    return make_person(Role.INTERNAL_AFFAIRS)


@pytest.fixture
def offered() -> AwardCategory:
    """An award for ≥ 80 points, and three units of 95, 85 and 75 with figures of day 45."""
    campaign = make_campaign()
    category = make_category(campaign)
    make_rule(category)
    run = make_run(campaign)
    indicator = make_indicator(make_area(campaign), "CT1.1")
    for number, (name, total) in enumerate((("Phường An", 9500), ("Phường Bình", 8500), ("Phường Cam", 7500)), start=1):
        unit = make_participant(campaign, name=name)
        good = total == 9500
        make_score(unit, run, total, rank=number, fulfilled_bp=total, coverage_bp=total, late_reports=number - 1,
                   score_class="excellent" if good else "good", areas={"1": total})  # fmt: skip
        make_measurement(make_target(indicator, unit, goal=100), campaign.periods.first(), value=100 if good else 60,
                         verdict="accepted")  # fmt: skip
        if good:
            Registration.objects.create(participant=unit, plan_number="5/KH", plan_date=day(10), launched_on=day(10))
    return category


def shown(preview: Preview | None) -> tuple[list[int], list[int], list[str], list[str]]:
    assert preview is not None
    return (
        [before for _outcome, before, _after in preview.counts],
        [after for _outcome, _before, after in preview.counts],
        [change.name for change in preview.gained],
        [change.name for change in preview.lost],
    )


@pytest.mark.parametrize("kind", list(RuleKind))
def test_every_kind_is_previewed_as_the_night_would_judge(offered: AwardCategory, kind: RuleKind) -> None:
    """A rule of every kind that only the best unit meets: what the preview says is what the night then finds."""
    rule = EligibilityRule(category=offered, kind=kind, params=PARAMS[kind])
    with CaptureQueriesContext(connection) as captured:
        before, after, gained, lost = shown(preview_of(rule=rule, stored=None, today=day(46)))
    assert not [query for query in captured.captured_queries if query["sql"].startswith(WRITES)]
    assert (before, after, gained, lost) == ([2, 1, 0], [1, 2, 0], [], ["Phường Bình"])
    assert not EligibilityOutcome.objects.exists()
    rule.save()
    evaluate_run(run=ScoreRun.objects.get(), now=at(46))
    found = EligibilityOutcome.objects.filter(outcome=Outcome.ELIGIBLE).values_list("participant__name", flat=True)
    assert list(found) == ["Phường An"]


def test_a_change_says_who_gains_and_who_loses(offered: AwardCategory) -> None:
    stored = EligibilityRule.objects.get()
    easier = EligibilityRule.objects.get()
    easier.params = {"bp": 7000}
    assert shown(preview_of(rule=easier, stored=stored, today=day(46)))[2:] == (["Phường Cam"], [])
    harder = EligibilityRule.objects.get()
    harder.params = {"bp": 9000}
    preview = preview_of(rule=harder, stored=stored, today=day(46))
    assert shown(preview)[2:] == ([], ["Phường Bình"])
    assert preview is not None
    assert "85,00" in preview.lost[0].words[0]
    ended = EligibilityRule.objects.get()
    ended.valid_to = day(50)
    preview = preview_of(rule=ended, stored=stored, today=day(46))
    assert preview is not None
    assert (preview.rules_on, shown(preview)[2]) == (day(51), ["Phường Cam"])


def test_holds_stay_holds_in_a_preview(offered: AwardCategory) -> None:
    unit = offered.campaign.participants.get(name="Phường An")
    make_gate(unit, GateForm.HOLD)
    rule = EligibilityRule(category=offered, kind="min_total", params={"bp": 9000})
    assert shown(preview_of(rule=rule, stored=None, today=day(46)))[:2] == ([1, 1, 1], [0, 2, 1])


def test_without_figures_there_is_nothing_to_preview() -> None:
    rule = EligibilityRule(category=make_category(), kind="min_total", params={"bp": 9000})
    assert preview_of(rule=rule, stored=None, today=day(46)) is None


def test_a_preview_takes_the_same_queries_for_one_unit_and_for_thirty() -> None:
    counts = []
    for units in (1, 30):
        campaign = make_campaign()
        category = make_category(campaign)
        make_rule(category)
        make_rule(category, RuleKind.REQUIRED_INDICATORS, {"codes": ["CT1"]})
        run = make_run(campaign)
        for _unit in range(units):
            make_score(make_participant(campaign), run)
        rule = EligibilityRule(category=category, kind="min_total", params={"bp": 9000})
        with CaptureQueriesContext(connection) as captured:
            preview_of(rule=rule, stored=None, today=day(46))
        counts.append(len(captured.captured_queries))
    assert counts[0] == counts[1] <= 12


def typed(category: AwardCategory, **columns: Any) -> dict[str, Any]:
    return {
        "category": category.pk,
        "kind": "min_total",
        "figure": "90",
        "for_ranked": "on",
        "position": "1",
        "form_key": KEY,
        **columns,
    }


def test_the_page_previews_without_saving_and_then_saves_once(officer: User, offered: AwardCategory) -> None:
    client, address = client_of(officer), reverse(ADD)
    looked = client.post(address, {**typed(offered), "_preview": "1"})
    text = looked.content.decode()
    assert (looked.status_code, "Phường Bình" in text, EligibilityRule.objects.count()) == (200, True, 1)
    assert 'value="90"' in text  # what was typed stays
    assert not AuditEntry.objects.exists()
    for _twice in range(2):
        assert client.post(address, typed(offered)).status_code == 302
    assert EligibilityRule.objects.filter(params={"bp": 9000}).count() == 1
    assert AuditEntry.objects.filter(action="award.rule").count() == 1


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({}, "90,00"),
        ({"kind": "top_rank", "figure": "3"}, "3"),
        ({"kind": "class_at_least", "figure": "", "score_class": "good"}, "Hoàn thành tốt"),
        ({"kind": "required_indicators", "figure": "", "codes": "CT1.1"}, "CT1.1"),
        ({"kind": "own_plan_by", "figure": "", "day": "16/03/2026"}, "16/03/2026"),
        ({"category": ""}, "90,00"),  # the sentence does not wait for the award
    ],
)
def test_the_sentence_is_said_while_it_is_composed(
    officer: User, offered: AwardCategory, columns: dict[str, str], sentence: str
) -> None:
    answer = client_of(officer).post(
        reverse("admin:awards_eligibilityrule_sentence"), {**typed(offered), **columns}, headers={"HX-Request": "true"}
    )
    assert sentence in answer.content.decode()
    assert "rule-composed-sentence" in answer.content.decode()
    assert EligibilityRule.objects.count() == 1


def test_what_is_missing_for_a_sentence_is_said(officer: User, offered: AwardCategory) -> None:
    answer = client_of(officer).post(reverse("admin:awards_eligibilityrule_sentence"), typed(offered, figure=""))
    assert "rule-composed-sentence" not in answer.content.decode()
    assert client_of(make_person(Role.AUDITOR, is_staff=True)).post(
        reverse("admin:awards_eligibilityrule_sentence"), typed(offered)
    ).status_code == 403  # fmt: skip


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "required_indicators", "figure": "", "codes": "CT1.1, CT9.9"},
        {"kind": "min_area", "area": "7"},
        {"kind": "top_share", "figure": "140"},
        {"kind": "min_total", "figure": "90", "codes": "CT1.1"},
    ],
)
def test_slips_of_the_pen_are_refused(officer: User, offered: AwardCategory, columns: dict[str, str]) -> None:
    answer = client_of(officer).post(reverse(ADD), typed(offered, **columns))
    assert (answer.status_code, EligibilityRule.objects.count()) == (200, 1)
    assert "errorlist" in answer.content.decode()


def test_the_change_page_shows_the_versions(officer: User, offered: AwardCategory) -> None:
    old = EligibilityRule.objects.get()
    EligibilityRule.objects.filter(pk=old.pk).update(valid_to=day(50))
    new = make_rule(offered, params={"bp": 9100}, valid_from=day(51), replaces=old)
    for pk in (old.pk, new.pk):
        text = client_of(officer).get(reverse("admin:awards_eligibilityrule_change", args=[pk])).content.decode()
        assert "80,00" in text
        assert "91,00" in text


def test_a_category_shows_its_criteria_in_sentences(officer: User, offered: AwardCategory) -> None:
    text = client_of(officer).get(reverse("admin:awards_awardcategory_change", args=[offered.pk])).content.decode()
    assert "80,00" in text


# --- the copy of an earlier campaign's awards --------------------------------------------------------------


def copied_campaigns() -> tuple[Any, Any]:
    source = make_campaign("NAM-TRUOC")
    target = make_campaign("NAM-NAY", status=CampaignStatus.PREPARATION)
    moved = dt.timedelta(days=364)
    type(target).objects.filter(pk=target.pk).update(starts_on=source.starts_on + moved, ends_on=source.ends_on + moved)
    target.refresh_from_db()
    make_area(target, 1)
    make_indicator(target.areas.get(), "CT1.1")
    category = make_category(source, "GK-TT", quota_total=7)
    make_rule(category)
    make_rule(category, params={"bp": 1}, valid_to=day(3))  # ended long before
    make_rule(category, RuleKind.OWN_PLAN_BY, {"day": day(15).isoformat()}, valid_from=day(5))
    make_rule(category, RuleKind.REQUIRED_INDICATORS, {"codes": ["CT1.1", "CT8.1"]})
    make_category(source, "GK-CU", is_active=False)
    AwardPolicy.objects.create(campaign=source, council_days=5)
    return source, target


def test_awards_in_use_are_copied_with_the_criteria_that_held_at_the_end(officer: User) -> None:
    source, target = copied_campaigns()
    for _twice in range(2):
        assert copy_awards(source_id=source.pk, target_id=target.pk, by=officer, now=at(100), key=KEY) == 1
    category = AwardCategory.objects.get(campaign=target)
    assert (category.code, category.quota_total, category.basis_day) == ("GK-TT", 7, INTERIM + dt.timedelta(days=364))
    rules = category.rules.order_by("pk")
    assert [(rule.kind, rule.valid_from, rule.created_by) for rule in rules] == [
        ("min_total", None, officer),
        ("own_plan_by", None, officer),
        ("required_indicators", None, officer),
    ]
    assert rules[1].params == {"day": (day(15) + dt.timedelta(days=364)).isoformat()}
    assert AwardPolicy.objects.get(campaign=target).council_days == 5
    assert AuditEntry.objects.filter(action="award.copied").count() == 1
    with pytest.raises(PlanRefused):  # everything is there already
        copy_awards(source_id=source.pk, target_id=target.pk, by=officer, now=at(100), key=f"{KEY}2")
    with pytest.raises(IdempotencyMismatch):
        copy_awards(source_id=target.pk, target_id=source.pk, by=officer, now=at(100), key=KEY)


def test_a_closed_campaign_takes_no_copy(officer: User) -> None:
    source, target = copied_campaigns()
    type(target).objects.filter(pk=target.pk).update(
        status=CampaignStatus.CLOSED, closing_day=target.ends_on, closed_at=at(100), opened_at=at(1)
    )
    with pytest.raises(PlanRefused):
        copy_awards(source_id=source.pk, target_id=target.pk, by=officer, now=at(100), key=KEY)


def test_the_copy_is_looked_at_first(officer: User) -> None:
    source, target = copied_campaigns()
    client, address = client_of(officer), reverse("admin:awards_awardcategory_copy")
    form = {"source": source.pk, "target": target.pk, "form_key": KEY}
    looked = client.post(address, form)
    assert (looked.status_code, AwardCategory.objects.filter(campaign=target).count()) == (200, 0)
    assert "CT8.1" in looked.content.decode()  # said to be missing there
    assert client.post(address, {**form, "confirm": "1"}).status_code == 302
    assert AwardCategory.objects.filter(campaign=target).count() == 1
    assert client.post(address, {**form, "confirm": "1", "form_key": f"{KEY}2"}).status_code == 409
    assert client.post(address, {**form, "target": source.pk}).status_code == 422
    assert client_of(make_person(Role.AUDITOR, is_staff=True)).get(address).status_code == 403


def test_a_campaign_made_after_an_earlier_one_has_its_awards(officer: User) -> None:
    source, _ = copied_campaigns()
    made = clone_campaign(
        source_id=source.pk,
        code="NAM-SAU",
        name="Phong trào năm sau",
        starts_on=source.starts_on + dt.timedelta(days=364),
        key=KEY,
        by=officer,
        now=at(100),
    )
    category = AwardCategory.objects.get(campaign=made)
    assert (category.code, category.rules.count()) == ("GK-TT", 3)
    assert AwardPolicy.objects.get(campaign=made).council_days == 5
    assert Proposal.objects.filter(campaign=made).count() == 0
    entry = AuditEntry.objects.get(action="campaign.cloned")
    assert json.loads(entry.payload.content)["after"]["awards"] == 1
