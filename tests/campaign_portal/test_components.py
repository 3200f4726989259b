"""The components page: for staff of the administration, and every part renders."""

import pytest
from django.urls import reverse

from campaigns.enums import Role
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db


def test_staff_see_every_component(client):
    client.force_login(make_person(Role.INTERNAL_AFFAIRS))
    page = client.get(reverse("components")).content.decode()
    for part in ("status status-ok", "heat heat-7", "sparkline", "breadcrumb", "pagination", "thread", "file-list"):
        assert part in page
    assert "Thành phần giao diện" in page
    assert "style=" not in page
    assert "<script>" not in page


def test_a_refused_form_says_what_to_mend(client):
    client.force_login(make_person(Role.INTERNAL_AFFAIRS))
    page = client.get(reverse("components"), {"errors": "1"}).content.decode()
    assert "data-error-summary" in page
    assert 'href="#id_title"' in page


def test_for_others_the_page_does_not_exist(client):
    client.force_login(make_user("lan"))
    assert client.get(reverse("components")).status_code == 404


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_error_pages_need_nothing_but_themselves(template):
    from django.template.loader import render_to_string

    assert "<h1>" in render_to_string(template)
