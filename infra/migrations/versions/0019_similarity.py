"""Embeddings of comics, and an index that finds the nearest ones where pgvector is there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Without pgvector on the server, or the right to create it, everything but the index is made: comics are then
# similar by what they share, and `python -m infra.embed` makes the index when the extension is there.
INDEX = """
do $$ begin
    create extension if not exists vector;
    create index ix_comic_embeddings_nearest_256 on comic_embeddings using hnsw ((embedding::vector(256)) vector_cosine_ops)
        where cardinality(embedding) = 256;
exception when insufficient_privilege or feature_not_supported or undefined_file then
    raise notice 'no pgvector: %', sqlerrm;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "comic_embeddings",
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("embedding", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("comic_id", name="pk_comic_embeddings"),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name="fk_comic_embeddings_comic_id", ondelete="CASCADE"),
        sa.CheckConstraint("cardinality(embedding) > 0", name="ck_comic_embeddings_embedding"),
    )
    op.execute(INDEX)


def downgrade() -> None:
    # The extension stays: it may have been there before, and others may use it.
    op.drop_table("comic_embeddings")
