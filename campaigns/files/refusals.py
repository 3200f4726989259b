"""Why an uploaded file is refused, each with the mend. Pure."""

from __future__ import annotations

from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _


class Refusal(TextChoices):
    """One reason; the label is the sentence the sender reads."""

    EMPTY = "empty", _("The file is empty.")
    TOO_LARGE = "too_large", _("The file is larger than 20 MB. Compress it or split it.")
    NOT_ALLOWED = "not_allowed", _("Only PDF, Word (.docx), Excel (.xlsx), JPG and PNG files are taken.")
    OLD_OFFICE = (
        "old_office",
        _("Old or password-protected Office files are not taken. Save it as .docx, .xlsx or PDF."),
    )
    WRONG_EXTENSION = "wrong_extension", _("The file's name ends in a type that does not match its content.")
    DAMAGED = "damaged", _("The file is damaged or incomplete. Export it again and send the new copy.")
    DISGUISED = "disguised", _("The file hides a second kind of file inside it.")
    TEST_VIRUS = "test_virus", _("The file carries the mark of a virus.")
    PROTECTED = "protected", _("The file is protected by a password. Send a copy without one.")
    ACTIVE_PDF = (
        "active_pdf",
        _("The PDF contains a script, a form program or an attached file. Print it to a new PDF."),
    )
    MACRO = "macro", _("The file contains macros. Save it as an ordinary .docx or .xlsx.")
    EMBEDDED = "embedded", _("The file contains an embedded program or object. Remove it, or send a PDF.")
    LINKED = "linked", _("The file is linked to another file or template. Break the links, or send a PDF.")
    ENTITIES = "entities", _("The file contains a document definition that Office never writes.")
    UNPACKS_TOO_LARGE = "unpacks_too_large", _("The file unpacks to far more than its size. Send a PDF instead.")
    TOO_MANY_PARTS = "too_many_parts", _("The file has too many parts. Send a PDF instead.")
    TOO_MANY_PIXELS = "too_many_pixels", _("The picture has more than 40 million pixels. Make it smaller.")


class FileRefused(ValueError):
    """The file is not taken; nothing of it was stored."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason
