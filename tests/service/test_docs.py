import json
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner

from recommender import policy
from service.cli import COMMANDS, main_group
from service.imports.report import CODES
from service.policy_file import read_policy
from service.schemas import problem
from training_catalog.schema import Column, Table
from training_catalog.tables import TABLES

DOCS = Path(__file__).parents[2] / "docs"
POLICY, PROBLEM, IMPORTS, TERMINAL = (
    (DOCS / name).read_text(encoding="utf-8") for name in ("policy.md", "problem-file.md", "imports.md", "terminal.md")
)
RULES = (policy.GapRules, policy.EligibilityRules, policy.RankingRules, policy.PlanRules)
ENTRIES = (policy.Mandate, policy.Choice, policy.MoneyFor)
STRUCTS = tuple(kind for kind in vars(problem).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct))


def _example(text: str, language: str) -> str:
    """Return the first example in a language."""
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def _default(value: object) -> str:
    """Return a default as the policy's tables show it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {number:g}" for key, number in value.items()) + "}"
    return "none" if value is None else str(value).lower()


def _choices(column: Column) -> str:
    """Return the accepted values with their other spellings."""
    return "; ".join(f"{name} ({', '.join(more)})" if (more := [s for s in spellings if s != name]) else name
                     for name, spellings in column.choices)  # fmt: skip


def _meaning(column: Column) -> str:
    """Return what a column holds, what is accepted, and what it refers to."""
    parts = [column.meaning]
    if column.choices:
        parts.append(f"Accepted: {_choices(column)}.")
    if column.references:
        parts.append(f"In `{column.references}`.")
    return " ".join(parts)


def column_row(column: Column) -> str:
    """Return a column's row of the table in docs/imports.md."""
    cells = (f"`{column.name}`", column.header_id, column.header_en, column.kind, "yes" if column.required else "",
             _meaning(column), ", ".join(column.aliases))  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def table_section(table: Table) -> str:
    """Return a table's section of docs/imports.md; paste it there when a table changes."""
    key = ", ".join(f"`{name}`" for name in table.key)
    head = f"### `{table.name}`\n\n{table.meaning} Sheet: {table.title_id} ({table.title_en}). Key: {key}.\n"
    header = "| column | header (id) | header (en) | kind | required | meaning | also accepted |\n" + "|---" * 7 + "|"
    return "\n".join([head, header, *map(column_row, table.columns)]) + "\n"


@pytest.mark.parametrize("rules", RULES)
def test_each_rule_of_a_policy_stands_in_its_doc_with_its_default(rules):
    for name, default in ((entry.name, getattr(rules(), entry.name)) for entry in fields(rules)):
        row = next((line for line in POLICY.splitlines() if line.startswith(f"| `{name}` |")), None)
        assert row, f"docs/policy.md does not name {name}"
        assert row.split(" | ")[2].strip("`") == _default(default), row


def test_each_section_and_list_of_a_policy_stands_in_its_doc():
    for name in (entry.name for entry in fields(policy.Policy)):
        assert f"`[{name}]`" in POLICY or f"| `{name}` |" in POLICY, name


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_field_of_a_list_of_a_policy_stands_in_its_doc(entry):
    named = {name for line in POLICY.splitlines() if line.startswith("|") for name in re.findall(r"`(\w+)`", line)}
    assert {f.name for f in fields(entry)} <= named


def test_the_two_example_policies_load_and_are_one(tmp_path):
    read = []
    for language in ("toml", "json"):
        path = tmp_path / f"kebijakan.{language}"
        path.write_text(_example(POLICY, language), encoding="utf-8")
        read.append(read_policy(path))
    assert read[0] == read[1]
    assert read[0] != policy.Policy()
    assert read[0].mandates[0].position_classes == ("pengawas",)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_each_field_of_a_problem_file_stands_in_its_doc(struct):
    for name in (field.name for field in msgspec.structs.fields(struct)):
        assert f"`{name}`" in PROBLEM, f"docs/problem-file.md does not name {name} of {struct.__name__}"


def test_the_example_problem_is_solved_and_its_answer_is_as_told(tmp_path):
    path = tmp_path / "problem.json"
    path.write_text(_example(PROBLEM, "json"), encoding="utf-8")
    result = CliRunner().invoke(main_group, ["--lang", "en", "solve", str(path), "--json"])
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["status"] == "optimal"
    assert {row["offering"]: row["taken"] for row in answer["offerings"]} == {"D1": 0, "K1": 3}
    assert answer["verified"]["ok"]
    told = PROBLEM.split("## The answer")[1]
    assert [key for key in answer if f"`{key}`" not in told] == []
    rows = [row for rows in answer.values() if isinstance(rows, list) for row in rows]
    assert [key for row in rows for key in row if f"`{key}`" not in told] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_import_table_stands_in_the_doc_as_it_is_declared(table):
    expected = table_section(table)
    assert expected in IMPORTS, f"docs/imports.md must say:\n\n{expected}"


def test_the_doc_tells_of_no_table_that_is_gone():
    assert re.findall(r"^### `(\w+)`$", IMPORTS, re.MULTILINE) == [table.name for table in TABLES]


def test_each_problem_code_stands_in_the_doc_with_its_meaning_and_no_other():
    told = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", IMPORTS.split("## Problem codes")[1], re.MULTILINE)
    assert dict(told) == CODES, "\n".join(f"| `{code}` | {meaning} |" for code, meaning in CODES.items())


def _subcommands() -> dict[str, click.Command]:
    """Return every command and subcommand by its words."""
    found = {}
    for name, place in COMMANDS.items():
        module, attribute = place.split(":")
        command = getattr(import_module(module), attribute)
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": sub for inner, sub in command.commands.items()}
    return found


def test_each_command_stands_in_the_doc_in_the_order_of_the_help():
    rows = [re.findall(r"^\| `([\w -]+)` \|", part, re.MULTILINE) for part in TERMINAL.split("## Subcommands")]
    assert rows[0] == list(COMMANDS)
    assert sorted(rows[1]) == sorted(name for name in _subcommands() if " " in name)


def test_each_example_of_a_command_has_arguments_that_the_command_takes():
    commands = _subcommands()
    rows = re.findall(r"^\| `([\w -]+)` \|.* `bangkom (.+)` \|$", TERMINAL, re.MULTILINE)
    assert [name for name, _ in rows] == re.findall(r"^\| `([\w -]+)` \|", TERMINAL, re.MULTILINE)
    for name, example in rows:
        words = example.split()
        assert words[: len(name.split())] == name.split()
        asked = " ".join(words[:2]) if " ".join(words[:2]) in commands else name
        commands[asked].make_context(asked, words[len(asked.split()) :])


@pytest.mark.parametrize("status", ["0", "1", "2", "3"])
def test_each_exit_status_stands_in_the_doc(status):
    assert f"\n| {status} | " in TERMINAL
    assert f"\n| {status} | " in PROBLEM
