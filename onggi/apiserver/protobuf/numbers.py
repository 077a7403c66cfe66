"""Which field a number means, from ``numbers.txt``."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).with_name("numbers.txt")
PREFIX = "io.k8s."  # of definitions, whose names are those of messages without it


class Numbered(NamedTuple):
    """``inline`` names the message whose fields stand here; ``zero_counts``: a zero is kept."""

    name: str
    zero_counts: bool = False
    inline: str = ""


@cache
def messages() -> Mapping[str, str]:
    """The lines of the table by message: ``api.core.v1.Pod`` → ``metadata spec status``."""
    lines = PATH.read_text().splitlines()
    parts = (line.partition(" ") for line in lines if line[0] != "#")
    return {name: fields for name, _, fields in parts}


@cache
def numbers(message: str) -> Mapping[int, Numbered]:
    """Fields by number; raises KeyError for a message that is not in the table."""
    return dict(entries(message, messages()[message]))


def entries(message: str, line: str) -> Iterator[tuple[int, Numbered]]:
    number = 1
    for word in line.split():
        if word[0] == "@":
            number = int(word[1:])
            continue
        if word[0] == ">":
            package = message.rpartition(".")[0]
            yield number, Numbered("", inline=f"{package}.{word[1:]}")
        elif word != "-":
            yield number, Numbered(word.lstrip("*"), word[0] == "*")
        number += 1
