"""Every page of everybody in Chromium: what people wrote stays words, nothing is blocked, everybody can read it.

``make test`` opens the pages that put most together; ``make prove ONLY=browser`` all of them for everybody.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import time_machine
from django.http import HttpResponse
from django.template import engines
from django.template.loaders.filesystem import Loader
from playwright.sync_api import Browser

from .addresses import EVERYTHING, address_of, ask, routes
from .chromium import Window, is_page, same_as
from .crawl import HTMX, addresses
from .downloads import download_faults
from .forms import forms_of
from .payloads import CORPUS, name_of, planted
from .world import NOW, ROLES, World, build

# What a script does on a page is the same on both databases.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

#: Where much stands together; the rest is `make prove`'s.
SAMPLE = {
    "anonymous": ("accounts/login/", "cong-khai/dien-hinh/<int:pk>/"),
    "leader_a": ("bao-cao/<int:participant>/ky/<int:period>/", "khen-thuong/de-nghi/<int:pk>/",
                 "kien-nghi/<int:pk>/"),
    "staff": ("", "tham-dinh/<int:pk>/", "nhat-ky/", "theo-doi/bao-cao/", "don-vi/<path:code>/",
              "khen-thuong/danh-sach/",
              "bang-xep-hang/", "khen-thuong/van-ban/<int:pk>/"),
    "chairman": ("khen-thuong/cho-quyet-dinh/<int:pk>/",),
    "superuser": ("admin/campaigns/unit/", "admin/campaigns/user/<path:object_id>/change/"),
}  # fmt: skip
#: Of those, what axe looks at in `make test`.
LOOKED_AT = {"accounts/login/", "", "bao-cao/<int:participant>/ky/<int:period>/", "admin/campaigns/unit/"}
PEOPLE = ROLES if EVERYTHING else tuple(SAMPLE)
STATIC: dict[str, HttpResponse] = {}


def tell(what: str, role: str, counts: Counter[str], faults: list[str]) -> None:
    """Leave the figures to the proof that runs this."""
    if place := os.environ.get("FIGURES"):
        line = {"what": what, "role": role, "counts": counts, "faults": faults}
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def told(faults: list[str]) -> str:
    """The first of many, a line each."""
    return "\n".join([f"{len(faults)} faults", *(fault[-400:] for fault in faults[:20])])


def window_of(world: World, browser: Browser, role: str) -> Window:
    return Window(world, browser, role, static=STATIC)


def routes_of(role: str) -> tuple[str, ...]:
    """The addresses that are opened as this person."""
    return tuple(route for route, _pattern in routes()) if EVERYTHING else SAMPLE[role]


def shown(window: Window, route: str, counts: Counter[str], known: set[str]) -> Iterator[tuple[str, HttpResponse]]:
    """The pages at a route that show something new, error pages too; what is no page is looked at as a download."""
    asked = addresses(window.world, route) if EVERYTHING else [address_of(route, window.world)]
    for address in map(in_a_bar, asked):
        response = ask(window.client, "GET", address)
        if response.status_code // 100 == 3:
            continue
        if is_page(response):
            digest = same_as(response)
            if digest not in known:
                known.add(digest)
                counts["pages"] += 1
                yield address, response
        else:
            counts["files"] += 1
            assert download_faults(address, response) == []


def in_a_bar(address: str) -> str:
    """The address as a browser sends it."""
    return quote(address, safe="/?&=%+:@,;")


# --- row 37: what people wrote stays words -----------------------------------------------------------------


@pytest.fixture
def hostile(db, evidence_root, monkeypatch, caplog):
    """A world in which every column of words holds the corpus, and what was planted in it."""
    caplog.set_level("CRITICAL", logger="django.request")
    with time_machine.travel(NOW, tick=False):
        with planted(monkeypatch) as planting:
            world = build()
        planting.rest()
        yield world, planting


def asked_with_script(address: str, response: HttpResponse) -> Iterator[str]:
    """The page's own questions, with script in every field: searches, filters, the page's number."""
    names = {name for form in forms_of(response.content.decode()) if form.method == "get" for name in form.names}
    start = len(address) % len(CORPUS)
    if names := {name for name in names if name}:
        values = {
            name: "".join(CORPUS[(start + number) % len(CORPUS) :][:3]) for number, name in enumerate(sorted(names))
        }
        yield f"{address}?{urlencode(values)}"
    if EVERYTHING:
        yield f"{address}?{urlencode({'page': CORPUS[start], 'next': CORPUS[-start], 'q': CORPUS[start - 7]})}"


def inspect_script(world: World, browser: Browser, role: str) -> tuple[Counter[str], list[str], set[str]]:
    """Open everything as one person; return how much it was, what is wrong, and the columns' tags that were read."""
    window, counts, faults, read = window_of(world, browser, role), Counter[str](), list[str](), set[str]()
    known: set[str] = set()
    for route in routes_of(role):
        for address, response in shown(window, route, counts, known):
            read |= {word for word in response.content.decode().split() if word.startswith("cot")}
            faults += [f"{address}: {fault}" for fault in window.open(address, response)]
            if response.status_code != 200:
                continue
            for question in asked_with_script(address, response):
                answer = ask(window.client, "GET", question)
                if is_page(answer) and same_as(answer) not in known:
                    known.add(same_as(answer))
                    counts["questions"] += 1
                    faults += [f"{question}: {fault}" for fault in window.open(question, answer)]
            if EVERYTHING:
                part = ask(window.client, "GET", address, **HTMX)
                if is_page(part) and b"<html" not in part.content and same_as(part) not in known:
                    known.add(same_as(part))
                    counts["parts"] += 1
                    faults += [f"part {address}: {fault}" for fault in window.swap(address)]
    window.close()
    return counts, faults, read


