"""Problems as somebody changes them who tries what an answer says."""

from dataclasses import replace

import numpy as np


def with_amounts(problem, names, more):
    """Return a problem with more rupiah on some lines and caps of earmarks."""
    amount = problem.lines.amount + more * np.isin(problem.lines.ids, names)
    marks = tuple(
        replace(mark, at_most=mark.at_most + more) if mark.name in names else mark for mark in problem.rules.earmarks
    )
    return replace(problem, lines=replace(problem.lines, amount=amount), rules=replace(problem.rules, earmarks=marks))


def demanding(problem, rows):
    """Return a problem in which some options are pinned."""
    is_pinned = np.isin(np.arange(len(problem.options.employee)), rows)
    return replace(problem, options=replace(problem.options, is_pinned=is_pinned))
