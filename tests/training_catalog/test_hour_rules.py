from datetime import date

import numpy as np
import pandas as pd

from training_catalog.hour_rules import daily_caps, monthly_caps

RULES = pd.DataFrame(
    {
        "form": ["C3", "C3", "C9", "B3"],
        "scope": ["national", "national", "national", "national"],
        "daily_cap": [3.0, 4.0, 2.0, np.nan],
        "valid_from": pd.to_datetime(["2019-02-01", "2028-01-01", "2019-02-01", "2019-02-01"]).astype("datetime64[s]"),
    }
)


def test_the_rule_that_holds_on_the_day_counts():
    forms = np.array(["C3", "C9", "B3", "ZZ"])
    assert daily_caps(RULES, forms, date(2027, 1, 4)).tolist() == [3.0, 2.0, np.inf, np.inf]
    assert daily_caps(RULES, forms, date(2028, 1, 4)).tolist() == [4.0, 2.0, np.inf, np.inf]
    assert daily_caps(RULES, forms, date(2010, 1, 1)).tolist() == [np.inf] * 4


def test_a_monthly_cap_is_sessions_times_hours_a_session():
    rules = RULES.assign(rate=[1.0, 2.0, 2.0, 1.0], monthly_session_cap=[np.nan, 3, 2, np.nan])
    forms = np.array(["C3", "C9", "B3", "ZZ"])
    assert monthly_caps(rules, forms, date(2027, 1, 4)).tolist() == [np.inf, 4.0, np.inf, np.inf]
    assert monthly_caps(rules, forms, date(2028, 1, 4)).tolist() == [6.0, 4.0, np.inf, np.inf]
