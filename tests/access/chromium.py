"""Pages as Chromium shows them: what ran, what was blocked, what was asked of whom, and how it looks to axe.

The portal answers in this process, so that requests undo what they do and one world serves every person; headers
and body reach the browser as they are.
"""

from __future__ import annotations

import contextvars
import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.http import HttpResponse
from playwright.sync_api import Browser, Error, Route

from .addresses import ask, client_of
from .world import World

#: Nobody listens there: every request is answered in this process. A browser trusts the name as it does HTTPS.
ORIGIN = "http://localhost:8999"
PHONE, DESK = 390, 1440
#: What differs between two answers that show the same.
ONCE = re.compile(
    rb'name="(csrfmiddlewaretoken|form_key)" value="[^"]*"|"X-CSRFToken": ?"[^"]*"|csrf-token" content="[^"]*"'
)
#: Tells of what the policy blocked; written before the page's own scripts run.
WATCH = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", e =>
    blocked.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
"""
#: What of the planted became more than words.
ALIVE = """() => {
    const found = [...window.blocked.map(text => "policy: " + text)];
    const say = (what, node) => found.push(what + ": " + node.outerHTML.slice(0, 160));
    for (const node of document.querySelectorAll("*")) {
        for (const {name, value} of node.attributes) {
            if (name.startsWith("data-planted")) say("element", node);
            else if (name.startsWith("on") || name.startsWith("hx-on")) say("handler", node);
            else if (name === "style") say("style attribute", node);
            else if (["href", "src", "action", "formaction", "data", "xlink:href", "srcdoc"].includes(name)) {
                if (/^[\\s\\u0000-\\u0020]*(j\\s*a\\s*v\\s*a\\s*s|vbs|data:text)/i.test(value)) say("address", node);
                if (/^\\s*(https?:)?\\/\\/planted/i.test(value)) say("address elsewhere", node);
            }
        }
    }
    const inline = "script:not([src]):not([type='application/json']), style";
    for (const node of document.querySelectorAll(inline)) say("inline", node);
    if (document.documentElement.textContent.includes("planted-ran")) found.push("a template ran");
    return found;
}"""
#: What every page has, and that nothing stands beyond its right edge.
SHAPE = """() => {
    const found = [], root = document.documentElement, count = document.querySelectorAll("h1").length;
    if (root.lang !== "vi") found.push("lang: " + root.lang);
    if (!document.title.trim()) found.push("no title");
    if (count !== 1) found.push(count + " h1");
    if (root.scrollWidth > root.clientWidth) {
        const beyond = node => node.getBoundingClientRect().right > root.clientWidth + 1;
        const wide = [...document.body.querySelectorAll("*")].filter(beyond);
        const last = wide.filter(node => !wide.some(other => other !== node && node.contains(other))).slice(0, 3);
        found.push(`${root.scrollWidth} px wide: ` + last.map(node => node.outerHTML.slice(0, 110)).join(" | "));
    }
    return found;
}"""
AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(found => ["serious", "critical"].includes(found.impact))
    .flatMap(found => found.nodes.map(node => `${found.id}: ${node.target} ${node.html.slice(0, 110)}`))"""


def is_page(response: HttpResponse) -> bool:
    """Whether a browser shows the answer as a page."""
    shown = response.content and response.status_code // 100 != 3  # a refused method has no page
    return bool(shown) and "text/html" in response.get("Content-Type", "")


@dataclass
class Window:
    """One person's browser."""

    world: World
    browser: Browser
    role: str
    problems: list[str] = field(default_factory=list)
    static: dict[str, HttpResponse] = field(default_factory=dict)  # shared by the windows of one run

    def __post_init__(self) -> None:
        self.client = client_of(self.world, self.role)
        # Playwright's handlers run in a context of their own, which would open the database anew.
        self.here = contextvars.copy_context()
        self.context = self.browser.new_context(timezone_id="Asia/Ho_Chi_Minh", viewport={"width": DESK, "height": 900})
        self.context.add_init_script(WATCH)
        self.context.route("**/*", self._answer)
        self.ready: dict[str, HttpResponse] = {}
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(60_000)
        self.tab.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.tab.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.tab.on("console", self._said)

    def _said(self, message) -> None:
        # A browser says of an error page that it is one.
        if message.type == "error" and not (
            message.text.startswith("Failed to load resource") and message.location["url"] == self.asked
        ):
            self.problems.append(f"console: {message.text[:300]}")

    def _answer(self, route: Route) -> None:
        request, parts = route.request, urlsplit(route.request.url)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            self.problems.append(f"elsewhere: {request.url[:200]}")
            route.abort()
            return
        if address == "/csp/":
            self.problems.append(f"policy report: {(request.post_data or '')[:200]}")
        try:
            response = self.ready.pop(address, None) or self.here.run(self._asked, route, address)
            route.fulfill(status=response.status_code, headers=dict(response.items()), body=response.content)
        except Exception as error:  # noqa: BLE001  # nobody else would hear of it: the page would wait for ever
            self.problems.append(f"{address}: {error!r}")
            route.abort()

    def _asked(self, route: Route, address: str) -> HttpResponse:
        if address.startswith("/static/"):
            if address not in self.static:
                sent = self.client.get(address)
                self.static[address] = HttpResponse(b"".join(sent), status=sent.status_code, headers=dict(sent.items()))
            return self.static[address]
        response = ask(self.client, route.request.method, address, **_passed_on(route.request.headers))
        if response.status_code >= 500:
            self.problems.append(f"{response.status_code} at {address}")
        return response

    def open(self, address: str, response: HttpResponse | None = None) -> list[str]:
        """Show an answer (asked for, unless given); return what is wrong with it."""
        self.problems.clear()
        self.asked = ORIGIN + address
        if response is not None:
            self.ready[address] = response
        try:
            self.tab.goto(self.asked)
        except Error as error:
            return [f"not shown: {str(error).splitlines()[0]}"]
        return self._seen()

    def _seen(self) -> list[str]:
        alive: list[str] = self.tab.evaluate(ALIVE)
        return [*self.problems, *alive]

    def swap(self, address: str) -> list[str]:
        """Let the page shown fetch a part by htmx into its middle; return what is wrong with it."""
        self.problems.clear()
        self.asked = ORIGIN + address
        self.tab.evaluate("address => htmx.ajax('GET', address, {target: 'main', swap: 'innerHTML'})", address)
        return self._seen()

    def looks(self) -> list[str]:
        """What axe finds serious on the page shown, at a desk and on a telephone, and what lacks in its shape."""
        from axe_playwright_python.base import AXE_SCRIPT  # half a megabyte of script

        self.tab.evaluate(AXE_SCRIPT)
        found = []
        for width in (DESK, PHONE):
            self.tab.set_viewport_size({"width": width, "height": 900})
            found += [f"{width} px: {text}" for text in [*self.tab.evaluate(SHAPE), *self.tab.evaluate(AXE)]]
        self.tab.set_viewport_size({"width": DESK, "height": 900})
        return found

    def close(self) -> None:
        self.context.close()


def _passed_on(headers: dict[str, str]) -> dict[str, str]:
    """What the portal looks at of a script's own request."""
    return {name: value for name, value in headers.items() if name.startswith("hx-")}


def same_as(response: HttpResponse) -> str:
    """Tells answers apart that show something else."""
    return hashlib.sha256(ONCE.sub(b"", response.content)).hexdigest()
