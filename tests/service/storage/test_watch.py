"""What was read is at hand for as long as nobody has committed anything, whoever it is, and not a moment longer."""

import shutil
import sqlite3

import sqlalchemy as sa

from service.storage.engine import make_engine, transaction
from service.storage.schema import METADATA
from service.storage.watch import ChangeWatch, Unchanged
from tests.offices import copied_file, reference_rows


def watched(folder, name="office.db"):
    path = folder / name
    engine = make_engine(copied_file(path, reference_rows), pool_size=2)
    return path, engine, ChangeWatch(engine)


def change(path):
    with sqlite3.connect(path) as other:  # another program, which knows nothing of our notes of changes
        other.execute("CREATE TABLE IF NOT EXISTS seen (n INTEGER)")
        other.execute("INSERT INTO seen VALUES (1)")
    other.close()


def test_a_mark_stays_until_anybody_commits_anything(tmp_path):
    path, engine, watch = watched(tmp_path)
    first = watch.mark()
    with transaction(engine) as connection:
        connection.execute(sa.select(sa.func.count()).select_from(METADATA.tables["users"]))
    assert watch.mark() is first
    change(path)
    second = watch.mark()
    assert second is not first
    with transaction(engine, is_writer=True) as connection:
        connection.execute(sa.text("DELETE FROM seen"))
    assert watch.mark() is not second


def test_another_file_at_the_path_is_another_mark(tmp_path):
    path, engine, watch = watched(tmp_path)
    other, other_engine, _ = watched(tmp_path, "other.db")
    other_engine.dispose()
    first = watch.mark()
    shutil.move(other, path)
    assert watch.mark() is not first
    engine.dispose()


def test_where_no_counter_tells_it_every_mark_is_another(tmp_path):
    _, _, watch = watched(tmp_path)
    watch.is_embedded = False
    assert watch.mark() is not watch.mark()
    in_memory = ChangeWatch(make_engine("sqlite://"))
    assert in_memory.mark() is not in_memory.mark()


def test_what_was_kept_goes_with_its_mark_and_with_too_many_others():
    first, second, at_hand = object(), object(), Unchanged(2)
    at_hand.keep(first, "a", 1)
    assert (at_hand.find(first, "a"), at_hand.find(second, "a"), at_hand.find(first, "b")) == (1, None, None)
    at_hand.keep(second, "b", 2)
    assert (at_hand.find(first, "a"), at_hand.find(second, "a"), at_hand.find(second, "b")) == (None, None, 2)
    for n, key in enumerate("cde"):
        at_hand.keep(second, key, n)
        assert len(at_hand._kept[1]) <= 2
    assert at_hand.find(second, "e") == 2
