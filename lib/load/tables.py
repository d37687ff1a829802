"""The tables in which the load keeps its books: runs, rejected rows, loaded files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lib.database.base import MYSQL, Base


class PipelineRun(Base):
    """One run of the pipeline: when, with what outcome, and how many rows."""

    __tablename__ = "pipeline_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(comment="UTC")
    finished_at: Mapped[datetime | None] = mapped_column(comment="UTC")
    outcome: Mapped[str] = mapped_column(String(16), comment="running, succeeded, failed or died")
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_inserted: Mapped[int] = mapped_column(default=0)
    rows_updated: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    rows_rejected: Mapped[int] = mapped_column(default=0)
    rows_inferred: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    message: Mapped[str | None] = mapped_column(Text, comment="why it failed")

    rejected: Mapped[list[RejectedRow]] = relationship(back_populates="run")
    files: Mapped[list[LoadedFile]] = relationship(back_populates="run")


class RejectedRow(Base):
    """A row that broke a rule: where it stands in the file, and why it was not loaded."""

    __tablename__ = "rejected_rows"
    __table_args__ = (UniqueConstraint("table_name", "file", "line"), MYSQL)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("pipeline_runs.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(255))
    line: Mapped[int] = mapped_column(comment="in the file; the header is line 1")
    column: Mapped[str] = mapped_column("column_name", String(64))
    value: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(255))

    run: Mapped[PipelineRun | None] = relationship(back_populates="rejected")


class LoadedFile(Base):
    """A file of many that is loaded, and what was in it: a run that resumes leaves it out."""

    __tablename__ = "loaded_files"

    table_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    file: Mapped[str] = mapped_column(String(255), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes")
    sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(comment="UTC")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("pipeline_runs.id"), index=True)

    run: Mapped[PipelineRun | None] = relationship(back_populates="files")
