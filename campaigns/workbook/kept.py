"""A workbook between its preview and its writing: kept under its digest, outside the web root."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from django.conf import settings

_DIGEST = re.compile(r"[0-9a-f]{64}")


def keep(content: bytes) -> str:
    """Keep a workbook until it is written; return its digest, which is its name."""
    digest = hashlib.sha256(content).hexdigest()
    _folder().joinpath(f"{digest}.xlsx").write_bytes(content)
    return digest


def kept(digest: str) -> bytes | None:
    """Return a kept workbook's bytes; None where there is none of this digest."""
    if not _DIGEST.fullmatch(digest):
        return None
    file = _folder() / f"{digest}.xlsx"
    return file.read_bytes() if file.exists() else None


def forget(digest: str) -> None:
    """Take a kept workbook away once it is written."""
    if _DIGEST.fullmatch(digest):
        (_folder() / f"{digest}.xlsx").unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.RUN_DIR) / "workbooks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
