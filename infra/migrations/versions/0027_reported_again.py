"""Who reported something once may report it again after the decision: a reporter counts once for a case, no more for the subject."""

from alembic import op

from infra.migrations import online

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Code of before writes one report of each person for a subject, and so for each of its cases.
CONTRACTS = {"reports.uq_reports_case"}

BEFORE = "uq_reports_reporter_id_subject_type_subject_id"


def upgrade() -> None:
    online.create_index("uq_reports_case", "reports", "reporter_id, case_id", unique=True)
    # Broken off in between, both rules hold, and the next try does the rest.
    op.execute(f"alter table reports drop constraint if exists {BEFORE}")


def downgrade() -> None:
    op.execute("""
        with gone as (delete from reports r using reports later
                      where (later.reporter_id, later.subject_type, later.subject_id) = (r.reporter_id, r.subject_type, r.subject_id)
                        and later.id > r.id returning r.case_id)
        update moderation_cases k set reports = k.reports - g.given from (select case_id, count(*) as given from gone group by case_id) g
        where k.id = g.case_id
    """)
    # Broken off before the index is gone, it is there already.
    op.execute(f"alter table reports drop constraint if exists {BEFORE}")
    op.create_unique_constraint(op.f(BEFORE), "reports", ["reporter_id", "subject_type", "subject_id"])
    online.drop_index("uq_reports_case")
