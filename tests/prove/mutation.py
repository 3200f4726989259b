"""Mutation of rules: one expression or statement is changed at a time, and the nearest tests must turn red

Django, the tests and a database in memory are loaded once; each mutant is a fork of that process, so it has a copy
of them all, in which the module is executed anew with the change and every name that leads to the old one is led to
the new one. A rule written as SQL is held against the reference (``_mutation_night``). Of a long module a sample is
taken, the same every time.
"""

import ast
import contextlib
import gc
import importlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.prove import Figure, Stage, _mutants

DATABASES = ("sqlite",)
ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("campaigns", "scoring", "awards", "campaign_portal", "tests")
GOAL = 95  # percent of a group's mutants
MOST = 40  # mutants of a module; a sample by a fixed seed beyond it
AT_ONCE = os.cpu_count() or 1
SECONDS = 30  # of the processor for one mutant; a loop without end counts as noticed
#: First the night against the reference (``_mutation_night``), then what it does not ask.
NIGHT = ("tests/scoring/test_worked_examples.py", "tests/scoring/test_scope.py")
WHAT_IF = "tests/scoring/test_what_if.py::test_what_is_tried_is_what_a_campaign_of_that_policy_gets"
WRITING = (*NIGHT, "tests/scoring/test_writing.py")

#: Group: its modules, each with what is nearest to it: files of tests, or the night.
GROUPS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "scoring": {
        "scoring.forecast": "tests/scoring/test_forecast.py",
        "scoring.pace": "tests/scoring/test_pace.py",
        "scoring.shares": "tests/scoring/test_shares.py",
        "scoring.formula": "tests/scoring/test_formula.py",
        "scoring.course": "tests/scoring/test_course.py",
    },
    "provisional scores and changes": {
        "scoring.provisional": "tests/scoring/test_provisional.py",
        "scoring.contributions": "tests/scoring/test_change_steps.py",
        "scoring.changes.steps": "tests/scoring/test_change_steps.py",
        "scoring.changes.reasons": "tests/scoring/test_change_causes.py",
    },
    "scoring, as SQL": {
        "scoring.rules": (*NIGHT, WHAT_IF),
        "scoring.queries.values": NIGHT,
        "scoring.queries.units": NIGHT,
        "scoring.queries.reporting": NIGHT,
        "scoring.queries.run": WRITING,
        "scoring.queries.reading": WRITING,
    },
    "eligibility": {
        "awards.eligibility": "tests/awards/test_eligibility.py",
        "awards.rule_parts": "tests/awards/test_rule_parts.py",
        "awards.queries.basis": "tests/awards/test_basis.py",
        "awards.queries.facts": "tests/awards/test_evaluation.py tests/awards/test_facts.py",
    },
    "money and votes": {
        "awards.money": "tests/awards/test_money.py",
        "awards.ballot": "tests/awards/test_ballot.py",
    },
    "workflow": {
        "awards.workflow": "tests/awards/test_steps.py",
        "campaigns.workflow": "tests/campaigns/test_workflow.py",
    },
    "reports, verdicts and appeals": {
        "campaigns.plan_rules": "tests/campaigns/test_plan_rules.py",
        "campaigns.openness": "tests/campaigns/test_openness.py",
        "campaigns.report_checks": "tests/campaigns/test_report_checks.py",
        "campaigns.verdict_rules": "tests/campaigns/test_verdict_rules.py",
        "campaigns.thread_rules": "tests/campaigns/test_thread_rules.py",
    },
    "days and deadlines": {
        "campaigns.calendar": "tests/campaigns/test_calendar.py",
        "campaigns.calendar_plan": "tests/campaigns/test_calendar_plan.py",
        "campaigns.reminder_ladder": "tests/campaigns/test_reminder_ladder.py",
    },
}
#: Survivors that no test can notice: module, how the line begins, change; why. They are left out of the count.
EQUIVALENT = {
    ("scoring.forecast", "slope =", "day - mean_day → day + mean_day"): "the other factor sums to 0",
    ("scoring.forecast", "slope =", "value - mean_value → value + mean_value"): "the other factor sums to 0",
    ("scoring.rules", "below_floor =", "0 → 1"): "below a floor of 1 is only 0, which counts 0 with or without it",
    ("scoring.rules", "below_floor =", "floor_bp__gt=0 → floor_bp__gte=0"): "nothing is below a floor of 0",
    ("scoring.provisional", "points =", "10000 → 10001"): "twice a number is even, so none lies between",
    ("scoring.changes.steps", "return (2 * moved", "10000 → 10001"): "twice a number is even, so none lies between",
    ("scoring.changes.steps", "rounding_bp:", "0 → 1"): "it is set at the end",
    ("scoring.contributions", "base =", "0 → 1"): "where nothing is counted there is nothing to divide it among",
    ("scoring.queries.units", "function =", "function = 'JSONB_OBJECT_AGG' → pass"): "SQLite has its own name for it",
    ("scoring.queries.values", "sent.filter(", "ends_on__gt=scope.day → ends_on__gte=scope.day"): "it only looks twice",
    ("scoring.queries.units", "s_bonus_bp=", "points_bp__gt=0 → points_bp__gte=0"): "an entry of 0 adds nothing",
    ("scoring.queries.units", "s_penalty_bp=", "0 → 1"): "an entry of 0 adds nothing",
    ("campaigns.plan_rules", "P =", "P = TypeVar('P', bound=_Ending) → pass"): "for the type checker only",
    ("scoring.queries.units", "s_penalty_bp=", "points_bp__lt=0 → points_bp__lte=0"): "an entry of 0 adds nothing",
    ("awards.queries.facts", "if plan", "plan and launched → plan or launched"): "the query asks for both",
    ("awards.workflow", "super()", "super().__init__(code) → pass"): "BaseException.__new__ keeps the argument",
}


