"""Runs the proofs one after another, writes the ledger and the README's figures: ``python -m tests.prove [NAME …]``."""

import argparse
import ast
import datetime as dt
import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.prove import Figure, Stage, _readme
from tests.servers import APP_ROLE, RedisServer, create_app_role, start_postgres

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "docs" / "ledger.md"
README = ROOT / "README.md"
HEADING = """# Ledger of proofs

Written by `make prove`, newest first. Each line: what was measured, the value seen, the goal.
"""


def proofs() -> list[str]:
    """Names of the registered proofs: every module of this package."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def title(name: str) -> str:
    """First line of the proof's docstring."""
    text = ast.get_docstring(ast.parse((Path(__file__).parent / f"{name}.py").read_text("utf-8")))
    return (text or name).splitlines()[0].rstrip(".")


def databases(name: str) -> tuple[str, ...]:
    """Databases the proof asks for; read without importing it."""
    for node in ast.parse((Path(__file__).parent / f"{name}.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DATABASES":
            return tuple(ast.literal_eval(node.value))
    return ("postgres",)


def with_part(url: str, *, user: str | None = None, database: str | None = None) -> str:
    """``url`` of a database server with another user or database name."""
    parts = urlsplit(url)
    location = f"{user}:@{parts.netloc.rpartition('@')[2]}" if user else parts.netloc
    path = f"/{database}" if database else parts.path
    return urlunsplit(parts._replace(netloc=location, path=path))


def base_environment(folder: Path) -> dict[str, str]:
    """The environment without anything of a surrounding installation."""
    dropped = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_REDIS_URL", "PORTAL_ENV", "SECRET_KEY"}
    return {name: value for name, value in os.environ.items() if name not in dropped} | {
        "DJANGO_SETTINGS_MODULE": "campaign_portal.settings",
        "RUN_DIR": str(folder / "run"),
        "LOG_LEVEL": "WARNING",
    }


def migrate(environment: dict[str, str]) -> None:
    """Bring the database of this environment to the current schema."""
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)


def environments(server: str, folder: Path, name: str, database: str) -> dict[str, str]:
    """A fresh, migrated database for one proof."""
    environment = base_environment(folder)
    if database == "sqlite":
        environment["DATABASE_URL"] = f"sqlite:///{folder}/proof.sqlite3"
    else:
        import psycopg2  # not needed on SQLite

        connection = psycopg2.connect(server)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS proof_{name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE proof_{name}")
        connection.close()
        owner = with_part(server, database=f"proof_{name}")
        environment |= {"DATABASE_OWNER_URL": owner, "DATABASE_URL": with_part(owner, user=APP_ROLE)}
    migrate(environment)
    return environment


def run_one(server: str, name: str, database: str) -> list[Figure]:
    """Run a proof in its own process; a proof that dies is a figure that was not met."""
    folder = Path(tempfile.mkdtemp(prefix="portal-proof-"))
    redis = RedisServer(folder)
    redis.start()
    try:
        environment = environments(server, folder, name, database) | {"REDIS_URL": redis.url}
        stage = {"database": database, "folder": str(folder), "redis_port": redis.port}
        answer = folder / "figures.json"
        code = subprocess.run(
            [sys.executable, "-m", "tests.prove", "--child", name, json.dumps(stage), str(answer)],
            cwd=ROOT,
            env=environment,
        ).returncode
        if code != 0 or not answer.exists():
            return [Figure("the proof ran to its end", f"exit status {code}", "0", met=False)]
        return [Figure(**figure) for figure in json.loads(answer.read_text("utf-8"))]
    except subprocess.CalledProcessError as error:
        return [Figure("the database was migrated", f"exit status {error.returncode}", "0", met=False)]
    finally:
        redis.kill()
        shutil.rmtree(folder, ignore_errors=True)


def child(name: str, stage: str, answer: str) -> None:
    """In the proof's own process: run it and write its figures."""
    import django  # settings come from the environment the parent made

    django.setup()
    given = json.loads(stage)
    place = Stage(given["database"], Path(given["folder"]), dict(os.environ), given["redis_port"])
    figures = list(importlib.import_module(f"tests.prove.{name}").run(place))
    if not figures:
        raise SystemExit(f"{name} measured nothing")
    Path(answer).write_text(json.dumps([asdict(figure) for figure in figures]), "utf-8")


def commit() -> str:
    """The commit the figures belong to, marked where files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    changed = " with uncommitted changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{git('rev-parse', '--short=12', 'HEAD')}{changed}"


def entry(results: list[tuple[str, str, float, list[Figure]]]) -> Iterator[str]:
    """The new section of the ledger."""
    now = dt.datetime.now(dt.UTC)
    yield f"## {now:%Y-%m-%d %H:%M} UTC, commit {commit()}\n"
    yield f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.\n"
    for name, database, seconds, figures in results:
        yield f"### {title(name)} ({database}, {seconds:.0f} s)\n"
        yield "| figure | seen | goal | |\n|---|---|---|---|"
        for figure in figures:
            yield f"| {figure.name} | {figure.value} | {figure.goal} | {'met' if figure.met else '**missed**'} |"
        yield ""


def write(text: str) -> None:
    """Put ``text`` on top of the ledger."""
    older = LEDGER.read_text("utf-8").removeprefix(HEADING).lstrip() if LEDGER.exists() else ""
    LEDGER.parent.mkdir(exist_ok=True)
    LEDGER.write_text(f"{HEADING}\n{text.rstrip()}\n\n{older}".rstrip() + "\n", "utf-8")


def main() -> int:
    """Run the named proofs, or all; exit status 1 if a goal was missed."""
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:5])
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(proofs())}")
    parser.add_argument("--no-ledger", action="store_true", help="print the figures, write nothing")
    options = parser.parse_args()
    unknown = set(options.names) - set(proofs())
    if unknown:
        parser.error(f"no such proof: {', '.join(sorted(unknown))}")
    folder = Path(tempfile.mkdtemp(prefix="portal-prove-"))
    os.environ["DATABASE_APP_ROLE"] = APP_ROLE
    server = start_postgres(folder / "postgres")
    create_app_role(server)
    results = []
    for name in options.names or proofs():
        for database in databases(name):
            print(f"== {title(name)} ({database})", flush=True)
            started = time.monotonic()
            figures = run_one(server, name, database)
            results.append((name, database, time.monotonic() - started, figures))
            for figure in figures:
                print(f"   {'met   ' if figure.met else 'MISSED'}  {figure.name}: {figure.value} (goal {figure.goal})")
    if not options.no_ledger:
        write("\n".join(entry(results)))
        _readme.write(README, LEDGER.read_text("utf-8"), {name: title(name) for name in proofs()})
    missed = sum(not figure.met for *_, figures in results for figure in figures)
    print(f"{len(results)} proofs, {missed} goals missed")
    return 1 if missed or not results else 0


if __name__ == "__main__":
    raise SystemExit(main())
