"""Mutation of pure rules: one expression or statement is changed at a time, and the nearest tests must turn red

Django and the tests are loaded once; each mutant is a fork whose module is executed anew with the change, before the
test file is imported. Only tests that ask no database run, so rules written as SQL and the state tables are not
measured here: ``sabotage`` breaks some of their lines.
"""

import ast
import contextlib
import copy
import importlib
import os
import random
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.prove import Figure, Stage

DATABASES = ("sqlite",)
ROOT = Path(__file__).resolve().parents[2]
GOAL = 95  # percent of a group's mutants
MOST = 150  # mutants of a module; a sample by a fixed seed beyond it
SECONDS = 20  # of one mutant; a loop without end counts as noticed

#: Group: its modules, each with the tests nearest to it.
GROUPS = {
    "scoring": {
        "scoring.forecast": "tests/scoring/test_forecast.py",
        "scoring.pace": "tests/scoring/test_pace.py",
        "scoring.shares": "tests/scoring/test_shares.py",
    },
    "eligibility": {"awards.eligibility": "tests/awards/test_eligibility.py"},
}
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
REACHED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
}  # fmt: skip


def run(stage: Stage) -> Iterable[Figure]:
    """Every mutant of every group; a figure a group and one a survivor."""
    os.environ |= {"TEST_DATABASE": "sqlite", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    os.chdir(ROOT)
    importlib.import_module("tests.conftest")  # once, not in every fork
    for group, modules in GROUPS.items():
        killed, survivors = 0, list[str]()
        for module, tests in modules.items():
            path = Path(module.replace(".", "/") + ".py")
            tree = ast.parse(path.read_text("utf-8"))
            unchanged = verdict(module, tree, tests)
            assert unchanged == 0, f"{tests} is red (exit status {unchanged}) before anything is changed"
            for where, mutant in sample(list(mutants(tree))):
                if verdict(module, mutant, tests) == 0:
                    survivors.append(f"{path}:{where}")
                else:
                    killed += 1
        total = killed + len(survivors)
        met = killed * 100 >= GOAL * total
        yield Figure(f"mutants killed: {group}", f"{killed}/{total}", f"≥ {GOAL} %", met=met)
        for survivor in survivors:
            yield Figure(
                f"survivor: {survivor.replace('|', '/')}", "nobody noticed", f"≥ {GOAL} % of the group", met=met
            )


def sample(found: list[tuple[str, ast.Module]]) -> list[tuple[str, ast.Module]]:
    """All, or as many as fit, always the same."""
    return found if len(found) <= MOST else random.Random(20260101).sample(found, MOST)


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Every changed tree with its line and change."""
    for index, node in enumerate(ast.walk(tree)):
        for change in range(len(changes(node))):
            mutant = copy.deepcopy(tree)
            twin = next(each for at, each in enumerate(ast.walk(mutant)) if at == index)
            line, before = getattr(twin, "lineno", 0), ast.unparse(twin)
            after = changes(twin)[change]
            replace(mutant, twin, after)
            ast.fix_missing_locations(mutant)
            yield f"{line}: {before[:60]} → {ast.unparse(after)[:60]}", mutant


def changes(node: ast.AST) -> list[ast.AST]:
    """What may stand in the node's place."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in COMPARED:
            return [ast.Compare(node.left, [COMPARED[type(operator)]()], node.comparators)]
        case ast.BinOp(op=operator) if type(operator) in REACHED:
            return [ast.BinOp(node.left, REACHED[type(operator)](), node.right)]
        case ast.BoolOp(op=operator):
            return [ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), node.values)]
        case ast.UnaryOp(op=ast.Not()):
            return [node.operand]
        case ast.Constant(value=bool()):
            return [ast.Constant(not node.value)]
        case ast.Constant(value=int() as number):
            return [ast.Constant(number + 1)]
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            return [ast.Return(ast.Constant(None))]
        case ast.Assign() | ast.AugAssign() | ast.Raise():
            return [ast.Pass()]
        case ast.Expr(value=ast.Call() | ast.Yield()):
            return [ast.Pass()]
    return []


def replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put ``new`` where ``old`` stands."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                setattr(parent, name, [new if each is old else each for each in value])


def verdict(module: str, tree: ast.Module, tests: str) -> int:
    """The tests' exit status with the module as in ``tree``; 0 where all are green."""
    importlib.import_module(module)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 2
        with contextlib.suppress(BaseException):
            status = _in_the_child(module, tree, tests)
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _in_the_child(module: str, tree: ast.Module, tests: str) -> int:
    """Execute the changed module in the place of the old one and run its tests."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    space = vars(sys.modules[module])
    for name in [name for name in space if not name.startswith("__")]:
        del space[name]  # else a deleted constant would live on
    exec(compile(tree, f"{module}.py", "exec"), space)  # the mutant itself
    options = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not django_db", tests]
    return int(pytest.main(options))
