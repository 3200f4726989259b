"""What every answer of the portal must keep to, whoever asked: one function a promise, words of each fault out."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.urls import Resolver404, resolve

from .crawl import Answer
from .forms import forms_of

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
    "report-uri /csp/",
}
#: A stored file is a download in a sandbox of its own.
SANDBOX = "sandbox; default-src 'none'"
#: Tables a GET may write: the session, and what sign-in counts.
OWN_TABLES = ("django_session", "axes_")
#: Statements a page may send, whatever it shows (safety.md, row 52).
MOST_STATEMENTS = 25
MARK = re.compile(rb"ZZ[AB]-[A-Z-]+[A-Z]")


def header_faults(response: HttpResponse) -> list[str]:
    """What an answer's headers lack."""
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


def writes(answer: Answer) -> list[str]:
    """The rows that looking wrote."""
    if answer.method != "GET":
        return []
    changing = [sql for sql in answer.statements if re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", sql)]
    return [sql[:90] for sql in changing if not re.match(rf'\w+ (INTO |FROM )?"?({"|".join(OWN_TABLES)})', sql)]


def too_many_statements(answer: Answer) -> str:
    """How many statements looking at a page sent, where that is more than it may; savepoints are not counted."""
    if answer.method != "GET":
        return ""
    sent = sum(not re.match(r"(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)", sql) for sql in answer.statements)
    return f"{sent} statements, more than {MOST_STATEMENTS}" if sent > MOST_STATEMENTS else ""


def senders(answer: Answer) -> dict[str, bool]:
    """The views that the page's sending forms go to, and whether every one of them carries its key."""
    if answer.method != "GET" or answer.by_htmx or not answer.is_page:
        return {}
    found: dict[str, bool] = {}
    for form in forms_of(answer.response.content.decode()):
        if form.method == "post" and form.submits:
            name = view_at(urlsplit(form.action).path or answer.address)
            found[name] = found.get(name, True) and "form_key" in form.names
    return found


def view_at(address: str) -> str:
    """The name of the view that takes a form, with its namespace."""
    try:
        return resolve(address).view_name
    except Resolver404:
        return address


def marks(response: HttpResponse) -> set[str]:
    """The planted words that an answer holds, in its body (a workbook's or document's parts unpacked) or headers."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.items()).encode()
    body: bytes = response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return {mark.decode() for mark in MARK.findall(headers + b"\n" + body)}
