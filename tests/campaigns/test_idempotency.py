"""A form sent twice, at once or after a crash, acts once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django import forms
from django.db import connections, transaction

from campaigns.actions.idempotency import IdempotencyMismatch, act_once, once
from campaigns.forms.idempotency import FormKeyMixin, new_key
from campaigns.models import Holiday, IdempotencyKey, User
from tests import factories as make

NOW = make.at(10)


def add_holiday(name: str) -> dict[str, Any]:
    """An act with a visible effect."""
    number = Holiday.objects.count() + 1
    return {"holiday": Holiday.objects.create(day=make.day(number), name=name).pk}


def send(actor: User, key: str, name: str = "Tết") -> dict[str, Any]:
    return act_once(actor=actor, key=key, request={"name": name}, now=NOW, act=lambda: add_holiday(name))


@pytest.mark.django_db
def test_the_second_sending_gets_the_first_ones_result(staff: User) -> None:
    assert send(staff, "key-1") == send(staff, "key-1") == {"holiday": Holiday.objects.get().pk}


@pytest.mark.django_db
def test_another_key_or_another_person_is_another_act(staff: User, staff_two: User) -> None:
    send(staff, "key-1")
    send(staff, "key-2")
    send(staff_two, "key-1")
    assert Holiday.objects.count() == 3


@pytest.mark.django_db
def test_the_same_key_with_another_content_is_refused(staff: User) -> None:
    send(staff, "key-1")
    with pytest.raises(IdempotencyMismatch):
        send(staff, "key-1", "Quốc khánh")
    assert Holiday.objects.get().name == "Tết"


@pytest.mark.django_db
def test_an_act_that_fails_uses_no_key(staff: User) -> None:
    def fail() -> dict[str, Any]:
        add_holiday("Tết")
        raise RuntimeError("crashed half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        act_once(actor=staff, key="key-1", request={"name": "Tết"}, now=NOW, act=fail)
    assert (Holiday.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    assert send(staff, "key-1") == {"holiday": Holiday.objects.get().pk}


@pytest.mark.django_db
def test_an_act_without_a_result_or_a_key_is_a_mistake(staff: User) -> None:
    with pytest.raises(RuntimeError, match="keeps its result"), once(actor=staff, key="k", request={}, now=NOW):
        pass
    for key in ("", "x" * 65):
        with pytest.raises(ValueError, match="1 to 64"):
            send(staff, key)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_act_once() -> None:
    actor = make.make_user()
    keys, each = [f"key-{number}" for number in range(4)], 5
    barrier, results, problems = threading.Barrier(len(keys) * each), [], []

    def post(key: str, number: int) -> None:
        try:
            barrier.wait(20)
            with transaction.atomic():
                results.append((key, act_once(actor=actor, key=key, request=key, now=NOW, act=lambda: touch(number))))
        except Exception as error:  # noqa: BLE001  # a thread's fault must reach the assertion
            problems.append(error)
        finally:
            connections.close_all()

    def touch(number: int) -> dict[str, Any]:
        return {"holiday": Holiday.objects.create(day=make.day(number), name="Tết").pk}

    threads = [
        threading.Thread(target=post, args=(key, index * each + copy))
        for index, key in enumerate(keys)
        for copy in range(each)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert len(results) == len(keys) * each
    assert Holiday.objects.count() == len(keys)
    for key in keys:
        assert len({result["holiday"] for sent, result in results if sent == key}) == 1


class HolidayForm(FormKeyMixin):
    name = forms.CharField()


def test_the_form_carries_a_fresh_key_each_time_it_is_shown() -> None:
    first, second = HolidayForm(), HolidayForm()
    assert first["form_key"].value() != second["form_key"].value()
    assert first["form_key"].value() == first["form_key"].value()
    assert f'type="hidden" name="form_key" value="{first["form_key"].value()}"' in str(first)


def test_a_refused_form_is_shown_again_with_its_key() -> None:
    key = new_key()
    form = HolidayForm({"form_key": key, "name": ""})
    assert form.errors.keys() == {"name"}
    assert form["form_key"].value() == key


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "<script>alert(1)</script>", "có dấu có dấu có dấu"])
def test_a_key_that_is_none_of_ours_is_refused(key: str) -> None:
    assert HolidayForm({"form_key": key, "name": "Tết"}).errors.keys() == {"form_key"}
