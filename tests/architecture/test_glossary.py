"""One word, one thing: the glossary and the screen say the same."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PROJECT, FIELD = GLOSSARY.split("## Words of the field")


def rows(part):
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"]
    return found[2:]


def on_screen():
    """Return the screen's words, English and Indonesian, in lower case and the singular."""
    said = {}
    for path in (ROOT / "service" / "locales" / "id").glob("*.po"):
        with path.open("rb") as stream:
            said |= {str(m.id).lower().replace("-", " "): str(m.string).lower() for m in read_po(stream) if m.id}
    return said


SCREEN = on_screen()


@pytest.mark.parametrize("part", [PROJECT, FIELD], ids=["project", "field"])
def test_words_stand_once_in_order_each_with_a_meaning(part):
    words = [row[0].lower() for row in rows(part)]
    assert len(set(words)) == len(words)
    assert words == sorted(words, key=lambda word: re.sub(r"[^a-z ]", "", word))
    assert all(len(row) == 3 and all(row) for row in rows(part))


def test_the_screen_says_each_word_as_the_glossary_does():
    shared = {english.lower(): indonesian.lower() for english, indonesian, _ in rows(PROJECT)}
    shared = {english: (indonesian, SCREEN[english]) for english, indonesian in shared.items() if english in SCREEN}
    assert len(shared) >= 12
    bare = {english: (re.sub(r"[()]", "", ours), screen) for english, (ours, screen) in shared.items()}
    assert {english: pair for english, pair in bare.items() if pair[1] not in pair[0]} == {}


def test_the_readme_of_the_field_explains_the_word_of_the_project():
    assert "bangkom" in {row[0] for row in rows(FIELD)}
