"""The container and the hooks before a commit: whole, without rights, and from nowhere else."""

import fnmatch
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent))


def instructions(word):
    return re.findall(rf"^{word} +(.*)$", DOCKERFILE, re.MULTILINE)


def test_every_stage_starts_from_a_python_of_a_named_version_that_the_project_supports():
    bases = [base.split()[0] for base in instructions("FROM")]
    assert len(bases) == 2
    versions = {re.fullmatch(r"python:3\.(\d+)-slim-\w+", base)[1] for base in bases}
    assert len(versions) == 1
    assert int(versions.pop()) >= int(PROJECT["project"]["requires-python"].removeprefix(">=3."))


def test_everything_that_the_build_needs_is_copied_and_not_ignored():
    ignored = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line]
    copied = {source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]}
    assert {*PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"], "constraints.txt"} <= copied
    assert {PROJECT["project"]["readme"], "pyproject.toml", "LICENSE"} <= copied
    for source in copied:
        assert (ROOT / source).exists()
        assert not any(fnmatch.fnmatch(source, pattern) for pattern in ignored), source


def test_the_container_serves_as_a_numbered_user_with_one_thread():
    assert int(instructions("USER")[-1]) > 0
    assert "OMP_NUM_THREADS=1" in instructions("ENV")[-1]
    assert instructions("ENTRYPOINT") == ['["bangkom"]']
    assert instructions("CMD") == ['["serve", "--host", "0.0.0.0"]']
    assert instructions("HEALTHCHECK") == ["NONE"]
    assert "-c constraints.txt" in DOCKERFILE


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed here")
def test_the_container_file_has_no_warnings():
    run = subprocess.run([HADOLINT, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_the_hooks_before_a_commit_fetch_nothing():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (.*)", hooks) == ["local"]
    assert set(re.findall(r"language: (.*)", hooks)) == {"system"}
    assert "://" not in hooks
