"""Offerings: dated classes with seats, place and cost."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training_catalog.columns import BoolArray, DateArray, IndexArray, TextArray, check_lengths, freeze
from training_catalog.frames import choice_of, dates_of, index_of, sorted_by_key, text_of, whole_of
from training_catalog.quantities import RupiahArray
from training_catalog.training import MODES, Trainings

UNLIMITED_SEATS = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Offerings:
    """Dated classes.

    Parameters
    ----------
    ids : shape (n_offerings,), ascending.
    training : Index of the training.
    mode : Index into `MODES`; the training's when the class names none.
    start, end : Days, both included.
    city, province : Where it is held; empty when not given.
    fixed_cost, seat_cost : Whole rupiah: opening the class, and the fee per head.
    seats_min, seats_max : Fewest participants with which it opens, and seats.
    line : Code of the budget line that pays the fixed cost; empty leaves it to the policy.
    is_open : Neither closed nor cancelled.
    """

    ids: TextArray
    training: IndexArray
    mode: IndexArray
    start: DateArray
    end: DateArray
    city: TextArray
    province: TextArray
    fixed_cost: RupiahArray
    seat_cost: RupiahArray
    seats_min: IndexArray
    seats_max: IndexArray
    line: TextArray
    is_open: BoolArray

    def __post_init__(self) -> None:
        check_lengths("offerings", len(self.ids), training=self.training, mode=self.mode, start=self.start,
                      end=self.end, fixed_cost=self.fixed_cost, seat_cost=self.seat_cost,
                      is_open=self.is_open)  # fmt: skip
        freeze(self)

    @property
    def n_days(self) -> IndexArray:
        """Calendar days from start to end, both included."""
        return (self.end - self.start).astype(np.int64) + 1


def build_offerings(frame: pd.DataFrame, trainings: Trainings) -> Offerings:
    """Build offerings from their table; classes of unknown trainings are left out (the importer refuses them)."""
    frame = sorted_by_key(frame, "offering")
    training = index_of(frame, "training", trainings.ids)
    frame, training = frame.loc[training >= 0], training[training >= 0]
    own_mode = choice_of(frame, "mode", (*MODES, ""), "")
    return Offerings(
        ids=text_of(frame, "offering"),
        training=training,
        mode=np.where(own_mode < len(MODES), own_mode, trainings.mode[training]),
        start=dates_of(frame, "start_date"),
        end=dates_of(frame, "end_date"),
        city=text_of(frame, "city"),
        province=text_of(frame, "province"),
        fixed_cost=whole_of(frame, "fixed_cost"),
        seat_cost=whole_of(frame, "seat_cost"),
        seats_min=whole_of(frame, "seats_min", 1),
        seats_max=whole_of(frame, "seats_max", UNLIMITED_SEATS),
        line=text_of(frame, "budget_line"),
        is_open=text_of(frame, "status", "open") == "open",
    )
