"""Who claimed a piece of work, and whether its worker outlived it.

A Celery worker is a parent with child processes. Work that takes its child down (a crash, too much memory, the
time limit) leaves the parent running and is at fault; a parent that is gone was killed or restarted from outside,
and the work is not to blame.
"""

from __future__ import annotations

import multiprocessing.process
import os
import socket
import uuid
from pathlib import Path


def new_owner() -> str:
    """Return a name for one claim, never the same twice: host, worker, process, chance."""
    worker = os.getppid() if _is_child() else os.getpid()
    return f"{_host()}:{worker}@{_started(worker)}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def outlived(owner: str) -> bool:
    """Whether the worker that made the claim still runs on this machine though the claim was lost."""
    host, _, rest = owner.partition(":")
    worker, _, started = rest.partition(":")[0].partition("@")
    return host == _host() and worker.isdigit() and started != "" and started == _started(int(worker))


def _host() -> str:
    return socket.gethostname().replace(":", "-")[:40]


def _is_child() -> bool:
    """Whether this process is a child of a Celery worker (billiard marks it as a daemon of its parent)."""
    try:
        from billiard import current_process  # Celery's own fork of multiprocessing
    except ImportError:  # no Celery: nothing has children
        return False
    return bool(current_process().daemon) or multiprocessing.process.parent_process() is not None


def _started(pid: int) -> str:
    """When a process began, in the kernel's own count; empty where it is gone or the system does not tell.

    A number that is given to another process later has another beginning.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else fields[18]
