"""What a long benchmark is doing now: tables go to standard output, progress to standard error."""

import sys
import time

QUICK = "QUICK: on samples, no claim"  # stands over every table that was made on samples


class Progress:
    """Steps done of those there are.

    Parameters
    ----------
    name : Of the table.
    n_steps : How many there will be.
    """

    def __init__(self, name: str, n_steps: int) -> None:
        self.name, self.n_steps, self.n_begun = name, n_steps, 0
        self.begun = time.perf_counter()

    def step(self, what: str) -> None:
        """Say which step begins."""
        self.n_begun += 1
        self.note(what)

    def note(self, what: str) -> None:
        """Say what is being done within the step."""
        minutes, seconds = divmod(int(time.perf_counter() - self.begun), 60)
        sys.stdout.flush()
        print(f"[{self.name}: step {self.n_begun} of {self.n_steps}, {minutes}:{seconds:02d}] {what}",
              file=sys.stderr, flush=True)  # fmt: skip
