"""A worker's hold on the process that does its jobs: started when needed, heard, killed with all that it started."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

DONE, REFUSED, TROUBLE, LOST = "done", "refused", "trouble", "lost"  # how a job can end


class RunnerDiedError(Exception):
    """The process ended before it told how the job ended."""


class Runner:
    """The process in which jobs are done.

    Parameters
    ----------
    url : Address of the database; handed over in the environment, where no list of processes shows it.
    """

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.jobs.runner"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "BANGKOM_DATABASE_URL": url}, start_new_session=True,
        )  # fmt: skip
        self._heard: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        if self.process.stdout is not None:
            for line in self.process.stdout:
                self._heard.put(line)
        self._heard.put(b"")

    def order(self, job: dict[str, Any]) -> None:
        """Give it a job.

        Raises
        ------
        RunnerDiedError
            When it is gone.
        """
        try:
            if self.process.stdin is not None:
                self.process.stdin.write(json.dumps(job).encode() + b"\n")
                self.process.stdin.flush()
        except OSError as error:
            raise RunnerDiedError from error

    def hear(self, seconds: float) -> dict[str, Any] | None:
        """Return what it tells next; None when it tells nothing for so long.

        Raises
        ------
        RunnerDiedError
            When it is gone.
        """
        try:
            line = self._heard.get(timeout=seconds)
        except queue.Empty:
            return None
        if not line.endswith(b"\n"):
            raise RunnerDiedError
        heard: dict[str, Any] = json.loads(line)
        return heard

    def kill(self) -> None:
        """End it at once, with everything that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
