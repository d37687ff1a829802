"""One measurement, in a process of its own: `python -m lib.bench.worker`, the job on its input.

The job comes as JSON on the input, not in the arguments, which everyone on the machine can read:
there is a password in its URL.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

PER_MB = 1 << 20


def measure(job: dict[str, Any]) -> dict[str, Any]:
    """Run the job's function; return its seconds, its peak of memory, and its label.

    Importing is not measured; reading the file is.
    """
    function = getattr(importlib.import_module(job["module"]), job["function"])
    start = time.perf_counter()
    rows = function(job["url"], Path(job["file"]))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": peak_mb(), "label": function.__doc__, "rows": rows}


def peak_mb() -> float:
    """Return the most memory that this process had, or a program that it ran, in MB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / PER_MB
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux, ru_maxrss begins with the peak of the process that started this one.
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        own = int(fields["VmHWM"].split()[0]) * 1024
    return max(own, child) / PER_MB


def main() -> int:
    """Do the job of the standard input, and print what was measured as JSON."""
    try:
        answer = measure(json.load(sys.stdin))
    except Exception as error:
        answer = {"error": " ".join(f"{type(error).__name__}: {error}".split())[:500]}
    print(json.dumps(answer))
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
