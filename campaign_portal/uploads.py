"""The first upload handler: a body that is too large is refused before it is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


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
