"""Completed trainings as Open Badges 3.0 credentials, not yet signed: one a person, training and day."""

import hashlib
import uuid
from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from service.exports.case import competency_address
from service.files import by_suffix, writing_to
from service.schemas import badge
from service.storage.database import Database
from service.titles import with_titles
from training_catalog.competency import ASN_FRAMEWORK
from training_catalog.errors import UnknownIdError
from training_catalog.frames import Tables

CREDENTIAL_TABLES = ("competencies", "frameworks", "training_targets", "trainings", "training_titles")
Row = dict[Hashable, Any]
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:bangkom:badges")


def write_badges(database: Database, path: Path, employee: str | None) -> int:
    """Write the credentials of one person, or of everybody, and return their number.

    Raises
    ------
    InputError
        When the suffix is not .json, nobody has that number, or the file cannot be written.
    """
    by_suffix(path, {".json": True})
    tables = with_titles(database.read_all())
    if employee is not None and employee not in set(tables["employees"]["employee"]):
        raise UnknownIdError("employee", employee)
    found = credentials(tables, employee)
    with writing_to(path):
        path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    return len(found)


def credentials(tables: Tables, employee: str | None) -> list[badge.Credential]:
    """Return a credential for each completed training that is on file, in the order of the history.

    Parameters
    ----------
    tables : Tables, with the trainings that written titles mean.
    employee : Whose; everybody's when None.
    """
    achievements = _achievements(tables)
    history = tables["history"]
    is_credited = history["training"].isin(achievements) & history["status"].fillna("completed").eq("completed")
    history = history[is_credited & history["end_date"].notna()]  # a credential says when it was earned
    if employee is not None:
        history = history[history["employee"] == employee]
    providers = tables["trainings"].set_index("training")["provider"]
    return [_credential(row, achievements[row["training"]], providers[row["training"]]) for row in _rows(history)]


def _rows(frame: pd.DataFrame) -> list[Row]:
    return frame.to_dict("records")


def _address(*parts: str) -> str:
    """Return the address of a thing, the same in every export."""
    return f"urn:uuid:{uuid.uuid5(_SPACE, chr(31).join(parts))}"


def _moment(day: pd.Timestamp | date) -> str:
    return f"{day:%Y-%m-%d}T00:00:00Z"


def _told(value: str | float | None, default: str) -> str:
    return value if isinstance(value, str) and value.strip() else default


def _achievements(tables: Tables) -> dict[str, badge.Achievement]:
    """Return every training, with the competencies and levels that it leads to."""
    competencies = tables["competencies"].set_index("competency")
    frameworks = tables["frameworks"].set_index("framework")["name"]
    aims: dict[str, list[badge.Alignment]] = {}
    texts: dict[str, list[str]] = {}
    for row in _rows(tables["training_targets"]):
        code, training = row["competency"], row["training"]
        if code not in competencies.index:
            continue
        framework = _told(competencies["framework"][code], ASN_FRAMEWORK)
        name = str(competencies["name"][code])
        texts.setdefault(training, []).append(f"{name} ({row['level_to']:g})")
        aims.setdefault(training, []).append(badge.Alignment(
            type=("Alignment",), target_name=name, target_url=competency_address(code), target_code=code,
            target_framework=_told(frameworks.get(framework), framework), target_type="CFItem",
        ))  # fmt: skip
    return {row["training"]: _achievement(row, aims.get(row["training"], []), texts.get(row["training"], []))
            for row in _rows(tables["trainings"])}  # fmt: skip


def _achievement(row: Row, aims: list[badge.Alignment], texts: list[str]) -> badge.Achievement:
    training, name, hours, topic = (row[column] for column in ("training", "name", "hours", "topic"))
    return badge.Achievement(
        id=_address("training", training), type=("Achievement",), achievement_type="Course", name=name,
        description=f"{name}: {'; '.join(texts)}" if texts else name,
        criteria=badge.Criteria(narrative=f"Menyelesaikan pelatihan {name}, {hours:g} JP."), human_code=training,
        in_language="id", credits_available=float(hours), field_of_study=None if pd.isna(topic) else topic,
        alignment=aims,
    )  # fmt: skip


def _credential(row: Row, achievement: badge.Achievement, provider: str | float | None) -> badge.Credential:
    person, title, end = (row[column] for column in ("employee", "training_name", "end_date"))
    start, hours = row["start_date"], row["hours"]
    identifier = _address("completion", person, title, f"{end:%Y-%m-%d}")
    issuer = _told(row["provider"], _told(provider, "Penyelenggara tidak tercatat"))
    salt = identifier.rsplit(":", 1)[1]
    return badge.Credential(
        context=badge.CONTEXT, id=identifier, type=("VerifiableCredential", "OpenBadgeCredential"),
        name=achievement.name, valid_from=_moment(end),
        issuer=badge.Issuer(id=_address("provider", issuer), type=("Profile",), name=issuer),
        credential_subject=badge.Subject(
            type=("AchievementSubject",), achievement=achievement, activity_end_date=_moment(end),
            identifier=[badge.Identity(
                type="IdentityObject", hashed=True, identity_type="identifier", salt=salt,
                identity_hash=f"sha256${hashlib.sha256(f'{person}{salt}'.encode()).hexdigest()}",
            )],
            activity_start_date=None if pd.isna(start) else _moment(start),
            credits_earned=None if pd.isna(hours) else float(hours),
        ),
    )  # fmt: skip
