"""introductions, which are only added to, and commissions.

Revision: 0026
After: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fee_agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("fee_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_commissions_fee")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_commissions_deal_id_deals")),
        sa.ForeignKeyConstraint(["fee_agreed_by_id"], ["users.id"], name=op.f("fk_commissions_fee_agreed_by_id_users")),
        sa.ForeignKeyConstraint(["payer_id"], ["organizations.id"], name=op.f("fk_commissions_payer_id_organizations")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_commissions_proposed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commissions")),
        sa.UniqueConstraint("deal_id", "number", name=op.f("uq_commissions_deal_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("commissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commissions_payer_id"), ["payer_id"], unique=False)

    op.create_table(
        "introductions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.Column("introducer_id", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=16), nullable=True),
        sa.Column("match_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("said_for_id", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_introductions_deal_id_deals")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_introductions_event_id_events")),
        sa.ForeignKeyConstraint(["introducer_id"], ["users.id"], name=op.f("fk_introductions_introducer_id_users")),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_introductions_match_id_matches")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_introductions_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["said_by_id"], ["users.id"], name=op.f("fk_introductions_said_by_id_users")),
        sa.ForeignKeyConstraint(
            ["said_for_id"], ["organizations.id"], name=op.f("fk_introductions_said_for_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("introductions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_introductions_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_introductions_introducer_id"), ["introducer_id"], unique=False)

    for statement in _refusals():
        op.execute(statement)
    op.create_table(
        "commission_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commission_id", sa.Integer(), nullable=False),
        sa.Column("broker_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("percent > 0 AND percent <= 10000", name=op.f("ck_commission_shares_percent")),
        sa.ForeignKeyConstraint(["broker_id"], ["users.id"], name=op.f("fk_commission_shares_broker_id_users")),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commissions.id"], name=op.f("fk_commission_shares_commission_id_commissions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_shares")),
        sa.UniqueConstraint("commission_id", "broker_id", name=op.f("uq_commission_shares_commission_id_broker_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("commission_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commission_shares_broker_id"), ["broker_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("commission_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commission_shares_broker_id"))

    op.drop_table("commission_shares")
    with op.batch_alter_table("introductions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_introductions_introducer_id"))
        batch_op.drop_index(batch_op.f("ix_introductions_deal_id"))

    op.drop_table("introductions")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION introductions_refuse()")
    with op.batch_alter_table("commissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commissions_payer_id"))

    op.drop_table("commissions")


def _refusals() -> tuple[str, ...]:
    refused = "the introductions table is append-only"
    if op.get_context().dialect.name == "postgresql":
        return (
            "CREATE OR REPLACE FUNCTION introductions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$",
            "CREATE TRIGGER introductions_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON introductions "
            "FOR EACH STATEMENT EXECUTE FUNCTION introductions_refuse()",
        )
    return tuple(
        f"CREATE TRIGGER introductions_no_{act} BEFORE {act.upper()} ON introductions "
        f"BEGIN SELECT RAISE(ABORT, '{refused}'); END"
        for act in ("update", "delete")
    )
