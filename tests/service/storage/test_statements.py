"""What is said twice by a slip is known as said already, on each database."""

from dataclasses import replace

import pytest

from service.reference import open_office
from service.storage.engine import transaction
from service.storage.history import now
from service.storage.statements import (
    ANSWERED,
    CLAIMED,
    Proof,
    Statement,
    add_statement,
    is_said_already,
    new_statement_id,
)
from tests.offices import KINDS, of_its_kind
from tests.service.api.conftest import ANI, filled_office

PROOF = Proof(name="a.pdf", media_type="application/pdf", content=b"%PDF-1")


@pytest.fixture(params=KINDS)
def database(request, tmp_path):
    for url in of_its_kind(request, tmp_path, filled_office):
        found = open_office(url)
        yield found
        found.engine.dispose()


def test_the_same_word_again_is_said_already_until_it_is_answered_or_another_one_is_said(database):
    def again(**changes):
        return replace(first, statement=new_statement_id(), made_at=now(), **changes)

    first = Statement(
        statement=new_statement_id(), made_at=now(), author="user:ani", kind=CLAIMED, employee=ANI, training="P1"
    )
    with transaction(database.engine, is_writer=True) as connection:
        assert not is_said_already(connection, first, PROOF)
        add_statement(connection, first, PROOF)
        assert is_said_already(connection, again(), PROOF)
        for other in (again(words="x"), again(training="P2"), again(training=None), again(author="user:budi")):
            assert not is_said_already(connection, other, PROOF)
        assert not is_said_already(connection, again())
        answer = again(author="user:rita", kind=ANSWERED, answers=first.statement)
        add_statement(connection, answer)
        assert is_said_already(connection, replace(answer, statement=new_statement_id()))
        assert not is_said_already(connection, again(), PROOF)
