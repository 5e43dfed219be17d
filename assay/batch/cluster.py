"""Workers of a Dask scheduler, wherever they run, as an executor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from typing import Any

from assay.errors import Unreachable

CONNECT_SECONDS = 10.0
# Workers may come and go, and get jobs long before they begin them: enough for any number.
AHEAD = 1_000


@contextmanager
def scheduler(address: str) -> Iterator[Callable[[], Executor]]:
    """Connect to a scheduler; gives what makes an executor of its workers.

    Args:
        address: as `dask scheduler` tells it, for example "tcp://10.0.0.1:8786".
    Raises:
        Unreachable: Dask is not installed, or nobody answers; from the executor's making also
            where the scheduler is gone.
    """
    try:
        from distributed import Client
    except ImportError:
        raise Unreachable(
            "--scheduler needs Dask: pip install 'mfdnn-assay[dask]', here and at the workers"
        ) from None
    for name in ("distributed", "distributed.client", "tornado.application"):
        # A lost connection is reported in a sentence, not by their tracebacks.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as fault:
        raise Unreachable(
            f"no scheduler answers at {address} ({type(fault).__name__}): give the address that "
            "`dask scheduler` printed"
        ) from None

    def workers() -> Executor:
        if client.status != "running":
            raise Unreachable(
                f"the scheduler at {address} is gone. What was graded is kept: start it, and run "
                "the same command to resume"
            )
        return Workers(client)

    try:
        yield workers
    finally:
        client.close(timeout=CONNECT_SECONDS)


class Workers(Executor):
    """An executor over a client; without the scheduler it is broken, like a pool of processes."""

    def __init__(self, client: Any) -> None:
        self._client = client
        # Not "pure": a job that failed is run again, and does not fail from a cached result.
        self._workers = client.get_executor(pure=False)

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        """Hand over a call.

        Raises:
            BrokenExecutor: the scheduler is gone.
        """
        if self._client.status != "running":
            raise BrokenExecutor("the scheduler is gone")
        future: Future[Any] = self._workers.submit(function, *arguments, **named)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what is under way, or drop it."""
        self._workers.shutdown(wait=wait and not cancel_futures)
