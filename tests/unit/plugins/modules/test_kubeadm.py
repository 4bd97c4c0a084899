"""The module against a kubeadm that makes the files which the real one makes, up to some point."""

from __future__ import annotations

import json
import stat

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.fastpath.k8s.plugins.module_utils import (
    _kubeadm_host,
    _kubeadm_lock,
    _kubeadm_uploaded,
    _kubelet_live,
    _memory,
)
from ansible_collections.fastpath.k8s.plugins.modules import kubeadm, kubeadm_info

TOKEN = "abcdef.0123456789abcdef"

#: A stand-in for kubeadm: `reset` removes as the real one does, the others make files and then
#: do what the file "fail" says.
KUBEADM = r"""#!/bin/sh
echo "kubeadm $*" >> "{top}/calls"
case $1 in
reset)
    rm -rf {kubernetes}/manifests/* {kubernetes}/pki/* {kubernetes}/*.conf {kubelet}/* {etcd}/*
    exit 0 ;;
init)
    if [ -e "{top}/refuse" ]; then
        printf 'error execution phase preflight\n\t[ERROR Port-6443]: Port 6443 is in use\n' >&2
        exit 1
    fi
    mkdir -p {kubernetes}/manifests {kubernetes}/pki {kubelet} {etcd}/member
    for file in pki/ca.crt admin.conf kubelet.conf manifests/etcd.yaml \
        manifests/kube-apiserver.yaml manifests/kube-controller-manager.yaml \
        manifests/kube-scheduler.yaml; do
        echo made > {kubernetes}/$file
    done
    echo made > {kubelet}/config.yaml ;;
join)
    mkdir -p {kubernetes}/pki {kubelet}
    for file in {kubernetes}/pki/ca.crt {kubernetes}/kubelet.conf {kubelet}/config.yaml; do
        echo made > $file
    done ;;
esac
if [ -e "{top}/fail" ]; then
    cp "{memory}" "{top}/record" 2>/dev/null
    echo 'error: the token {token} is unknown' >&2
    exit 1
fi
"""


class Machine:
    """The folders of a host, and what its kubeadm was called with."""

    def __init__(self, top):
        self.top = top
        self.kubernetes = top / "kubernetes"
        self.kubelet = top / "kubelet"
        self.etcd = top / "etcd"
        self.memory = top / "memory/kubeadm.json"

    def calls(self):
        path = self.top / "calls"
        return [line.split()[1] for line in path.read_text().splitlines()] if path.exists() else []

    def files(self):
        found = [*self.kubernetes.rglob("*"), *self.kubelet.rglob("*"), *self.etcd.rglob("*")]
        return sorted(str(path.relative_to(self.top)) for path in found if path.is_file())


@pytest.fixture
def machine(tmp_path, monkeypatch):
    machine = Machine(tmp_path)
    (tmp_path / "bin").mkdir()
    text = KUBEADM
    for name in ("top", "kubernetes", "kubelet", "etcd", "memory"):
        text = text.replace(f"{{{name}}}", str(getattr(machine, name)))
    for name, script in {
        "kubeadm": text.replace("{token}", TOKEN),
        "systemctl": "#!/bin/sh\nexit 0\n",
        "journalctl": "#!/bin/sh\nexit 0\n",
    }.items():
        path = tmp_path / "bin" / name
        path.write_text(script)
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setattr(_kubeadm_host, "KUBERNETES", str(machine.kubernetes))
    monkeypatch.setattr(_kubeadm_host, "KUBELET", str(machine.kubelet))
    monkeypatch.setattr(_kubeadm_host, "ETCD", str(machine.etcd))
    monkeypatch.setattr(_memory, "FOLDER", str(tmp_path / "memory"))
    monkeypatch.setattr(_kubeadm_lock, "PATH", str(tmp_path / "lock"))
    monkeypatch.setattr(_kubeadm_uploaded, "config_maps", lambda _kubectl: None)
    monkeypatch.setattr(_kubelet_live, "fatal", lambda: "")
    return machine


@pytest.fixture
def run(capsys, machine):
    def run(command="init", check=False, module=kubeadm, **options):
        arguments = {"command": command, "_ansible_check_mode": check}
        if module is kubeadm:
            arguments |= {
                "config": f"kind: X\ntoken: {TOKEN}",
                "directory": str(machine.kubernetes / "fastpath"),
                **options,
            }
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        return json.loads(capsys.readouterr().out)

    return run


@pytest.mark.parametrize("command", ["init", "join"])
def test_a_node_is_made_once(machine, run, command):
    assert run(command, check=True)["changed"]
    assert machine.calls() == machine.files() == []
    made = run(command, patches={"etcd": {"spec": {}}})
    assert (made["changed"], made["state"]) == (True, "bare")
    assert json.loads(machine.memory.read_text())["finished"]
    again = run(command)
    assert (again["changed"], again["state"]) == (False, "complete")
    assert machine.calls() == [command]
    written = machine.kubernetes / "fastpath" / f"kubeadm-{command}.yaml"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert json.loads((written.parent / "patches/etcd+strategic.json").read_text()) == {"spec": {}}
    assert run(command, module=kubeadm_info)["state"] == "complete"


