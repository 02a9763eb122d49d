"""Spans as a collector gets them, from real processes."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from service.settings import TraceSettings, trace_settings
from tests.service.api.conftest import ANI, real_server
from tests.service.api.test_running import Client, as_csv, new_office, stop, worker_on
from training_catalog.errors import InvalidValueError

pytestmark = pytest.mark.long

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector(BaseHTTPRequestHandler):
    """Takes spans as the protocol says."""

    def do_POST(self):
        told = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.append((self.path, told))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def collector():
    """Yield a collector's address, and a function that returns its spans by name."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        server.bodies = []
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def spans():
            assert {path for path, _ in server.bodies} == {"/v1/traces"}
            found = {}
            for _, body in list(server.bodies):
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    for scope in resource.scope_spans:
                        for span in scope.spans:
                            found.setdefault(span.name, []).append(span)
            return found

        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", spans, server.bodies
        finally:
            server.shutdown()


def attributes(span):
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def test_requests_and_jobs_are_told_without_anything_about_a_person(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'office.db'}"
    key = new_office(url)
    with collector() as (endpoint, spans, bodies):
        monkeypatch.setenv("BANGKOM_OTLP_ENDPOINT", endpoint)
        with real_server(url) as (address, server), worker_on(url) as worker, Client(address, key) as client:
            listed = client.http.get(f"/employees/{ANI}/recommendations?limit=3", headers={"traceparent": PARENT})
            absent = client.http.get(f"/nosuch/{ANI}")
            job = client.put_in("pegawai.csv", as_csv(3))
            assert client.ended(job)["state"] == "succeeded"
            assert [stop(process)[0] for process in (worker, server)] == [0, 0]
        found = spans()
    (one,) = found["GET /api/v1/employees/{employee}/recommendations"]
    assert attributes(one) == {
        "http.request.method": "GET", "http.route": "/api/v1/employees/{employee}/recommendations",
        "http.response.status_code": 200, "bangkom.request_id": listed.headers["x-request-id"], "bangkom.caller": "key",
    }  # fmt: skip
    assert (one.trace_id.hex(), one.parent_span_id.hex()) == tuple(PARENT.split("-")[1:3])
    assert 0 < one.end_time_unix_nano - one.start_time_unix_nano < 60e9
    (lost,) = found["GET -"]
    assert (absent.status_code, attributes(lost)["http.response.status_code"]) == (404, 404)
    assert attributes(found["POST /api/v1/imports"][0])["bangkom.job"] == job
    assert [attributes(span) for span in found["job import"]] == [
        {"bangkom.job": job, "bangkom.kind": "import", "bangkom.attempt": 1, "bangkom.state": "succeeded"}
    ]
    sent = b"".join(body for _, body in bodies)
    for private in (ANI, "limit=3", key, "Ani", "pegawai"):
        assert private.encode() not in sent, private


def test_a_collector_that_is_gone_costs_no_answer_and_no_time_to_stop(tmp_path):
    url = f"sqlite:///{tmp_path / 'office.db'}"
    key = new_office(url)
    with real_server(url, BANGKOM_OTLP_ENDPOINT="http://127.0.0.1:9") as (address, server):
        answer = httpx.get(f"{address}/api/v1/employees/{ANI}/recommendations", headers={"X-API-Key": key})
        assert answer.status_code == 200
        code, seconds = stop(server)
        assert code == 0
        assert seconds < 9


@pytest.mark.parametrize("program", ["serve", "worker"])
def test_spans_that_are_asked_for_without_the_library_are_refused_with_what_to_install(tmp_path, program):
    hidden = "import sys; sys.modules['opentelemetry'] = None; from service.cli import main; main()"
    command = [sys.executable, "-c", hidden, "--lang", "en", "--database", f"sqlite:///{tmp_path}/o.db", program]
    environment = {**os.environ, "BANGKOM_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
    ended = subprocess.run([*command, *(["--dev"] if program == "serve" else [])], env=environment, timeout=60,
                           capture_output=True, text=True, check=False)  # fmt: skip
    assert ended.returncode == 3
    assert "install bangkom[telemetry], or unset it" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_settings_of_spans_are_checked_and_off_by_default():
    assert trace_settings({}) is None
    told = {"BANGKOM_OTLP_ENDPOINT": "http://collector:4318/", "BANGKOM_OTLP_SHARE": "0.1"}
    assert trace_settings(told) == TraceSettings(endpoint="http://collector:4318", share=0.1)
    for name, value in (("BANGKOM_OTLP_ENDPOINT", "collector:4318"), ("BANGKOM_OTLP_SHARE", "2")):
        with pytest.raises(InvalidValueError, match=name):
            trace_settings({**told, name: value})
