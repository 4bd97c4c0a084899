"""What containerd is configured with, by the role and by what the host has of its own."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import tomllib
import yaml
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _containerd,
    _containerd_read,
    _kubectl,
)
from ansible_collections.fastpath.k8s.plugins.module_utils.fitness_rules import checks
from ansible_collections.fastpath.k8s.plugins.modules import containerd_config

ROLE = Path(__file__).resolve().parents[2] / "roles/container_runtime"
CRI = "io.containerd.grpc.v1.cri"
RUNTIME, IMAGES = "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images"
MIRROR = "http://mirror.example.com:5000"
PAUSE = "registry.k8s.io/pause:3.10.2"
NVIDIA = f"""
[plugins."{CRI}".containerd.runtimes.nvidia]
  runtime_type = "io.containerd.runc.v2"
  [plugins."{CRI}".containerd.runtimes.nvidia.options]
    BinaryName = "/usr/bin/nvidia-container-runtime"
    SystemdCgroup = true
"""
FOREIGN_HOSTS = 'server = "https://proxy.example.com"\n'


class Host:
    """A host below a folder, on which the module runs."""

    def __init__(self, root, monkeypatch, capsys):
        self.root, self.capsys = root, capsys
        self.version = "1.7.24"
        self.conffile = None
        self.warned = []
        monkeypatch.setattr(containerd_config, "ROOT", str(root))
        monkeypatch.setattr(_kubectl, "execute_command", self.execute)
        monkeypatch.setattr(
            containerd_config.AnsibleModule, "warn", lambda _self, text: self.warned.append(text)
        )

    def execute(self, command, **_options):
        if command[0] == "containerd":
            if self.version is None:
                return _kubectl.Result(127, "", "not found")
            line = f"containerd github.com/containerd/containerd/v2 v{self.version} 1a2b3c4\n"
            return _kubectl.Result(0, line, "")
        if self.conffile is None:
            return _kubectl.Result(1, "", "no path found")
        if "--search" in command:
            return _kubectl.Result(0, f"containerd: {_containerd.CONFIG}\n", "")
        return _kubectl.Result(0, f"\n {_containerd.CONFIG} {self.conffile}\n", "")

    def file(self, path):
        return self.root / path.lstrip("/")

    def put(self, path, text):
        self.file(path).parent.mkdir(parents=True, exist_ok=True)
        self.file(path).write_text(text)

    def read(self, path):
        return tomllib.loads(self.file(path).read_text())

    @property
    def config(self):
        return self.read(_containerd.CONFIG)

    @property
    def cri(self):
        return self.config["plugins"][CRI]

    def run(self, **options):
        arguments = {"pause_image": PAUSE, **options}
        self.warned.clear()
        with patch_module_args(arguments), pytest.raises(SystemExit):
            containerd_config.main()
        return json.loads(self.capsys.readouterr().out)

    def everything(self):
        return {p: p.read_bytes() for p in self.root.rglob("*") if p.is_file()}

    def effective(self):
        """Return the CRI section as containerd 1 has it: that of the last file."""
        section, paths = {}, [_containerd.CONFIG]
        for pattern in self.config["imports"]:
            name = pattern.lstrip("/")
            paths += [f"/{p.relative_to(self.root)}" for p in sorted(self.root.glob(name))]
        for path in dict.fromkeys(paths):
            section = self.read(path).get("plugins", {}).get(CRI, section)
        return section


@pytest.fixture
def host(tmp_path, monkeypatch, capsys):
    return Host(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize(("chosen", "written"), [("runc", {"runc"}), ("crun", {"runc", "crun"})])
def test_pods_get_the_program_that_was_chosen(host, chosen, written):
    assert host.run(oci_runtime=chosen)["restart"]
    found = host.cri
    runtimes = found["containerd"]["runtimes"]
    assert found["containerd"]["default_runtime_name"] == chosen
    assert set(runtimes) == written
    for name, runtime in runtimes.items():
        assert runtime["options"] == {"BinaryName": name, "SystemdCgroup": True}
    assert found["sandbox_image"] == PAUSE
    assert found["registry"]["config_path"] == "/etc/containerd/certs.d"
    assert found["cni"] == {"bin_dir": "/opt/cni/bin", "conf_dir": "/etc/cni/net.d"}
    assert host.config["version"] == 2
    assert host.config["imports"] == [_containerd.DROP_INS]
    assert not host.warned


def test_a_second_run_changes_nothing(host):
    host.put(_containerd.CONFIG, f"version = 2\n{NVIDIA}")
    host.put("/etc/containerd/conf.d/a.toml", f"version = 2\n{NVIDIA.replace('nvidia', 'kata')}")
    first = host.run(image_repository=MIRROR)
    before = host.everything()
    second = host.run(image_repository=MIRROR)
    assert (first["changed"], second["changed"], second["restart"]) == (True, False, False)
    assert host.everything() == before


def test_a_runtime_and_imports_of_the_host_stay(host):
    text = f'version = 2\nimports = ["/srv/gpu/*.toml"]\nroot = "/data/containerd"\n{NVIDIA}'
    host.put(_containerd.CONFIG, text)
    result = host.run()
    assert set(host.cri["containerd"]["runtimes"]) == {"runc", "nvidia"}
    assert host.config["imports"] == ["/srv/gpu/*.toml", _containerd.DROP_INS]
    assert host.config["root"] == "/data/containerd"
    assert host.file(result["backup"]).read_text() == text


@pytest.mark.parametrize(
    ("imports", "path"),
    [
        ('imports = ["/etc/containerd/conf.d/*.toml"]', "/etc/containerd/conf.d/99-nvidia.toml"),
        # The folder is imported by us.
        ("", "/etc/containerd/conf.d/gpu.toml"),
        ('imports = ["gpu.toml"]', "/etc/containerd/gpu.toml"),
        ('imports = ["/srv/*.toml"]', "/srv/gpu.toml"),
        ('imports = ["/etc/containerd/*.toml"]', "/etc/containerd/gpu.toml"),
    ],
)
def test_containerd_1_has_an_imported_runtime_beside_ours(host, imports, path):
    host.put(_containerd.CONFIG, f"version = 2\n{imports}\n")
    host.put(path, f"version = 2\n{NVIDIA}")
    host.run()
    section = host.effective()
    assert set(section["containerd"]["runtimes"]) == {"runc", "nvidia"}
    assert section["containerd"]["runtimes"]["runc"]["options"]["SystemdCgroup"] is True
    assert section["sandbox_image"] == PAUSE
    # It goes with the file that it is for.
    host.file(path).unlink()
    host.run()
    assert not host.file(_containerd.MERGED).exists()
    assert _containerd.MERGED not in host.config["imports"]


def test_imports_of_other_plugins_need_no_last_file(host):
    host.put("/etc/containerd/conf.d/x.toml", 'version = 2\n[debug]\nlevel = "debug"\n')
    host.run()
    assert not host.file(_containerd.MERGED).exists()


def test_containerd_2_merges_by_itself(host):
    host.version = "2.1.4"
    host.put(
        "/etc/containerd/conf.d/99-nvidia.toml", f"version = 3\n{NVIDIA.replace(CRI, RUNTIME)}"
    )
    host.run()
    assert not host.file(_containerd.MERGED).exists()
    plugins = host.config["plugins"]
    assert host.config["version"] == 3
    assert plugins[IMAGES]["pinned_images"]["sandbox"] == PAUSE
    assert plugins[IMAGES]["registry"]["config_path"] == "/etc/containerd/certs.d"
    assert plugins[RUNTIME]["containerd"]["runtimes"]["runc"]["options"]["SystemdCgroup"] is True
    # The folder is containerd's own default, and both of its keys together are refused.
    assert plugins[RUNTIME]["cni"] == {"conf_dir": "/etc/cni/net.d"}


@pytest.mark.parametrize(
    ("version", "theirs", "expected"),
    [
        ("2.1.4", "", {"bin_dirs": ["/usr/lib/cni"]}),
        ("2.0.5", "", {"bin_dir": "/usr/lib/cni"}),
        ("2.1.4", 'bin_dirs = ["/opt/cni/bin"]', {"bin_dirs": ["/usr/lib/cni", "/opt/cni/bin"]}),
        ("2.1.4", 'bin_dir = "/opt/cni/bin"', {"bin_dir": "/usr/lib/cni"}),
    ],
)
def test_version_3_has_one_key_of_folders(host, version, theirs, expected):
    host.version = version
    host.put(_containerd.CONFIG, f'version = 3\n[plugins."{RUNTIME}".cni]\n{theirs}\n')
    host.run(cni_bin_dir="/usr/lib/cni")
    assert host.config["plugins"][RUNTIME]["cni"] == {**expected, "conf_dir": "/etc/cni/net.d"}


def test_the_hosts_version_2_stays_with_containerd_2(host):
    host.version = "2.1.4"
    host.put(_containerd.CONFIG, f"version = 2\n{NVIDIA}")
    host.run()
    assert host.config["version"] == 2
    assert set(host.cri["containerd"]["runtimes"]) == {"runc", "nvidia"}


@pytest.mark.parametrize(
    ("files", "version", "words"),
    [
        ({_containerd.CONFIG: "version = 3\nroot = '/x'\n"}, "1.7.24", "reads up to 2"),
        ({_containerd.CONFIG: "version = 2\nroot = "}, "1.7.24", r"line 2: a value is expected"),
        ({_containerd.CONFIG: "[plugins.stargz]\na = 1\n"}, "1.7.24", "stargz.*config migrate"),
        (
            {
                _containerd.CONFIG: f"version = 2\n{NVIDIA}",
                "/etc/containerd/conf.d/n.toml": "version = 3\n",
            },
            "2.1.4",
            "bring both to one",
        ),
        ({"/etc/containerd/conf.d/n.toml": "a b"}, "1.7.24", "n.toml cannot be read"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_a_change(host, files, version, words):
    host.version = version
    for path, text in files.items():
        host.put(path, text)
    before = host.everything()
    result = host.run()
    assert result["failed"]
    assert re.search(words, result["msg"])
    assert host.everything() == before


def test_docker_disables_the_cri_plugin_by_version_1(host):
    host.put(_containerd.CONFIG, 'disabled_plugins = ["cri"]\n#root = "/var/lib/containerd"\n')
    host.run()
    assert not host.config.get("disabled_plugins")
    assert host.config["version"] == 2
    assert any("disabled_plugins" in text for text in host.warned)


def test_version_1_is_migrated(host):
    host.put(_containerd.CONFIG, NVIDIA.replace(f'"{CRI}"', "cri"))
    host.run()
    assert set(host.cri["containerd"]["runtimes"]) == {"runc", "nvidia"}
    assert set(host.config["plugins"]) == {CRI}


def test_the_packages_own_file_is_nobodys(host):
    text = f'version = 2\n[plugins."{CRI}".cni]\nbin_dir = "/usr/lib/cni"\n'
    host.put(_containerd.CONFIG, text)
    host.conffile = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    result = host.run()
    assert (result["backup"], host.warned) == ("", [])
    # One that was edited since is the host's.
    host.file(_containerd.CONFIG).write_text(text)
    host.file("/var/lib/fastpath/containerd.json").unlink()
    host.conffile = "0" * 32
    assert host.run()["backup"]


def test_a_replaced_value_is_named_once(host):
    host.put(_containerd.CONFIG, f'version = 2\n[plugins."{CRI}"]\nsandbox_image = "old:1"\n')
    host.run()
    assert host.warned == [f"containerd: sandbox_image is {PAUSE} in place of old:1."]
    host.run()
    assert host.warned == []


def test_further_runtimes_by_variable(host):
    runtimes = {
        "nvidia": {"options": {"BinaryName": "/usr/bin/nvidia-container-runtime"}},
        "kata": {"runtime_type": "io.containerd.kata.v2", "privileged_without_host_devices": True},
        "runc": {"options": {"CriuPath": "/usr/sbin/criu"}},
    }
    host.run(runtimes=runtimes, default_runtime="nvidia")
    found = host.cri["containerd"]["runtimes"]
    assert found["nvidia"] == {
        "runtime_type": "io.containerd.runc.v2",
        "options": {
            "SystemdCgroup": True,
            "BinaryName": "/usr/bin/nvidia-container-runtime",
        },
    }
    assert found["kata"] == {
        "runtime_type": "io.containerd.kata.v2",
        "privileged_without_host_devices": True,
    }
    assert found["runc"]["options"]["CriuPath"] == "/usr/sbin/criu"
    assert found["runc"]["options"]["BinaryName"] == "runc"
    assert host.cri["containerd"]["default_runtime_name"] == "nvidia"
    host.run()
    assert set(host.cri["containerd"]["runtimes"]) == {"runc"}


def test_everything_wrong_is_told_at_once(host):
    host.put(_containerd.HOSTS, FOREIGN_HOSTS)
    runtimes = {"a": "b", "c": {"options": []}, "d": {"x": None}}
    result = host.run(runtimes=runtimes, image_repository=MIRROR)
    for word in ("['a']", "['c']", "['d']", "hosts.toml"):
        assert word in result["msg"]
    assert "container_runtime_runtimes" in host.run(default_runtime="kata")["msg"]


@pytest.mark.parametrize(
    ("theirs", "kept"), [("nvidia", "nvidia"), ("runc", "crun"), ("gone", "crun")]
)
def test_a_default_runtime_of_the_host_stays(host, theirs, kept):
    text = f'[plugins."{CRI}".containerd]\ndefault_runtime_name = "{theirs}"\n'
    host.put(_containerd.CONFIG, f"version = 2\n{text}{NVIDIA}")
    host.run(oci_runtime="crun")
    assert host.cri["containerd"]["default_runtime_name"] == kept


def test_what_another_program_adds_later_stays(host):
    host.run(oci_runtime="crun")
    # nvidia-ctk writes the file anew, without comments.
    text = "\n".join(
        line
        for line in host.file(_containerd.CONFIG).read_text().splitlines()
        if not line.startswith("#")
    )
    host.file(_containerd.CONFIG).write_text(text + NVIDIA)
    host.run(oci_runtime="runc")
    assert set(host.cri["containerd"]["runtimes"]) == {"runc", "nvidia"}
    assert host.cri["containerd"]["default_runtime_name"] == "runc"


def test_another_format_of_the_same_is_no_change(host):
    host.run()
    config = host.file(_containerd.CONFIG)
    config.write_text(
        "".join(line for line in config.read_text().splitlines(True) if line[0] != "#")
    )
    assert host.run()["changed"] is False


@pytest.mark.parametrize(
    "registry",
    ['.mirrors."docker.io"]\nendpoint = ["https://m"]', '.configs."r.io".tls]\nca_file = "/c"'],
)
def test_inline_registries_stay_and_are_not_combined(host, registry):
    host.put(_containerd.CONFIG, f'version = 2\n[plugins."{CRI}".registry{registry}\n')
    assert host.run(image_repository=MIRROR)["failed"]
    assert not host.run().get("failed")
    # containerd has no CRI with both.
    assert "config_path" not in host.cri["registry"]


def test_folders_of_registries_stay(host):
    text = f'version = 2\n[plugins."{CRI}".registry]\nconfig_path = "/etc/docker/certs.d"\n'
    host.put(_containerd.CONFIG, text)
    host.run()
    path = host.cri["registry"]["config_path"]
    assert path == "/etc/containerd/certs.d:/etc/docker/certs.d"


def test_the_mirror(host):
    assert host.run(image_repository=MIRROR)["changed"]
    assert host.read(_containerd.HOSTS) == {
        "server": MIRROR,
        "host": {MIRROR: {"capabilities": ["pull", "resolve"]}},
    }
    result = host.run()
    # It is read at every pull.
    assert (result["changed"], result["restart"]) == (True, False)
    assert not host.file(_containerd.HOSTS).exists()


def test_hosts_of_the_host_stay(host):
    host.put(_containerd.HOSTS, FOREIGN_HOSTS)
    host.run()
    assert host.file(_containerd.HOSTS).read_text() == FOREIGN_HOSTS


def test_hosts_of_the_host_and_a_mirror_are_refused_before_a_change(host):
    host.put(_containerd.HOSTS, FOREIGN_HOSTS)
    before = host.everything()
    result = host.run(image_repository=MIRROR)
    assert "fastpath_image_repository" in result["msg"]
    assert host.everything() == before


def test_hosts_of_the_host_that_name_the_mirror_will_do(host):
    text = f'[host."{MIRROR}"]\ncapabilities = ["pull", "resolve"]\n'
    host.put(_containerd.HOSTS, text)
    assert not host.run(image_repository=MIRROR).get("failed")
    assert host.file(_containerd.HOSTS).read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        f'# by hand\nversion = 2\nimports = ["/srv/*.toml"]\ndisabled_plugins = ["cri"]\n{NVIDIA}',
        f'version = 2\n[plugins."{CRI}"]\nsandbox_image = "old:1"\n',
    ],
)
def test_absent_gives_back_what_was_there(host, text):
    if text is not None:
        host.put(_containerd.CONFIG, text)
    before = host.everything()
    host.run(image_repository=MIRROR, oci_runtime="crun", http_proxy="http://p:3128")
    assert host.run(state="absent")["changed"]
    assert host.everything() == before
    assert not host.run(state="absent")["changed"]


def pristine(host, text):
    host.put(_containerd.CONFIG, text)
    host.conffile = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


#: As Debian's package and Docker's bring it.
OF_PACKAGES = (
    f'# Debian\nversion = 2\n[plugins."{CRI}".cni]\nbin_dir = "/usr/lib/cni"\n',
    '# Docker\ndisabled_plugins = ["cri"]\n#root = "/var/lib/containerd"\n',
    "# nothing is set\n",
)


@pytest.mark.parametrize("text", OF_PACKAGES)
def test_absent_gives_back_the_packages_own_file(host, text):
    pristine(host, text)
    before = host.everything()
    host.run()
    # A later run sees a file that is not the package's any more.
    host.run(oci_runtime="crun", image_repository=MIRROR)
    assert host.run(state="absent")["changed"]
    assert host.everything() == before
    assert not host.run(state="absent")["changed"]


def test_absent_keeps_what_was_added_to_the_packages_own_file(host):
    pristine(host, OF_PACKAGES[0])
    host.run()
    config = host.file(_containerd.CONFIG)
    config.write_text(config.read_text() + NVIDIA)
    host.run(state="absent")
    assert set(host.cri["containerd"]["runtimes"]) == {"nvidia"}


@pytest.mark.parametrize("text", ["version = [\n", '{"json": true}', "\x00"])
def test_absent_leaves_a_file_that_never_was_ours_unread(host, text):
    host.put(_containerd.CONFIG, text)
    result = host.run(state="absent")
    assert (result.get("failed"), result["changed"]) == (None, False)
    assert host.file(_containerd.CONFIG).read_text() == text


def test_absent_keeps_what_was_added_since(host):
    host.put(_containerd.CONFIG, 'version = 2\nroot = "/data"\n')
    host.run()
    config = host.file(_containerd.CONFIG)
    config.write_text(config.read_text() + NVIDIA)
    host.run(state="absent")
    assert host.config["root"] == "/data"
    assert set(host.cri["containerd"]["runtimes"]) == {"nvidia"}


def test_preview_changes_nothing_and_hides_passwords(host):
    auth = f'[plugins."{CRI}".registry.configs."r.io".auth]\nusername = "u"\npassword = "s3cret"\n'
    host.put(_containerd.CONFIG, f"version = 2\n{auth}")
    before = host.everything()
    result = host.run(
        _ansible_check_mode=True,
        _ansible_diff=True,
        image_repository="http://u:hunter2@mirror.example.com",
        https_proxy="http://joe:pr0xy@p:3128",
        no_proxy=["10.0.0.0/8"],
    )
    assert result["changed"]
    assert host.everything() == before
    assert not any(word in str(result["diff"]) for word in ("s3cret", "hunter2", "pr0xy"))


def test_a_bare_host_is_previewed(host):
    host.version = None
    assert host.run(_ansible_check_mode=True)["changed"]


def test_the_proxy_of_pulls(host):
    path = "/etc/systemd/system/containerd.service.d/fastpath-proxy.conf"
    result = host.run(https_proxy="http://u:p%20w@p:3128", no_proxy=["10.0.0.0/8", ".svc"])
    assert result["restart"]
    text = host.file(path).read_text()
    assert 'Environment="HTTPS_PROXY=http://u:p%%20w@p:3128"' in text
    assert 'Environment="NO_PROXY=10.0.0.0/8,.svc"' in text
    assert host.file(path).stat().st_mode & 0o777 == 0o600
    assert host.run()["restart"]
    assert not host.file(path).exists()


def test_a_drop_in_of_the_host_stays(host):
    path = "/etc/systemd/system/containerd.service.d/fastpath-proxy.conf"
    host.put(path, "[Service]\n")
    host.run(https_proxy="http://p:3128")
    assert host.file(path).read_text() == "[Service]\n"


def test_one_task_configures():
    tasks = yaml.safe_load((ROLE / "tasks/main.yml").read_text())
    assert len([task for task in tasks if "fastpath.k8s.containerd_config" in task]) == 1
    words = {word for task in tasks for word in task}
    assert not {w for w in words if "include" in w or w.endswith((".template", ".copy", ".file"))}


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        (_containerd.HOSTS, FOREIGN_HOSTS, "is not of this collection"),
        (_containerd.CONFIG, "version = ", "line 1: a value is expected"),
        (_containerd.CONFIG, "version = 3\nroot = '/x'\n", "reads up to 2"),
        (
            _containerd.CONFIG,
            f'version = 2\n[plugins."{CRI}".registry.mirrors."docker.io"]\nendpoint = ["https://m"]\n',
            "docker.io",
        ),
    ],
)
def test_preflight_sees_it_before_anything_is_changed(host, path, text, words):
    assert _containerd_read.problems(str(host.root), host.execute, MIRROR) == []
    host.put(path, text)
    found = _containerd_read.problems(str(host.root), host.execute, MIRROR)
    facts = {"cp1": {"container_runtime": {"problems": found}}}
    judged = [c for c in checks.checks(facts, {}) if c.id == "container-runtime"]
    assert [check.verdict for check in judged] == ["error"]
    assert words in judged[0].message
    assert judged[0].fix


def test_preflight_of_a_host_that_fits():
    facts = {"cp1": {"container_runtime": {"problems": []}}}
    judged = [c for c in checks.checks(facts, {}) if c.id == "container-runtime"]
    assert [check.verdict for check in judged] == ["ok"]
