"""The forms of a page filled in and sent as a browser would, and what sending one did to the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from lxml import html

from tests.campaigns.files import corpus

from .checks import view_at

#: What differs each time although the same was done.
RANDOM = {
    "digest", "hint", "payload_id", "last_seen_at", "expire_date", "session_key", "session_data",
}  # fmt: skip
#: Tables of the machinery: sessions, counted attempts, and which form was sent (with all that came with it).
OF_THE_MACHINERY = ("django_session", "axes_", "usersessions_", "campaigns_idempotencykey", "campaigns_outbox")
_WRITTEN = re.compile(r"\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|REPLACE INTO) \"?(\w+)\"?", re.IGNORECASE)

Data = dict[str, list[Any]]


@dataclass(frozen=True)
class Box:
    """One field of a form."""

    name: str
    kind: str  # of an input, or select, textarea
    values: tuple[str, ...] = ()  # what it holds
    choices: tuple[str, ...] = ()  # of a select, radio buttons and check boxes
    required: bool = False
    hint: str = ""  # inputmode and placeholder


@dataclass(frozen=True)
class Form:
    """A form that sends something, with one of its buttons pressed."""

    page: str
    action: str
    boxes: tuple[Box, ...]
    button: tuple[str, str] | None = None
    is_offered: bool = True  # there is something to fill in or to press

    @property
    def view(self) -> str:
        return view_at(urlsplit(self.action).path)

    @property
    def names(self) -> set[str]:
        return {box.name for box in self.boxes} | ({self.button[0]} if self.button else set())

    @property
    def shape(self) -> tuple[Any, ...]:
        """What tells this form from others like it: the same form for another row is the same."""
        names = frozenset(re.sub(r"\d+", "#", name) for name in self.names)
        where = re.sub(r"\d+", "#", urlsplit(self.action).path)
        return where, names, re.sub(r"\d+", "#", "=".join(self.button)) if self.button else ""

    @property
    def name(self) -> str:
        """The view, and the button that is pressed."""
        return f"{self.view} [{self.button[0]}]" if self.button else self.view

    def __str__(self) -> str:
        pressed = f" [{self.button[0]}={self.button[1]}]" if self.button else ""
        return f"{self.view}{pressed} on {self.page}"


#: Parts of a page that send themselves, and are no form.
_SENDING = "//*[@data-hx-post][.//input or .//textarea][not(self::form or self::button or self::input)]"


def forms_on(text: str, page: str) -> Iterator[Form]:
    """Every form of a page that is sent by POST, once for each of its buttons."""
    if not text.strip():
        return
    document = html.document_fromstring(text)
    outside = {one.get("id"): one for one in document.forms if one.get("id")}
    for one in document.forms:
        if (one.get("method") or "get").lower() != "post":
            continue
        inside = [node for node in one.iter("input", "select", "textarea", "button") if node.get("form") is None]
        if one.get("id") in outside:
            inside += document.xpath(f'//*[@form="{one.get("id")}"]')
        boxes, buttons = _boxes(inside), list(_buttons(inside))
        offered = bool(buttons) or any(box.kind != "hidden" for box in boxes)
        for action, pressed in dict.fromkeys(buttons or [(None, None)]):
            yield Form(page, urljoin(page, action or one.get("action") or page), boxes, pressed, offered)
    for one in document.xpath(_SENDING):
        yield Form(page, urljoin(page, one.get("data-hx-post")), _boxes(list(one.iter("input", "select", "textarea"))))


def _buttons(nodes: list[Any]) -> Iterator[tuple[str | None, tuple[str, str] | None]]:
    """What can be pressed to post the form: an address of its own, and what it says."""
    for node in nodes:
        kind = (node.get("type") or "submit").lower() if node.tag == "button" else (node.get("type") or "").lower()
        if kind in {"submit", "image"} and node.get("formmethod", "post").lower() == "post":
            yield node.get("formaction"), (node.get("name"), node.get("value") or "") if node.get("name") else None


def _boxes(nodes: list[Any]) -> tuple[Box, ...]:
    found: dict[str, Box] = {}
    for node in nodes:
        name, kind = node.get("name"), (node.get("type") or "text").lower() if node.tag == "input" else node.tag
        if not name or kind in {"submit", "image", "button", "reset"} or node.get("disabled") is not None:
            continue
        required = node.get("required") is not None
        hint = f"{node.get('inputmode') or ''} {node.get('placeholder') or ''}"
        if kind == "select":
            options = [
                (one.get("value", one.text or ""), one.get("selected") is not None) for one in node.iter("option")
            ]
            chosen = [value for value, is_chosen in options if is_chosen]
            if not chosen and options and node.get("multiple") is None:
                chosen = [options[0][0]]
            box = Box(name, kind, tuple(chosen), tuple(value for value, _is in options), required, hint)
        elif kind in {"checkbox", "radio"}:
            value = node.get("value", "on")
            box = Box(name, kind, (value,) if node.get("checked") is not None else (), (value,), required, hint)
        else:
            value = (node.text or "").lstrip("\n") if kind == "textarea" else node.get("value") or ""
            box = Box(name, kind, () if kind == "file" else (value,), (), required, hint)
        known = found.get(name)
        found[name] = box if known is None else replace(
            known, values=known.values + box.values, choices=known.choices + box.choices,
            required=known.required or required,
        )  # fmt: skip
    return tuple(found.values())


def filled(form: Form, how: str = "needed", said: Data | None = None) -> Data:
    """What a person would send: the boxes that must be filled are; with "all" the others too, with "changed" one
    that is filled says something else, with "chosen" one that is chosen from. ``said`` is what else is known of boxes.
    """
    data: Data = {}
    changed = how not in {"changed", "chosen"}
    for box in form.boxes:
        values = list(box.values)
        if not any(values) and box.kind != "hidden" and (box.required or how == "all"):
            values = _typed(box)
        elif not changed and any(values) and (other := _otherwise(box) if how == "changed" else _another(box)):
            values, changed = other, True
        if box.kind == "file" and not values:
            continue
        if values or box.kind not in {"checkbox", "radio"}:
            data[box.name] = values
    if form.button:
        data[form.button[0]] = [form.button[1]]
    return {**data, **(said or {})}


def _otherwise(box: Box) -> list[Any]:
    """Something else than a box holds; nothing where that is no text or number."""
    if box.kind not in {"text", "textarea", "number"} or "dd/mm" in box.hint:
        return []
    is_number = box.kind == "number" or "decimal" in box.hint or "numeric" in box.hint
    return ["7" if is_number else f"{box.values[0]} thu"]


def _another(box: Box) -> list[Any]:
    """Another choice than what is chosen."""
    others = [value for value in box.choices if value and value not in box.values]
    return others[-1:] if box.kind in {"select", "radio"} else []


def _typed(box: Box) -> list[Any]:
    if box.kind in {"select", "radio", "checkbox"}:
        return [value for value in box.choices if value][:1]
    if box.kind == "file":
        return [("thu.pdf", corpus.pdf(), "application/pdf")]
    if box.kind == "date" or "dd/mm" in box.hint:
        return ["30/04/2026" if "dd/mm" in box.hint else "2026-04-30"]
    if box.kind == "number" or "decimal" in box.hint or "numeric" in box.hint:
        return ["1"]
    if box.kind in {"email", "url"}:
        return [{"email": "a@example.gov.vn", "url": "https://example.gov.vn/"}[box.kind]]
    return ["Noi dung thu"]


Row = tuple[Any, ...]


@dataclass
class Effect:
    """What one request did: its answer, and the rows that came and went, by table."""

    response: HttpResponse
    rows: dict[str, tuple[list[Row], list[Row]]] = field(default_factory=dict)

    @property
    def tables(self) -> set[str]:
        return set(self.rows)


class Sender:
    """Sends as one person, says what it did, and undoes it."""

    def __init__(self, client: Client, before: dict[str, list[Row]] | None = None) -> None:
        self.client = client
        self.before = {} if before is None else before  # every request is undone: a table is as it was

    def send(self, address: str, data: Mapping[str, Any], **headers: str) -> Effect:
        """Post it, and compare the tables it wrote with what they were."""
        written: set[str] = set()

        def noting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if found := _WRITTEN.match(sql):
                written.add(found[1])
            return execute(sql, params, many, context)

        cookies, after = self.client.cookies.copy(), {}
        with transaction.atomic():
            with connection.execute_wrapper(noting):
                response = post(self.client, address, data, **headers)
                if response.streaming:
                    response.content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
            tables = {table for table in written if not table.startswith(OF_THE_MACHINERY)}
            if response.status_code < 500:
                after = {table: _rows_of(table) for table in tables}
            transaction.set_rollback(True)
        self.client.cookies = cookies
        effect = Effect(response)
        for table, rows in after.items():
            if table not in self.before:
                self.before[table] = _rows_of(table)
            was = self.before[table]
            came, went = [row for row in rows if row not in set(was)], [row for row in was if row not in set(rows)]
            if came or went:
                effect.rows[table] = (came, went)
        return effect


def post(client: Client, address: str, data: Mapping[str, Any], **headers: str) -> HttpResponse:
    """Send it, files included; what it does stays."""
    sent = {name: _sendable(value) for name, value in data.items()}
    return client.post(address, sent, headers=headers or None)


def _sendable(value: Any) -> Any:
    values = value if isinstance(value, list) else [value]
    return [SimpleUploadedFile(*one) if isinstance(one, tuple) else one for one in values]


def _rows_of(table: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # a name our own statements have written
        names = [column[0] for column in cursor.description or ()]
        kept = [number for number, name in enumerate(names) if name not in RANDOM]
        return [tuple(_plain(row[number]) for number in kept) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else str(value) if isinstance(value, (dict, list)) else value
