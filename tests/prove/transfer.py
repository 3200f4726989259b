"""Bytes on the wire and layout shift: a first visit, then the main pages, on a 390 px screen"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import Any

from tests.prove import Figure, Stage
from tests.servers import CHROMIUM_ARGUMENTS, chromium_program, free_port

DATABASES = ("sqlite",)
FIRST, LATER, SHIFT = (
    150_000,
    30_000,
    0.1,
)  # goals of the look: bytes of a first and a later page; what browsers call good
PAGES = (
    ("home of a unit's leader", "/"),
    ("scoreboard", "/bang-xep-hang/"),
    ("unit", "/don-vi/P05/"),
    ("explanation", "/don-vi/P05/giai-trinh-diem/"),
    ("award proposals", "/khen-thuong/de-nghi/"),
    ("search", "/tim/?q=phuong"),
)
#: Adds up every shift from the first paint on; runs before the page's own scripts.
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def run(stage: Stage) -> Iterable[Figure]:
    """Serve the sample, sign in as a unit's leader, and count what each page brings over the wire."""
    subprocess.run([sys.executable, "manage.py", "load_sample"], env=stage.environment, check=True, capture_output=True)
    port = free_port()
    server = [sys.executable, "-m", "gunicorn", "campaign_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4",
              "--no-control-socket"]  # fmt: skip
    web = subprocess.Popen(server, env=stage.environment | {"LOG_LEVEL": "ERROR"})
    try:
        yield from _visits(f"http://127.0.0.1:{port}")
    finally:
        web.terminate()
        web.wait()


def _visits(base: str) -> Iterable[Figure]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=CHROMIUM_ARGUMENTS)
        page = browser.new_context(base_url=base, viewport={"width": 390, "height": 844}).new_page()
        page.add_init_script(WATCH)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        received: list[float] = []
        wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        _until_up(page)
        received.clear()
        page.goto("/accounts/login/", wait_until="networkidle")
        yield from _figures("sign-in, first visit", page, sum(received), FIRST)
        page.fill("input[name=login]", "truong.p05")
        page.fill("input[name=password]", "mau-truong.p05-quan-a")
        with page.expect_navigation():
            page.click("button[type=submit]")
        for name, address in PAGES:
            received.clear()
            page.goto(address, wait_until="networkidle")
            yield from _figures(name, page, sum(received), LATER)
        browser.close()


def _until_up(page: Any) -> None:
    from playwright.sync_api import Error

    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            page.goto("/suc-khoe/")
        except Error:  # the server is still starting
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(f"the portal did not start ({os.getpid()})")


def _figures(name: str, page: Any, size: float, most: int) -> Iterable[Figure]:
    shifted = float(page.evaluate("window.shifted"))
    yield Figure(f"{name}: bytes", f"{size / 1000:.1f} KB", f"at most {most // 1000} KB", met=size <= most)
    yield Figure(f"{name}: layout shift", f"{shifted:.3f}", f"at most {SHIFT}", met=shifted <= SHIFT)
