"""Open Badges 3.0, as far as it is written here: the rules of its published JSON schema as types.

A document that decodes as one of these has every property that the schema requires, in its form; whoever signs it adds
the proof. 1EdTech Open Badges 3.0, section "Data Models"; W3C Verifiable Credentials 2.0.
"""

from typing import Annotated, Literal

import msgspec

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
Address = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9+.-]*:\S+$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Alignment(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A competency that an achievement is about."""

    type: tuple[Literal["Alignment"]]
    target_name: Text
    target_url: Address
    target_code: Text
    target_framework: Text
    target_type: Literal["CFItem"]


class Criteria(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What had to be done."""

    narrative: Text


class Achievement(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A training that can be completed."""

    id: Address
    type: tuple[Literal["Achievement"]]
    achievement_type: Literal["Course"]
    name: Text
    description: Text
    criteria: Criteria
    human_code: Text
    in_language: Text
    credits_available: Annotated[float, msgspec.Meta(ge=0)]
    field_of_study: Text | None = None
    alignment: list[Alignment] = []


class Identity(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Who completed it: a number that only its bearer, who knows it, can show to be the one."""

    type: Literal["IdentityObject"]
    hashed: Literal[True]
    identity_hash: Annotated[str, msgspec.Meta(pattern=r"^sha256\$[0-9a-f]{64}$")]
    identity_type: Literal["identifier"]
    salt: Text


class Subject(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """Somebody's completion."""

    type: tuple[Literal["AchievementSubject"]]
    identifier: Annotated[list[Identity], msgspec.Meta(min_length=1)]
    achievement: Achievement
    activity_end_date: Moment
    activity_start_date: Moment | None = None
    credits_earned: Annotated[float, msgspec.Meta(ge=0)] | None = None


class Issuer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who held the training."""

    id: Address
    type: tuple[Literal["Profile"]]
    name: Text


class Credential(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """One completed training of one person."""

    context: tuple[str, str] = msgspec.field(name="@context")
    id: Address
    type: tuple[Literal["VerifiableCredential"], Literal["OpenBadgeCredential"]]
    name: Text
    issuer: Issuer
    valid_from: Moment
    credential_subject: Subject
