"""How far a long step is, and how long it will still take, on standard error."""
import sys
import time


class Progress:
    """One step of known size in bytes: `with Progress("writing weights", 540_000_000) as step: step.advance(4096)`.

    On a terminal one line is rewritten twice a second; elsewhere a line appears every ten seconds, and one at the end.
    """

    def __init__(self, name, size):
        self.name, self.size, self.done = name, size, 0
        self.scale, self.unit = (1e6, "MB") if size >= 1e6 else (1e3, "kB")
        self.is_terminal = sys.stderr.isatty()

    def __enter__(self):
        self.start = self.shown = time.monotonic()
        if self.is_terminal:
            self._show()
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.done = self.size
            self._show()
        if self.is_terminal:
            print(file=sys.stderr, flush=True)

    def advance(self, amount):
        self.reach(self.done + amount)

    def reach(self, done):
        self.done = min(done, self.size)
        if time.monotonic() - self.shown >= (0.5 if self.is_terminal else 10):
            self._show()

    def _show(self):
        self.shown = time.monotonic()
        seconds = self.shown - self.start
        left = ""
        if self.done == self.size:
            left = f", {seconds:.0f} s"
        elif self.done and seconds >= 1:
            left = f", {duration(seconds * (self.size - self.done) / self.done)} left"
        line = f"{self.name}: {self.done / self.scale:,.1f} of {self.size / self.scale:,.1f} {self.unit}{left}"
        print(f"\r{line}\033[K" if self.is_terminal else line, end="" if self.is_terminal else "\n", file=sys.stderr, flush=True)


def duration(seconds):
    """3 s, 2 min 5 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
