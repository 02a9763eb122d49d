"""What people say on pages, stored under who said it."""

from dataclasses import dataclass

from litestar.datastructures import UploadFile

from service.api.context import Call, known_caller, parts_of
from service.portal.forms import Form
from service.storage.engine import transaction
from service.storage.statements import (
    ANSWERED,
    CONFIRMED,
    REFUSED,
    Proof,
    Statement,
    add_statement,
    find_statements,
    is_answered,
    is_said_already,
    new_statement_id,
)

PROOF_KINDS = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
}  # and how they begin
LARGEST_PROOF = 1_500_000  # bytes


def say(call: Call, kind: str, employee: str, *, proof: Proof | None = None, **about: str | None) -> None:
    """Store a statement of the caller about a person, once: a form sent twice by a slip says it no second time."""
    parts = parts_of(call)
    said = Statement(statement=new_statement_id(), made_at=parts.database.clock(), author=known_caller(call).subject,
                     kind=kind, employee=employee, **about)  # fmt: skip
    with transaction(parts.database.engine, is_writer=True) as connection:
        if not is_said_already(connection, said, proof):
            add_statement(connection, said, proof)


def waits_already(call: Call, kind: str, employee: str, training: str, words: str | None) -> bool:
    """Tell whether somebody has said the like of a training before, in other words, and waits for an answer.

    The very same form sent twice by a slip is no second statement: `say` stores it once.
    """
    with transaction(parts_of(call).database.engine) as connection:
        before = find_statements(connection, employees=[employee], kinds=[kind])
        waiting = [one for one in before if one.training == training and not is_answered(connection, one.statement)]
    return bool(waiting) and waiting[0].words != words


def said_at_hand(call: Call, employees: list[str], *kinds: str) -> list[Statement] | None:
    """Return what `said_of` would, where it was read and nobody has committed anything since; else None."""
    parts = parts_of(call)
    found = parts.said.find(parts.watch.mark(), (tuple(employees), kinds))
    return None if found is None else list(found)


def said_of(call: Call, employees: list[str] | None, *kinds: str) -> list[Statement]:
    """Return what was said about people, of some kinds; the newest first."""
    parts = parts_of(call)
    mark, asked = parts.watch.mark(), (None if employees is None else tuple(employees), kinds)
    found = parts.said.find(mark, asked)
    if found is None:
        with transaction(parts.database.engine) as connection:
            found = find_statements(connection, employees=employees, kinds=kinds)
        if employees is not None:
            parts.said.keep(mark, asked, found)
    return list(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A statement with what was answered, the oldest answer first."""

    said: Statement
    answers: tuple[Statement, ...]


def answered_of(call: Call, employee: str, kind: str) -> list[Answered]:
    """Return what somebody said of a kind, the newest first, with its answers."""
    answers = said_of(call, [employee], ANSWERED, CONFIRMED, REFUSED)
    return [Answered(said=one, answers=tuple(a for a in reversed(answers) if a.answers == one.statement))
            for one in said_of(call, [employee], kind)]  # fmt: skip


def read_proof(form: Form, name: str, fault: str) -> Proof | None:
    """Return the file of a field: a PDF or a picture; None where there is none, or it was refused."""
    given: UploadFile | None = next((file for file in form.files.get(name, []) if file.filename), None)
    if given is None:
        return None
    content = given.file.read()
    kind = next((kind for kind, begin in PROOF_KINDS.items() if content.startswith(begin)), None)
    if kind is None or len(content) > LARGEST_PROOF:
        form.faults[name] = fault
        return None
    return Proof(name=given.filename[-100:], media_type=kind, content=content)
