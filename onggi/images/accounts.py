"""Users and groups of an image: who owns a file, and the texts of passwd and group. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from onggi.images.spec import NOBODY, Account

ROOT = Account("root", 0, 0, "/root", "/bin/sh")
DEFAULTS = (ROOT, Account("nobody", NOBODY, NOBODY))


@dataclass
class Accounts:
    """By name: numbers."""

    users: dict[str, tuple[int, int]] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)

    def add(self, account: Account) -> None:
        self.users[account.name] = account.uid, account.gid
        self.groups[account.name] = account.gid

    def numbers(self, owner: str) -> tuple[int, int]:
        """``app``, ``app:app`` or ``1000:1000``. Raises KeyError with what is unknown."""
        name, colon, group = owner.partition(":")
        uid, gid = (int(name), int(name)) if name.isdigit() else self.users[name]
        if colon:
            gid = int(group) if group.isdigit() else self.groups[group]
        return uid, gid


def read(passwd: str, group: str) -> Accounts:
    """The accounts of an image that there is already."""
    known = Accounts()
    for line in passwd.splitlines():
        fields = line.split(":")
        if len(fields) >= 4 and fields[2].isdigit() and fields[3].isdigit():
            known.users[fields[0]] = int(fields[2]), int(fields[3])
    for line in group.splitlines():
        fields = line.split(":")
        if len(fields) >= 3 and fields[2].isdigit():
            known.groups[fields[0]] = int(fields[2])
    return known


def lines(accounts: Sequence[Account]) -> tuple[str, str]:
    """What these add to passwd and to group."""
    passwd = "".join(f"{a.name}:x:{a.uid}:{a.gid}:{a.name}:{a.home}:{a.shell}\n" for a in accounts)
    names = {"nogroup" if a.name == "nobody" else a.name: a.gid for a in accounts}
    return passwd, "".join(f"{name}:x:{gid}:\n" for name, gid in names.items())
