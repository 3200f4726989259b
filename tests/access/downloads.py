"""What an answer that is no page may be: a file to save in which nothing runs, or data a browser does not run."""

from __future__ import annotations

import io
import re
import zipfile

from django.http import HttpResponse

from campaigns.files.office import check_office
from campaigns.files.pdf import check_pdf
from campaigns.files.refusals import FileRefused

#: Data that no browser runs where it may not guess the type.
DATA = (
    "application/json",
    "application/problem+json",
    "text/plain",
    "image/jpeg",
    "image/png",
    "text/css",
    "text/javascript",
)
RUNS = re.compile(rb"/(JavaScript|JS|Launch|OpenAction|AA|EmbeddedFile|RichMedia|XFA)\b")


def download_faults(address: str, response: HttpResponse) -> list[str]:
    """What is wrong with a file the portal wrote or kept."""
    kind = response.get("Content-Type", "").partition(";")[0]
    attached = response.get("Content-Disposition", "").startswith("attachment")
    found = []
    if response.get("X-Content-Type-Options") != "nosniff":
        found.append("may be guessed")
    if response.content and not attached and kind not in DATA:
        found.append(f"{kind} is shown")
    found += _inside(kind, response.content)
    return [f"{address}: {fault}" for fault in found]


def _inside(kind: str, content: bytes) -> list[str]:
    """What a reader of documents would run."""
    try:
        if content[:4] == b"PK\3\4":
            check_office(content)
            return _formulas(content)
        if content[:5] == b"%PDF-" and kind == "application/pdf" and b"startxref" in content:
            check_pdf(content)
            return ["runs something"] if RUNS.search(content) else []
    except FileRefused as refused:
        return [f"we would refuse it: {refused.args}"]
    return []


def _formulas(content: bytes) -> list[str]:
    """The sheets in which something is computed from what people wrote."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return [
            f"formula in {name}"
            for name in book.namelist()
            if name.startswith("xl/worksheets/sheet") and re.search(rb"<f[ >][^<]*planted", book.read(name))
        ]
