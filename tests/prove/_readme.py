"""The newest figures of every proof, as the README quotes them out of the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- figures: written by make prove -->", "<!-- end of figures -->"
#: The one or two figures of a proof that say most; a proof without a line is quoted by its count of goals.
TELLING = {
    "audit_chain": ["forks", "single columns changed and found at their entry"],
    "decisions": ["decisions of 200 verdicts, 50 rounds"],
    "fuzz": ["answers of 500 or above"],
    "guessing": ["guesses looked at, of 1000 from 200 addresses", "tries of the person on a device of theirs"],
    "kill_worker": ["kills while work was fed", "lost messages", "doubled unit scores"],
    "sabotage": ["sabotages caught"],
    "scores": ["days of 320 random campaigns that differ from the reference", "night of a province"],
}


@dataclass(frozen=True)
class Measured:
    """The newest run of a proof on one database."""

    title: str
    database: str
    when: str  # "2026-11-26, 89baeb7e5cc8"
    figures: dict[str, tuple[str, bool]]  # name: value, met


def measured(ledger: str) -> Iterator[Measured]:
    """Read the ledger from the top: the newest run of each proof and database."""
    seen = set[tuple[str, str]]()
    for section in re.split(r"^## ", ledger, flags=re.M)[1:]:
        head, *proofs = re.split(r"^### ", section, flags=re.M)
        stamp = re.match(r"(\S+) \S+ UTC, commit (\w+)", head)
        for proof in proofs:
            heading = re.match(r"(.*) \((\w+), \d+ s\)$", proof.splitlines()[0])
            if stamp is None or heading is None or (heading[1], heading[2]) in seen:
                continue
            seen.add((heading[1], heading[2]))
            rows = re.findall(r"^\| (.+?) \| (.*?) \| .* \| (met|\*\*missed\*\*) \|$", proof, flags=re.M)
            figures = {name: (value, met == "met") for name, value, met in rows}
            yield Measured(heading[1], heading[2], f"{stamp[1]}, {stamp[2]}", figures)


def table(ledger: str, titles: dict[str, str]) -> str:
    """Return the README's table: a line for each proof (name: title) and database that the ledger knows."""
    lines = ["| `make prove ONLY=…` | database | goals met | among them | on, at |", "|---|---|---|---|---|"]
    found = list(measured(ledger))
    for name, title in titles.items():
        for one in (each for each in found if each.title == title):
            telling = [
                f"{figure}: {value}"
                for words in TELLING.get(name, [])
                for figure, (value, _met) in one.figures.items()
                if figure.startswith(words)
            ]
            met = sum(met for _value, met in one.figures.values())
            what = "; ".join(telling) or title.partition(":")[0]
            lines.append(f"| {name} | {one.database} | {met}/{len(one.figures)} | {what} | {one.when} |")
    return "\n".join(lines)


def write(readme: Path, ledger: str, titles: dict[str, str]) -> None:
    """Put the table between its marks. Raises ValueError where the README has none."""
    text = readme.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the README has no place for the figures")
    readme.write_text(f"{before}{BEGIN}\n{table(ledger, titles)}\n{END}{after}", "utf-8")
