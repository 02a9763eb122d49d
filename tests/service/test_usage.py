"""Help and usage errors in Indonesian: the commands' own sentences, and click's words from its own catalogue."""

import ast
import gettext
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

CLICK = Path(__file__).parents[2] / "service" / "locales" / "id" / "LC_MESSAGES" / "click.po"
with CLICK.open("rb") as _stream:
    ENTRIES = [(entry.id, entry.string) for entry in read_po(_stream, locale="id", abort_invalid=True) if entry.id]


def bangkom(*arguments, lang):
    """Run the terminal in a process of its own: click asks for its words once."""
    command = [sys.executable, "-m", "service", *arguments]
    environment = os.environ | {"BANGKOM_LANG": lang}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_the_catalogue_of_clicks_words_is_compiled_from_its_text():
    with CLICK.with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for message, said in ENTRIES:
        if isinstance(message, tuple):
            assert [compiled.ngettext(*message, n) for n in (1, 2)] == [said[0]] * 2
        else:
            assert compiled.gettext(message) == said


def test_click_still_says_each_of_its_words():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(click.__file__).parent.glob("*.py")]
    constants = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    asked = {word for message, _ in ENTRIES for word in (message if isinstance(message, tuple) else [message])}
    assert asked - constants == set()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nosuch"], ["Pemakaian: ", "Galat: Tidak ada perintah 'nosuch'."]),
        (["--lang", "id", "plan", "--yea", "1"], ["[OPSI]", "Tidak ada opsi '--yea'.", "maksud Anda: '--year'?"]),
        (["gaps"], ["Belum ada argumen 'NIP'."]),
        (["gaps", "1", "2"], ["Argumen berlebih (2)"]),
        (["plan", "--seed", "x"], ["Nilai '--seed' tidak diterima: 'x' bukan bilangan bulat."]),
        (["solve", "x", "--time-limit", "0"], ["0.0 di luar batas x>=0.1"]),
        (["recommend"], ["berikan NIP atau --all, salah satu"]),
    ],
)  # fmt: skip
def test_a_wrong_usage_is_told_in_indonesian(arguments, words):
    run = bangkom(*arguments, lang="id")
    assert run.returncode == 2
    assert all(word in run.stderr for word in words), run.stderr
    assert not any(word in run.stderr for word in ("Usage", "Error", "Invalid", "Did you"))


def test_help_is_in_the_language_asked_for():
    indonesian, english = (bangkom("import", "--help", lang=lang).stdout for lang in ("id", "en"))
    for word in ("Mengimpor FILES", "Contoh:", "Opsi:", "--table TEKS", "Menampilkan bantuan ini", "--dry-run"):
        assert word in indonesian
    for word in ("Import FILES", "Examples:", "Options:", "--table TEXT", "Show this message", "--dry-run"):
        assert word in english
    assert "satu kota lengkap" in bangkom("--lang=id", "--help", lang="en").stdout
