"""A server moves to a newer release when that is whole; answers in hand end on the one they began on."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from galenic.api.served import Served, require_there
from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan
from kg.errors import ReleaseError, StoreUnavailable

ASKED = "What drugs treat gout?"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A home built from a copy of the sample, and the copy."""
    place = tmp_path_factory.mktemp("serving")
    data, home = place / "data", place / "home"
    shutil.copytree(SAMPLE, data)
    House(Settings(home=home)).build(Plan(data))
    yield home, data
    House(Settings(home=home)).server.stop()


def changed(home: Path, data: Path, name: str) -> str:
    """Build another release, with one more note; its id."""
    (data / "notes" / f"{name}.md").write_text(f"# {name}\n\nNothing but a note on gout.\n", "utf-8")
    return House(Settings(home=home)).build(Plan(data)).release.id


def test_a_server_moves_when_the_newer_release_is_whole(places: tuple[Path, Path]) -> None:
    home, data = places
    served = Served(lambda: House(Settings(home=home, idle_minutes=2)))
    old = served.serving
    assert not served.move() and served.newest() == old
    with served.house() as in_hand:
        new = changed(home, data, "first")
        assert new != old and served.newest() == new and served.serving == old
        # A command on the newer release ends no engine of the older one.
        command = House(Settings(home=home, idle_minutes=2))
        assert command.pipeline.ask(ASKED).release == new
        assert in_hand.server.questions.running(old) is not None
        assert served.move() and served.serving == new
        answer = in_hand.pipeline.ask(ASKED)
        assert (answer.status, answer.release, len(answer.results)) == ("answered", old, 9)
        with served.house() as house:
            assert house.pipeline.ask(ASKED).release == new
    # With the last answer in hand the engine of the older one ends.
    assert in_hand.server.questions.running(old) is None and command.server.questions.running(new) is not None
    command.close()
    served.close()


def test_a_newer_release_that_is_broken_does_not_serve(places: tuple[Path, Path]) -> None:
    home, data = places
    served = Served(lambda: House(Settings(home=home, idle_minutes=2)))
    old = served.serving
    new = changed(home, data, "second")
    names = home / "indexes" / new.removeprefix("sha256:")[:16] / "passages"
    names.rename(names.with_name("away"))
    assert not served.move() and served.serving == old and served.trouble
    with served.house() as house:
        assert house.pipeline.ask(ASKED).status == "answered"
    names.with_name("away").rename(names)
    assert served.move() and served.serving == new and not served.trouble
    served.close()


def test_a_server_that_ends_while_it_moves_leaves_nothing_open(places: tuple[Path, Path]) -> None:
    home, data = places
    made: list[House] = []
    looking = threading.Event()

    def make() -> House:
        made.append(House(Settings(home=home, idle_minutes=2)))
        if len(made) > 1:
            looking.set()
        return made[-1]

    served = Served(make)
    changed(home, data, "third")
    served.follow()
    assert looking.wait(60)
    served.close()
    for house in made:
        if "store" in vars(house):
            with pytest.raises(StoreUnavailable, match="was closed"):
                house.store.run("RETURN 1 AS one", {})


def test_a_release_that_is_gone_is_said(places: tuple[Path, Path]) -> None:
    home, _ = places
    served = Served(lambda: House(Settings(home=home, idle_minutes=2)))
    with served.house() as house:
        require_there(house)
        folder = house.release.folder
        folder.rename(folder.with_name("gone"))
        with pytest.raises(ReleaseError, match="gone"):
            require_there(house)
        assert not served.move() and served.trouble
        folder.with_name("gone").rename(folder)
        require_there(house)
    served.close()
