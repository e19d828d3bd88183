"""The questions that an atlas answers, one method each, whoever answers them.

:class:`feature_atlas.Atlas` has them answered by the ``atlas`` program, :class:`feature_atlas.Client` by a server. No
question is answered here.
"""

from __future__ import annotations

from .circuits import CircuitQuestions
from .experiments import ExperimentQuestions
from .features import FeatureQuestions
from .heads import HeadQuestions
from .prompts import PromptQuestions
from .question import Feature, Prompt, Question, feature_name

__all__ = ["Feature", "Prompt", "Question", "Questions", "feature_name"]


class Questions(FeatureQuestions, PromptQuestions, CircuitQuestions, HeadQuestions, ExperimentQuestions):
    """Every question as a method; answers are dictionaries typed by :mod:`feature_atlas.answers`.

    ``where`` is a group of prompts: ``tag=value``, ``corpus=name``, ``right=yes``, several with commas between.
    ``limit`` is how many rows there are at most. Questions that need the replacement model say so.
    """
