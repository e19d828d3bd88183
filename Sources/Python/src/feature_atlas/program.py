"""Questions answered by the ``atlas`` program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, List, Optional, Union

from .errors import AtlasError
from .questions import Question

#: The variable that names the program.
VARIABLE = "FEATURE_ATLAS_PROGRAM"

Place = Union[str, "os.PathLike[str]"]


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

    :param timeout: seconds that a question may take; without end unless given
    """

    def __init__(
        self,
        atlas: Place,
        program: Optional[Place] = None,
        model: Optional[Place] = None,
        transcoders: Optional[Place] = None,
        neurons: bool = False,
        timeout: Optional[float] = None,
    ) -> None:
        self.atlas = os.fspath(atlas)
        self._program = program
        self.timeout = timeout
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
        flags: List[str] = [f"--atlas={self.atlas}", "--json"]
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
        return self.json(["query", *command[:split], *flags, *command[split:]])

    def json(self, arguments: List[str]) -> Any:
        """The JSON that a command prints."""
        text = self.run(arguments)
        try:
            return json.loads(text)
        except ValueError:
            raise AtlasError(f"atlas {arguments[0]}: expected JSON, found {text[:80]!r}") from None

    def run(self, arguments: List[str]) -> str:
        """What a command prints; its one line of error as an :class:`AtlasError`."""
        program = self.path()
        try:
            done = subprocess.run(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=self.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise AtlasError(f"atlas {' '.join(arguments[:2])}: no answer within {self.timeout} s") from None
        except (OSError, ValueError) as error:
            raise AtlasError(f"{program}: cannot be run: {error}") from None
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace")
        raise AtlasError(_reason(done, arguments))


def _reason(done: subprocess.CompletedProcess[bytes], arguments: List[str]) -> str:
    """The line with which a command failed."""
    texts = [part.decode("utf-8", "replace").strip() for part in (done.stderr, done.stdout)]
    for text in texts:
        # Errors under --json may be JSON: a string or an object with the line.
        try:
            found = json.loads(text) if text[:1] == "{" else None
        except ValueError:
            found = None
        if isinstance(found, dict):
            line = found.get("detail") or found.get("error") or found.get("message")
            if isinstance(line, str):
                return line
    lines = texts[0].splitlines()
    for line in lines:
        if line.startswith("Error: "):
            return line[len("Error: ") :]
    if done.returncode < 0:
        return f"atlas {' '.join(arguments[:2])}: ended by signal {-done.returncode}"
    return lines[-1] if lines else f"atlas {' '.join(arguments[:2])}: ended with code {done.returncode}"


def main() -> None:
    """The command ``atlas`` of a wheel that holds the program."""
    import sys

    own = Path(__file__).parent / "bin" / "atlas"
    if not os.access(own, os.X_OK):
        sys.exit("Error: this installation of feature-atlas holds no program")
    os.execv(own, [str(own), *sys.argv[1:]])
