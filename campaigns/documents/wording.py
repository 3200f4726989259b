"""Dates, amounts and names as official Vietnamese documents write them. Documents are Vietnamese in either language."""

from __future__ import annotations

import datetime as dt

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ")


def official_day(day: dt.date | None, *, year: int | None = None) -> str:
    """Return a date as Decree 30/2020 writes it; with room to write by hand where there is none yet.

    Days below 10 and months 1 and 2 have a leading zero, the other months do not.
    """
    if day is None:
        return f"ngày       tháng       năm {year or ''}".rstrip()
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def place_and_day(place: str, day: dt.date | None, *, year: int | None = None) -> str:
    """Return the line of place and date: ``Quận A, ngày 05 tháng 11 năm 2026``."""
    return ", ".join(filter(None, [place, official_day(day, year=year)]))


def number_line(number: str, symbol: str) -> str:
    """Return the line of number and symbol; with room for the number where the document has none yet."""
    return f"Số: {number}" if number else f"Số:         /{symbol}"


def amount_in_words(amount: int) -> str:
    """Return đồng in words: 1410000 → ``Một triệu bốn trăm mười nghìn đồng``. For sums below 10¹²."""
    if not 0 <= amount < 10**12:
        raise ValueError("an amount below a thousand billion")
    groups = []
    rest = amount
    while rest:
        rest, group = divmod(rest, 1000)
        groups.append(group)
    words: list[str] = []
    for place in range(len(groups) - 1, -1, -1):
        if groups[place]:
            words += [*_hundreds(groups[place], full=bool(words)), _GROUPS[place]]
    text = " ".join(filter(None, words)) or _DIGITS[0]
    return f"{text[0].upper()}{text[1:]} đồng"


def _hundreds(group: int, *, full: bool) -> list[str]:
    """The words of one group of three digits; ``full``: others stand before it, so hundreds are said even if none."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return words
