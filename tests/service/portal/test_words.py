"""Sentences without fields are put into a template once, escaped as any text; those with fields are not."""

import jinja2
import pytest

from service.portal.words import FixedWords

PAGE = {
    "{{ t('A & B') }}": "[A &amp; B]", "{{ t('A', n=1) }}": "called", "{{ t(name) }}": "called",
    "{{ t('A') ~ t('B') }}": "[A][B]", "{{ t('A') | lower }}": "[a]", "{{ u('A') }}": "other",
    "{{ t('A') if name else t('B') }}": "[A]", "t('A')": "t('A')", "{{ t('A')": None,
}  # fmt: skip


@pytest.mark.parametrize("source", PAGE)
def test_a_sentence_is_translated_when_its_template_is_compiled(source):
    made = jinja2.Environment(autoescape=True, extensions=[FixedWords])
    made.extend(words=lambda sentence: f"[{sentence}]")
    if PAGE[source] is None:
        with pytest.raises(jinja2.TemplateSyntaxError):
            made.from_string(source)
        return
    told = made.from_string(source).render(t=lambda *_, **__: "called", u=lambda _: "other", name="A")
    assert told == PAGE[source]
