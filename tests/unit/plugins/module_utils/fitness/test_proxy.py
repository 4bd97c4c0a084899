"""Proxies that a host's programs are configured with."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils import _kubectl
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import proxy
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness.host import Host


def read(root, environ=None, manager="", kubelet="", containerd=""):
    units = {"kubelet.service": kubelet, "containerd.service": containerd}

    def execute(command, **_options):
        if command[1] == "show-environment":
            return _kubectl.Result(0, manager, "")
        return _kubectl.Result(0, units[command[2]], "")

    found = proxy.read(Host(str(root), execute), ["10.0.0.0/8"], environ or {})
    assert found["no_proxy"] == ["10.0.0.0/8"]
    return found["sources"]


def test_none(tmp_path):
    assert read(tmp_path, {"PATH": "/bin"}, "PATH=/bin\n", "Environment=\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "https_proxy=http://p:3128\nno_proxy=localhost,10.0.0.0/8\n",
        'HTTPS_PROXY="http://p:3128"\nexport NO_PROXY="localhost,10.0.0.0/8"\n',
        "# no\nexport https_proxy='http://p:3128'\nNO_PROXY=localhost,10.0.0.0/8\n",
        # Go reads capital letters first.
        "https_proxy=http://q:1\nHTTPS_PROXY=http://p:3128\nno_proxy=\nNO_PROXY=localhost,10.0.0.0/8",
    ],
)
def test_etc_environment(tmp_path, text):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/environment").write_text(text)
    assert read(tmp_path) == [
        {
            "source": "/etc/environment",
            "of": "tasks",
            "http_proxy": "",
            "https_proxy": "http://p:3128",
            "no_proxy": "localhost,10.0.0.0/8",
        }
    ]


def test_the_environment_of_tasks(tmp_path):
    (source,) = read(tmp_path, {"http_proxy": "http://p:1"})
    assert (source["of"], source["http_proxy"]) == ("tasks", "http://p:1")


def test_credentials_are_not_returned(tmp_path):
    found = read(
        tmp_path,
        {"https_proxy": "http://joe:s3cret@p:1", "http_proxy": "joe:s3cret@p:1"},
        "HTTPS_PROXY=http://joe:s3cret@p:1\n",
        'Environment="HTTPS_PROXY=http://joe:s3%%cret@p:1"\n',
    )
    assert len(found) == 3
    assert "s3" not in str(found)
    assert found[0]["https_proxy"] == "http://***@p:1"


@pytest.mark.parametrize(
    "url",
    ["http://joe:s3cret@p:1//", "http://joe:s3//cret@p:1", "http://joe:s3@cret@p:1",
     "http://joe:s3/cret@p:1", "joe:s3/cret@p:1"],
)  # fmt: skip
def test_no_part_of_a_password_is_returned(tmp_path, url):
    (source,) = read(tmp_path, {"https_proxy": url})
    assert "s3" not in str(source)
    assert "cret" not in str(source)


def test_the_services_of_systemd(tmp_path):
    (tmp_path / "etc/default").mkdir(parents=True)
    (tmp_path / "etc/default/kubelet").write_text("NO_PROXY=10.0.0.0/8\n")
    kubelet = (
        'Environment="HTTPS_PROXY=http://p:1" KUBELET_ARGS=--x\n'
        "EnvironmentFiles=/etc/default/kubelet (ignore_errors=yes)\n"
    )
    found = read(tmp_path, manager="HTTPS_PROXY=http://m:1\nLANG=C\n", kubelet=kubelet)
    assert {source["of"]: source["source"] for source in found} == {
        "kubelet": "kubelet.service",
        "containerd": "systemd",
    }
    assert found[0]["https_proxy"] == "http://p:1"
    assert found[0]["no_proxy"] == "10.0.0.0/8"
    assert found[1]["https_proxy"] == "http://m:1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTPS_PROXY=$'http://p:1/\\'a\\x20b'", "http://p:1/'a b"),
        ("HTTPS_PROXY=$'http://p:1/\\303\\244\\t\\\\'", "http://p:1/ä\t\\"),
        ('HTTPS_PROXY="http://p:1/ b"', "http://p:1/ b"),
        ("HTTPS_PROXY='a$'", "a$"),
    ],
)
def test_what_systemd_quotes(tmp_path, text, expected):
    (source, _other) = read(tmp_path, manager=f"LANG=C\n{text}\nNO_PROXY=$'a, b'\n")
    assert (source["https_proxy"], source["no_proxy"]) == (expected, "a, b")


@pytest.mark.parametrize(
    ("files", "proxy", "direct"),
    [
        ({"/etc/systemd/system/kubelet.service.d/a.conf":
          '[Service]\nEnvironment="HTTPS_PROXY=http://p:1" NO_PROXY=x\n'}, "http://p:1", "x"),
        ({"/usr/lib/systemd/system/kubelet.service.d/a.conf":
          "[Service]\nEnvironment=HTTPS_PROXY=http://p%%40:1 \\\n  NO_PROXY=x\n"},
         "http://p%40:1", "x"),
        # A later name counts; a file in /etc hides one of its name in /usr/lib.
        ({"/usr/lib/systemd/system/kubelet.service.d/z.conf":
          "[Service]\nEnvironment=HTTPS_PROXY=a",
          "/etc/systemd/system/kubelet.service.d/z.conf": "[Service]\nEnvironment=HTTPS_PROXY=b",
          "/run/systemd/system/kubelet.service.d/b.conf": "[Service]\nEnvironment=NO_PROXY=c"},
         "b", "c"),
        ({"/etc/systemd/system/kubelet.service.d/a.conf": "[Service]\nEnvironment=HTTPS_PROXY=a",
          "/etc/systemd/system/kubelet.service.d/b.conf":
          "[Service]\nEnvironment=\nEnvironmentFile=-/etc/p\n", "/etc/p": "https_proxy=d\n"},
         "d", ""),
        ({"/etc/systemd/system/kubelet.service.d/a.conf": "[Unit]\nEnvironment=HTTPS_PROXY=a",
          "/etc/systemd/system/kubelet.service.d/a.txt": "[Service]\nEnvironment=HTTPS_PROXY=a",
          "/etc/systemd/system/kubelet.service.d/b.conf": "[Service]\n#Environment=HTTPS_PROXY=a"},
         None, None),
    ],
)  # fmt: skip
def test_drop_ins_of_a_unit_that_is_not_there_yet(tmp_path, files, proxy, direct):
    for path, text in files.items():
        (tmp_path / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path[1:]).write_text(text)
    found = read(tmp_path, kubelet="LoadState=not-found\nEnvironment=\n")
    given = [(one["source"], one["https_proxy"], one["no_proxy"]) for one in found]
    assert given == ([] if proxy is None else [("kubelet.service", proxy, direct)])
    # systemd itself says what a unit has that is there.
    assert read(tmp_path, kubelet="LoadState=loaded\nEnvironment=\n") == []


def test_a_host_without_systemd(tmp_path):
    host = Host(str(tmp_path), lambda *_a, **_o: _kubectl.Result(127, "", "no systemctl"))
    assert proxy.read(host, (), {}) == {"sources": [], "no_proxy": []}
