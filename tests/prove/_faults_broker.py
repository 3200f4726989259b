"""Redis dies, forgets, is full, hangs, is not there at all: nobody notices, and all work is done."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.prove import Figure
from tests.prove._portal import Portal
from tests.prove._town import Load, Town, worst_of_twenty

GOAL = "0 lost, 0 doubled, 0 waiting; every answer calm; done ≤ 60 s"


def told(
    name: str, town: Town, load: Load, settled: float, *, sign_in: int = 302, also: str = "", copies: int = 1
) -> Figure:
    """The line of a fault: what people did, what they were answered, what is lost or doubled, how long it took."""
    harm = town.harm(town.acts, copies=copies)
    frightened = [answer for answer in load.answers if not answer.is_calm]
    for answer in frightened[:3] + town.acts.refused[:3]:
        print(f"      {answer.what} {answer.status}: {answer.text[:300]!r}", file=sys.stderr)
    acts = f"{len(town.acts.sent)} sent, {len(town.acts.returned)} returned"
    seen = f"{harm.lost} lost, {harm.doubled} doubled, {harm.waiting} waiting"
    seen += f"; {len(frightened)} of {len(load.answers)} answers not calm"
    worked = len(town.acts.sent) >= 5 and len(town.acts.returned) >= 2
    met = harm.is_none and not frightened and settled <= 60 and worked and sign_in == 302
    return Figure(name, f"{acts}: {seen}; done after {settled:.1f} s{also}", GOAL, met)


def run(portal: Portal, town: Town) -> Iterator[Figure]:
    """One fault after another, each with people at work before, while and after it."""
    with town.load() as load:
        time.sleep(5)
    usual = worst_of_twenty(load.answers)
    yield told("no fault", town, load, town.settle(), also=f"; 95 % of answers ≤ {usual:.2f} s")
    yield _hurt("Redis killed with -9, back after 5 s", portal, town, _kill, _back)
    yield _hurt("FLUSHALL while work is pending", portal, town, _flush, _flush)
    yield _hurt("Redis full (maxmemory, noeviction) for 5 s", portal, town, _fill, _relieve)
    yield _hurt("Redis hangs (SIGSTOP) for 5 s", portal, town, _freeze, _thaw)
    yield _absent(portal, town)


def _absent(portal: Portal, town: Town) -> Figure:
    """Neither Redis nor worker nor beat, the whole time: ``manage.py run_outbox`` does the work."""
    portal.stop("worker")
    portal.stop("beat")
    portal.redis.kill()
    with town.load() as load:
        signed_in = town.sign_in()
        time.sleep(5)
    undone, rounds, started = town.waiting(), 0, time.monotonic()
    while town.waiting() and rounds < 6:  # letters are written in one round and sent in the next
        town.hurry()
        command = [sys.executable, "manage.py", "run_outbox", "--once"]
        subprocess.run(command, env=portal.environment, check=True, capture_output=True)
        rounds += 1
    settled = time.monotonic() - started
    portal.redis.start()
    portal.start_worker()
    portal.start_beat()
    slow = worst_of_twenty(load.answers)
    also = f"; {undone} pieces of work waited for {rounds} × run_outbox; 95 % of answers ≤ {slow:.2f} s"
    figure = told("no Redis, worker or beat at all", town, load, settled, sign_in=signed_in.status, also=also)
    return replace(figure, met=figure.met and undone > 0)


def _hurt(
    name: str, portal: Portal, town: Town, hurt: Callable[[Portal], None], heal: Callable[[Portal], None]
) -> Figure:
    """Hurt Redis while people work, let a person sign in meanwhile, heal it; all work must be done."""
    with town.load() as load:
        time.sleep(1.5)
        hurt(portal)
        signed_in = town.sign_in()
        time.sleep(5)
        heal(portal)
        time.sleep(1)
    settled = town.settle()
    return told(name, town, load, settled, sign_in=signed_in.status, also=f"; sign-in {signed_in.status}")


def _kill(portal: Portal) -> None:
    portal.redis.kill()


def _back(portal: Portal) -> None:
    portal.redis.start()


def _flush(portal: Portal) -> None:
    _client(portal).flushall()


def _fill(portal: Portal) -> None:
    _client(portal).config_set("maxmemory-policy", "noeviction")
    _client(portal).config_set("maxmemory", "1")


def _relieve(portal: Portal) -> None:
    _client(portal).config_set("maxmemory", "0")


def _freeze(portal: Portal) -> None:
    assert portal.redis.process is not None
    portal.redis.process.send_signal(signal.SIGSTOP)


def _thaw(portal: Portal) -> None:
    assert portal.redis.process is not None
    portal.redis.process.send_signal(signal.SIGCONT)


def _client(portal: Portal):  # type: ignore[no-untyped-def]  # redis is imported only here
    import redis

    return redis.Redis.from_url(portal.redis.url)
