"""Independent workers of one machine: started together, started again when one dies, gone when their parent is."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from types import FrameType

from service.settings import JobSettings

WATCH_SECONDS = 0.5  # between looks at the workers
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before one is started again, doubled at each death in a row
STEADY_SECONDS = 60.0  # a worker that lived so long begins with the first pause again
MORE_SECONDS = 4.0  # beyond the grace, before a worker that does not stop is killed


@dataclass(slots=True)
class Place:
    """The place of one worker."""

    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    again_at: float = 0.0


class Crew:
    """Workers, each a process of its own.

    Parameters
    ----------
    url : Address of the database; handed over in the environment.
    n_workers : How many.
    settings : Times.
    """

    def __init__(self, url: str, n_workers: int, settings: JobSettings) -> None:
        self.url, self.settings = url, settings
        self.places = [Place() for _ in range(n_workers)]
        self.stop = threading.Event()

    def run(self) -> None:
        """Keep the workers going until SIGTERM or SIGINT, then let them finish or hand back their jobs."""

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            self.stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, on_signal)
        try:
            while not self.stop.is_set():
                for place in self.places:
                    self._look_after(place)
                self.stop.wait(WATCH_SECONDS)
        finally:
            self._end()

    def _look_after(self, place: Place) -> None:
        """Start a worker where there is none, later and later where they keep dying."""
        now = time.monotonic()
        if place.process is not None:
            if place.process.poll() is None:
                return
            is_steady = now - place.started_at >= STEADY_SECONDS
            place.pause = FIRST_PAUSE if is_steady else min(place.pause * 2.0, LONGEST_PAUSE)
            place.again_at, place.process = now + (FIRST_PAUSE if is_steady else place.pause / 2.0), None
        if now >= place.again_at:
            place.started_at = now
            place.process = subprocess.Popen(
                [sys.executable, "-m", "service.jobs.worker"], stdin=subprocess.PIPE,
                env={**os.environ, "BANGKOM_DATABASE_URL": self.url},
            )  # fmt: skip

    def _end(self) -> None:
        """Ask every worker to stop, and kill those that do not."""
        alive = [place.process for place in self.places if place.process is not None]
        for process in alive:
            process.terminate()
        until = time.monotonic() + self.settings.grace_seconds + MORE_SECONDS
        for process in alive:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
