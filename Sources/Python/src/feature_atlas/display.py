"""Graphs and operand grids in a notebook, shown by the atlas's own pages.

``Pages(atlas)`` starts a server for as long as the notebook runs; ``Pages("http://…")`` shows the pages of one that
runs already. A server forbids other pages to frame its own, so cells frame a relay on this machine, which hands on
questions and nothing that writes. The browser must run on the machine of the notebook, or reach its ports. Without
any of that, a graph shows its strongest nodes and edges as tables.
"""

from __future__ import annotations

import atexit
import html
import queue
import re
import subprocess
import threading
from typing import TYPE_CHECKING, List, Optional, Union

import numpy as np

from .errors import AtlasError
from .questions import Feature, feature_name
from .relay import Relay

if TYPE_CHECKING:
    from .atlas import Atlas
    from .graph import Graph

#: Seconds that a server may take to start.
_START = 60.0


class Pages:
    """The pages of an atlas, for cells of a notebook.

        pages = Pages(atlas)
        pages.graph("two-step-0003")
        pages.feature((2, 157))   # with its grid of operands, where the corpus has two

    :param of: an :class:`Atlas`, whose pages are served until the notebook ends or ``close()``, or a server's address
    """

    def __init__(self, of: Union[Atlas, str]) -> None:
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._atlas: Optional[Atlas] = None
        if isinstance(of, str):
            server = of
        else:
            self._atlas = of
            arguments = [of.program.path(), "serve", of.path, "--port", "0", "--read-only", *of.program.model]
            self._process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            atexit.register(self.close)
            server = _address(self._process)
        self._server = server.rstrip("/")
        self._relay = Relay(self._server)
        self.url = self._relay.url

    def close(self) -> None:
        """Ends what was started here."""
        if hasattr(self, "_relay"):
            self._relay.close()
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def graph(self, prompt: Union[int, str], height: int = 700) -> Frame:
        """A prompt's graph, drawn."""
        return Frame(f"{self.url}/#/graph/{self._prompt(prompt)}", height)

    def prompt(self, prompt: Union[int, str], height: int = 700) -> Frame:
        """A prompt's page."""
        return Frame(f"{self.url}/#/prompt/{self._prompt(prompt)}", height)

    def feature(self, feature: Feature, height: int = 700) -> Frame:
        """A feature's page: examples, tokens, neighbours."""
        return Frame(f"{self.url}/#/feature/{feature_name(feature)}", height)

    def circuit(self, token_id: int, height: int = 700) -> Frame:
        """The global circuit that leads to a token's logit."""
        return Frame(f"{self.url}/#/circuit?token={int(token_id)}", height)

    def _prompt(self, prompt: Union[int, str]) -> int:
        if isinstance(prompt, int):
            return prompt
        if self._atlas is not None:
            return self._atlas.prompt_id(prompt)
        from .client import Client

        return int(Client(self._server).prompt(prompt)["id"])


class Frame:
    """A page inside a cell."""

    def __init__(self, url: str, height: int) -> None:
        self.url = url
        self.height = int(height)

    def __repr__(self) -> str:
        return f"<Frame of {self.url}>"

    def _repr_html_(self) -> str:
        return (
            f'<iframe src="{html.escape(self.url, quote=True)}" width="100%" height="{self.height}" '
            'style="border: 1px solid #ccc"></iframe>'
        )


def graph_html(graph: Graph, rows: int = 15) -> str:
    """A graph's strongest nodes and edges as tables, and how to see it drawn."""
    nodes, edges = graph.nodes, graph.edges
    kinds, texts = nodes["kind"].tolist(), nodes["text"].tolist()
    layers, indices = nodes["layer"].tolist(), nodes["feature_index"].tolist()
    positions = nodes["position"].tolist()

    def name(node: int) -> str:
        at = positions[node]
        token = graph.token_texts[at] if at < len(graph.token_texts) else ""
        if kinds[node] == "feature":
            return f"{layers[node]}/{indices[node]} at {at} “{token}”"
        if kinds[node] == "error":
            return f"error of layer {layers[node]} at {at} “{token}”"
        return f"{kinds[node]} “{texts[node]}” at {at}"

    strongest = np.argsort(-np.asarray(nodes["influence"]), kind="stable")[:rows].tolist()
    heaviest = np.argsort(-np.abs(np.asarray(edges["weight"])), kind="stable")[:rows].tolist()
    told: List[str] = [
        f"<p><b>{html.escape(graph.text)}</b>: {len(nodes)} nodes, {len(edges)} edges; replacement score "
        f"{graph.replacement_score:.3f}. <code>Pages(atlas).graph({html.escape(repr(graph.prompt[:12]))}…)</code> "
        "draws it.</p>"
    ]
    told.append(
        _table(
            ("node", "influence", "activation"),
            [(name(n), f"{nodes['influence'][n]:.4f}", f"{nodes['activation'][n]:.3f}") for n in strongest],
        )
    )
    told.append(
        _table(
            ("source", "target", "weight"),
            [(name(edges["source"][e]), name(edges["target"][e]), f"{edges['weight'][e]:.3f}") for e in heaviest],
        )
    )
    return "".join(told)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _address(process: subprocess.Popen[bytes]) -> str:
    """The address that a server prints when it is ready; what it printed instead is an error."""
    lines: queue.Queue[Optional[str]] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line.decode("utf-8", "replace"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    last = ""
    try:
        while True:
            line = lines.get(timeout=_START)
            if line is None:
                raise AtlasError(f"atlas serve: {last.strip() or 'ended'}")
            found = re.search(r"http://[^\s/]+", line)
            if found:
                return found.group(0)
            last = line
    except queue.Empty:
        process.kill()
        raise AtlasError(f"atlas serve: no address within {_START:.0f} s") from None
