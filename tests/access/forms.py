"""The forms of a page, as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Found:
    """One form of a page."""

    method: str
    action: str
    names: set[str] = field(default_factory=set)
    submits: bool = False


class Forms(HTMLParser):
    """The forms of a page with the names of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Found] = []
        self.current: Found | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.current = Found((said.get("method") or "get").lower(), said.get("action") or "")
            self.forms.append(self.current)
        elif self.current is not None:
            self.current.names.add(said.get("name") or "")
            is_button = tag == "button" and (said.get("type") or "submit") == "submit"
            self.current.submits |= is_button or (tag == "input" and said.get("type") in ("submit", "image"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None


def forms_of(html: str) -> list[Found]:
    parser = Forms()
    parser.feed(html)
    return parser.forms
