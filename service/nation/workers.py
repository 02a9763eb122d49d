"""Worker processes: on this machine by joblib, or on a cluster by joblib's Dask backend; lost ones are replaced."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Generic
from warnings import filterwarnings

from joblib import Parallel, cpu_count, delayed, parallel_config

from recommender.allocation.limits import Item, Result, Run, run_here
from training_catalog.errors import InputError

PATIENCE = 5  # seconds until a scheduler answers, and until it has a worker
REPLACED = "A worker stopped while some jobs were given"  # joblib's word on workers that it ends as they have grown
MOST_LOST = 3  # times that workers may be lost while the same task is waited for


class _Told(Generic[Item, Result]):
    """A task in a worker; its own child processes begin afresh there.

    Parameters
    ----------
    task : What is done for each item.
    """

    def __init__(self, task: Callable[[Item], Result]) -> None:
        self.task = task

    def __call__(self, item: Item) -> Result:
        """Do the task.

        Raises
        ------
        InputError
            When the worker may have no child processes.
        """
        if multiprocessing.current_process().daemon:
            raise InputError("--scheduler: the cluster's workers may not start processes; start them with --no-nanny")
        multiprocessing.set_start_method("spawn", force=True)
        return self.task(item)


class Workers:
    """Does tasks in worker processes; results come in the order of the items.

    Parameters
    ----------
    processes : How many at once.
    """

    def __init__(self, processes: int) -> None:
        self.processes = processes

    def __call__(self, task: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
        """Begin; what was under way in a lost worker is done again.

        Raises
        ------
        InputError
            When workers are lost again and again over the same task.
        """
        filterwarnings("ignore", message=REPLACED)  # nothing is lost by it
        source, taken, lost = iter(items), deque[Item](), 0
        while True:
            again = list(taken)
            taken.clear()
            run = Parallel(n_jobs=self.processes, return_as="generator", batch_size=1, pre_dispatch="n_jobs")
            results = run(delayed(_Told(task))(item) for item in _remembered(again, source, taken))
            try:
                for result in results:
                    taken.popleft()
                    lost = 0
                    yield result
            except BrokenProcessPool as error:
                lost += 1
                if lost > MOST_LOST:
                    raise InputError("worker processes end before their work: is there memory for {n} of them?",
                                     n=self.processes) from error  # fmt: skip
            else:
                return


def _remembered(again: list[Item], source: Iterator[Item], taken: deque[Item]) -> Iterator[Item]:
    """Hand out items, and remember those whose result has not come."""
    for items in (again, source):
        for item in items:
            taken.append(item)
            yield item


def usual_processes() -> int:
    """Return how many processes this machine, or the part of it that is given to us, does at once."""
    count: int = cpu_count()
    return count


def run_in(processes: int) -> Run:
    """Return how to run tasks in so many processes of this machine; they start with the first task."""
    return Workers(processes) if processes > 1 else run_here


@contextmanager
def workers(processes: int, scheduler: str | None = None) -> Iterator[tuple[Run, int]]:
    """Yield how to run tasks, and how many are done at once.

    Parameters
    ----------
    processes : Of this machine; not looked at where a cluster does the work.
    scheduler : Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``. Its workers have bangkom installed, in
        the same version, and see the same folders.

    Raises
    ------
    InputError
        When Dask is not installed, or nobody answers at the address.
    """
    if scheduler is None:
        yield run_in(processes), processes
        return
    try:
        from distributed import Client  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise InputError("--scheduler: Dask is not installed here; install 'bangkom[dask]'") from error
    try:
        client = Client(scheduler, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise InputError("--scheduler {address}: no Dask scheduler answers; accepted: tcp://HOST:PORT",
                         address=scheduler) from error  # fmt: skip
    with client, parallel_config(backend="dask"):
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise InputError("--scheduler {address}: the scheduler has no workers", address=scheduler) from error
        n = len(client.scheduler_info(n_workers=-1)["workers"])
        yield Workers(n), n
