"""Judge a batch by a table alone, as a load does that has looked at the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from lib.load import rules as rules_module
from lib.load.rules import Rejected, Rule
from lib.load.types import form_of
from lib.source import Batch


def validate(
    table: Any, batch: Batch, rules: Sequence[Rule] = ()
) -> tuple[pa.RecordBatch, pa.Array, list[Rejected]]:
    """Return the good rows with the table's types, their lines, and the rejected rows."""
    forms = {name: form_of(table.columns[name]) for name in batch.rows.schema.names}
    judged = rules_module.validate(forms, batch, rules)
    return judged.good, judged.lines, judged.bad


def convert(column: sa.Column[Any], texts: pa.Array) -> tuple[pa.Array, Any]:
    """Return the column's values with its type, and the masks of faults."""
    return form_of(column).judge(texts)
