"""Errors in the reader's language, wherever they were raised."""

import pickle

import pytest

from service.wording import Wording
from training_catalog.errors import BangkomError, InputError, InvalidValueError, NotAuthenticatedError, UnknownIdError


@pytest.fixture
def office(bangkom, tmp_path):
    """One employee, enough for a database that can be asked."""
    people = tmp_path / "pegawai.csv"
    people.write_text("nip;nama;jabatan\n198001012005011001;Ani;Analis\n", encoding="utf-8")
    assert bangkom("import", people).code in (0, 1)
    (tmp_path / "folder.csv").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("plans", "show", "p-0"), "Galat: rencana 'p-0' tidak dikenal"),
        (("gaps", "198001012005011002"), "pegawai '198001012005011002' tidak dikenal; maksud Anda 198001012005011001?"),
        (
            ("plan", "--year", "2031"),
            "budgets: tidak ada mata anggaran dan kelas tahun 2031; tahun yang memiliki mata anggaran: -",
        ),
        (("export", "people", "x.csv"), "tabel 'people' tidak dikenal; yang diterima: "),
        (("export", "units", "x.doc"), "x.doc: akhiran '.doc' tidak diterima; yang diterima: .csv, .xlsx, .parquet"),
        (("export", "units", "folder.csv"), "folder.csv: tidak dapat ditulis: itu sebuah folder"),
        (("import", "x.csv", "--table", "people"), "tabel 'people' tidak dikenal"),
        (("import", "x.csv", "--set", "year=soon"), "year=soon: yang diterima: "),
    ],
)
def test_an_error_is_said_in_indonesian_wherever_it_was_raised(bangkom, office, monkeypatch, asked, said):
    monkeypatch.chdir(office)
    run = bangkom(*asked, lang="id")
    assert run.code == 3
    assert said in run.err


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("[plan]\naway_share = 2.0\nmax_trainings = 0\n",
         "plan.away_share: 2.0 tidak diterima; yang diterima: 0 sampai 1; plan.max_trainings: 0 tidak diterima"),
        ("[plan]\naway_shar = 0.1\n", "p.toml: policy.plan.away_shar tidak dikenal; maksud Anda 'away_share'?"),
        ("[plan\n", "p.toml: tidak dapat dibaca sebagai kebijakan: "),
    ],
)  # fmt: skip
def test_every_problem_of_a_policy_is_said_in_indonesian(bangkom, office, policy, said):
    (office / "p.toml").write_text(policy, encoding="utf-8")
    run = bangkom("plan", "--policy", office / "p.toml", lang="id")
    assert run.code == 3
    assert said in run.err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("recommend",), "berikan NIP atau --all"),
        (("plan", "--budget-factor", "much"), "'much' bukan angka"),
        (("import", "x.csv", "--set", "year"), "yang diterima KOLOM=NILAI"),
    ],
)
def test_wrong_usage_is_said_in_indonesian(bangkom, asked, said):
    run = bangkom(*asked, lang="id")
    assert run.code == 2
    assert said in run.err


def test_fields_that_are_ids_stay_as_they_are_and_errors_within_errors_are_said_too():
    text = Wording("id").text
    inner = InvalidValueError("plan", 7, "1 or more")
    error = InputError("{file}: {problems}", file="plan", problems=(inner, UnknownIdError("training", "draft")))
    assert (
        error.said(text) == "plan: plan: 7 tidak diterima; yang diterima: 1 atau lebih; pelatihan 'draft' tidak dikenal"
    )
    assert str(error) == "plan: plan: 7 is not accepted; accepted: 1 or more; training 'draft' is not known"
    assert str(BangkomError("braces {stay} without fields")) == "braces {stay} without fields"


@pytest.mark.parametrize(
    ("lang", "words"),
    [("id", "tidak dapat dibuka: berkas atau folder tidak ada"), ("en", "cannot be opened: No such file")],
)
def test_a_file_that_cannot_be_opened_says_why_and_leaves_no_field_open(bangkom, tmp_path, lang, words):
    run = bangkom("import", tmp_path / "none.csv", lang=lang)
    assert run.code == 3
    assert words in run.out
    assert "{" not in run.out


@pytest.mark.parametrize(
    "error",
    [
        BangkomError("as it is"),
        InvalidValueError("level", 7, "1 to 5"),
        UnknownIdError("employee", "1", ("2",)),
        NotAuthenticatedError("key-expired"),
        InputError("{file}:{faults}", file="a", faults=(InvalidValueError("level", 7, "1 to 5"),)),
    ],
)
def test_an_error_travels_between_processes_as_it_is(error):
    there = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own)
    assert type(there) is type(error)
    assert (str(there), there.args, vars(there).keys()) == (str(error), error.args, vars(error).keys())
    assert Wording("id").text(there.message) == Wording("id").text(error.message)
    assert there.said(Wording("id").text) == error.said(Wording("id").text)
