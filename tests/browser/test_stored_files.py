"""Every kind of file the portal keeps, opened in Chromium: saved or shown as a picture, and nothing in it runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Page

from campaigns import evidence
from campaigns.files.checks import CONTENT_TYPES
from campaigns.models import Preview
from tests.campaigns.files import corpus
from tests.campaigns.files.test_checks import ORDINARY
from tests.factories import at, make_file

# What a browser runs is the same on both databases.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

SCRIPT = b"alert('ran')//<script>alert('ran')</script>"
#: What uploads take, and the same with script where it would run if a browser guessed or obeyed.
KEPT = {
    **{name: (expected.kind, content) for name, (_name, content, expected) in ORDINARY.items()},
    "a picture's bytes with script behind them": ("png", corpus.png() + SCRIPT),
    "a photo with script in its comment": (
        "jpg",
        corpus.jpg()[:2] + b"\xff\xfe\x00\x32" + SCRIPT.ljust(48) + corpus.jpg()[2:],
    ),
    "a page that calls itself a PDF": ("pdf", b"<!doctype html>" + SCRIPT),
    "a script that calls itself a document": ("docx", b"alert('ran')"),
}


@pytest.fixture
def kept(participant_a, reporter_a, evidence_root):
    """Every kind of file in the store, as the rows of one unit, with a preview each."""
    rows = {}
    for name, (kind, content) in KEPT.items():
        sha256 = evidence.store(content)
        picture = evidence.store(corpus.png() + SCRIPT, shelf=evidence.PREVIEWS)
        if not Preview.objects.filter(sha256=sha256).exists():
            preview = Preview.objects.create(sha256=sha256, state="ready", page_count=1, small=picture, small_width=9,
                                             small_height=9, made_at=at(2))  # fmt: skip
            preview.pages.create(number=1, sha256=picture, width=12, height=8)
        rows[name] = make_file(participant_a, content=content, name=f"tep.{kind}", content_type=CONTENT_TYPES[kind],
                               uploaded_by=reporter_a)  # fmt: skip
    return rows


def test_nothing_stored_runs(page: Page, sign_in, kept, leader_a):
    sign_in(leader_a)
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    for name, row in kept.items():
        address = f"/minh-chung/{row.pk}/"
        # Opened as a page: it is saved.
        with page.expect_download() as saved, pytest.raises(Error, match=r"Download is starting|ERR_ABORTED"):
            page.goto(address)
        assert (name, saved.value.suggested_filename) == (name, row.name)
        # Its preview is a picture in a sandbox.
        shown = page.goto(f"{address}xem/1/")
        headers = shown.headers
        assert (name, shown.status, headers["content-type"]) == (name, 200, "image/png")
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        # Named as a script by a page of the portal, whose policy allows its own addresses: its type forbids it.
        page.goto("/")
        for source in (address, f"{address}xem/1/"):
            page.evaluate(
                """src => new Promise(done => {
                    const script = Object.assign(document.createElement("script"), {src, onload: done, onerror: done});
                    document.body.append(script);
                })""",
                source,
            )
        for tag, name_of_address in (("object", "data"), ("embed", "src"), ("iframe", "src")):
            page.evaluate(
                """([tag, name, address]) =>
                    document.body.append(Object.assign(document.createElement(tag), {[name]: address}))""",
                [tag, name_of_address, address],
            )
    page.wait_for_timeout(200)
    assert ran == []
    said = [problem for problem in page.problems if "MIME type" in problem or "Content Security Policy" in problem]
    assert len(said) >= 2 * len(kept)  # the browser says of each that it refused
    page.problems.clear()
