"""Every answer, whatever it is, carries the policy; what is shown to a person is not kept by a browser."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from .addresses import address_of, ask, client_of, routes
from .world import World

# Headers are the web's affair: one database is asked.
pytestmark = pytest.mark.sqlite

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}
#: A stored file is a download in a sandbox of its own.
SANDBOX = "sandbox; default-src 'none'"


def faults_of(response: HttpResponse) -> list[str]:
    """Return what an answer's headers lack."""
    policy = response.get("Content-Security-Policy", "")
    parts = {part.strip() for part in policy.split(";")}
    found = []
    if policy != SANDBOX and not parts >= POLICY:
        found.append(f"policy: {policy}")
    if "unsafe" in policy or "*" in policy:
        found.append(f"open policy: {policy}")
    wanted = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}
    found += [f"{name}: {response.get(name)}" for name, value in wanted.items() if response.get(name) != value]
    if "no-store" not in response.get("Cache-Control", ""):
        found.append(f"Cache-Control: {response.get('Cache-Control')}")
    if "Server" in response or "X-Powered-By" in response:
        found.append("names its software")
    return found


def test_every_answer_carries_the_headers(world: World):
    wrong, kinds = {}, set()
    for role in ("anonymous", "leader_a", "staff"):
        client = client_of(world, role)
        for route, _pattern in routes():
            for method in ("GET", "POST"):
                response = ask(client, method, address_of(route, world))
                kinds.add(response.status_code)
                if faults := faults_of(response):
                    wrong[role, method, route] = faults
    assert wrong == {}
    assert kinds >= {200, 302, 400, 403, 404, 405, 422}


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
        assert (response.status_code in (400, 404), faults_of(response)) == (True, [])

    def broken(*args, **kwargs):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("campaign_portal.views.last_snapshot", broken)
    response = client.get("/")
    assert (response.status_code, faults_of(response)) == (500, [])
    assert b"secret of the inside" not in response.content


def test_a_static_file_carries_the_policy_and_may_be_kept(world: World):
    response = client_of(world, "anonymous").get("/static/css/portal.css")
    assert response.status_code == 200
    assert [fault for fault in faults_of(response) if not fault.startswith("Cache-Control")] == []


def test_a_missing_header_is_found():
    assert len(faults_of(HttpResponse("bare"))) == 5
