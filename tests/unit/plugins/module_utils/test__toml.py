"""TOML as Python's own reader has it, and back."""

from __future__ import annotations

import pytest
import tomllib
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.fastpath.k8s.plugins.module_utils import _toml

TEXTS = [
    "",
    "# nothing\n",
    "a = 1",
    'version = 2\nimports = ["/etc/containerd/conf.d/*.toml"]\n',
    '[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "x" # why\n',
    "[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.nvidia.options]\nBinaryName='/b'\n",
    "[a.b.c]\nx = 1\n[a.b]\ny = 2\n[a]\nz = 3\n",
    "a.b.c = true\na.b.d = false\n",
    '"quoted key" = 1\n\'other.key\' = 2\n"a.b".c = 3\n',
    "i = [1, -2, +3, 0x1F, 0o17, 0b101, 1_000]\n",
    "f = [1.5, -0.25, 1e3, 6.6E-2, 1_0.5, inf, -inf]\n",
    's = "a\\tb\\n\\"c\\" \\\\ \\u00e4 \\U0001F600"\n',
    "s = 'C:\\path'\n",
    's = """\nfirst\n  second \\\n     third"""\n',
    "s = '''\nraw \\ text\n'''\n",
    's = """a "quoted" word"""\n',
    's = """two quotes"""""\n',
    "a = [\n  1, # one\n  2,\n]\n",
    "a = [[1, 2], ['x', \"y\"], []]\n",
    "t = { a = 1, b.c = 'x', d = {}, e = [ { f = 1 } ] }\n",
    "[[hosts]]\nname = 'a'\n[hosts.tls]\nx = 1\n[[hosts]]\nname = 'b'\n",
    "[empty]\n[other]\nx = 1\r\n",
    "[a]\r\nb = 1\r\n",
    "a = 1   \n\n\n   b = 2\n",
]

WRONG = [
    "a",
    "a =",
    "a = 1 b = 2",
    "a = 1\na = 2",
    "[a]\n[a]",
    "[a\nb = 1",
    "a = [1, 2",
    "a = {b = 1",
    'a = "no end',
    'a = "bad \\q escape"',
    "a = 01x",
    "a = nothing",
    "[a]\nb = 1\n[a.b]\nc = 1",
    "a = {b = 1}\n[a.c]\nd = 1",
    "= 1",
    "a.b = 1\n[a]\nc = 2",
    '"""k""" = 1',
]


@pytest.mark.parametrize("text", TEXTS)
def test_as_python_reads_it(text):
    assert _toml.loads(text) == tomllib.loads(text)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_means_the_same(text):
    found = _toml.loads(text)
    assert tomllib.loads(_toml.dumps(found)) == found


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_toml_is_refused_with_its_line(text):
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    with pytest.raises(_toml.TomlError, match=r"line \d+: "):
        _toml.loads(text)


def test_dates_are_refused():
    with pytest.raises(_toml.TomlError, match="dates"):
        _toml.loads("a = 2026-01-01\n")


def test_what_toml_does_not_have_is_not_written():
    with pytest.raises(TypeError, match="NoneType"):
        _toml.dumps({"a": None})


KEYS = st.text(min_size=0, max_size=8)
LEAVES = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=12))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_writing_and_reading_gives_the_same(table):
    text = _toml.dumps(table)
    assert tomllib.loads(text) == table
    assert _toml.loads(text) == table
