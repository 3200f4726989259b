"""The runner of proofs reports what it saw: a missed goal and a dead proof are never a success."""

import subprocess
import sys
from pathlib import Path

import pytest

import tests.prove.__main__ as runner
from tests.prove import Figure, _readme


def test_the_ledger_names_commit_figures_and_misses_newest_first(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "LEDGER", tmp_path / "ledger.md")
    monkeypatch.setattr(runner, "title", str.title)
    for value, met in (("3", False), ("1", True)):
        figure = Figure("decisions", value, "1", met=met)
        runner.write("\n".join(runner.entry([("races", "postgres", 2.0, [figure])])))
    text = runner.LEDGER.read_text("utf-8")
    assert text.startswith("# Ledger of proofs")
    assert text.count("# Ledger of proofs") == 1
    assert text.index("| decisions | 1 | 1 | met |") < text.index("| decisions | 3 | 1 | **missed** |")
    assert runner.commit()[:12] in text


@pytest.mark.parametrize("source", ["raise SystemExit(3)", "def run(stage): return []", "def run(stage): 1 / 0"])
def test_a_proof_that_dies_or_measures_nothing_is_a_miss(tmp_path, source):
    package = tmp_path / "tests" / "prove"
    package.mkdir(parents=True)
    original = Path(runner.__file__)
    for path in (original, original.with_name("__init__.py")):
        (package / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (package.parent / "__init__.py").touch()
    (package.parent / "servers.py").write_text(original.parents[1].joinpath("servers.py").read_text("utf-8"), "utf-8")
    (package / "bad.py").write_text(f'"""A bad proof."""\n{source}\n', "utf-8")
    answer = tmp_path / "figures.json"
    stage = f'{{"database": "sqlite", "folder": "{tmp_path}", "redis_port": 1}}'
    code = "import django; django.setup = lambda: None; import sys; from tests.prove.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--child", "bad", stage, str(answer)], cwd=tmp_path, capture_output=True
    )
    assert done.returncode != 0
    assert not answer.exists()


def test_addresses_of_the_same_server():
    url = "postgresql://postgres:@/postgres?host=/tmp/x"
    assert runner.with_part(url, user="portal_app", database="a") == "postgresql://portal_app:@/a?host=/tmp/x"


def test_each_sabotage_breaks_a_line_that_stands_there_once():
    from tests.prove.sabotage import ROOT, SABOTAGES

    counts = {one.what: (ROOT / one.file).read_text("utf-8").count(one.line) for one in SABOTAGES}
    assert len(SABOTAGES) >= 20
    assert {what: count for what, count in counts.items() if count != 1} == {}


def test_the_readme_quotes_the_newest_figures_of_the_ledger():
    readme = runner.README.read_text("utf-8")
    quoted = readme.partition(_readme.BEGIN)[2].partition(_readme.END)[0].strip()
    titles = {name: runner.title(name) for name in runner.proofs()}
    assert quoted == _readme.table(runner.LEDGER.read_text("utf-8"), titles)
    assert len(quoted.splitlines()) > 10


def test_of_two_runs_the_newer_is_quoted_with_its_misses(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "LEDGER", tmp_path / "ledger.md")
    monkeypatch.setattr(runner, "title", str.title)
    for value, met in (("3", True), ("1", False)):
        figures = [Figure("forks", value, "0", met=met), Figure("writers", "9", "9", met=True)]
        runner.write("\n".join(runner.entry([("audit_chain", "postgres", 2.0, figures)])))
    table = _readme.table(runner.LEDGER.read_text("utf-8"), {"audit_chain": "Audit_Chain"})
    assert "| audit_chain | postgres | 1/2 | forks: 1 |" in table
    assert "forks: 3" not in table
