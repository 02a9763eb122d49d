import ast
import errno
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from models.verdict import APPROVED, NO_BETTER, NOT_ENOUGH_DATA, WORDS
from recommender.allocation.limits import TIE_RULE
from recommender.gap import STATE_NAMES
from service import labels, phrases
from service.api.problems import TITLES
from service.cli import main_group
from service.portal.desk.plan_form import SLIDERS
from service.portal.desk.plan_head import TABS
from service.portal.desk.supervisors_words import BOXES
from service.portal.menu import OTHERS, OWN
from service.predictor import NO_APPROVED_MODEL
from service.usage import in_words
from service.wording import SINGULARS, Wording
from training_catalog.tables import TABLES
from training_catalog.training import MODES

ROOT = Path(__file__).parents[2]
PO_FILES = sorted((ROOT / "service" / "locales" / "id").glob("*.po"))
WORD_TABLES = (
    "DONE",
    "STATES",
    "METHODS",
    "STATUSES",
    "REFUSALS",
    "WORDS",
    "TITLES",
    "WAYS",
    "OPTION_LABELS",
    "PROFILE_WORDS",
    "DELIMITERS",
    "ENCODINGS",
    "DATE_ORDERS",
    "NUMBER_STYLES",
    "SCOPE_WORDS",
    "EVENTS",
    "OUTCOMES",
    "NO_UNITS",
)  # sentences of the portal
LINE = re.compile(r'((msgid|msgstr) )?"([^"\\]|\\.)*"')  # babel passes over what this finds
TYPED = re.compile(r"([A-Z_]+=\S+ )*bangkom ")
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
# words that are printed by their code: severities, states of models and plans, and what the rooms below answer
CODED = ("error", "warning", "note", "approved", "rejected", "retired", "draft", "withdrawn", TIE_RULE,
         "list", "lists", "plan",
         *STATE_NAMES, *MODES, *phrases.PLAN_STATES, APPROVED, NO_BETTER, NOT_ENOUGH_DATA, *WORDS,
         NO_APPROVED_MODEL)  # fmt: skip
ROOMS = ("service", "recommender", "models", "training_catalog")
ERRORS = ("BangkomError", "ConflictError", "InputError", "InvalidValueError", "UnknownIdError",
          "ArtifactRefusedError", "SolverError", "DigitsLostError", "_refuse", "find_rows", "BadParameter",
          "UsageError", "ApiError", "RefusedError")  # fmt: skip
PHRASES = (phrases.REASONS, phrases.INDICATORS, phrases.LEFT_OUT, phrases.UNMET, phrases.MODES, phrases.PLAN_STATES,
           labels.UNMET, labels.CLASSES, labels.WARNINGS, labels.RULES)  # fmt: skip