@pytest.mark.parametrize("role", PEOPLE if EVERYTHING else ["everybody"])
def test_what_people_wrote_stays_words(hostile, browser: Browser, role: str):
    world, planting = hostile
    for person in [role] if EVERYTHING else PEOPLE:
        counts, faults, read = inspect_script(world, browser, person)
        counts["payloads"], counts["columns"] = len(CORPUS), len(planting.planted)
        counts["columns of words"] = len(planting.fields)
        tell("script", person, counts, faults)
        tell("read", person, Counter(), sorted(name_of(f) for f, tag in planting.fields.items() if tag in read))
        assert not faults, told(faults)
        assert read or person in {"deactivated"}, "nothing planted was there to be read"


#: Ways to print words as they came, at places where units' and people's names stand.
CARELESS = {
    "as markup": ("base.html", "{% firstof campaign.name _(", "{{ campaign.name|safe }}{% firstof campaign.name _("),
    "in an attribute": ("base.html", "<main",
                        '{% autoescape off %}<i title="{{ campaign.name }}"></i>{% endautoescape %}<main'),
    "as an address": ("base.html", "<main", '<a href="javascript:{{ campaign.pk }}">a</a><main'),
    "in a script": ("base.html", "<main", "<script>var name = '{{ campaign.name }}'</script><main"),
    "in a style": ("base.html", "<main", '<i style="color:{{ campaign.name }}"></i><main'),
    "from elsewhere": ("base.html", "<main", '<img src="https://elsewhere.example/a.png" alt=""><main'),
}  # fmt: skip


@pytest.mark.parametrize("way", CARELESS if EVERYTHING else ["as markup"])
def test_a_page_that_prints_words_as_they_came_is_found(hostile, browser: Browser, monkeypatch, way: str):
    name, line, careless = CARELESS[way]
    kept = Loader.get_contents

    def contents(self, origin):
        text = kept(self, origin)
        return text.replace(line, careless) if origin.template_name == name else text

    loaders = engines["django"].engine.template_loaders
    monkeypatch.setattr(Loader, "get_contents", contents)
    try:
        for loader in loaders:
            loader.reset()
        window = window_of(hostile[0], browser, "staff")
        assert window.open("/") != []
        window.close()
    finally:
        monkeypatch.undo()
        for loader in loaders:
            loader.reset()


# --- rows 38 and 52: nothing blocked, nothing elsewhere, everybody can read it ---------------------------------


@pytest.mark.parametrize("role", PEOPLE)
def test_a_page_keeps_to_its_policy_and_everybody_can_read_it(world: World, browser: Browser, role: str):
    window, counts, faults = window_of(world, browser, role), Counter[str](), list[str]()
    known: set[str] = set()
    for route in routes_of(role):
        if not EVERYTHING and route not in LOOKED_AT:
            continue
        for address, response in shown(window, route, counts, known):
            faults += [f"{address}: {fault}" for fault in window.open(address, response)]
            faults += [f"{address}: {fault}" for fault in window.looks()]
    window.close()
    tell("looks", role, counts, faults)
    assert not faults, told(faults)


def test_what_nobody_can_read_is_found(world: World, browser: Browser):
    window = window_of(world, browser, "anonymous")
    bad = HttpResponse(
        '<html lang="en"><title></title><body><img src="/a.png"><p style="width:900px">a</p></body></html>'
    )
    assert len(window.open("/suc-khoe/", bad)) > 0
    said = " ".join(window.looks())
    assert [word for word in ("lang: en", "no title", "0 h1", "px wide", "image-alt") if word not in said] == []
    window.close()
