"""Moments at which intervals of one group crowd: the maximal sets that overlap, found without a loop over groups."""

import numpy as np

from training_catalog.columns import IndexArray


def crowded_moments(group: IndexArray, start: IndexArray, end: IndexArray) -> tuple[IndexArray, IndexArray]:
    """List the maximal sets of intervals of a group that share a day.

    Parameters
    ----------
    group : Group of each interval, such as a person or a unit.
    start, end : First and last day, both included; intervals with end before start are left out.

    Returns
    -------
    moment : Number of the set, for each member.
    row : The interval.

    Notes
    -----
    The maximal cliques of an interval graph stand at starts: the intervals alive on a start day form one when some
    interval ends before the next start. Sets with a single member are left out.

    Examples
    --------
    >>> group = np.zeros(3, dtype=np.int64)
    >>> moment, row = crowded_moments(group, np.array([1, 2, 5]), np.array([3, 4, 6]))
    >>> row.tolist()
    [0, 1]
    """
    rows = np.flatnonzero(end >= start)
    nothing = np.empty(0, dtype=np.int64)
    if not len(rows):
        return nothing, nothing.copy()
    first_day = int(start[rows].min())
    width = np.int64(int(end[rows].max()) - first_day + 2)
    begin = group[rows] * width + (start[rows] - first_day)
    finish = group[rows] * width + (end[rows] - first_day)
    moments = np.unique(begin)
    last_before_next = np.append(moments[1:] - 1, moments[-1] + width)
    same_group = np.append(moments[1:] // width == moments[:-1] // width, False)
    sorted_finish = np.sort(finish)
    ended = np.searchsorted(sorted_finish, last_before_next, side="right") > np.searchsorted(
        sorted_finish, moments, side="left"
    )
    moments = moments[ended | ~same_group]
    order = np.argsort(begin, kind="stable")
    low = np.searchsorted(moments, begin[order], side="left")
    high = np.searchsorted(moments, finish[order], side="right")
    counts = np.maximum(high - low, 0)
    member = np.repeat(order, counts)
    offset = np.arange(len(member)) - np.repeat(np.cumsum(counts) - counts, counts)
    moment = np.repeat(low, counts) + offset
    crowd = np.bincount(moment, minlength=len(moments))
    kept = crowd[moment] > 1
    return moment[kept].astype(np.int64), rows[member[kept]].astype(np.int64)
