"""Numbers the way Vietnamese people write them: one reader for web forms and workbooks. Pure.

A comma starts the decimals and dots group three digits (``1.234.567,5``). Without a comma a single dot
that is not followed by exactly three digits starts the decimals (``1236.83``); one that is (``1.234``)
can be read two ways and is asked about, never guessed (workbook.md).
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

_MINUS_SIGNS = "-−–"  # hyphen, true minus, and the dash that word processors make of it
_SHAPE = re.compile(r"[0-9]*(?:[.,][0-9]+)*", re.ASCII)
_GROUPS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+", re.ASCII)
_LONGEST = 60  # characters; a draft keeps no more, and no number in range needs them


class NumberCode(StrEnum):
    """Why a text is not taken as a number."""

    NOT_A_NUMBER = "not_a_number"
    AMBIGUOUS = "ambiguous"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"


class NumberProblem(ValueError):
    """A text that is refused; ``wording.number_problem`` says it in the reader's language."""

    def __init__(self, code: NumberCode, text: str, options: tuple[str, ...] = (), *, places: int = 4) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code
        self.text = text  # as typed
        self.options = options  # the two ways to write an ambiguous number, whole number first
        self.places = places  # decimals that are allowed


def read_number(text: str, *, places: int = 4, max_digits: int = 13) -> Decimal:
    """Return the number that ``text`` writes, without trailing zeros.

    ``max_digits`` counts all digits as in a DecimalField, so 13 with 4 places ends below 10**9.
    Raises NumberProblem: nothing is guessed, rounded or cut.
    """
    body = text.strip()
    negative = body[:1] != "" and body[0] in _MINUS_SIGNS
    digits = body[1:] if negative or body[:1] == "+" else body
    if not digits or len(digits) > _LONGEST or not _SHAPE.fullmatch(digits):
        raise NumberProblem(NumberCode.NOT_A_NUMBER, text, places=places)
    value = Decimal(_plain(digits, text, "-" if negative else "", places))
    return check_number(-value if negative else value, text=text, places=places, max_digits=max_digits)


def check_number(value: Decimal, *, text: str = "", places: int = 4, max_digits: int = 13) -> Decimal:
    """Return a number without trailing zeros when it fits ``places`` and ``max_digits``; raise NumberProblem else."""
    if not value.is_finite():
        raise NumberProblem(NumberCode.NOT_A_NUMBER, text or str(value), places=places)
    if value.adjusted() >= max_digits - places and value:
        raise NumberProblem(NumberCode.TOO_LARGE, text or str(value), places=places)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # finite
    kept = list(digits)
    while exponent < 0 and kept and kept[-1] == 0:
        kept.pop()
        exponent += 1
    if exponent < -places and kept:
        raise NumberProblem(NumberCode.TOO_MANY_DECIMALS, text or str(value), places=places)
    if not any(kept):
        return Decimal(0)
    whole = Decimal((sign, tuple(kept), exponent))
    return whole if exponent <= 0 else whole.quantize(Decimal(1))


def _plain(digits: str, text: str, sign: str, places: int) -> str:
    """Return the digits with a decimal point and no grouping."""
    whole, comma, decimals = digits.partition(",")
    if comma:
        if "," in decimals or "." in decimals or ("." in whole and not _GROUPS.fullmatch(whole)):
            raise NumberProblem(NumberCode.NOT_A_NUMBER, text, places=places)
        return f"{whole.replace('.', '') or '0'}.{decimals}"
    if digits.count(".") == 1:
        whole, _, decimals = digits.partition(".")
        if len(decimals) == 3:
            options = (f"{sign}{whole}{decimals}", f"{sign}{whole or '0'},{decimals}")
            raise NumberProblem(NumberCode.AMBIGUOUS, text, options, places=places)
        return f"{whole or '0'}.{decimals}"
    if "." in digits and not _GROUPS.fullmatch(digits):
        raise NumberProblem(NumberCode.NOT_A_NUMBER, text, places=places)
    return digits.replace(".", "")


def share_value(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Return numerator × 100 / denominator, half up to 4 decimals, in exact integers (scoring.md).

    Raises ValueError for a denominator that is not above 0, NumberProblem for a share out of range.
    """
    if denominator <= 0:
        raise ValueError("a share's denominator is above 0")
    top, bottom = _ten_thousandths(numerator) * 1_000_000, _ten_thousandths(denominator)
    return check_number(Decimal((2 * top + bottom) // (2 * bottom)).scaleb(-4))


def _ten_thousandths(value: Decimal) -> int:
    scaled = value.scaleb(4)
    if scaled != int(scaled):
        raise ValueError(f"{value} has more than 4 decimals")
    return int(scaled)
