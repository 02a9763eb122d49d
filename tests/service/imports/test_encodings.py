import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.imports.cells import FileRefusedError
from service.imports.encodings import decode

LETTERS = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be",
                                      "utf-32-le", "utf-32-be", "cp1252"])  # fmt: skip
def test_letters_come_out_as_they_went_in(encoding):
    text = "nip,nama\n1,Café \u2013 Pelatihan\n"
    assert decode(text.encode(encoding), None).text == text


@given(LETTERS)
def test_windows_letters_are_never_replaced(text):
    line = f"é{text}".encode("cp1252")
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        assert decode(line, None).text == f"é{text}"


def test_lines_of_another_encoding_are_named_and_no_letter_is_lost():
    decoded = decode("nama\nCafé\n".encode() + "Bébé\n".encode("cp1252") + "A\nÉcole\n".encode(), None)
    assert decoded.text == "nama\nCafé\nBébé\nA\nÉcole\n"
    assert decoded.notes == (("encoding-mixed", "3"),)


def test_lines_of_another_encoding_are_told_apart_however_they_end():
    decoded = decode("nama\rCafé\r".encode() + "Bébé\r".encode("cp1252"), None)
    assert (decoded.text, decoded.notes) == ("nama\rCafé\rBébé\r", (("encoding-mixed", "3"),))


def test_bytes_of_no_known_encoding_are_refused_with_their_line():
    with pytest.raises(FileRefusedError, match="line 2"):
        decode(b"nama\nA\x81B\n", None)


def test_what_the_person_says_goes_first():
    assert decode("Łódź".encode("cp1250"), "cp1250").text == "Łódź"
    for encoding in ("utf-8", "klingon"):
        with pytest.raises(FileRefusedError, match=encoding):
            decode("Łódź".encode("cp1250"), encoding)
