"""The service at half of its capacity for half an hour.

Is its memory flat, and does anything stay open? One worker process on one core, the clients on the other. The capacity
is measured first, with the same mix: three lists of four from memory, the fourth made anew; now and then a change of a
person, an answer that nobody waits for, a follower of a job who hangs up, and each minute a change of the catalogue,
which makes everything in memory anew.

    python benchmarks/soak.py [--minutes M] [--people N] [--database URL]

Exits with 1 where memory grows by more than the tolerance, connections or files stay open, or an answer is a 5xx. A run
of a few minutes only tries it out: memory is still filling then.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import sqlalchemy as sa
from scipy import stats
from serve import ON, free_port, make_city, new_key, pinned, put_in, running

from service.storage.database import open_database

TOLERANCE = 20.0  # MiB an hour: a leak of a machine's free GiB in two days; what is below the interval's width is noise
N_CLIENTS = 16
CAPACITY_SECONDS = 20.0
SAMPLE_SECONDS = 5.0
N_BLOCKS = 10  # of the second half; samples of one block are not independent, means of blocks nearly are
N_LIMITS = 98  # lengths of lists that are asked for; nobody's list is asked for twice with one of them in 98 turns
N_POOLED = 32  # connections that a process may hold: the pool may fill in between (docs/operations.md)
MORE_OPEN = 8  # connections or other files more at the end than at the beginning
FILES_OF_ONE = 2  # open files of a connection to SQLite: the database, its log
KB_PER_MIB = 1024


@dataclass
class Mix:
    """Requests one after the other.

    Parameters
    ----------
    host, key, people : Where, with which key, and about whom.
    job : A job that never ends, to be followed.
    """

    host: str
    key: str
    people: list[str]
    job: str
    said: Counter[int] = field(default_factory=Counter)

    def request(self, path: str, method: str = "GET", body: bytes = b"") -> bytes:
        """Return a request as bytes."""
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: {self.host}\r\nX-API-Key: {self.key}\r\n{kind}\r\n"
        return head.encode() + body

    def __iter__(self) -> Iterator[tuple[bytes, bool]]:
        """Yield requests, each with whether its client hangs up before the answer."""
        n, n_made = 0, 0
        while True:
            n += 1
            who = self.people[n % 50]
            if n % 997 == 0:
                yield self.request(f"/jobs/{self.job}/events"), True
            elif n % 199 == 0:
                yield self.request(f"/employees/{who}/recommendations?limit=99"), True
            elif n % 101 == 0:
                yield (
                    self.request(f"/employees/{who}", "PATCH", json.dumps({"grade": f"III/{'abcd'[n % 4]}"}).encode()),
                    False,
                )
            elif n % 4 == 0:
                n_made += 1
                turn, place = divmod(n_made, len(self.people))
                limit = (turn + place) % N_LIMITS + 1  # lists of every length from the first minute to the last
                yield self.request(f"/employees/{self.people[place]}/recommendations?limit={limit}"), False
            else:
                yield self.request(f"/employees/{who}/recommendations"), False


class Pace:
    """Lets requests go at a rate, whatever the answers take.

    Parameters
    ----------
    rate : Requests a second; 0 for as fast as they are answered.
    seconds : How long.
    """

    def __init__(self, rate: float, seconds: float) -> None:
        self.rate, self.n, self.begun = rate, 0, time.monotonic()
        self.end = self.begun + seconds

    async def turn(self) -> bool:
        """Wait for the next turn; return False when the time is over."""
        if self.rate:
            self.n += 1
            await asyncio.sleep(max(0.0, self.begun + self.n / self.rate - time.monotonic()))
        return time.monotonic() < self.end


async def ask(mix: Mix, requests: Iterator[tuple[bytes, bool]], pace: Pace) -> None:
    """Send requests over one connection, and count what is said."""
    host, _, port = mix.host.partition(":")
    way: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while await pace.turn():
        request, hangs_up = next(requests)
        reader, writer = way or await asyncio.open_connection(host, int(port))
        writer.write(request)
        if hangs_up:
            await asyncio.sleep(0.01)
            writer.transport.abort()
            way = None
            continue
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            await reader.readexactly(int(length or 0))
            mix.said[int(head[9:12])] += 1
            way = reader, writer
        except (asyncio.IncompleteReadError, ConnectionError):
            mix.said[0] += 1
            way = None
    if way is not None:
        way[1].close()


async def change_catalogue(address: str, key: str, end: float) -> None:
    """Change a training each minute."""
    async with httpx.AsyncClient(headers={"X-API-Key": key}, timeout=60) as http:
        n = 0
        while time.monotonic() < end:
            n += 1
            body = {"training": "SOAK", "name": f"Pelatihan {n}", "hours": 10}
            (await http.put(f"{address}/api/v1/trainings/SOAK", json=body)).raise_for_status()
            await asyncio.sleep(min(60.0, max(0.0, end - time.monotonic())))


async def load(mix: Mix, rate: float, seconds: float) -> float:
    """Ask for some time; return the requests answered a second."""
    pace, requests, before = Pace(rate, seconds), iter(mix), mix.said.total()
    await asyncio.gather(
        change_catalogue(f"http://{mix.host}", mix.key, pace.end),
        *(ask(mix, requests, pace) for _ in range(N_CLIENTS)),
    )
    return (mix.said.total() - before) / (time.monotonic() - pace.begun)


def processes_of(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    return [pid, *(late for child in own for late in processes_of(child))]


def memory(pid: int) -> float:
    """Return the resident memory of a server's processes, in MiB."""
    told = [Path(f"/proc/{one}/status").read_text(encoding="ascii") for one in processes_of(pid)]
    return sum(int(text.partition("VmRSS:")[2].split()[0]) for text in told) / KB_PER_MIB


