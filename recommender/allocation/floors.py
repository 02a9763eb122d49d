"""How low the next floor of a proof lies: as low as a ladder says, or as the time that is left will most likely do for.

The time that a proof takes grows as a power of the distance from the bound to its floor. A proof that the clock ends is
worth less than one with a higher floor that is through.
"""

from math import exp, log

LADDER = (0.3, 0.6, 1.0)  # of the way from the bound to the plan
GROWTH = 3.4  # a proof whose floor is x times as far takes exp(GROWTH (x - 1)) times as long, until two were timed
STEEPER = 1.25  # how much faster it grows than between the last two proofs
LEAST_GROWTH = 1.0
SAFE = 0.8  # of the time that is left, for which a proof is planned
LEAST_STEP = 1.03  # a floor that is no further than this is not worth its proof
SHORTEST = 0.01  # seconds that a proof counts for at least


class Floors:
    """Floors one after another, of which each proof tells how long the next will take.

    Attributes
    ----------
    way : How far the floor is, of the way from the bound to the plan; 0 before the first.
    is_shortened : Whether the clock ever chose one.
    """

    def __init__(self) -> None:
        self.way, self.is_shortened = 0.0, False
        self._earlier, self._took, self._growth = 0.0, 0.0, GROWTH

    def through(self, took: float) -> None:
        """Remember the seconds that the proof of this floor took."""
        took = max(took, SHORTEST)
        if self._earlier:
            growth = STEEPER * log(took / self._took) / (self.way / self._earlier - 1.0)
            self._growth = max(growth, LEAST_GROWTH)
        self._took = took

    def next(self, left: float) -> float:
        """Choose the next floor with the seconds that are left, and return how far it is; 0 where none is worth it."""
        further = next((step for step in LADDER if step > self.way), 0.0)
        if self.way and further and self._took * exp(self._growth * (further / self.way - 1.0)) > SAFE * left:
            self.is_shortened = True
            reach = 1.0 + log(SAFE * left / self._took) / self._growth if SAFE * left > self._took else 0.0
            further = self.way * reach if reach >= LEAST_STEP else 0.0
        self._earlier, self.way = self.way, further
        return further
