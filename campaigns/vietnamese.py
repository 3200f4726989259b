"""Vietnamese text: one normal form, accent-insensitive folding, dictionary order. Pure."""

from __future__ import annotations

import unicodedata

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: the dictionary's order
_LETTER_ORDER = {letter: chr(0x61 + index) for index, letter in enumerate(_ALPHABET)}


def normalise(text: str) -> str:
    """Return text in Unicode NFC, trimmed: the one form stored and compared."""
    return unicodedata.normalize("NFC", text).strip()


def fold(text: str) -> str:
    """Return text without case or diacritics, so that "nguyen" finds "Nguyễn" and "d" finds "đ"."""
    decomposed = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def sort_key(text: str) -> str:
    """Return a key that sorts by the Vietnamese alphabet first, then by tone, on any database.

    >>> sorted(["Ê", "Đ", "D", "An", "Ánh", "Ăn"], key=sort_key)
    ['An', 'Ánh', 'Ăn', 'D', 'Đ', 'Ê']
    """
    letters: list[str] = []
    tones: list[str] = []
    for character in unicodedata.normalize("NFC", text.casefold()):
        decomposed = unicodedata.normalize("NFD", character)
        tone = next((c for c in decomposed if c in _TONES), "")
        base = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
        letters.append(_LETTER_ORDER.get(base, base))
        tones.append(str(_TONES.index(tone) + 1) if tone else "0")
    return "".join(letters) + "\x01" + "".join(tones)
