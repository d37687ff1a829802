"""Is the database there? Told in milliseconds, so that `run.py lab` starts at once later on.

Importing pandas, pyarrow and Alembic takes seconds on a slow machine; nothing here needs them until
there is something to load.
"""

from __future__ import annotations

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from lib.config import ROOT, Settings, sqlite_url
from lib.database.dialects import DIALECTS
from lib.database.sqlite import in_memory
from lib.errors import NotReady
from lib.workbook.databases.names import newest_revision
from lib.workbook.steps import Steps


def make_ready(settings: Settings) -> None:
    """Load the year, and build what the chapters start from, where either is missing.

    Raises PipelineError when the database does not answer, is newer than this code, or does not
    let its user make what the chapters need: that is asked before the year is loaded.
    """
    from lib.workbook.databases.checkpoints import prepare, tidy

    prepared, loaded = has_checkpoint(settings), has_year(settings.database_url)
    if not prepared and settings.database_url.get_backend_name() == "mysql":
        from lib.workbook.databases.mysql_rights import check_rights

        check_rights(settings.database_url)
    steps = Steps.go_on((not loaded) + (not prepared))
    _load(settings, steps, loaded)
    if not prepared:
        with steps.step("Preparing the chapters, once"):
            prepare(settings)
    elif steps.count:
        steps.skip("The chapters are prepared")
    tidy(settings)


def load_year(settings: Settings) -> None:
    """Load the year where it is missing; raises what `make_ready` raises."""
    loaded = has_year(settings.database_url)
    _load(settings, Steps.go_on(not loaded), loaded)


def _load(settings: Settings, steps: Steps, loaded: bool) -> None:
    if loaded:
        if steps.count:
            steps.skip("The flights of 2013 are in the database")
        return
    from lib.database import Database
    from lib.load.progress import progress_bar
    from lib.pipeline import run_pipeline

    with Database(settings.database_url) as db:
        with steps.step("Loading the flights of 2013, once", moving=False):
            print(f"  into {db.url.render_as_string(hide_password=True)}", flush=True)
            run_pipeline(db, watch=progress_bar)


def has_year(url: URL) -> bool:
    """Tell whether the database has the newest schema, and flights in it."""
    return _answers(url, "SELECT count(*) FROM (SELECT 1 FROM flights LIMIT 1) AS some")


def has_checkpoint(settings: Settings) -> bool:
    """Tell whether the chapters' starting point is there; `checkpoints` builds it."""
    done = "SELECT count(*) FROM pipeline_runs WHERE outcome = 'succeeded'"
    url = settings.database_url
    if url.get_backend_name() == "sqlite":
        path = settings.home / "chapters" / f"january-{newest_revision()}.db"
        return _answers(sqlite_url(path), done)
    return _answers(url.set(database=f"{url.database}_january"), done)


def _answers(url: URL, question: str) -> bool:
    """Tell whether the database is at the newest revision and the question's count is not 0."""
    dialect = DIALECTS[url.get_backend_name()]
    if dialect.name == "sqlite" and not in_memory(url) and not _exists(url):
        return False  # connecting would make the file
    engine = create_engine(url, **dialect.options(url))
    dialect.listen(engine)
    try:
        with engine.connect() as connection:
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision == newest_revision() and bool(connection.scalar(text(question)))
    except (SQLAlchemyError, RuntimeError) as error:
        cause = dialect.explain(error, url)
        if isinstance(cause, NotReady):
            raise cause from error  # to ask again would mean to wait again
        return False
    finally:
        engine.dispose()


def _exists(url: URL) -> bool:
    return (ROOT / str(url.database)).is_file()
