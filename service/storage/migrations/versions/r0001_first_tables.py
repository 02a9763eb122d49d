"""First tables.

Revision ID: 0001
Revises:
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out, not read from today's declarations: a step must do the same for ever.
TABLES: dict[str, tuple[tuple[str, type[sa.types.TypeEngine[Any]]], ...]] = {
    "frameworks": (
        ("framework", sa.Text),
        ("name", sa.Text),
        ("level_min", sa.Double),
        ("level_max", sa.Double),
        ("direction", sa.Text),
        ("source", sa.Text),
    ),
    "competencies": (
        ("competency", sa.Text),
        ("name", sa.Text),
        ("name_en", sa.Text),
        ("framework", sa.Text),
        ("kind", sa.Text),
        ("parent", sa.Text),
        ("weight", sa.Double),
        ("definition", sa.Text),
    ),
    "units": (
        ("unit", sa.Text),
        ("name", sa.Text),
        ("parent", sa.Text),
        ("city", sa.Text),
        ("province", sa.Text),
        ("authorised_staff", sa.BigInteger),
    ),
    "positions": (
        ("position", sa.Text),
        ("name", sa.Text),
        ("position_class", sa.Text),
    ),
    "requirements": (
        ("position", sa.Text),
        ("competency", sa.Text),
        ("level", sa.Double),
        ("weight", sa.Double),
        ("valid_from", sa.Date),
        ("valid_until", sa.Date),
        ("source", sa.Text),
    ),
    "position_defaults": (
        ("position_class", sa.Text),
        ("competency", sa.Text),
        ("level", sa.Double),
        ("valid_from", sa.Date),
        ("valid_until", sa.Date),
        ("source", sa.Text),
    ),
    "employees": (
        ("employee", sa.Text),
        ("name", sa.Text),
        ("unit", sa.Text),
        ("position", sa.Text),
        ("employment_type", sa.Text),
        ("status", sa.Text),
        ("birth_date", sa.Date),
        ("sex", sa.Text),
        ("grade", sa.Text),
        ("service_start", sa.Date),
        ("position_since", sa.Date),
        ("retirement_date", sa.Date),
    ),
    "assessments": (
        ("employee", sa.Text),
        ("competency", sa.Text),
        ("level", sa.Double),
        ("assessed_on", sa.Date),
        ("method", sa.Text),
        ("assessor", sa.Text),
    ),
    "rating_scales": (
        ("scale", sa.Text),
        ("name", sa.Text),
        ("minimum", sa.Double),
        ("maximum", sa.Double),
        ("direction", sa.Text),
        ("labels", sa.Text),
        ("valid_from", sa.Date),
        ("valid_until", sa.Date),
        ("source", sa.Text),
    ),
    "performance": (
        ("employee", sa.Text),
        ("period_end", sa.Date),
        ("scale", sa.Text),
        ("rating", sa.Double),
    ),
    "trainings": (
        ("training", sa.Text),
        ("name", sa.Text),
        ("topic", sa.Text),
        ("form", sa.Text),
        ("mode", sa.Text),
        ("hours", sa.Double),
        ("provider", sa.Text),
        ("series", sa.Text),
        ("status", sa.Text),
        ("position_classes", sa.Text),
        ("employment_types", sa.Text),
        ("retake_after_years", sa.BigInteger),
    ),
    "training_targets": (
        ("training", sa.Text),
        ("competency", sa.Text),
        ("level_from", sa.Double),
        ("level_to", sa.Double),
    ),
    "prerequisites": (
        ("training", sa.Text),
        ("requires", sa.Text),
    ),
    "accounts": (
        ("account", sa.Text),
        ("name", sa.Text),
        ("purpose", sa.Text),
        ("forms", sa.Text),
        ("valid_from", sa.Date),
        ("source", sa.Text),
    ),
    "budgets": (
        ("line", sa.Text),
        ("year", sa.BigInteger),
        ("name", sa.Text),
        ("unit", sa.Text),
        ("activity", sa.Text),
        ("account", sa.Text),
        ("funding_source", sa.Text),
        ("amount", sa.BigInteger),
        ("reserved", sa.BigInteger),
        ("spent", sa.BigInteger),
        ("parent", sa.Text),
    ),
    "offerings": (
        ("offering", sa.Text),
        ("training", sa.Text),
        ("start_date", sa.Date),
        ("end_date", sa.Date),
        ("mode", sa.Text),
        ("city", sa.Text),
        ("province", sa.Text),
        ("fixed_cost", sa.BigInteger),
        ("seat_cost", sa.BigInteger),
        ("seats_min", sa.BigInteger),
        ("seats_max", sa.BigInteger),
        ("budget_line", sa.Text),
        ("status", sa.Text),
    ),
    "history": (
        ("employee", sa.Text),
        ("training", sa.Text),
        ("training_name", sa.Text),
        ("start_date", sa.Date),
        ("end_date", sa.Date),
        ("status", sa.Text),
        ("hours", sa.Double),
        ("pre_score", sa.Double),
        ("post_score", sa.Double),
        ("provider", sa.Text),
    ),
    "price_book": (
        ("item", sa.Text),
        ("region", sa.Text),
        ("amount", sa.BigInteger),
        ("unit", sa.Text),
        ("valid_from", sa.Date),
        ("source", sa.Text),
    ),
    "hour_rules": (
        ("form", sa.Text),
        ("name", sa.Text),
        ("scope", sa.Text),
        ("per", sa.Text),
        ("rate", sa.Double),
        ("daily_cap", sa.Double),
        ("monthly_session_cap", sa.BigInteger),
        ("valid_from", sa.Date),
        ("source", sa.Text),
    ),
    "unit_outcomes": (
        ("unit", sa.Text),
        ("indicator", sa.Text),
        ("period_end", sa.Date),
        ("value", sa.Double),
    ),
    "interests": (
        ("employee", sa.Text),
        ("training", sa.Text),
        ("kind", sa.Text),
        ("stated_on", sa.Date),
    ),
    "absences": (
        ("employee", sa.Text),
        ("start_date", sa.Date),
        ("end_date", sa.Date),
        ("kind", sa.Text),
    ),
}


def _documents(name: str, key: str, head: str, body: str) -> None:
    op.create_table(
        name,
        sa.Column(key, sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("created_on", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column(head, sa.Text, nullable=False),
        sa.Column(body, sa.LargeBinary, nullable=False),
    )


def upgrade() -> None:
    """Make the import tables and those for models and plans."""
    for name, columns in TABLES.items():
        key = sa.Column("row_key", sa.Text, primary_key=True)
        op.create_table(name, key, *[sa.Column(column, kind()) for column, kind in columns])
    _documents("fitted_models", "model_id", "manifest", "payload")
    _documents("plans", "plan_id", "summary", "document")


def downgrade() -> None:
    """Drop everything."""
    for name in ("plans", "fitted_models", *reversed(TABLES)):
        op.drop_table(name)
