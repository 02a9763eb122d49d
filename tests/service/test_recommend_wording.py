import re

import pytest

from service.phrases import LEFT_OUT, REASONS
from service.wording import Wording


@pytest.mark.parametrize("message", [*REASONS.values(), *LEFT_OUT.values()])
def test_every_sentence_of_a_list_is_indonesian_by_default_and_keeps_its_fields(message):
    translated = Wording("id").text(message)
    assert translated != message
    assert set(re.findall(r"{\w+}", translated)) == set(re.findall(r"{\w+}", message))
