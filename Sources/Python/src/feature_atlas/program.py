"""Questions answered by the ``atlas`` program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Collection, List, Optional, TypedDict, Union

from .errors import AtlasError
from .questions import Question

#: The variable that names the program.
VARIABLE = "FEATURE_ATLAS_PROGRAM"

if TYPE_CHECKING:
    from typing_extensions import Unpack

Place = Union[str, "os.PathLike[str]"]


class ProgramSettings(TypedDict, total=False):
    """How the program is run."""

    #: The program; looked for unless given, see :func:`find_program`.
    program: Optional[Place]
    #: The language model's folder, for questions that need it; with ``transcoders`` or ``neurons``.
    model: Optional[Place]
    #: The transcoders' folder.
    transcoders: Optional[Place]
    #: Whether the model's own neurons are the features.
    neurons: bool
    #: Seconds that a question may take; without end unless given.
    timeout: Optional[float]


def find_program(program: Optional[Place] = None) -> str:
    """The ``atlas`` program: as given, as ``FEATURE_ATLAS_PROGRAM`` says, in this package, or in ``PATH``."""
    for place, where in ((program, "program"), (os.environ.get(VARIABLE), VARIABLE)):
        if place:
            found = shutil.which(os.fspath(place))
            if found is None:
                raise AtlasError(f"{where}: expected the program atlas, found nothing that runs at {place}")
            return found
    own = Path(__file__).parent / "bin" / "atlas"
    if os.access(own, os.X_OK):
        return str(own)
    on_path = shutil.which("atlas")
    if on_path is None:
        raise AtlasError(
            f"the program atlas was not found: give it as program=, set {VARIABLE}, put it into PATH, or install a "
            "wheel that holds it"
        )
    return on_path


class Program:
    """The program on one atlas, with the model where one was given.

    :param settings: a :class:`ProgramSettings`
    """

    def __init__(self, atlas: Place, **settings: Unpack[ProgramSettings]) -> None:
        for name in settings:
            if name not in ProgramSettings.__annotations__:
                raise TypeError(f"expected {', '.join(ProgramSettings.__annotations__)}, found {name}")
        self.atlas = os.fspath(atlas)
        self._program = settings.get("program")
        self.timeout = settings.get("timeout")
        model, transcoders = settings.get("model"), settings.get("transcoders")
        neurons = settings.get("neurons", False)
        if (model is None) != (transcoders is None and not neurons):
            raise AtlasError("expected model= together with transcoders= or neurons=True")
        self.model: List[str] = []
        if model is not None:
            self.model = ["--model", os.fspath(model)]
            self.model += ["--neurons"] if neurons or transcoders is None else ["--transcoders", os.fspath(transcoders)]

    def path(self) -> str:
        """Where the program is."""
        return find_program(self._program)

    def answer(self, question: Question) -> Any:
        """What the program answers."""
        options = {**question.options, **question.program_only}
        flags: List[str] = ["--json", f"--atlas={self.atlas}"]
        for name, value in options.items():
            if value is not None:
                flags.append(f"--{question.flags.get(name, name)}={value}")
        if question.token is not None:
            flags.append(f"--token={question.token}")
        if question.prompt is not None and "{prompt}" not in question.route:
            flags.append(f"--prompt={question.prompt}")
        if question.model == "always" and not self.model:
            raise AtlasError(f"{question.command[0]} needs the model: open the atlas with model= and transcoders=")
        if question.model != "never":
            flags += self.model
        # What a "--" protects comes last.
        command = question.command
        split = command.index("--") if "--" in command else len(command)
        words = ["query"] if question.is_query else []
        return question.of_program(self.json([*words, *command[:split], *flags, *command[split:]]))

    def json(self, arguments: List[str], codes: Collection[int] = (0,)) -> Any:
        """The JSON that a command prints, where it ends with one of these codes."""
        text = self.run(arguments, codes)
        try:
            return json.loads(text)
        except ValueError:
            raise AtlasError(f"atlas {arguments[0]}: expected JSON, found {text[:80]!r}") from None

    def run(self, arguments: List[str], codes: Collection[int] = (0,)) -> str:
        """What a command prints; its one line of error as an :class:`AtlasError`."""
        return run_program(self.path(), arguments, codes, timeout=self.timeout)


def run_program(
    program: str,
    arguments: List[str],
    codes: Collection[int] = (0,),
    *,
    timeout: Optional[float] = None,
    before: Optional[Callable[[], None]] = None,
) -> str:
    """What a command prints; its one line of error as an :class:`AtlasError`.

    :param codes: exit codes that count as an answer where something was printed
    :param before: runs in the new process before the program does
    """
    try:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout,
            check=False,
            preexec_fn=before,
        )
    except subprocess.TimeoutExpired:
        raise AtlasError(f"atlas {' '.join(arguments[:2])}: no answer within {timeout} s") from None
    except (OSError, ValueError) as error:
        raise AtlasError(f"{program}: cannot be run: {error}") from None
    if done.returncode == 0 or (done.returncode in codes and done.stdout):
        return done.stdout.decode("utf-8", "replace")
    raise AtlasError(_reason(done, arguments))


def _reason(done: subprocess.CompletedProcess[bytes], arguments: List[str]) -> str:
    """The line with which a command failed."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if lines:
        # Under --json the last line is an object; notes may stand before it.
        try:
            found = json.loads(lines[-1]) if lines[-1].startswith("{") else None
        except ValueError:
            found = None
        message = found.get("message") if isinstance(found, dict) else None
        if isinstance(message, str):
            return message
    for line in lines:
        if line.startswith("Error: "):
            return line[len("Error: ") :]
    if done.returncode < 0:
        return f"atlas {' '.join(arguments[:2])}: ended by signal {-done.returncode}"
    return lines[-1] if lines else f"atlas {' '.join(arguments[:2])}: ended with code {done.returncode}"


def main() -> None:
    """The command ``atlas`` of a wheel that holds the program; tables are written by this package."""
    import sys

    if sys.argv[1:3] == ["export", "tables"]:
        from .__main__ import main as write

        sys.exit(write(["tables", *sys.argv[3:]]))
    own = Path(__file__).parent / "bin" / "atlas"
    if not os.access(own, os.X_OK):
        sys.exit("Error: this installation of feature-atlas holds no program")
    os.execv(own, [str(own), *sys.argv[1:]])
