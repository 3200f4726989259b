"""The administration's menu: Vietnamese order, and the bell without what the administration does not show."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.enums import Role
from campaigns.models import Notice
from campaigns.vietnamese import sort_key
from tests.factories import at, make_campaign, make_organiser, make_person

pytestmark = pytest.mark.django_db


def test_groups_and_lists_stand_in_vietnamese_order(client):
    make_organiser()
    client.force_login(make_person(Role.INTERNAL_AFFAIRS))
    apps = client.get("/admin/").context["app_list"]
    groups = [app["name"] for app in apps]
    assert groups == sorted(groups, key=sort_key)
    names = [[model["name"] for model in app["models"]] for app in apps]
    assert names == [sorted(group, key=sort_key) for group in names]
    # Where plain order of code points would put Đ, Ô and Ư behind everything.
    assert any(group != sorted(group) for group in names)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_names_follow_the_language(client, language):
    make_organiser()
    client.force_login(make_person(Role.INTERNAL_AFFAIRS, language=language))
    page = client.get("/admin/").text
    assert ("Đơn vị" in page) is (language == "vi")


def test_the_bell_is_counted_by_one_statement_of_its_own(client):
    make_organiser()
    make_campaign()
    staff = make_person(Role.INTERNAL_AFFAIRS)
    for number in (1, 2):
        Notice.objects.create(person=staff, key=f"verdict:{number}", title="Tin", text="", created_at=at(3))
    client.force_login(staff)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as sent:
        page = client.get("/admin/").text
    assert re.search(r"/tin-bao/\"[^>]*>[^<]*\(2\)", page)
    asked = [query["sql"] for query in sent if "campaigns_notice" in query["sql"]]
    assert len(asked) == 1
    assert "UNION" not in asked[0]
