"""One question as a command and as a request, and how features, prompts and tokens are named in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union
from urllib.parse import quote

from .. import answers
from ..errors import AtlasError

#: A feature: ``(2, 157)``, ``"2/157"`` or ``{"layer": 2, "index": 157}``.
Feature = Union[str, Tuple[int, int], "answers.FeatureID"]
#: A prompt: its id in the atlas, a corpus's own id, or its text.
Prompt = Union[int, str]


@dataclass(frozen=True)
class Question:
    """One question, as a command of the program and as a request to a server."""

    command: List[str]
    route: str
    options: Dict[str, Any] = field(default_factory=dict)
    #: What options are called on the command line where that is not their name in the request.
    flags: Mapping[str, str] = field(default_factory=dict)
    #: The token, prompt and feature that the route and options need: a server wants ids.
    token: Optional[str] = None
    prompt: Optional[Prompt] = None
    #: ``never``, ``maybe`` (where the program was given one) or ``always``.
    model: str = "never"
    #: Whether its command is one of ``atlas query``.
    is_query: bool = True
    #: Whether a server answers it as a job.
    is_job: bool = False
    #: What of an answer of the program, and of a server, is the answer.
    of_program: Callable[[Any], Any] = lambda answer: answer
    of_server: Callable[[Any], Any] = lambda answer: answer
    #: What only one of both understands.
    program_only: Dict[str, Any] = field(default_factory=dict)
    server_only: Dict[str, Any] = field(default_factory=dict)


def feature_name(feature: Feature) -> str:
    """A feature as ``layer/index``."""
    if isinstance(feature, str):
        layer, _, index = feature.partition("/")
        if layer.isascii() and layer.isdigit() and index.isascii() and index.isdigit():
            return feature
    elif isinstance(feature, Mapping):
        return f"{feature['layer']}/{feature['index']}"
    elif isinstance(feature, tuple) and len(feature) == 2:
        return f"{int(feature[0])}/{int(feature[1])}"
    raise AtlasError(f"expected a feature as layer/index, found {feature!r}")


def feature_id(name: str) -> answers.FeatureID:
    """A feature that is named as ``layer/index``."""
    layer, _, index = name.partition("/")
    return {"layer": int(layer), "index": int(index)}


def token_route(command: List[str], route: str, token: Optional[str], token_id: Optional[int]) -> Tuple[List[str], str]:
    """The command and the route for a token that is named by its text or its id."""
    if (token is None) == (token_id is None):
        raise AtlasError("expected either a token's text or its id")
    if token_id is None:
        return command, route
    return command + [f"--token-id={int(token_id)}"], route.replace("{token}", str(int(token_id)))


def segment(text: str) -> str:
    """A text as one part of an address."""
    return quote(text, safe="")


class Asking:
    """Whoever can have a question answered."""

    def _answer(self, question: Question) -> Any:
        raise NotImplementedError
