from __future__ import annotations

import io
import tarfile

import pytest

from lab.supply.difference import write_difference


def member(name, content=None, **attributes):
    """A directory, or a file where there is content; other kinds by their attributes."""
    info = tarfile.TarInfo(name)
    info.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
    info.size = len(content or b"")
    for key, value in attributes.items():
        setattr(info, key, value)
    return info, content


@pytest.fixture
def added(tmp_path):
    """What one archive adds to another, each given by its members."""

    def write(base, whole):
        for name, members in (("base", base), ("whole", whole)):
            with tarfile.open(tmp_path / name, "w") as archive:
                for info, content in members:
                    archive.addfile(info, io.BytesIO(content or b""))
        write_difference(tmp_path / "whole", tmp_path / "base", tmp_path / "added")
        with tarfile.open(tmp_path / "added") as archive:
            return {
                each.name: archive.extractfile(each).read() if each.isreg() else each.linkname
                for each in archive
            }

    return write


FILE = member("./bin/one", b"one")
DIRECTORY = member("./bin")


def test_only_what_is_new_or_other_is_written(added):
    base = [DIRECTORY, FILE, member("./bin/two", b"two"), member("./bin/gone", b"gone")]
    whole = [DIRECTORY, FILE, member("./bin/two", b"2!!"), member("./bin/three", b"three")]
    assert added(base, whole) == {"./bin": "", "./bin/three": b"three", "./bin/two": b"2!!"}


@pytest.mark.parametrize(
    "other",
    [
        member("./bin/one", b"one", mode=0o755),
        member("./bin/one", b"one", uid=5),
        member("./bin/one", b"", type=tarfile.SYMTYPE, linkname="two"),
    ],
)
def test_another_nature_of_the_same_content_is_a_difference(added, other):
    assert list(added([DIRECTORY, FILE], [DIRECTORY, other])) == ["./bin", "./bin/one"]


def test_time_is_no_difference_and_is_not_kept(added, tmp_path):
    base = [member("./bin", mtime=1), member("./bin/one", b"one", mtime=1)]
    whole = [member("./bin", mtime=2), member("./bin/one", b"one", mtime=2)]
    assert added(base, whole) == {"./bin": ""}
    with tarfile.open(tmp_path / "added") as archive:
        assert {each.mtime for each in archive} == {0}


def test_a_hard_link_follows_the_file_that_it_names(added):
    link = member("./bin/alias", b"", type=tarfile.LNKTYPE, linkname="./bin/one")
    assert list(added([DIRECTORY], [DIRECTORY, FILE, link])) == [
        "./bin",
        "./bin/one",
        "./bin/alias",
    ]