@pytest.mark.parametrize("command", ["init", "join"])
def test_what_a_failed_run_made_is_taken_back(machine, run, command):
    (machine.top / "fail").touch()
    failed = run(command)
    assert "was taken back" in failed["msg"]
    assert TOKEN not in json.dumps(failed)
    assert machine.calls() == [command, "reset"]
    assert machine.files() == [f"kubernetes/fastpath/kubeadm-{command}.yaml"]
    assert not machine.memory.exists()
    # The record was there while kubeadm ran.
    assert json.loads((machine.top / "record").read_text())["before"] == []
    (machine.top / "fail").unlink()
    assert run(command)["changed"]


def test_a_running_control_plane_without_admin_conf_survives(machine, run):
    run()
    (machine.kubernetes / "admin.conf").unlink()
    before = machine.files()
    for check in (True, False):
        refused = run(check=check)
        assert refused["failed"]
        assert "kubeadm init phase kubeconfig admin" in refused["msg"]
    assert run(module=kubeadm_info)["failed"]
    assert machine.files() == before
    assert machine.calls() == ["init"]


def test_a_running_worker_without_kubelet_conf_survives(machine, run):
    run("join")
    (machine.kubernetes / "kubelet.conf").unlink()
    before = machine.files()
    assert run("join")["failed"]
    assert machine.files() == before
    assert machine.calls() == ["join"]


def test_a_refusal_of_kubeadm_takes_nothing_back(machine, run):
    (machine.top / "refuse").touch()
    failed = run()
    assert "Port 6443 is in use" in failed["msg"]
    assert "changed nothing" in failed["msg"]
    assert machine.calls() == ["init"]
    assert not machine.memory.exists()


def test_certificates_that_the_user_brought_survive_a_failure(machine, run):
    (machine.kubernetes / "pki").mkdir(parents=True)
    (machine.kubernetes / "pki/ca.key").write_text("mine")
    (machine.top / "fail").touch()
    failed = run()
    assert "certificates" in failed["msg"]
    assert machine.calls() == ["init"]
    assert (machine.kubernetes / "pki/ca.key").read_text() == "mine"
    # Nor does a later run take them for its own: the fake made all files, so it goes on from there.
    (machine.top / "fail").unlink()
    assert run()["state"] == "finish"
    assert machine.calls() == ["init", "init"]
    assert (machine.kubernetes / "pki/ca.key").read_text() == "mine"


def test_a_run_that_was_cut_off_starts_anew(machine, run):
    # As power was lost: a record that is open, and the first files.
    machine.memory.parent.mkdir()
    machine.memory.write_text(json.dumps({"command": "init", "before": []}))
    (machine.kubernetes / "pki").mkdir(parents=True)
    for name in ("pki/ca.crt", "pki/apiserver.crt", "admin.conf"):
        (machine.kubernetes / name).touch()
    assert run(module=kubeadm_info)["state"] == "take_back"
    done = run()
    assert (done["changed"], done["state"]) == (True, "take_back")
    assert machine.calls() == ["reset", "init"]
    assert not (machine.kubernetes / "pki/apiserver.crt").exists()
    assert run()["changed"] is False


def test_a_control_plane_that_was_cut_off_late_is_finished(machine, run):
    run()
    machine.memory.write_text(json.dumps({"command": "init", "before": []}))
    (machine.top / "fail").touch()
    failed = run()
    assert "stays as it is" in failed["msg"]
    (machine.top / "fail").unlink()
    done = run()
    assert (done["changed"], done["state"]) == (True, "finish")
    assert machine.calls() == ["init", "init", "init"]
    assert "--skip-phases=preflight,certs," in (machine.top / "calls").read_text()
    assert run()["changed"] is False


def test_the_work_of_a_run_that_still_works_is_left_alone(machine, run):
    with _kubeadm_lock.held(str(machine.top / "lock")):
        busy = run()
        assert busy["failed"]
        assert "is still working on this host, started by process" in busy["msg"]
        assert run(module=kubeadm_info)["failed"]
    assert machine.calls() == []
    assert run()["changed"]


def test_kubeadm_itself_holds_the_lock(machine, run):
    """A module that is killed leaves kubeadm running."""
    held = machine.top / "held"
    path = machine.top / "bin/kubeadm"
    lock = machine.top / "lock"
    path.write_text(
        path.read_text().replace("#!/bin/sh", f"#!/bin/sh\nls -l /proc/self/fd > {held}")
    )
    run()
    assert str(lock) in held.read_text()
