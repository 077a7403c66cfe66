"""The file that audit events go into."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from itertools import count

from onggi.apiserver.audit.log import LogFile

START = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)


def clock():
    ticks = count()
    return lambda: START + timedelta(seconds=next(ticks))


async def test_lines_are_in_the_file_a_turn_later_and_in_order(tmp_path):
    path = tmp_path / "log" / "audit.log"
    log = LogFile(path, clock())
    for number in range(3):
        log.put(b"%d" % number)
    await asyncio.sleep(0)
    assert path.read_bytes() == b"0\n1\n2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    log.close()


async def test_closing_writes_what_is_left_and_opening_goes_on(tmp_path):
    path = tmp_path / "audit.log"
    for line in (b"a", b"b"):
        log = LogFile(path, clock())
        log.put(line)
        log.close()
    assert path.read_bytes() == b"a\nb\n"


async def test_a_full_file_is_put_aside_and_the_oldest_go(tmp_path):
    path = tmp_path / "audit.log"
    log = LogFile(path, clock(), largest=10, kept=2)
    for number in range(5):
        log.put(b"line-%d--" % number)
        log.flush()
    log.close()
    older = sorted(p.name for p in tmp_path.glob("audit-*.log"))
    assert older == ["audit-2026-01-02T03-04-07.678.log", "audit-2026-01-02T03-04-08.678.log"]
    assert path.read_bytes() == b"line-4--\n"
    assert (tmp_path / older[-1]).read_bytes() == b"line-3--\n"


async def test_a_disk_that_is_full_loses_lines_and_says_so_once(tmp_path, monkeypatch, caplog):
    log = LogFile(tmp_path / "audit.log", clock())

    def full(file, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.write", full)
        for _ in range(2):
            log.put(b"lost")
            log.flush()
    assert log.lost == 2
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    log.put(b"kept")
    log.close()
    assert (tmp_path / "audit.log").read_bytes() == b"kept\n"
