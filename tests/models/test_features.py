"""The declared features are sound, and none of them is a protected attribute."""

import numpy as np
import pytest

from models.features import FEATURE_NAMES, FEATURES, check_features
from training_catalog.errors import LengthMismatchError

PROTECTED = ("sex", "gender", "age_band", "birth", "religion", "marital", "disab", "ethnic", "nip", "name", "id_")


def test_no_feature_is_a_protected_attribute_or_an_id():
    assert [name for name in FEATURE_NAMES if any(word in name for word in PROTECTED)] == []


def test_names_are_unique_and_ranges_are_not_empty():
    assert len(set(FEATURE_NAMES)) == len(FEATURES)
    assert all(feature.minimum < feature.maximum for feature in FEATURES)


def test_deficits_may_only_raise_the_benefit_and_are_kept_from_completion():
    deficits = [f for f in FEATURES if f.name in {"rule_benefit", "covered_deficit", "person_deficit", "n_covered"}]
    assert [f.benefit_direction for f in deficits] == [1, 1, 1, 1]
    assert not any(f.tells_completion for f in deficits)


def test_what_is_kept_from_completion_has_no_direction_there():
    assert all(f.tells_completion for f in FEATURES if f.completion_direction)


@pytest.mark.parametrize("shape", [(3,), (3, len(FEATURES) - 1), (3, len(FEATURES) + 1)])
def test_another_shape_is_refused_and_both_widths_are_named(shape):
    with pytest.raises(LengthMismatchError, match=str(len(FEATURES))):
        check_features(np.zeros(shape, dtype=np.float32))
