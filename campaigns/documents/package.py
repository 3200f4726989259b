"""A .docx whose bytes depend on its content alone: the same parts give the same file."""

from __future__ import annotations

import io
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FIRST = "[Content_Types].xml"


def stable(content: bytes) -> bytes:
    """Return the package written anew: parts in order of name, one fixed time, one way of packing."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made,
    ):
        for name in sorted(given.namelist(), key=lambda name: (name != _FIRST, name)):
            part = zipfile.ZipInfo(name, date_time=_EPOCH)
            part.compress_type, part.external_attr, part.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            made.writestr(part, given.read(name))
    return written.getvalue()
