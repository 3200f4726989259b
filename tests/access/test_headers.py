"""Every answer, whatever it is, carries the policy; what is shown to a person is not kept by a browser.

The answers of every address to everybody are looked at where test_matrix.py asks for them; here stand the others.
"""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from .addresses import ask, client_of
from .checks import SANDBOX, header_faults
from .world import World

# Headers are the web's affair: one database is asked.
pytestmark = pytest.mark.sqlite


def test_a_download_is_a_sandboxed_attachment(world: World):
    response = ask(client_of(world, "leader_a"), "GET", f"/minh-chung/{world.a.rows['file'].pk}/")
    assert (response.status_code, response["Content-Security-Policy"]) == (200, SANDBOX)
    assert response["Content-Disposition"].startswith("attachment;")
    proposal, file = world.a.rows["proposal"].pk, world.a.rows["file"].pk
    response = ask(client_of(world, "chairman"), "GET", f"/khen-thuong/de-nghi/{proposal}/minh-chung/{file}/")
    assert (response.status_code, response["Content-Security-Policy"]) == (200, SANDBOX)


def test_errors_and_refused_input_carry_the_headers(world: World, monkeypatch):
    client = client_of(world, "viewer")
    for address in ("/khong-co/", "/bang-xep-hang/?khoi=%00"):
        response = client.get(address)
        assert (response.status_code in (400, 404), header_faults(response)) == (True, [])

    def broken(*args, **kwargs):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("campaign_portal.views.home.chosen_snapshot", broken)
    response = client.get("/")
    assert (response.status_code, header_faults(response)) == (500, [])
    assert b"secret of the inside" not in response.content


def test_a_static_file_carries_the_policy_and_may_be_kept(world: World):
    response = client_of(world, "anonymous").get("/static/css/portal.css")
    assert response.status_code == 200
    assert [fault for fault in header_faults(response) if not fault.startswith("Cache-Control")] == []


def test_a_missing_header_is_found():
    assert len(header_faults(HttpResponse("bare"))) == 5
