"""The store of evidence on disk: content-addressed, outside the web root, never overwritten.

A file lies under the SHA-256 of its content. It is written to a temporary name, flushed and renamed, so that it
is there whole or not at all; a row in the database comes after it. What is read is hashed again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


class EvidenceDamaged(Exception):
    """A stored file is missing or no longer has the content it was stored with."""


class EvidenceStoreFull(Exception):
    """The disk takes no more files."""


#: Previews are kept the same way on a shelf of their own: they may be thrown away and drawn anew.
PREVIEWS = "previews"


def path_of(sha256: str, *, shelf: str = "") -> Path:
    """Return where the content with this hash lies; raises ValueError for anything but a hash."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return Path(settings.EVIDENCE_ROOT) / shelf / sha256[:2] / sha256[2:4] / sha256


def store(content: bytes, *, shelf: str = "") -> str:
    """Keep the bytes and return their SHA-256. The same content is kept once. Raises EvidenceStoreFull."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256, shelf=shelf)
    if path.exists() and hash_of(path) == sha256:
        return sha256
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS or 0o750)
        _write(path, content)
    except OSError as error:
        log.exception("evidence not stored")
        raise EvidenceStoreFull from error
    return sha256


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, settings.FILE_UPLOAD_PERMISSIONS or 0o640)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(sha256: str, *, shelf: str = "") -> bool | None:
    """Return whether the content still is what was stored; None where it is missing or cannot be read."""
    try:
        return hash_of(path_of(sha256, shelf=shelf)) == sha256
    except OSError:
        return None


def read(sha256: str, *, shelf: str = "") -> bytes:
    """Return the bytes stored under this hash. Raises EvidenceDamaged, and says so in the log."""
    try:
        content = path_of(sha256, shelf=shelf).read_bytes()
    except OSError as error:
        log.exception("evidence %s is missing", sha256)
        raise EvidenceDamaged(sha256) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        log.error("evidence %s was changed on disk", sha256)
        raise EvidenceDamaged(sha256)
    return content