def run(stage: Stage) -> Iterable[Figure]:
    """Every mutant of every group, in a process that has the tests' settings from its start."""
    answer = stage.folder / "mutants.json"
    migrated = stage.environment["DATABASE_URL"].removeprefix("sqlite:///")
    command = [sys.executable, "-m", "tests.prove.mutation", migrated, str(answer)]
    subprocess.run(command, cwd=ROOT, env=stage.for_tests(), check=True)
    return [Figure(**figure) for figure in json.loads(answer.read_text("utf-8"))]


def main(migrated: str, answer: str, groups: Iterable[str]) -> None:
    """Measure the named groups, or all, over a copy of the migrated database; write the figures."""
    import django  # the settings are the environment's

    django.setup()
    warm_up()
    keep_in_memory(migrated)
    checks = Checks()
    gc.freeze()  # else every fork walks through, and copies, all that is loaded
    figures = [asdict(figure) for group in groups or GROUPS for figure in measured(group, checks)]
    Path(answer).write_text(json.dumps(figures), "utf-8")


def warm_up() -> None:
    """Load pytest's plugins and the fixtures once, not in every fork."""
    import pytest

    with quiet():
        pytest.main(["-q", "--collect-only", "-p", "no:cacheprovider", "tests/scoring/test_shares.py"])


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that is written reaches the terminal."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def keep_in_memory(migrated: str) -> None:
    """Lead Django's connection to a copy of the database in memory: a fork has one of its own, at no cost."""
    from django.db import connection  # settings are read by now
    from django.test import utils

    connection.close()
    connection.settings_dict["NAME"] = "file:mutation?mode=memory&cache=shared"
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(migrated)) as source:
        source.backup(connection.connection)
    # pytest would make a database of its own in every fork.
    utils.setup_databases = lambda *arguments, **options: []  # type: ignore[assignment]
    utils.teardown_databases = lambda *arguments, **options: None  # type: ignore[assignment]


class Checks:
    """What can be asked about a module; 0 says that all is as it was."""

    def __init__(self) -> None:
        from tests.prove import _mutation_night

        self.cases: list[Any] = []
        self.night = _mutation_night

    def prepared(self, nearest: str | tuple[str, ...]) -> Callable[[], int]:
        """Load what the question needs, once, and return it as a function for the forks."""
        if isinstance(nearest, str):
            return lambda: _pytest(*nearest.split())
        self.cases = self.cases or self.night.cases()
        return lambda: int(self.night.differs(self.cases)) or _pytest(*nearest)


