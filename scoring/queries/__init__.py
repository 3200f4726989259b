"""The nightly run in one place: every set-based query that turns records into scores.

``values`` → ``reporting`` → ``units`` are the stages in order, ``run`` puts them into one statement that
writes a day, ``reading`` derives the same figures for pages and explanations.
"""

from .reading import TargetFigure, target_figures, target_scores, write_target_scores
from .run import RunFigures, checksums, write_scores
from .values import Scope, in_force

__all__ = [
    "RunFigures",
    "Scope",
    "TargetFigure",
    "checksums",
    "in_force",
    "target_figures",
    "target_scores",
    "write_scores",
    "write_target_scores",
]
