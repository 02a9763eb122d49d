"""Files of others brought to our own headers: O*NET, ESCO, budget files, schedules, learning systems."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service.imports.account_lists import is_account_list, reshape_account_list
from service.imports.by_name import is_by_name, reshape_by_name
from service.imports.case import is_case, reshape_case
from service.imports.cells import FileRefusedError, Lines, Reshaped, Sheet
from service.imports.headers import first_filled
from service.imports.moodle import is_moodle, reshape_moodle
from service.imports.oneroster import is_oneroster, reshape_oneroster
from service.imports.posts import is_posts, reshape_posts
from service.imports.rating_lists import is_rating_list, reshape_rating_list
from service.imports.schedule import is_schedule, reshape_schedule
from service.imports.score_parts import has_parts, reshape_parts
from service.imports.siasn import is_siasn, reshape_siasn
from service.imports.side_by_side import is_side_by_side, reshape_side_by_side
from service.imports.taxonomies import is_esco, is_onet, reshape_esco, reshape_onet
from service.imports.xapi import is_xapi, reshape_xapi

MOST_TITLES = 10  # lines above the header of another system


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A source with headers of its own.

    Parameters
    ----------
    name : As in ``--profile``.
    recognises : Whether rows are of this source.
    reshape : Its rows under our headers, one sheet a table.
    is_headed : Whether its first line is the header, so that no line below may have more cells.
    """

    name: str
    recognises: Callable[[Lines], bool]
    reshape: Callable[[Sheet], list[Reshaped]]
    is_headed: bool = False


PROFILES: dict[str, Profile] = {
    "onet": Profile(name="onet", recognises=is_onet, reshape=reshape_onet, is_headed=True),
    "esco": Profile(name="esco", recognises=is_esco, reshape=reshape_esco, is_headed=True),
    "apbd": Profile(name="apbd", recognises=is_account_list, reshape=reshape_account_list),
    "schedule": Profile(name="schedule", recognises=is_schedule, reshape=reshape_schedule),
    "posts": Profile(name="posts", recognises=is_posts, reshape=reshape_posts),
    "by-name": Profile(name="by-name", recognises=is_by_name, reshape=reshape_by_name),
    "rating-list": Profile(name="rating-list", recognises=is_rating_list, reshape=reshape_rating_list),
    "parts": Profile(name="parts", recognises=has_parts, reshape=reshape_parts),
    "side-by-side": Profile(name="side-by-side", recognises=is_side_by_side, reshape=reshape_side_by_side),
    "siasn": Profile(name="siasn", recognises=is_siasn, reshape=reshape_siasn, is_headed=True),
    "xapi": Profile(name="xapi", recognises=is_xapi, reshape=reshape_xapi),
    "moodle": Profile(name="moodle", recognises=is_moodle, reshape=reshape_moodle, is_headed=True),
    "case": Profile(name="case", recognises=is_case, reshape=reshape_case),
    "oneroster": Profile(name="oneroster", recognises=is_oneroster, reshape=reshape_oneroster, is_headed=True),
}


def find_profile(wanted: str | None, sheet: Sheet) -> tuple[Profile, Sheet] | None:
    """Return the profile asked for, else the one whose source a sheet is of, and its sheet; None for our own.

    Raises
    ------
    FileRefusedError
        When the rows are not of the source asked for.
    """
    if wanted == "own":
        return None
    profiles = list(PROFILES.values()) if wanted is None else [PROFILES[wanted]]
    first = next((profile for profile in profiles if profile.recognises(sheet.rows)), None)
    found = (first, sheet) if first else _find_below(profiles, sheet)
    if found is None and wanted is not None:
        raise FileRefusedError("profile-differs", "the headers are not those of profile {profile}", profile=wanted)
    return found


def _find_below(profiles: Sequence[Profile], sheet: Sheet) -> tuple[Profile, Sheet] | None:
    """Return the profile of which a header stands below titles, and the sheet with that header in its first line."""
    filled = first_filled(sheet.rows)[:MOST_TITLES]
    for n_above, line in enumerate(filled):
        header = sheet.rows[line]
        found = next((one for one in profiles if one.is_headed and line and _is_of(one, [header])), None)
        if found is not None:
            lines = [header, *([] for _ in range(line)), *list(sheet.rows)[line + 1 :]]  # all others where they stood
            return found, replace(sheet, rows=lines, header_at=line, above=tuple(filled[:n_above]))
    return None


def _is_of(profile: Profile, rows: Lines) -> bool:
    try:
        return profile.recognises(rows)
    except FileRefusedError:
        return False


def reshaped_by(profile: Profile, sheet: Sheet) -> list[Reshaped]:
    """Bring a sheet under our headers; the first table that it gives tells of the lines above its header."""
    found = profile.reshape(sheet)
    above = tuple((line + 1, "row-metadata", "A line above the header is left out.") for line in sheet.above)
    return [replace(found[0], left_out=(*above, *found[0].left_out)), *found[1:]] if above and found else found
