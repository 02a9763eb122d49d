"""Tables of jobs: what was asked for, how far it is, who holds it; and the files that go in and come out."""

import sqlalchemy as sa

from service.storage.schema import METADATA, Moment

PAYLOAD, RESULT = "payload", "result"  # roles of a file

JOBS = sa.Table(
    "jobs", METADATA,
    sa.Column("job_id", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False, unique=True),
    sa.Column("request_key", sa.Text, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("units", sa.Text),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("attempt", sa.BigInteger, nullable=False),
    sa.Column("max_attempts", sa.BigInteger, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("beat", sa.BigInteger, nullable=False),
    sa.Column("submitted_at", Moment, nullable=False),
    sa.Column("started_at", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("cancel_asked_at", Moment),
    sa.Column("result", sa.Text),
    sa.Column("error", sa.Text),
)  # fmt: skip

JOB_FILES = sa.Table(
    "job_files", METADATA,
    sa.Column("job_id", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)  # fmt: skip
