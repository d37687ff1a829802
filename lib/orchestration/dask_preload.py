"""Preload script for `dask worker --preload-nanny`: imports `distributed` and `lib` once.

Workers are forked from a server that has done the imports, so that a worker that is started, or
started again, is ready in under a second.
"""

from __future__ import annotations

import multiprocessing

from distributed.utils import get_mp_context


def dask_setup(_nanny: object) -> None:
    """Let the process that is forked for workers import what they need, and not only Dask."""
    context = get_mp_context()  # it names modules of its own when it is called first
    if isinstance(context, multiprocessing.context.ForkServerContext):
        context.set_forkserver_preload(["distributed", "lib.orchestration.dask_cluster"])
