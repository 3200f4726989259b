"""What several documents are laid out with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from campaigns.documents.decree30 import Column, Document30, Signer

from .common import Data

STT = Column("STT", 11, "centre")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def sign(document: Document30, data: Data, *, left: Signer | None = None) -> None:
    """Who signs, and the recipients."""
    signer = Signer(tuple(data["chuc_vu_ky"].split("\n")), data["nguoi_ky"])
    document.signatures(signer, [row["noi_dung"] for row in data["noi_nhan"]], left=left)


def bases(document: Document30, data: Data) -> None:
    """The legal bases."""
    document.bases([row["noi_dung"] for row in data["can_cu"]])


def grouped(rows: list[dict[str, Any]], line: Callable[[dict[str, Any]], list[str]]) -> list[list[str]]:
    """Rows of a table under a heading for each category."""
    made: list[list[str]] = []
    for index, (name, group) in enumerate(groupby(rows, key=lambda row: row["danh_muc"])):
        if name:
            made.append([f"{ROMAN[min(index, len(ROMAN) - 1)]}. {name.upper()}"])
        made += [line(row) for row in group]
    return made


def who(row: dict[str, Any]) -> str:
    """A recipient's name with position or address below."""
    return "\n".join(filter(None, [row["ten"], row["chuc_vu"]]))


def campaign_words(data: Data) -> str:
    """The campaign's name inside a sentence."""
    name: str = data["phong_trao"]
    starts = name.lower().startswith(("phong trào", "đợt", "chiến dịch"))
    return name[:1].lower() + name[1:] if starts else f"phong trào thi đua “{name}”"


def forms_words(data: Data) -> str:
    """The forms of award of the list."""
    forms = dict.fromkeys(row["hinh_thuc"] for row in data["danh_sach"])
    return ", ".join(forms) or "Giấy khen"


def plain(text: str) -> str:
    """A text without its closing point."""
    return text.rstrip(" .;")


def lower_first(text: str) -> str:
    """A text that goes on in a sentence."""
    return text[:1].lower() + text[1:]


def in_campaign(data: Data) -> str:
    """ "trong phong trào …"."""
    return f"trong {campaign_words(data)}"
