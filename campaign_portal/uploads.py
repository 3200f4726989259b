"""What is between a sent file and the views: too large a body is refused unread, a full disk is said calmly."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

log = logging.getLogger(__name__)

_FULL = "portal.disk_is_full"


class RefuseOversize(FileUploadHandler):
    """Refuse a multipart body above ``UPLOAD_MAX_BODY_BYTES``; leave the rest to the next handlers."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Raise ``RequestDataTooBig`` (answered with 400) by the announced length."""
        if content_length > settings.UPLOAD_MAX_BODY_BYTES:
            raise RequestDataTooBig(f"Body of {content_length} bytes exceeds {settings.UPLOAD_MAX_BODY_BYTES}.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass every chunk on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Store nothing here."""
        return


class TemporaryFile(TemporaryFileUploadHandler):
    """Django's, for files that do not fit into memory; a disk that is full skips the file and is remembered.

    The rest of the body is still read: a browser shows no answer while it is sending.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open the temporary file."""
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            raise self._skip() from error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a part of it."""
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            raise self._skip() from error

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Hand it on; what was still in a buffer may not have fitted either."""
        try:
            return super().file_complete(file_size)
        except OSError:
            self._skip()
            return None

    def _skip(self) -> SkipFile:
        log.exception("an upload did not fit on the disk")
        assert self.request is not None  # Django gives it before the first file
        self.request.META[_FULL] = True
        return SkipFile()


def disk_was_full(request: HttpRequest) -> bool:
    """Whether a file of this request was skipped for want of space; known once the form has been read."""
    return bool(request.META.get(_FULL))
