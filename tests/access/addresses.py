"""Every address of the portal, with real rows in the places of its parameters."""

from __future__ import annotations

import os
import re
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from .world import Twin, World

#: `make prove` asks everything on both databases; `make test` leaves out what asks the same code twice.
EVERYTHING = os.environ.get("ASK_EVERYTHING") == "1"


def routes(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    """Return every address as it is written, with its pattern; the admin's catch-all of unknown addresses is none."""
    found: list[tuple[str, URLPattern]] = []
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern, route)
        elif route != "admin/(?P<url>.*)$":
            found.append((route, pattern))
    return found


def address_of(route: str, world: World, twin: Twin | None = None, variant: str = "") -> str:
    """Return the address with the twin's rows (unit A's unless given) in it."""
    twin = twin or world.a
    regex = re.search(r"\(\?P<app_label>(\w+)", route)
    if regex:
        return f"/{route.split('^')[0]}{regex[1]}/"
    values = _values(route, world, twin, variant)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route)


def _values(route: str, world: World, twin: Twin, variant: str) -> dict[str, Any]:
    rows = twin.rows
    values: dict[str, Any] = {
        "participant": twin.participant.pk,
        "campaign": world.campaign.pk,
        "period": rows["period"].pk,
        "target": rows["target"].pk,
        "file": rows["file"].pk,
        "submission": rows["submission"].pk,
        "code": twin.participant.code,
        "category": world.rows["category"].pk,
        "indicator": world.rows["indicator"].pk,
        "proposal": rows["proposal"].pk,
        "page": 1,
        "uidb64": "MQ",
        "provider_id": "co-quan",
        "token": "khong-co",
        "kind": "points",
        "number": world.rows["indicator"].area.number,
        "run": getattr(world.run, "pk", 0),
        "word": {"giai-trinh/": "tra-loi", "kien-nghi/": "trao-doi"}.get(route.partition("/")[0] + "/", "gui"),
        "measurement": rows["measurement"].pk,
        "day": "2026-04-10",
        "rest": "khong-co",
        "incident": rows["incident"].pk,
        "activity": rows["activity"].pk,
        "delegation": world.rows["delegation"].pk,
        "what": "thong-ke",
        "content_type_id": world.target_type,
    }
    if "/chi-tieu/<path:code>" in route:
        values["code"] = world.rows["indicator"].code
    if "documenttemplate" in route:
        values["kind"] = "decision"
    values["pk"] = values["object_id"] = _row_of(route, world, twin, variant)
    if route.startswith("dien-hinh/"):
        values["word"] = "gui"
    if "minh-chung/<int:file>/go/" in route:
        values["file"] = rows["draft_file"].pk
    if "hoi-dong/<int:pk>/" in route:
        values["word"] = "phieu" if "ho-so/" in route else "diem-danh"
    if route.startswith("vu-viec/"):
        values["target"] = rows["limit_target"].pk
    return values


def _row_of(route: str, world: World, twin: Twin, variant: str) -> int:
    """The row whose key stands in the address."""
    rows = {**world.rows, **twin.rows}
    model = re.match(r"admin/\w+/(\w+)/", route)
    if "workbookimport/tai-ve" in route:
        return int(world.campaign.pk)
    if route.startswith("admin/r/"):
        return int(rows["target"].pk)
    if "user/vai-tro" in route:
        return int(rows["role"].pk)
    if "tham-dinh/<int:pk>/tra-lai" in route:
        return int(rows["waiting"].pk)
    if model:
        return int(_admin_row(model[1], world, rows).pk)
    if "tham-dinh/xac-nhan" in route:
        return int(rows["own_points"].pk)
    if route.startswith("thong-bao/"):
        return int(rows["announcement"].pk)
    if route.startswith("tin-bao/"):
        return int(rows["notice"].pk)
    if route.startswith("tham-dinh/"):
        return int(rows["measurement" if "dinh-chinh" in route else "waiting"].pk)
    for part, name in (
        ("cong-khai/dien-hinh/<", "published"),
        ("dien-hinh/<", "published" if "/anh/" in route else "story"),
        ("giai-trinh/<", "explanation"),
        ("kien-nghi/<", "appeal"),
        ("/hoi-dong/<", "session"),
        ("/to-trinh/", "dossier"),
        ("/danh-sach/", "award"),
        ("/van-ban/", "document"),
        ("/quyet-dinh/", "issue"),
        ("/giay-khen/<", "job"),
    ):
        if part in route:
            return int(rows[name].pk)
    return int(rows[variant or "proposal"].pk)


def _admin_row(model: str, world: World, rows: dict[str, Any]) -> Any:
    special = {
        "campaign": world.campaign,
        "user": world.people["leader_b"],
        "participant": world.a.participant,
        "unit": world.a.participant.unit,
        "councilsession": rows["session"],
        "awardcategory": rows["category"],
        "eligibilityrule": rows["rule"],
        "awarddecision": rows["award"].issue,
        "auditentry": None,
        "scorerun": world.run,
    }
    found = special.get(model) or rows.get(model)
    if found is None and model == "auditentry":
        found = world.entry
    if found is None:
        found = world.campaign  # nothing of this noun is kept here: its key names no row
    return found


def client_of(world: World, role: str, **options: Any) -> Client:
    """Return a browser in which the person is signed in (nobody, for ``anonymous``)."""
    client = Client(raise_request_exception=False, **options)
    if role != "anonymous":
        client.force_login(world.people[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(client: Client, method: str, address: str, **headers: str) -> HttpResponse:
    """Send a request without a body and undo whatever it did, signing out included."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.generic(method, address, headers=headers or None)
        if response.streaming:
            response.content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    client.cookies = cookies
    return response
