"""The benchmark asks every page it names, and tells a slow one; its figures are `make prove`'s."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import override_settings

from campaign_portal import page_benchmark
from campaigns.models import Participant, Target

# Where it is built is the database's matter; that it is, one says.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def served():
    with override_settings(ROOT_URLCONF=page_benchmark.__name__, WAKE_WORKER=False):
        yield


def test_every_page_of_a_small_city_is_asked(served, evidence_root):
    pages = page_benchmark.build_plain(8)
    assert Participant.objects.count() >= 8
    assert Target.objects.count() >= 8 * 30
    costs = list(page_benchmark.measure(pages, runs=1))
    assert [cost.page for cost in costs] == pages
    assert len({page.address for page in pages}) > 30
    assert all(cost.queries > 0 and cost.size > 1_000 for cost in costs)
    assert [replace(costs[0], ratio=ratio).is_met for ratio in (1.0, 9.0)] == [True, False]
