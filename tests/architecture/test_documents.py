"""What the documents say about the program is true, and they lead nowhere outside the project."""

import re
import shlex
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path

import click
import pytest

from service.api.problems import TITLES
from service.cli import COMMANDS, main_group
from training_catalog.errors import REFUSALS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
RECORDS = sorted((ROOT / "docs" / "adr").glob("*.md"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
ONE_PAGE = 60  # lines
TEXT = {".py", ".toml", ".txt", ".md", ".po", ".csv", ".css", ".j2", ".json", ".yaml", ".yml", ""}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def tracked():
    """Return the files of the project, or all files outside hidden folders where there is no repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    names = [name for name in listed.split("\0") if name]
    found = [ROOT / name for name in names] or [
        path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]
    return [path for path in found if path.suffix in TEXT and path.is_file()]


def spoken(text):
    """Yield every call of `bangkom` in code spans and code blocks."""
    without_blocks = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    lines = [line for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    for code in [*re.findall(r"`([^`\n]+)`", without_blocks), *lines]:
        call = re.match(r"(?:\.venv/bin/)?bangkom\s+([^#|>]+)", code.strip())
        if call:
            yield shlex.split(call[1])


def problem_with(words):
    """Return why the program would not take a call, or None; an argument that is left out in prose is no problem."""
    try:
        group = main_group.make_context("bangkom", list(words))
        name, *rest = [*group._protected_args, *group.args]
        if name == "COMMAND":
            return None
        command = main_group.get_command(group, name)
        if command is None:
            return f"no command {name}"
        context = command.make_context(name, rest, parent=group)
        if isinstance(command, click.Group) and context._protected_args:
            inner, *last = [*context._protected_args, *context.args]
            if inner not in command.commands:
                return f"no command {name} {inner}"
            command.commands[inner].make_context(inner, last, parent=context)
    except (click.MissingParameter, click.exceptions.NoArgsIsHelpError, click.exceptions.Exit):
        return None
    except click.UsageError as error:
        return error.format_message()
    return None


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_call_of_the_program_in_a_document_is_one_that_it_takes(path):
    calls = list(spoken(path.read_text(encoding="utf-8")))
    assert {shlex.join(words): why for words in calls if (why := problem_with(words))} == {}


def test_the_readme_shows_every_command():
    assert {next(w for w in words if not w.startswith("-")) for words in spoken(README)} >= set(COMMANDS)


def test_a_call_that_the_program_would_refuse_is_found():
    text = (
        "`bangkom plan --yaer 2027` and `bangkom plans dance p-1`\n```\nbangkom forecast  # no\nbangkom gaps 1 2\n```"
    )
    assert [bool(problem_with(words)) for words in spoken(text)] == [True] * 4
    assert [problem_with(words) for words in spoken("`bangkom import`, `.venv/bin/bangkom --lang en gaps 1`")] == [
        None
    ] * 2


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_inside_the_project_leads_to_a_file(path):
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_file_of_the_code_that_a_document_names_exists(path):
    named = re.findall(r"`((?:training_catalog|models|recommender|service|benchmarks|tests)/[\w./*<>-]+)`",
                       path.read_text(encoding="utf-8"))  # fmt: skip
    assert [name for name in named if "<" not in name and not list(ROOT.glob(name))] == []


@cache
def source_of_the_settings():
    programs = [*(ROOT / "service").rglob("*.py"), ROOT / "tests" / "postgresql.py"]
    return "".join(p.read_text(encoding="utf-8") for p in programs)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_setting_that_a_document_names_is_read_by_the_program(path):
    sources = source_of_the_settings()
    named = set(re.findall(r"\bBANGKOM_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert [name for name in named if f'"{name}"' not in sources] == []


def test_every_setting_that_the_service_reads_is_in_the_table_of_operations_and_no_other():
    sources = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "service").rglob("*.py"))
    read = set(re.findall(r'"(BANGKOM_[A-Z_]+[A-Z])"', sources)) | {"PROMETHEUS_MULTIPROC_DIR"}
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)} == read


def test_every_code_of_an_error_is_in_the_table_of_the_api_and_no_other():
    sources = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "service" / "api").glob("*.py"))
    raised = r'(?:ApiError|RefusedError)\(\d+, "([a-z-]+)"|_respond\(\w+, \d+, "([a-z-]+)"|Error, \d+, "([a-z-]+)"'
    said = {code for found in re.findall(raised, sources) for code in found if code} | set(REFUSALS)
    by_status = {TITLES[status].lower().replace(" ", "-") for status in (400, 404, 405, 406)}  # of the framework
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").partition("## Errors")[2]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)} == said | by_status


def test_every_setting_of_the_container_is_read_by_the_program():
    test_every_setting_that_a_document_names_is_read_by_the_program(ROOT / "Dockerfile")


def test_every_target_of_make_that_a_document_names_exists_and_says_what_it_does():
    explained = set(re.findall(r"^([a-z-]+):[^=\n]*## \S", MAKEFILE, re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())
    assert phony == explained
    for path in DOCUMENTS:
        named = set(re.findall(r"(?:`|^)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert named <= explained, path


def test_the_readme_begins_with_two_commands():
    block = re.search(r"```\n(.*?)```", README, re.DOTALL)[1]
    assert [line.split("#")[0].strip() for line in block.strip().splitlines()] == ["make demo", "make test"]
    assert len(README.splitlines()) < 200


def test_the_core_functions_that_the_readme_names_are_there():
    engine = import_module("recommender.use_cases")
    for name in ("recommend", "make_plan", "fit_models"):
        assert f"`{name}`" in README
        assert callable(getattr(engine, name))


def test_the_decision_records_are_numbered_without_a_gap():
    assert [path.name[:4] for path in RECORDS] == [f"{n:04}" for n in range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("path", RECORDS, ids=name_of)
def test_a_decision_record_has_four_parts_on_one_page(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    parts = re.findall(r"^\*\*(Context|Decision|Rejected|Consequences)\.\*\*", text, re.MULTILINE)
    assert parts == ["Context", "Decision", "Rejected", "Consequences"]
    assert len(text.splitlines()) <= ONE_PAGE


def test_the_changelog_keeps_a_changelog():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith("# Changelog\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE)[0] == "Unreleased"
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert kinds


def test_no_address_of_a_package_index_and_no_path_of_a_machine_is_in_the_project():
    hosts = ["pyp" + "i.org", "python" + "hosted", "anaconda" + ".org", "npmjs" + ".org", "/simp" + "le/"]
    options = ["--index" + "-url", "--extra-index" + "-url", "--find" + "-links"]
    homes = ["/ho" + "me/", "/ro" + "ot/", "/Us" + "ers/", "/wo" + "rk/", "/t" + "mp/"]
    for path in tracked():
        text = path.read_text(encoding="utf-8", errors="replace")
        assert [word for word in (*hosts, *options, *homes) if word in text] == [], name_of(path)


def test_the_pinned_versions_have_no_addresses():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.!+-]+( ;.*)?", line)] == []