class Module:
    """Which sentences a module says: literals that reach the first argument of ``.text``, by however many calls."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        self.calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        self.values = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value)
            elif isinstance(node, ast.For | ast.comprehension):
                for element in self._elements(node.iter):
                    self._bind(node.target, element)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.values[target.id].append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for part, own in zip(target.elts, value.elts, strict=True):
                self._bind(part, own)

    def _elements(self, iterable: ast.expr) -> list[ast.expr]:
        if isinstance(iterable, ast.Name):
            return [e for value in self.values[iterable.id] for e in self._elements(value)]
        return iterable.elts if isinstance(iterable, ast.Tuple | ast.List) else []

    def literals(self, node: ast.expr, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """Yield the texts that an expression may be, as far as this module tells."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from self.literals(node.body, seen)
            yield from self.literals(node.orelse, seen)
        elif isinstance(node, ast.Name) and node.id not in seen:
            for value in self.values[node.id]:
                yield from self.literals(value, seen | {node.id})
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            for value in self.values[node.value.id]:
                for entry in value.values if isinstance(value, ast.Dict) else ():
                    yield from self.literals(entry, seen)

    @cached_property
    def functions(self) -> list[tuple[str, list[str], list[ast.Call]]]:
        """Return the name by which each function is called, its parameters, and the calls in it."""
        methods = {id(f) for c in self.nodes if isinstance(c, ast.ClassDef) for f in c.body}
        return [
            (
                f".{function.name}" if id(function) in methods else f"{self.path}:{function.name}",
                [a.arg for a in function.args.posonlyargs + function.args.args if a.arg != "self"],
                [node for node in ast.walk(function) if isinstance(node, ast.Call)],
            )
            for function in self.nodes
            if isinstance(function, ast.FunctionDef)
        ]

    def wrappers(self, known: dict[str, int]) -> Iterator[tuple[str, int]]:
        """Yield functions that hand a parameter on as the sentence, with its place among the arguments."""
        for caller, names, calls in self.functions:
            for _, argument in self.said(known, calls):
                if isinstance(argument, ast.Name) and argument.id in names:
                    yield caller, names.index(argument.id)

    def said(self, known: dict[str, int], calls: list[ast.Call] | None = None) -> Iterator[tuple[int, ast.expr]]:
        """Yield line and argument of each sentence said, in some calls or in all."""
        for node in self.calls if calls is None else calls:
            of = node.func
            if isinstance(of, ast.Attribute) and getattr(of.value, "id", "") == "sa":  # SQL is said to nobody
                continue
            name = f".{of.attr}" if isinstance(of, ast.Attribute) else f"{self.path}:{getattr(of, 'id', '')}"
            place = 0 if name.endswith(":say") else known.get(name)
            if place is not None and len(node.args) > place:
                yield node.lineno, node.args[place]

    def coded(self) -> Iterator[tuple[int, str]]:
        """Yield sentences that stand right after their stable code, as the problems of an import do."""
        for node in self.nodes:
            parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
            for code, sentence in pairwise(parts):
                if isinstance(code, ast.Constant) and CODE.fullmatch(str(code.value)):
                    yield from ((node.lineno, text) for text in self.literals(sentence) if " " in text)

    def raised(self) -> Iterator[tuple[int, str]]:
        """Yield sentences of errors, which the terminal says in the reader's language, and words in their fields."""
        for node in self.calls:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = {"_refuse": 1, "InvalidValueError": 2, "ApiError": 2, "RefusedError": 2}.get(name, 0)
            is_error = name in ERRORS or (name == "__init__" and self.path.name == "errors.py")
            if is_error and len(node.args) > place:
                yield from ((node.lineno, text) for text in self.literals(node.args[place]))
            for keyword in node.keywords:
                if name == "FaultSaid" and keyword.arg == "message":
                    yield from ((node.lineno, text) for text in self.literals(keyword.value))


@cache
def modules_of(room: str) -> list[Module]:
    """Return the modules of a room, each read and walked once."""
    return [Module(path) for path in sorted((ROOT / room).rglob("*.py"))]


TEMPLATE_SENTENCE = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')
PAGES = ROOT / "service" / "portal"


def _template_sentences() -> dict[str, str]:
    """Return what templates of pages say, with where it stands."""
    return {
        text: path.relative_to(ROOT).as_posix()
        for path in sorted((PAGES / "templates").rglob("*.j2"))
        for text in TEMPLATE_SENTENCE.findall(path.read_text(encoding="utf-8"))
    }


def test_sentences_of_templates_are_written_as_they_are_looked_for():
    found = [path.name for path in PAGES.rglob("*.j2") if re.search(r"\bt\(\s*'", path.read_text(encoding="utf-8"))]
    assert found == []


def _said_by_pages() -> Iterator[str]:
    """Yield the sentences of tables that templates say by a code, and the titles of the menu."""
    for module in (module for module in modules_of("service") if PAGES in module.path.parents):
        for node in module.nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
                name = getattr(node.targets[0] if isinstance(node, ast.Assign) else node.target, "id", "")
                if name.isupper() and name in WORD_TABLES:
                    yield from (v.value for v in node.value.values if isinstance(v, ast.Constant))
    yield from (entry.title for entry in (*OWN, *OTHERS, *TABS, *SLIDERS))
    yield from (slider.hint for slider in SLIDERS)
    yield from (text for box in BOXES for text in (box.title, box.hint))