def still_open(pid: int, url: str) -> tuple[int, int]:
    """Return the connections to the database, and the file descriptors, of a server's processes."""
    links = []
    for one in processes_of(pid):
        for entry in Path(f"/proc/{one}/fd").iterdir():
            try:
                links.append(str(entry.readlink()))
            except FileNotFoundError:
                continue
    address = sa.make_url(url)
    if address.drivername.startswith("sqlite"):
        return sum(link == str(Path(address.database).resolve()) for link in links), len(links)
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with sa.create_engine(address.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool).connect() as connection:
        return int(connection.exec_driver_sql(query).scalar()), len(links)


async def sample(pid: int, seconds: float) -> np.ndarray:
    """Return moments in hours and memory in MiB."""
    begun, taken = time.monotonic(), []
    while time.monotonic() < begun + seconds:
        taken.append(((time.monotonic() - begun) / 3600, memory(pid)))
        print(f"\r{taken[-1][0] * 60:.1f} min, {taken[-1][1]:.0f} MiB ", end="", file=sys.stderr, flush=True)
        await asyncio.sleep(SAMPLE_SECONDS)
    return np.array(taken)


def slope_of(taken: np.ndarray) -> tuple[float, float]:
    """Return MiB an hour of the second half with the half width of its 95% interval, from means of blocks."""
    half = taken[len(taken) // 2 :]
    blocks = np.array([part.mean(axis=0) for part in np.array_split(half, min(N_BLOCKS, len(half)))])
    line = stats.linregress(blocks[:, 0], blocks[:, 1])
    return line.slope, line.stderr * stats.t.ppf(0.975, len(blocks) - 2)


async def soak(mix: Mix, pid: int, url: str, minutes: float) -> bool:
    """Measure the capacity, run at half of it, print what was seen, and return whether all is well."""
    capacity = await load(mix, 0, CAPACITY_SECONDS)
    await asyncio.sleep(2)
    mix.said.clear()
    before = still_open(pid, url)
    print(f"capacity {capacity:.0f} requests/s; {minutes:g} minutes at half of it", flush=True)
    rate, taken = await asyncio.gather(load(mix, capacity / 2, minutes * 60), sample(pid, minutes * 60))
    await asyncio.sleep(10)
    after, (slope, width) = still_open(pid, url), slope_of(taken)
    print(f"{mix.said.total()} answers, {rate:.0f}/s: " + ", ".join(f"{k}: {n}" for k, n in sorted(mix.said.items())))
    print(f"memory of all processes: {taken[0, 1]:.0f} MiB, half-way {taken[len(taken) // 2, 1]:.0f}, at the end "
          f"{taken[-1, 1]:.0f}, most {taken[:, 1].max():.0f}")  # fmt: skip
    print(f"slope of the second half: {slope:+.1f} MiB/hour (95%: {slope - width:+.1f} to {slope + width:+.1f}; "
          f"a leak above {TOLERANCE:g} with its whole interval above 0)")  # fmt: skip
    print(f"connections to the database: {before[0]} at the beginning, {after[0]} at the end")
    print(f"open file descriptors: {before[1]} at the beginning, {after[1]} at the end")
    n_bad = sum(n for status, n in mix.said.items() if status == 0 or status >= 500)
    is_leak = slope > TOLERANCE and slope - width > 0
    return not (n_bad or is_leak or is_left_open(before, after))


def is_left_open(before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Tell whether more connections are open than the pool holds, or more files than those of its connections."""
    others = [n_files - FILES_OF_ONE * n_connections for n_connections, n_files in (before, after)]
    return after[0] > max(N_POOLED, before[0] + MORE_OPEN) or others[1] > others[0] + MORE_OPEN


def measure(folder: Path, people: int, minutes: float, url: str) -> bool:
    """Run everything; return whether all is well."""
    url = make_city(folder, people, url)
    ids, key, port = open_database(url).read("employees")["employee"].tolist(), new_key(url), free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "service", "--database", url, "--on", ON, "serve", "--dev", "--port", str(port)]
    with running(pinned(0, *command), f"{address}/health/ready", BANGKOM_RATE="0") as process:
        put_in(address, key, "/api/v1/plans", b'{"year": 2027}', "application/json")  # no worker: it waits for ever
        jobs = httpx.get(f"{address}/api/v1/jobs", headers={"X-API-Key": key}, timeout=60).raise_for_status()
        mix = Mix(f"127.0.0.1:{port}", key, ids, jobs.json()["items"][0]["id"])
        return asyncio.run(soak(mix, process.pid, url, minutes))


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--people", type=int, default=5_200)
    parser.add_argument("--database", default="", help="empty database; a new SQLite file by default")
    chosen = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory(prefix="bangkom-soak-") as folder:
        is_well = measure(Path(folder), chosen.people, chosen.minutes, chosen.database)
    print("well" if is_well else "not well")
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
