"""An atlas as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from . import answers
from .exports import Exports
from .feature_views import FeatureViews
from .program import Place, Program, ProgramSettings
from .prompt_views import PromptViews
from .questions import Question, Questions
from .whole_tables import WholeTables

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Atlas(WholeTables, PromptViews, FeatureViews, Questions, Exports):
    """An ``.atlas`` file, opened for reading only.

        with Atlas("my.atlas") as atlas:
            prompts = atlas.prompts().to_pandas()
            graph = atlas.graph("two-step-0003")
            for edges in atlas.iter_edges():
                ...

    Views are :class:`Table`: numpy columns, with ``to_pandas()`` and ``to_arrow()``. Prompts are named by content hash
    in every table, and by id, hash, external id or text where one is asked for. Everything that goes wrong is an
    :class:`AtlasError` of one line.

    The questions (``drivers``, ``circuit``, …) are answered by the ``atlas`` program; see :func:`program.find_program`
    for where it is looked for.

    :param settings: a :class:`program.ProgramSettings`: ``program``, ``model`` with ``transcoders`` or ``neurons=True``
        for questions that need the model, ``timeout``
    """

    def __init__(self, path: Place, **settings: Unpack[ProgramSettings]) -> None:
        #: The program on this atlas.
        self.program = Program(path, **settings)
        super().__init__(path)

    def __repr__(self) -> str:
        return f"<Atlas {self.path}: {self.identity.model_name}, {self.identity.transcoder_name}>"

    def information(self) -> answers.Information:
        """What the atlas is about, and how much it holds, as the program tells it."""
        return cast(answers.Information, self.program.json(["info", self.path, "--json"]))

    def _answer(self, question: Question) -> Any:
        return self.program.answer(question)
