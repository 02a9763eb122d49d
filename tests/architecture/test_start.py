"""What importing the code does: one OpenMP thread, and nothing heavy before it is needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def said_by(program, **environment):
    """Run a program in a fresh process that knows no number of threads, and return what it prints."""
    known = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env={**known, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


STATE = "print(os.environ.get('OMP_NUM_THREADS'), 'sklearn' in sys.modules)"


@pytest.mark.parametrize("first", ["models", "models.features", "service.cli, models"])
def test_one_thread_is_set_before_scikit_learn_is_there(first):
    assert said_by(f"import os, sys, {first}; {STATE}") == ["1", "False"]


@pytest.mark.parametrize("first", ["models.benefit", "recommender.use_cases", "service.pipeline"])
def test_one_thread_is_set_whatever_brings_scikit_learn_in(first):
    watch = (
        "import os, sys; from importlib.abc import MetaPathFinder\n"
        "class Watch(MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'sklearn': sys.exit(print(os.environ.get('OMP_NUM_THREADS')))\n"
        f"sys.meta_path.insert(0, Watch()); import {first}; print('without it')"
    )
    assert said_by(watch) == ["1"]


def test_the_terminal_sets_one_thread_before_a_command_begins():
    program = (
        "import os, sys; import service.cli as cli; sys.argv = ['bangkom', '--version']\n"
        f"try: cli.main()\nexcept SystemExit: {STATE}"
    )
    assert said_by(program)[-2:] == ["1", "False"]


def test_a_number_of_threads_that_somebody_chose_is_kept():
    assert said_by(f"import os, sys, models; {STATE}", OMP_NUM_THREADS="3") == ["3", "False"]


def test_the_help_of_every_command_comes_without_numbers_tables_and_database():
    program = (
        "import sys; from service.cli import main_group; import click\n"
        "group = click.Context(main_group)\n"
        "for name in main_group.list_commands(group): main_group.get_command(group, name)\n"
        "print([m for m in ('numpy', 'pandas', 'scipy', 'sklearn', 'sqlalchemy', 'highspy') if m in sys.modules])"
    )
    assert said_by(program) == ["[]"]


def test_a_worker_that_waits_for_jobs_holds_neither_scikit_learn_nor_a_solver():
    program = "import sys, service.jobs.worker; print([m for m in ('sklearn', 'numba', 'highspy') if m in sys.modules])"
    assert said_by(program) == ["[]"]