def _pytest(*tests: str) -> int:
    import pytest

    for name in [name for name in sys.modules if name.split(".")[0] == "tests" and ".test_" in name]:
        del sys.modules[name]  # what a test file computes while it is imported belongs to the mutant
    return int(pytest.main(["-q", "-x", "--tb=no", "-p", "no:cacheprovider", *tests]))


def measured(group: str, checks: Checks) -> Iterable[Figure]:
    """The group's figure, one for every survivor, and one that says what was left out."""
    killed, survivors, left_out = 0, list[str](), 0
    for module, nearest in GROUPS[group].items():
        path = Path(module.replace(".", "/") + ".py")
        source = (ROOT / path).read_text("utf-8")
        tree = ast.parse(source)
        space, check = vars(importlib.import_module(module)), checks.prepared(nearest)
        (unchanged,) = verdicts(module, [("unchanged", tree)], check)
        assert unchanged == 0, f"{nearest} is red (exit status {unchanged}) before {module} is changed"
        chosen = sample(list(_mutants.mutants(tree, space)))
        for (where, _tree), noticed in zip(chosen, verdicts(module, chosen, check), strict=True):
            if noticed:
                killed += 1
            elif is_equivalent(module, source, where):
                left_out += 1
            else:
                survivors.append(f"{path}:{where}")
                print(f"   survivor {survivors[-1]}", flush=True)
    total = killed + len(survivors)
    met = killed * 100 >= GOAL * total
    print(f"   {group}: {killed}/{total}", flush=True)
    yield Figure(f"mutants killed: {group}", f"{killed}/{total}", f"≥ {GOAL} %", met=met)
    for survivor in survivors:
        yield Figure(f"survivor: {survivor.replace('|', '/')}", "nobody noticed", f"≥ {GOAL} % of the group", met=met)
    if left_out:
        yield Figure(f"mutants that change nothing: {group}", str(left_out), "each with its reason", met=True)


def is_equivalent(module: str, source: str, where: str) -> bool:
    """Whether the table says why this survivor does what the module did."""
    number, _, change = where.partition(": ")
    line = source.splitlines()[int(number) - 1].strip()
    return any(key == (module, key[1], change) and line.startswith(key[1]) for key in EQUIVALENT)


def sample(found: list[tuple[str, ast.Module]]) -> list[tuple[str, ast.Module]]:
    """All, or as many as fit, always the same."""
    return found if len(found) <= MOST else random.Random(20260101).sample(found, MOST)


def verdicts(module: str, mutants: list[tuple[str, ast.Module]], check: Callable[[], int]) -> list[int]:
    """What the check says with the module as in each tree, in order; 0 where nobody noticed."""
    said, running = [0] * len(mutants), dict[int, int]()
    for index, (_where, tree) in enumerate(mutants):
        if len(running) == AT_ONCE:
            _wait(running, said)
        running[_fork(module, tree, check)] = index
    while running:
        _wait(running, said)
    return said


def _wait(running: dict[int, int], said: list[int]) -> None:
    child, status = os.wait()
    said[running.pop(child)] = os.waitstatus_to_exitcode(status)


def _fork(module: str, tree: ast.Module, check: Callable[[], int]) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 2
        with contextlib.suppress(BaseException):
            status = _in_the_child(module, tree, check)
        os._exit(status)
    return child


def _in_the_child(module: str, tree: ast.Module, check: Callable[[], int]) -> int:
    """Execute the changed module in the place of the old one and ask."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    space = vars(sys.modules[module])
    old = {name: value for name, value in space.items() if not name.startswith("__")}
    for name in old:
        del space[name]  # else a deleted constant would live on
    exec(compile(tree, f"{module}.py", "exec"), space)  # the mutant itself
    lead_to_the_new(module, old)
    return check()


def lead_to_the_new(module: str, old: dict[str, Any]) -> None:
    """Give every module that imported something of the old one what stands there now."""
    new = vars(sys.modules[module])
    for other in [each for name, each in sys.modules.items() if name.split(".")[0] in PACKAGES]:
        for name, value in list(vars(other).items()):
            if name in old and value is old[name] and name in new and not isinstance(value, types.ModuleType):
                setattr(other, name, new[name])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
