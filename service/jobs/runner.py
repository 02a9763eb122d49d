"""The process in which jobs are done, one after the other; its worker may kill it at any moment.

It hears orders on standard input and tells progress and outcomes on standard output, each a line of JSON. When standard
input closes, its worker is gone: it ends at once, with everything that it started.
"""

import json
import os
import queue
import shutil
import signal
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from service.jobs.job import job_of
from service.jobs.kinds import perform
from service.jobs.lease import Lease, LeaseLostError
from service.jobs.messages import code_of, error_document
from service.jobs.running import DONE, LOST, REFUSED, TROUBLE
from service.reference import open_office
from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.jobs import JOBS
from training_catalog.errors import BangkomError, SolverError, StorageError

OF_THE_MACHINE = (StorageError, SolverError)  # errors that another attempt may not meet


def _listen(orders: "queue.Queue[dict[str, Any]]") -> None:
    """Hand orders on; end everything when the worker is gone."""
    folder = None
    for line in sys.stdin:
        order = json.loads(line)
        folder = order["folder"]
        orders.put(order)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    if os.getsid(0) == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _lease_of(database: Database, order: dict[str, Any]) -> Lease:
    with transaction(database.engine) as connection:
        query = JOBS.select().where(JOBS.c.job_id == order["job_id"], JOBS.c.token == order["token"])
        row = connection.execute(query).mappings().first()
    if row is None:
        raise LeaseLostError(order["job_id"])
    return Lease(database, job_of(row), order["owner"], order["token"])


def outcome_of(url: str, order: dict[str, Any], tell: Any) -> dict[str, Any]:  # noqa: ANN401 (`Tell` of kinds)
    """Do a job and return how it ended: done, refused for good, in trouble that may pass, or lost to another worker."""
    try:
        database = open_office(url)
    except BangkomError as error:  # the job cannot help it
        return _ended(TROUBLE, error)
    try:
        perform(database, _lease_of(database, order), Path(order["folder"]), tell)
    except LeaseLostError:
        return {"outcome": LOST}
    except BangkomError as error:
        is_trouble = isinstance(error, OF_THE_MACHINE) or isinstance(error.__cause__, OSError)
        return _ended(TROUBLE if is_trouble else REFUSED, error)
    except Exception as error:  # noqa: BLE001 (a defect or a full disk: told to the operator, tried again, then given up)
        traceback.print_exc()
        told = BangkomError("the program failed: {reason}", reason=f"{type(error).__name__}: {error}")
        return {"outcome": TROUBLE, "error": error_document("failure", told)}
    return {"outcome": DONE}


def _ended(outcome: str, error: BangkomError) -> dict[str, Any]:
    return {"outcome": outcome, "error": error_document(code_of(error), error)}


def _say(channel: TextIO, document: dict[str, Any]) -> None:
    with suppress(BrokenPipeError):
        channel.write(json.dumps(document) + "\n")


def main() -> None:
    """Do jobs until the worker is gone; what a library prints goes to standard error."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    url = os.environ["BANGKOM_DATABASE_URL"]
    while True:
        order = orders.get()

        def tell(stage: str, done: int, total: int) -> None:
            _say(channel, {"stage": stage, "done": done, "total": total})

        _say(channel, outcome_of(url, order, tell))


if __name__ == "__main__":
    main()
