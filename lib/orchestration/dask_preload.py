"""What a nanny of Dask reads before it starts workers: they are forked with all imports done.

Else each worker, and each that takes the place of a dead one, imports the same again.
"""

from __future__ import annotations

import multiprocessing

from distributed.utils import get_mp_context


def dask_setup(_nanny: object) -> None:
    """Let the process that is forked for workers import what they need, and not only Dask."""
    context = get_mp_context()  # it names modules of its own when it is called first
    if isinstance(context, multiprocessing.context.ForkServerContext):
        context.set_forkserver_preload(["distributed", "lib.orchestration.dask_cluster"])
