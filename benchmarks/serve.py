"""Recommendations over HTTP: against a bare handler with the same bytes, against bare `predict`, and beside long jobs.

One worker process on one core, `wrk` on the other. Prints ratios of figures taken in this run; no time is a claim.

    python benchmarks/serve.py [--people N] [--seconds S]
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import httpx
import numpy as np

from recommender.candidates import find_candidates
from recommender.gap import find_gaps
from recommender.levels import expect
from recommender.pair_features import make_features
from recommender.person_features import describe_people
from recommender.policy import Policy
from service.pipeline import load_office
from service.storage.database import open_database

os.environ.setdefault("OMP_NUM_THREADS", "1")
ON = "2027-01-04"
BARE = """
from litestar import Litestar, Response, get
from pathlib import Path
BODY = Path({body!r}).read_bytes()
@get("/bare")
async def bare() -> Response[bytes]:
    return Response(content=BODY, media_type="application/json")
app = Litestar([bare], logging_config=None, openapi_config=None)
"""
SCRIPT = """
local people = {{{people}}}
local n = {first} * #people
request = function()
  n = n + 1
  local who = people[(n % #people) + 1]
  local limit = (math.floor(n / #people) % 100) + 1
  return wrk.format("GET", "/api/v1/employees/" .. who .. "/recommendations?limit=" .. limit)
end
"""


def pinned(core: int, *command: str) -> list[str]:
    """Return a command that runs on one core, where the system can say so."""
    return ["taskset", "-c", str(core), *command] if shutil.which("taskset") and os.cpu_count() > 1 else list(command)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command: list[str], address: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; yield its process."""
    with subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                try:
                    httpx.get(address, timeout=5).raise_for_status()
                    break
                except httpx.HTTPError:
                    time.sleep(0.2)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def wrk(url: str, seconds: int, *, clients: int, key: str = "", script: Path | None = None) -> tuple[float, float]:
    """Return requests a second, and the 99th percentile in milliseconds; no answer may be an error."""
    command = pinned(1, "wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "--latency")
    command += ["-H", f"X-API-Key: {key}"] if key else []
    command += ["-s", str(script)] if script else []
    told = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        sys.exit(f"errors under load:\n{told}")
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]), float(value) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def make_city(folder: Path, people: int, url: str = "") -> str:
    """Make the demo city; return its address, and a model that serves whatever its verdict."""
    url = url or f"sqlite:///{folder / 'city' / 'bangkom.db'}"
    run = [sys.executable, "-m", "service", "--on", ON, "--database", url]
    (folder / "city").mkdir()
    made = [*run, "demo", str(folder / "city"), "--people", str(people), "--time-limit", "5", "--json"]
    subprocess.run(made, check=False, capture_output=True)
    told = subprocess.run([*run, "models", "list", "--json"], check=True, capture_output=True)
    model = json.loads(told.stdout)["models"][0]["model"]
    subprocess.run(
        [*run, "models", "approve", model, "--reason", "to have one that serves"], check=False, capture_output=True
    )
    return url


def new_key(url: str) -> str:
    """Return a key that may do what benchmarks do."""
    scopes = ("recommend:read", "people:read", "people:write", "catalog:write", "plan:read", "plan:write")
    command = [sys.executable, "-m", "service", "--database", url, "key", "create", "bench", "--json"]
    made = subprocess.run([*command, *(f"--scope={one}" for one in scopes)], check=True, capture_output=True)
    return json.loads(made.stdout)["key"]


def bare_predict(url: str, n: int = 300) -> tuple[float, list[str]]:
    """Return seconds of a bare `predict` on the pairs of one person, and the people."""
    office, policy = load_office(open_database(url), date.fromisoformat(ON)), Policy()
    if office.predictor.state != "model":
        sys.exit("no model serves, so there is no `predict` to compare with")
    expected, matrices = expect(office.workforce, office.catalog, office.on, policy.gap), []
    for row in range(min(n, office.workforce.n_people)):
        crew = office.workforce.take([row])
        gaps = find_gaps(crew, office.catalog, office.on, policy.gap, expected.deficits)
        candidates = find_candidates(crew, office.catalog, gaps, office.on, policy)
        people = describe_people(crew, office.catalog, gaps, office.on)
        matrices.append(make_features(crew, office.catalog, candidates, people, office.on))
    begun = time.perf_counter()
    for matrix in matrices:
        office.predictor.predictor.predict(matrix)
    return (time.perf_counter() - begun) / len(matrices), office.workforce.ids.tolist()


def put_in(address: str, key: str, path: str, body: bytes, kind: str) -> None:
    """Put in a job."""
    headers = {"X-API-Key": key, "Content-Type": kind}
    httpx.post(f"{address}{path}", content=body, headers=headers, timeout=60).raise_for_status()


def import_body(folder: Path) -> tuple[bytes, str]:
    """Return a form with every assessment of the city, to be read again."""
    content = next((folder / "city" / "berkas").glob("*penilaian*")).read_bytes()
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="penilaian.csv"\r\n\r\n'
    return head + content + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"


def shuffled(ids: list[str]) -> list[str]:
    """Return people in no order, the same each time."""
    return np.random.default_rng(0).permutation(ids).tolist()


def measure(folder: Path, people: int, seconds: int) -> None:
    """Take every figure, and print the ratios."""
    url = make_city(folder, people)
    predict, ids = bare_predict(url)
    run = [sys.executable, "-m", "service", "--database", url, "--on", ON]
    key, port = new_key(url), free_port()
    address = f"http://127.0.0.1:{port}"
    with running(pinned(0, *run, "serve", "--dev", "--port", str(port)), f"{address}/health/ready", BANGKOM_RATE="0"):
        one = f"{address}/api/v1/employees/{ids[0]}/recommendations"
        body = httpx.get(one, headers={"X-API-Key": key}, timeout=60).raise_for_status().content
        (folder / "body").write_bytes(body)
        (folder / "bare_app.py").write_text(BARE.format(body=str(folder / "body")), encoding="utf-8")
        other = free_port()
        granian = pinned(0, sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(other), "--workers",
                         "1", "--loop", "asyncio", "--no-log", "bare_app:app")  # fmt: skip
        with running(granian, f"http://127.0.0.1:{other}/bare", PYTHONPATH=str(folder)):
            bare = [wrk(f"http://127.0.0.1:{other}/bare", seconds, clients=16)[0]]
            cached = [wrk(one, seconds, clients=16, key=key)[0]]
            bare.append(wrk(f"http://127.0.0.1:{other}/bare", seconds, clients=16)[0])
            cached.append(wrk(one, seconds, clients=16, key=key)[0])
        print(f"list of {len(body)} bytes, {people} people, one worker process")
        print(f"cached / bare handler: {sum(cached) / sum(bare):.2f} (aim: at least 0.6; {max(cached):.0f}/s here)")
        for first, (said, order) in enumerate((("in no order", shuffled(ids)), ("one after another", ids))):
            script = folder / "people.lua"
            people_told = ",".join(f'"{nip}"' for nip in order)
            script.write_text(SCRIPT.format(people=people_told, first=50 * first), encoding="utf-8")
            uncached, _ = wrk(address, seconds, clients=4, key=key, script=script)
            print(f"uncached, people {said} / bare predict, time: {1 / uncached / predict:.2f} "
                  f"(aim: within 2; {uncached:.0f}/s here)", flush=True)  # fmt: skip
        beside_jobs(folder, run, address, one, key, seconds)


def beside_jobs(folder: Path, run: list[str], address: str, one: str, key: str, seconds: int) -> None:
    """Compare the 99th percentile of 200 clients with and without a plan and an import beside them."""
    _, alone = wrk(one, seconds, clients=200, key=key)
    with subprocess.Popen([*run, "worker", "-n", "2"], stderr=subprocess.DEVNULL) as worker:
        try:
            put_in(address, key, "/api/v1/plans", json.dumps({"year": 2027, "time_limit": 60}).encode(),
                   "application/json")  # fmt: skip
            put_in(address, key, "/api/v1/imports", *import_body(folder))
            time.sleep(3)
            _, beside = wrk(one, seconds, clients=200, key=key)
        finally:
            worker.send_signal(signal.SIGTERM)
    print(f"p99 of 200 clients beside a plan and an import / without: {beside / alone:.2f} (aim: below 2)")


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5_200)
    parser.add_argument("--seconds", type=int, default=10)
    chosen = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="bangkom-serve-bench-") as folder:
        measure(Path(folder), chosen.people, chosen.seconds)


if __name__ == "__main__":
    main()
