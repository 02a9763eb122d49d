"""The price book: unit prices by item and region, the latest that holds on a day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from training_catalog.columns import TextArray, check_lengths, freeze, look_up
from training_catalog.frames import dates_of, text_of, whole_of
from training_catalog.quantities import RupiahArray

PER_DIEM_TRAINING = "per_diem_training"  # rupiah per person and day, classroom training out of town or over 8 hours
TRANSPORT = "transport"  # rupiah per person and return trip
LODGING = "lodging"  # rupiah per person and night
ITEMS = (PER_DIEM_TRAINING, "per_diem_travel", TRANSPORT, LODGING)  # that a price book may tell
UNKNOWN_PRICE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBook:
    """Prices that hold on one day.

    Parameters
    ----------
    keys : shape (n_prices,), ascending: item and region joined by a tab.
    amount : Whole rupiah per unit.
    """

    keys: TextArray
    amount: RupiahArray

    def __post_init__(self) -> None:
        check_lengths("price book", len(self.keys), amount=self.amount)
        freeze(self)

    def unit_price(self, item: str, regions: TextArray) -> RupiahArray:
        """Return the price of an item in each region; -1 where the book has none."""
        wanted = np.char.add(f"{item}\t", regions) if len(regions) else np.empty(0, dtype=np.str_)
        found = look_up(self.keys, np.asarray(wanted, dtype=np.str_))
        if not len(self.keys):
            return np.full(len(regions), UNKNOWN_PRICE, dtype=np.int64)
        return np.where(found >= 0, self.amount[np.maximum(found, 0)], UNKNOWN_PRICE)


def build_price_book(frame: pd.DataFrame, on: date) -> PriceBook:
    """Build the price book of a day: the latest row of each item and region."""
    since = dates_of(frame, "valid_from")
    holds = np.isnat(since) | (since <= np.datetime64(on, "D"))
    frame = frame.loc[holds].assign(
        since=np.where(np.isnat(since), np.iinfo(np.int64).min, since.astype(np.int64))[holds]
    )
    frame = frame.sort_values(["item", "region", "since"], kind="stable").drop_duplicates(
        ["item", "region"], keep="last"
    )
    keys = np.asarray(np.char.add(np.char.add(text_of(frame, "item"), "\t"), text_of(frame, "region")), dtype=np.str_)
    order = np.argsort(keys, kind="stable")
    return PriceBook(keys=keys[order], amount=whole_of(frame, "amount")[order])
