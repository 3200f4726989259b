"""A page of the portal inside somebody else's page: the browser shows nothing of it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.sqlite


def test_a_foreign_frame_shows_nothing(page, live_server) -> None:
    framed = ("/accounts/login/", "/khong-co/", "http://evil.example/own")
    tags = "".join(f'<iframe src="{live_server.url if one[0] == "/" else ""}{one}"></iframe>' for one in framed)
    page.route("http://evil.example/", lambda route: route.fulfill(body=tags, content_type="text/html"))
    page.route("http://evil.example/own", lambda route: route.fulfill(body="<p>shown</p>", content_type="text/html"))
    page.goto("http://evil.example/")
    frames = [one.content_frame() for one in page.query_selector_all("iframe")]
    assert [one.url.startswith("chrome-error:") for one in frames] == [True, True, False]
    assert frames[2].inner_text("p") == "shown"  # a page that allows it is
    page.problems.clear()
