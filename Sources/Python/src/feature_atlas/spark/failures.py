"""What went wrong on a cluster, in one line out of all that Spark says."""

from __future__ import annotations

import re


def reason(error: Exception) -> str:
    """The line with which a task failed: this package's own, else Python's, else Spark's first."""
    text = str(error)
    found = re.findall(r"AtlasError: ([^\n]*)", text)
    if found:
        return str(found[-1])
    lines = [line for line in text.splitlines() if line.strip()]
    python = [line for line in lines if re.match(r"[A-Za-z]\w*(\.\w+)*(Error|Exception): ", line)]
    if python and "Traceback" in text:
        return f"on an executor: {python[-1]}"
    return f"Spark: {lines[0] if lines else type(error).__name__}"
