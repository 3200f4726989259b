"""At the last second, with one form sent often, with many hands in one box: the portal says one thing to all."""

from __future__ import annotations

import pytest
from django.db import connection

from tests import races


def many(on_postgres: int, on_sqlite: int) -> int:
    """How many play: SQLite writes one after another."""
    return on_postgres if connection.vendor == "postgresql" else on_sqlite


@pytest.mark.django_db(transaction=True)
def test_the_lock_decides_to_the_microsecond_at_the_years_last_midnight() -> None:
    threads = many(8, 3)
    found = races.around_the_lock(threads * 5, threads=threads)
    assert found.failed == []
    assert (found.sent, found.accepted_late, found.refused_early) == (threads * 5, 0, 0)
    assert (found.without_receipt, found.without_value) == (0, 0)
    assert found.traces == found.refused
    assert min(found.accepted, found.refused) >= threads  # both sides of the lock were played


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_acts_once_and_with_other_content_never() -> None:
    keys, copies = 3, many(10, 4)
    found = races.same_form(keys, copies=copies)
    assert found.failed == []
    assert (dict(found.acts), found.answers, found.different) == ({1: keys}, keys * copies, 0)
    assert (found.other_taken, found.other_refused) == (0, keys * copies)


@pytest.mark.django_db(transaction=True)
def test_many_hands_in_one_box_overwrite_nothing_unseen() -> None:
    writers = many(16, 8)
    found = races.one_box(writers, turns=2)
    assert found.failed == []
    assert found.saved + found.refused == 2 * writers
    assert (found.versions, found.silent) == (found.saved, 0)
    assert min(found.saved, found.refused) >= 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_change_one_proposal_the_first_is_kept_and_the_others_are_told() -> None:
    writers = many(16, 8)
    found = races.one_proposal(writers)
    assert found.failed == []
    assert (found.saved, found.refused, found.versions, found.silent) == (1, writers - 1, 1, 0)
