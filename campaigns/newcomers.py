"""A list of people copied from Excel and pasted: one line an account to be made. Pure; nothing is saved here."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .enums import UNIT_ROLES, Role
from .vietnamese import fold, normalise

MOST_LINES = 200
#: What the first cell of a head line says, folded; such a line is skipped.
_HEADS = frozenset({"ho va ten", "ho ten", "full name"})


@dataclass(kw_only=True)
class Line:
    """One pasted line as it was understood, with what keeps it from being taken."""

    number: int
    full_name: str
    position: str = ""
    role: Role | None = None
    unit_id: int | None = None
    unit_name: str = ""
    email: str = ""
    username: str = ""
    problems: list[str] = field(default_factory=list)


def read_lines(
    text: str,
    *,
    units: Mapping[str, tuple[int, str]],
    taken: Container[str],
    is_address: Callable[[str], bool],
) -> list[Line]:
    """Read pasted lines: full name, position, role, unit, e-mail, name for signing in (tabs or semicolons between).

    ``units`` finds (id, name) by folded code or name, ``taken`` holds the names that sign in already, ``is_address``
    knows an e-mail address. A missing name for signing in is made from the person's own.
    """
    lines: list[Line] = []
    given: set[str] = set()
    for number, raw in enumerate(text.splitlines(), start=1):
        cells = [" ".join(normalise(cell).split()) for cell in raw.split("\t" if "\t" in raw else ";")]
        if not any(cells) or fold(cells[0]) in _HEADS:
            continue
        cells += [""] * (6 - len(cells))
        line = Line(number=number, full_name=cells[0], position=cells[1], email=cells[4])
        if not line.full_name:
            line.problems.append(_("The full name is missing."))
        if len(cells) > 6:
            line.problems.append(_("The line has more than six columns."))
        _read_role(line, cells[2], cells[3], units)
        if line.email and not is_address(line.email):
            line.problems.append(_("“%(email)s” is no e-mail address.") % {"email": line.email})
        line.username = cells[5] or suggest_username(line.full_name, taken=taken, given=given)
        if line.username in taken or line.username in given:
            line.problems.append(_("“%(name)s” signs in already; choose another name.") % {"name": line.username})
        given.add(line.username)
        lines.append(line)
    return lines


def suggest_username(full_name: str, *, taken: Container[str], given: Container[str] = ()) -> str:
    """Return a free name for signing in: the given name and the initials before it ("Nguyễn Thị Ánh": anhnt)."""
    words = [word for word in ("".join(c for c in part if c.isalnum()) for part in fold(full_name).split()) if word]
    if not words:
        return ""
    stem = words[-1] + "".join(word[0] for word in words[:-1])
    names = (stem, *(f"{stem}{number}" for number in range(2, 1000)))
    return next((name for name in names if name not in taken and name not in given), stem)


def _read_role(line: Line, role: str, unit: str, units: Mapping[str, tuple[int, str]]) -> None:
    if role:
        found = {fold(str(each.label)): each for each in Role} | {each.value: each for each in Role}
        line.role = found.get(fold(role))
        if line.role is None:
            roles = ", ".join(str(each.label) for each in Role if each != Role.VICE_CHAIRMAN)
            line.problems.append(
                _("There is no role “%(role)s”. There are: %(roles)s.") % {"role": role, "roles": roles}
            )
        elif line.role == Role.VICE_CHAIRMAN:
            line.problems.append(_("A delegation is given by a numbered document, not here."))
    if unit:
        place = units.get(fold(unit))
        if place is None:
            line.problems.append(_("There is no unit “%(unit)s”.") % {"unit": unit})
        else:
            line.unit_id, line.unit_name = place
    elif line.role in UNIT_ROLES:
        line.problems.append(_("A leader's or reporter's role needs a unit."))
