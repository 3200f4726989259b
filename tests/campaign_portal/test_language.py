"""The language is kept with the account."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_person_chooses_the_language_and_comes_back(client):
    user = make_user("lan")
    client.force_login(user)
    response = client.post(reverse("change_language"), {"language": "en", "next": "/accounts/2fa/?a=1"})
    assert response.headers["Location"] == "/accounts/2fa/?a=1"
    user.refresh_from_db()
    assert user.language == "en"
    assert '<html lang="en">' in client.get("/accounts/2fa/").content.decode()


def test_only_the_persons_own_language_changes(client):
    client.force_login(make_user("lan"))
    other = make_user("mai")
    client.post(reverse("change_language"), {"language": "en"})
    other.refresh_from_db()
    assert other.language == "vi"


@pytest.mark.parametrize("next_page", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_nobody_is_sent_outside(client, next_page):
    client.force_login(make_user("lan"))
    response = client.post(reverse("change_language"), {"language": "en", "next": next_page})
    assert response.headers["Location"] == "/"


def test_an_unknown_language_and_a_mere_visit_are_refused(client):
    client.force_login(make_user("lan"))
    assert client.post(reverse("change_language"), {"language": "xx"}).status_code == 400
    assert client.get(reverse("change_language")).status_code == 405


def test_every_column_the_administration_may_show_has_a_vietnamese_name() -> None:
    own = [model for model in admin.site._registry if model._meta.app_label in ("campaigns", "scoring", "awards")]
    with translation.override("vi"):
        english = [
            f"{model._meta.label}.{field.name}"
            for model in own
            for field in model._meta.concrete_fields
            if field.name != "id" and str(field.verbose_name).replace(" ", "_") == field.name
        ]
    assert len(own) > 20
    assert english == []
