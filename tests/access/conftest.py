"""The twin units with everybody of the matrix, on a clock that stands still."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from .world import NOW, World, build


@pytest.fixture
def world(db: None, evidence_root: Path, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    """Both units and everybody of the matrix. Requests undo what they do (``addresses.ask``)."""
    caplog.set_level(logging.CRITICAL, logger="django.request")  # thousands of refusals, each meant
    with time_machine.travel(NOW, tick=False):
        yield build()
