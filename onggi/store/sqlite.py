"""The store in one SQLite file: a log of versions, replayed into memory at the start.

Every change is a row; a group of changes is one transaction, committed with
``synchronous=FULL`` on one thread before anyone hears of it. A kill at any moment loses
at most what was never acknowledged. Compaction deletes the rows that later ones have
replaced and gives the space back, so the file stays near the size of the present state.

The file is opened exclusively: a second process gets a clear error instead of a fight.
What ``onggi.store.encryption`` says is sealed on its way into the file.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from onggi.store.encryption import NOTHING, Seals
from onggi.store.grouped import GroupedStore
from onggi.store.state import State
from onggi.store.store import Change, Corrupt, Key, Record, Unwritable

FORMAT = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
  revision INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  resource TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS compaction (revision INTEGER NOT NULL) STRICT;
"""
SELECT = "SELECT revision, type, resource, namespace, name, data FROM log"
INSERT = "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)"
PAGES = 2_000  # given back to the disk in one compaction, at most: 8 MB
Row = tuple[int, str, str, str, str, bytes]  # as in the log
FULL = (
    "the state could not be written ({error}): nothing is lost, but nothing can be changed. "
    "Make room on the disk that holds {path}."
)
FAILED = (
    "the disk that holds {path} failed ({error}). What was acknowledged is safe; writing stops. "
    "Mend the disk and restart."
)


class SqliteJournal:
    """See ``onggi.store.grouped.Journal``."""

    def __init__(self, connection: sqlite3.Connection, path: Path, seals: Seals) -> None:
        self._db, self._path, self._seals = connection, path, seals
        self._broken: Unwritable | None = None
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        """The one thread that writes: a queue costs a tenth of an executor's futures."""
        while work := self._work.get():
            work()

    def append(self, changes: Sequence[Change], done: Callable[[Exception | None], None]) -> None:
        loop = asyncio.get_running_loop()
        rows: list[Row] = [(c.revision, c.type, *c.new.key, c.new.data) for c in changes]

        def work() -> None:
            loop.call_soon_threadsafe(done, self._attempt(lambda: self._commit(self._sealed(rows))))

        self._work.put(work)

    async def compact(self, revision: int, dead: Sequence[int]) -> None:
        await self._off_the_loop(lambda: self._compact(revision, dead))

    async def close(self) -> None:
        await self._off_the_loop(self._db.close)
        self._work.put(None)
        self._thread.join()

    async def _off_the_loop(self, step: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[None] = loop.create_future()

        def tell(error: Exception | None) -> None:
            if error is None:
                answer.set_result(None)
            else:
                answer.set_exception(error)

        def work() -> None:
            loop.call_soon_threadsafe(tell, self._attempt(step))

        self._work.put(work)
        await asyncio.shield(answer)

    def _attempt(self, step: Callable[[], None]) -> Exception | None:
        try:
            step()
        except Exception as error:
            return error
        return None

    def _sealed(self, rows: Sequence[Row]) -> Sequence[Row]:
        if not any(row[2] in self._seals.resources for row in rows):
            return rows
        return [(*row[:5], self._seals.seal(Key(*row[2:5]), row[0], row[5])) for row in rows]

    def _commit(self, rows: Sequence[Row]) -> None:
        if self._broken:
            raise self._broken
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(INSERT, rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._failed(error)

    def _failed(self, error: sqlite3.Error) -> None:
        """A full disk may have room again; after any other failure nothing is certain."""
        with suppress(sqlite3.Error):
            self._db.execute("ROLLBACK")
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            raise Unwritable(FULL.format(error=error, path=self._path)) from error
        self._broken = Unwritable(FAILED.format(error=error, path=self._path))
        raise self._broken from error

    def _compact(self, revision: int, dead: Sequence[int]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("DELETE FROM log WHERE revision = ?", [(row,) for row in dead])
            self._db.execute("UPDATE compaction SET revision = ?", (revision,))
            self._db.execute("COMMIT")
            # executescript, because execute() takes one step only: one page
            self._db.executescript(f"PRAGMA incremental_vacuum({PAGES})")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            self._failed(error)


def connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.2)
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.execute("PRAGMA journal_mode = WAL").fetchall()
    db.execute("PRAGMA synchronous = FULL")
    found = db.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, FORMAT):
        raise Corrupt(
            f"{path} was written by another version of Onggi (format {found}, this one reads "
            f"{FORMAT}). Use that version, or another data directory."
        )
    db.execute("BEGIN IMMEDIATE")
    for statement in filter(str.strip, SCHEMA.split(";")):
        db.execute(statement)
    db.execute("INSERT INTO compaction SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM compaction)")
    db.execute(f"PRAGMA user_version = {FORMAT}")
    db.execute("COMMIT")
    return db


def reseal(db: sqlite3.Connection, stale: Sequence[Record], seals: Seals) -> None:
    """Write anew what another key wrote, or none: one transaction, and no trace of it left."""
    if not stale:
        return
    rows = [(seals.seal(r.key, r.revision, r.data), r.revision) for r in stale]
    db.execute("PRAGMA secure_delete = ON").fetchall()
    db.execute("BEGIN IMMEDIATE")
    db.executemany("UPDATE log SET data = ? WHERE revision = ?", rows)
    db.execute("COMMIT")
    db.execute("PRAGMA secure_delete = OFF").fetchall()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def replay(db: sqlite3.Connection, seals: Seals) -> State:
    """The state that the log tells, its history included; what is sealed with an older key is
    sealed anew."""
    stale: list[Record] = []
    compacted = db.execute("SELECT max(revision) FROM compaction").fetchone()[0]
    state = State(compacted)
    state.load(changes(db, seals, stale))
    state.revision = max(state.revision, compacted)
    reseal(db, stale, seals)
    return state


def changes(db: sqlite3.Connection, seals: Seals, stale: list[Record]) -> Iterator[Change]:
    """``stale`` gets those that are to be sealed anew."""
    present: dict[Key, Record] = {}
    for revision, kind, *names, data in db.execute(f"{SELECT} ORDER BY revision"):
        key = Key(*names)
        new = Record(key, revision, seals.unseal(key, revision, data))
        if key.resource in seals.resources and seals.is_stale(key.resource, data):
            stale.append(new)
        yield Change(kind, new, present.pop(new.key, None))
        if kind != "DELETED":
            present[new.key] = new


class SqliteStore(GroupedStore):
    """``SqliteStore.open(path)``: the file and its folder are made, readable by the owner only."""

    @classmethod
    def open(cls, path: Path, seals: Seals = NOTHING) -> "SqliteStore":
        """Raises Corrupt where the file cannot be used; nothing is changed then."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            path.touch(mode=0o600)
            db = connect(path)
            return cls(opened(db, seals), SqliteJournal(db, path, seals))
        except (sqlite3.Error, OSError) as error:
            raise Corrupt(explain(path, error)) from error


def opened(db: sqlite3.Connection, seals: Seals) -> State:
    """The file's state; it is closed again where it cannot be read."""
    try:
        return replay(db, seals)
    except BaseException:
        db.close()
        raise


def explain(path: Path, error: Exception) -> str:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
        return (
            f"{path} is in use by another Onggi. Stop it (`onggi down`), "
            "or give this one another directory with --data."
        )
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return (
            f"{path} is damaged ({error}). It was left as it is: restore it from a backup, or "
            "move it away to start with an empty cluster."
        )
    return f"{path} cannot be opened ({error})."