class Heard:
    """A wording that only listens."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def text(self, message: str) -> str:
        self.sentences.append(message)
        return message


def _help_sentences() -> list[str]:
    """Return what the help of every command and option says; lines to be typed are in no language."""
    heard = Heard()
    group = in_words(main_group, heard)
    for name in group.list_commands(None):
        group.get_command(None, name)
    return [sentence for sentence in heard.sentences if not TYPED.match(sentence)]


@cache
def messages() -> dict[str, str]:
    """Return every sentence of the service that is put into the reader's language, with where it stands."""
    modules = modules_of("service")
    known = {".text": 0, ".say": 0}
    for _ in range(3):  # a wrapper of a wrapper of a wrapper
        pairs = {pair for module in modules for pair in module.wrappers(known)}
        known |= dict(sorted(pairs))
    found = {}
    for module in modules:
        place = module.path.relative_to(ROOT).as_posix()
        found |= {text: f"{place}:{line}" for line, a in module.said(known) for text in module.literals(a)}
        if module.path.parent.name == "imports":
            found |= {text: f"{place}:{line}" for line, text in module.coded()}
    for module in (module for room in ROOMS for module in modules_of(room)):
        found |= {text: f"{module.path.relative_to(ROOT).as_posix()}:{line}" for line, text in module.raised()}
    found |= dict.fromkeys(TITLES.values(), "titles of errors")
    found |= {text: "service/phrases.py" for table in PHRASES for text in table.values()}
    found |= dict.fromkeys(CODED, "said by its code")
    found |= {column.meaning: f"meaning of {t.name}.{column.name}" for t in TABLES for column in t.columns}
    found |= dict.fromkeys(_help_sentences(), "help of the commands")
    found |= _template_sentences()
    found |= dict.fromkeys(_said_by_pages(), "tables of the portal")
    return {text: place for text, place in found.items() if re.search("[A-Za-z]", re.sub("{.*?}", "", text))}


def _entries(path: Path) -> list[tuple[str, str]]:
    with path.open("rb") as stream:
        return [(str(m.id), str(m.string)) for m in read_po(stream, locale="id", abort_invalid=True) if m.id]


@cache
def translated() -> dict[str, str]:
    """Return the Indonesian of each sentence."""
    return {message: text for path in PO_FILES for message, text in _entries(path)}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_walk_finds_sentences_however_they_are_said():
    for sentence in (
        "Dry run: nothing was stored.",  # said at once
        "Levels per million",  # a header
        "Ranked by the rule: {verdict}",  # one of two
        "A value is needed here.",  # through a function that hands it on
        "the file is empty",  # after its code
        "Not {training}: {reason}",  # with fields
        "Class {limit} has no seats.",  # from a table of sentences
    ):
        assert sentence in messages()


def test_no_error_is_put_together_before_it_is_said():
    """An f-string is no sentence that could be translated, and braces in what it holds would be taken for fields."""
    modules = [module for room in ROOMS for module in modules_of(room)]
    named = [(module.path, node, getattr(node.func, "id", "")) for module in modules for node in module.calls]
    found = [
        f"{path}:{node.lineno}"
        for path, node, name in named
        if name.endswith("Error") and name not in ("InvalidValueError", "ValueError")
        and any(isinstance(argument, ast.JoinedStr) for argument in node.args)
    ]  # fmt: skip
    assert found == []


def test_every_sentence_of_the_service_has_an_indonesian_translation():
    missing = [f"{place}: {message!r}" for message, place in messages().items() if not translated().get(message)]
    assert not missing, "without translation:\n" + "\n".join(sorted(missing))


@pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.name)
def test_every_translation_names_the_fields_of_its_sentence(path):
    wrong = [message for message, text in _entries(path) if _fields(message) != _fields(text)]
    assert not wrong


@pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.name)
def test_every_translation_file_parses_and_translates_each_entry(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    entries = _entries(path)
    assert len(entries) == sum(line.startswith("msgid ") for line in lines) - 1  # all but the head
    assert all(text for _, text in entries)


def test_no_sentence_is_translated_twice():
    files = defaultdict(list)
    for path in PO_FILES:
        for message, _ in _entries(path):
            files[message].append(path.name)
    assert {message: names for message, names in files.items() if len(names) > 1} == {}


def test_no_translation_is_left_of_a_sentence_that_nobody_says():
    nodes = [node for room in ROOMS for module in modules_of(room) for node in module.nodes]
    said = {node.value for node in nodes if isinstance(node, ast.Constant)}
    said |= {os.strerror(number) for number in errno.errorcode}
    assert sorted(set(translated()) - said - set(messages())) == []


def test_every_sentence_can_be_said_in_indonesian():
    said = Wording("id").text
    sevens = {message: dict.fromkeys(_fields(message), "7") for message in messages()}
    wrong = {message: told for message, fields in sevens.items()
             if (told := said(message, **fields)) != translated().get(message, "").format(**fields)}  # fmt: skip
    assert len(sevens) > 2_000
    assert wrong == {}


def test_english_is_the_text_in_the_code():
    assert Wording("en").text("Nothing to recommend.") == "Nothing to recommend."
    assert Wording("id").text("Nothing to recommend.") == "Tidak ada yang direkomendasikan."


COUNT = re.compile(r"\{\w+\} ((?:more|further|weighted|trained|refused|other|later|past|logged|paying) )?([a-z]+)")
NOT_COUNTED = {  # verbs, and words that end like a noun of many
    "is", "was", "has", "does", "costs", "closes", "goes", "leads", "less", "makes", "means", "s", "says", "serves",
    "spans", "stands", "stays", "teaches", "holds", "needs", "this", "wants", "gives", "takes", "as", "its", "asks",
    "lies", "begins", "ends", "comes", "pays", "falls", "belongs", "contains", "occurs", "looks", "lists",
}  # fmt: skip


def test_every_noun_that_is_counted_has_a_form_for_one():
    counted = {f"{adjective}{word}" for message in messages() for adjective, word in COUNT.findall(message)
               if word == "people" or (word.endswith("s") and word not in NOT_COUNTED)}  # fmt: skip
    begins = {" ".join(key.split()[:n]) for key in SINGULARS for n in (1, 2)}
    assert sorted(word for word in counted if word not in begins) == []


def test_one_of_something_is_said_of_one():
    said = Wording("en").text
    assert said("{levels} levels short", levels="1") == "1 level short"
    assert said("{levels} levels short", levels="1.5") == "1.5 levels short"
    assert said("{levels} levels short", levels="11") == "11 levels short"
    assert said("{n} people with a need get nothing", n="1") == "1 person with a need gets nothing"
    assert said("{shown} of {n} groups", shown="1", n="2") == "1 of 2 groups"
    assert Wording("id").text("{levels} levels short", levels="1") == "kurang 1 level"


def test_a_sentence_without_translation_is_said_in_english():
    assert Wording("id").text("{n} unheard of", n=3) == "3 unheard of"


@pytest.mark.parametrize(("lang", "shown"), [("id", "Rp1.724.120.000"), ("en", "Rp1,724,120,000")])
def test_money_has_the_separators_of_the_language(lang, shown):
    assert Wording(lang).money(1_724_120_000) == shown


def test_what_pages_say_as_well_names_no_command_of_the_terminal():
    """Sentences below the commands reach the portal; the imports' own are kept for whoever sets them up."""
    by_hand = ("service/commands", "service/imports", "help of the commands")
    found = [place for message, place in messages().items() if "`bangkom" in message and not place.startswith(by_hand)]
    assert found == []
