"""Two exports of scores held against each other."""

from collections.abc import Mapping
from typing import Any


def compare(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    """Every difference between two exports as a readable line, e.g. ``P01 total_bp: expected 8525, got 8524``.

    Types count too (``1`` is not ``"1"`` nor ``True``), and so does the order of the units.
    """
    differences = [
        _line(key, expected.get(key, ABSENT), actual.get(key, ABSENT))
        for key in sorted((expected.keys() | actual.keys()) - {"units"})
        if not _same(expected.get(key, ABSENT), actual.get(key, ABSENT))
    ]
    wanted = {unit["code"]: unit for unit in expected["units"]}
    found = {unit["code"]: unit for unit in actual["units"]}
    if list(wanted) != [unit["code"] for unit in actual["units"]]:
        differences.append(_line("units", list(wanted), [unit["code"] for unit in actual["units"]]))
    for code in wanted:
        if code in found:
            differences += _compare_tree(code, wanted[code], found[code])
    return differences


ABSENT = "(absent)"


def _compare_tree(path: str, expected: Any, actual: Any) -> list[str]:
    if not (isinstance(expected, Mapping) and isinstance(actual, Mapping)):
        return [] if _same(expected, actual) else [_line(path, expected, actual)]
    differences = []
    for key in sorted(expected.keys() | actual.keys()):
        differences += _compare_tree(f"{path} {key}", expected.get(key, ABSENT), actual.get(key, ABSENT))
    return differences


def _same(expected: Any, actual: Any) -> bool:
    return type(expected) is type(actual) and expected == actual


def _line(path: str, expected: Any, actual: Any) -> str:
    return f"{path}: expected {expected!r}, got {actual!r}"
