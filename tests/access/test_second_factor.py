"""With a password alone, whoever must have a second factor reaches the way to it and nothing else."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.urls import resolve

from campaign_portal.accounts.second_factor import OPEN

from .addresses import EVERYTHING, address_of, ask, client_of, routes
from .world import World

# Who must have one is the web's affair: one database is asked.
pytestmark = pytest.mark.sqlite
ENROLMENT = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def _required(settings) -> None:
    settings.MFA_REQUIRED = True


#: The middleware asks who must have one and then only the address: all addresses once, a few of them as the others.
EVERY_ADDRESS_AS = ("chairman", "superuser")


def test_the_password_alone_opens_nothing(world: World) -> None:
    for role in ("staff", "chairman", "council", "secretary", "publisher", "auditor", "superuser"):
        client, reached, led = client_of(world, role), [], 0
        asked = routes() if EVERYTHING or role in EVERY_ADDRESS_AS else routes()[::7]
        for route, pattern in asked:
            address = address_of(route, world)
            for method in ("GET", "POST"):
                response = ask(client, method, address)
                if response.get("Location") == ENROLMENT:
                    led += 1
                elif resolve(address).view_name not in OPEN:
                    reached.append(f"{method} {address}: {response.status_code} {pattern.name}")
        assert reached == [], role
        assert led > 2 * len(asked) - 40, role


def test_units_people_and_viewers_need_none(world: World) -> None:
    for role in ("leader_a", "reporter_a", "viewer"):
        assert client_of(world, role).get("/").status_code == 200, role


def test_whoever_has_one_is_let_in_and_htmx_is_led_by_its_own_header(world: World) -> None:
    chairman = client_of(world, "chairman")
    waiting = "/khen-thuong/cho-quyet-dinh/"
    assert chairman.get(waiting, headers={"HX-Request": "true"})["HX-Redirect"] == ENROLMENT
    assert chairman.get(ENROLMENT).status_code == 302  # asks first who they are: the session was made without sign-in
    Authenticator.objects.create(user=world.people["chairman"], type=Authenticator.Type.TOTP, data={"secret": "X"})
    assert chairman.get(waiting).status_code == 200


def test_static_files_and_unknown_addresses_stay_what_they_are(world: World) -> None:
    client = client_of(world, "chairman")
    assert client.get("/khong-co/").status_code == 404
    assert client.get("/suc-khoe/").status_code == 200


#: Whoever, and what they ask for.
ASKED_AGAIN = (
    ("superuser", "admin/campaigns/user/add/"),
    ("superuser", "admin/campaigns/user/<path:object_id>/change/"),
    ("superuser", "admin/campaigns/user/<int:pk>/vai-tro/"),
    ("superuser", "admin/campaigns/user/<int:pk>/mat-khau/"),
    ("superuser", "admin/campaigns/user/<int:pk>/xac-thuc-hai-lop/"),
    ("superuser", "admin/campaigns/user/vai-tro/<int:pk>/ket-thuc/"),
    ("staff", "khen-thuong/danh-sach/<int:pk>/thu-hoi/"),
    ("publisher", "dien-hinh/<int:pk>/buoc/<slug:word>/"),
)


def test_accounts_revocations_and_publishing_ask_once_more_who_it_is(world: World, settings) -> None:
    settings.MFA_REQUIRED, settings.STEP_UP = False, True
    known = [route for route, _pattern in routes()]
    for role, route in ASKED_AGAIN:
        assert route in known
        address, method = address_of(route, world), "GET"
        if "buoc" in route:  # a step of the story that is published: others are not the publisher's yet
            address, method = address_of("dien-hinh/<int:pk>/anh/", world).replace("anh/", "buoc/dang/"), "POST"
        response = ask(client_of(world, role), method, address)
        assert response.status_code == 302, (role, route)
        assert response["Location"].startswith("/accounts/reauthenticate/?next=%2F"), (role, route)
