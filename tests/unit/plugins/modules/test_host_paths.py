"""What reset removes of a host's files, tried on mounts of a namespace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
PYTHON = f"PYTHONPATH={ROOT}/collections {sys.executable}"
PACKAGE = "ansible_collections.fastpath.k8s.plugins"

#: Records the folders as the first installation does.
RECORD = f"""{PYTHON} -c '
from {PACKAGE}.module_utils import _installed
memory = _installed.of()
memory.save(_installed.with_folders(memory.load(), "/", ()))'
"""

#: What a cluster makes in every folder.
CLUSTER = """
mkdir -p /etc/kubernetes/fastpath /etc/kubernetes/pki /etc/containerd/certs.d/_default
mkdir -p /etc/cni/net.d /opt/cni/bin /var/lib/etcd/member /var/lib/containerd/io.containerd.x/1
mkdir -p /var/lib/kubelet/pods/1/volumes/nfs /var/lib/calico /var/log/calico/cni
touch /etc/kubernetes/fastpath/kubeadm-init.yaml /etc/kubernetes/kubelet.conf
echo '# Written by fastpath.k8s, role container_runtime.' >/etc/containerd/config.toml
touch /etc/cni/net.d/10-calico.conflist /opt/cni/bin/calico /var/lib/etcd/member/wal
"""

FOLDERS = (
    "/etc/cni/net.d", "/etc/containerd", "/etc/kubernetes", "/opt/cni", "/var/lib/calico",
    "/var/lib/containerd", "/var/lib/etcd", "/var/lib/kubelet", "/var/log/calico",
)  # fmt: skip


@pytest.fixture
def host(tmp_path):
    """Return a function that runs a shell script on a host that has only Python."""

    def run(script, rc=0, **options):
        arguments = tmp_path / "arguments"
        arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
        text = f"""set -e
            mount --make-rprivate /
            for folder in /etc /opt /var/lib /var/log /mnt; do mount -t tmpfs none $folder; done
            reset() {{ {PYTHON} -m {PACKAGE}.modules.host_paths {arguments}; }}
            {script}"""
        done = subprocess.run(
            ["unshare", "--map-root-user", "--mount", "sh", "-c", text],
            capture_output=True, text=True, env={**os.environ, "HOME": "/mnt"}, check=False,
        )  # fmt: skip
        assert done.returncode == rc, done.stdout + done.stderr
        return [json.loads(x) if x[0] == "{" else x for x in done.stdout.splitlines() if x]

    return run


def test_what_a_cluster_has_made_goes(host):
    result, *left = host(f"{RECORD}{CLUSTER} reset; find /etc /opt /var/lib /var/log")
    assert {path for path in left if path.startswith(FOLDERS)} == set()
    assert not [path for path in left if "fastpath" in path]
    assert result["changed"] and not result["left"]


def test_the_second_time_nothing_is_changed(host):
    assert host(f"{RECORD}{CLUSTER} reset >/dev/null; reset")[0]["changed"] is False


def test_check_mode_removes_nothing_and_returns_the_same(host):
    script = f"{RECORD}{CLUSTER} mount -t tmpfs none /var/lib/kubelet/pods/1/volumes/nfs\n"
    show = "{ find /etc /opt /var/lib /var/log /mnt; cat /proc/self/mounts; }"
    check = f"{script} {show} >/dev/shm/before; reset; {show} | cmp /dev/shm/before"
    previewed = host(check, _ansible_check_mode=True)[0]
    assert {**previewed, "invocation": 0} == {**host(f"{script} reset")[0], "invocation": 0}
    assert previewed["unmounted"] == ["/var/lib/kubelet/pods/1/volumes/nfs"]


@pytest.mark.parametrize("path", ["/var/lib/etcd", "/var/lib/kubelet", "/var/lib/containerd"])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("how", ["-t tmpfs none", "--bind /mnt/disk"])
def test_a_mount_is_emptied_and_stays(host, path, before, how):
    make = f"mkdir -p /mnt/disk {path}; mount {how} {path}; mkdir {path}/lost+found"
    # A disk that was mounted after the first run has nothing of before.
    steps = f"{make}\n{RECORD}" if before else f"{RECORD}{make}\n"
    result, *left = host(f"{steps}{CLUSTER} reset; find {path}/ -mindepth 1; test -d {path}")
    assert left == [f"{path}/lost+found"]
    assert not [item for item in result["left"] if "mounted" in item]


@pytest.mark.parametrize(
    ("path", "name"),
    [("/var/lib/containerd", "io.containerd.x"), ("/var/lib/etcd", "member"),
     ("/var/lib/kubelet", "pods")],
)  # fmt: skip
def test_a_disk_within_a_folder_is_emptied_and_stays(host, path, name):
    make = f"mkdir -p {path}/{name}/; mount -t tmpfs none {path}/{name}\n"
    show = f"find {path}; grep -c {path}/{name} /proc/self/mounts"
    assert host(f"{make}{RECORD}{CLUSTER} reset; {show}")[1:] == [path, f"{path}/{name}", "1"]


def test_a_link_to_a_folder_on_another_disk_stays(host):
    make = "mkdir /mnt/disk; ln -s /mnt/disk /var/lib/etcd\n"
    _result, *left = host(f"{make}{RECORD}{CLUSTER} reset; find /mnt/disk /var/lib/etcd")
    assert left == ["/mnt/disk", "/var/lib/etcd"]


def test_what_pods_have_mounted_is_unmounted_and_never_entered(host):
    volume = "/var/lib/kubelet/pods/1/volumes/nfs"
    script = f"""{RECORD}{CLUSTER} mkdir /mnt/nfs; touch /mnt/nfs/precious
        mount --bind /mnt/nfs {volume}; mount -t tmpfs none {volume}
        mkdir {volume}/deep; mount -t tmpfs none {volume}/deep; touch {volume}/deep/x
        exec 9<{volume}/deep/x; cd {volume}/deep
        reset; cd /; ls /mnt/nfs /var/lib; grep -c kubelet /proc/self/mounts || true"""
    result, *left = host(script)
    assert result["unmounted"] == [f"{volume}/deep", volume, volume]
    assert "precious" in left and "kubelet" not in left
    assert left[-1] == "0"


def test_a_file_system_that_another_program_has_mounted_within_stays_with_its_content(host):
    script = f"""{RECORD}{CLUSTER} mkdir /mnt/home /var/lib/containerd/io.containerd.x/home
        touch /mnt/home/precious; mount --bind /mnt/home /var/lib/containerd/io.containerd.x/home
        reset; find /var/lib/containerd; ls /mnt/home"""
    result, *left = host(script)
    top = "/var/lib/containerd/io.containerd.x"
    assert left == ["/var/lib/containerd", top, f"{top}/home", f"{top}/home/precious", "precious"]
    assert result["left"] == [f"{top}/home: it was mounted after the first run"]


def test_what_was_there_before_stays(host):
    theirs = """
        mkdir -p /etc/containerd /etc/cni/net.d /opt/cni/bin /var/lib/containerd/store /var/lib/etcd
        mkdir -p /etc/kubernetes/mine /var/lib/kubelet/seccomp /etc/containerd/certs.d/docker.io
        touch /etc/containerd/config.toml /etc/cni/net.d/87-podman.conflist /opt/cni/bin/bridge
        touch /var/lib/containerd/store/db /var/lib/etcd/notes
    """
    show = "find /etc /opt /var/lib -type f -o -type d -empty | grep -v fastpath | sort"
    script = f"{theirs} {show} >/mnt/before; {RECORD}{CLUSTER} reset; {show} | diff /mnt/before -"
    # Of a store that was in use nothing goes, as its parts refer to each other.
    result, *differences = host(f"{script} || true")
    assert [line for line in differences if line[0] in "<>"] == [
        "> /var/lib/containerd/io.containerd.x/1"
    ]
    assert "/var/lib/containerd: it was in use before the first run" in result["left"]


@pytest.mark.parametrize("package", ["containerd", "containerd.io", "moby-containerd"])
def test_a_containerd_that_stays_keeps_its_store(host, package):
    status = f"Package: {package}\\nStatus: install ok installed\\nVersion: 1\\n"
    script = f"""{RECORD}{CLUSTER} mkdir -p /var/lib/dpkg; printf '{status}' >/var/lib/dpkg/status
        reset; ls -d /var/lib/containerd/* /etc/containerd/*"""
    result, *left = host(script)
    assert left == [
        "/etc/containerd/certs.d", "/etc/containerd/config.toml",
        "/var/lib/containerd/io.containerd.x",
    ]  # fmt: skip
    assert f"/var/lib/containerd: {package} is installed still" in result["left"]
    gone = host(script, removed_packages=[package], _ansible_check_mode=True)[0]["removed"]
    assert "/var/lib/containerd" in gone


def test_without_a_record_only_what_is_proven_goes(host):
    script = f"""{CLUSTER} mkdir -p /opt/cni/bin; touch /opt/cni/bin/bridge /etc/containerd/mine
        reset; find {" ".join(FOLDERS)} 2>/dev/null || true"""
    _result, *left = host(script)
    assert sorted(left) == [
        "/etc/cni/net.d", "/etc/containerd", "/etc/containerd/certs.d",
        "/etc/containerd/certs.d/_default", "/etc/containerd/mine", "/opt/cni", "/opt/cni/bin",
        "/opt/cni/bin/bridge",
        "/var/lib/containerd", "/var/lib/containerd/io.containerd.x",
        "/var/lib/containerd/io.containerd.x/1",
    ]  # fmt: skip
    assert not [path for path in left if "kube" in path or "etcd" in path or "calico" in path]
    assert {"/opt/cni/bin/bridge", "/etc/containerd/mine", "/var/lib/containerd"} <= set(left)
    assert "/etc/containerd/config.toml" not in left


def test_a_host_that_never_was_a_node_keeps_everything(host):
    script = """mkdir -p /etc/kubernetes /var/lib/etcd/member /var/lib/kubelet /etc/containerd
        mkdir -p /var/lib/containerd/x /var/lib/calico; touch /etc/kubernetes/mine
        find /etc /var/lib >/mnt/before; reset; find /etc /var/lib | cmp /mnt/before"""
    result, *_rest = host(script)
    assert result["changed"] is False and result["left"]


def test_without_a_record_all_goes_where_that_is_wanted(host):
    assert not host(f"{CLUSTER} reset; ls -d {' '.join(FOLDERS)} 2>&-||:", unrecorded=True)[1:]


def test_a_later_run_does_not_overwrite_the_record(host):
    assert not host(f"{RECORD}{CLUSTER}{RECORD} reset; ls -d {' '.join(FOLDERS)} 2>&-||:")[1:]


def test_an_older_version_has_no_folders_of_before(host):
    assert "folders" not in host(f"{CLUSTER}{RECORD} cat /var/lib/fastpath/*.json || echo none")[-1]


def test_a_record_outlives_a_run_that_fails(host):
    script = f"""{RECORD}{CLUSTER} mount --bind /etc/cni /etc/cni; mount -o remount,bind,ro /etc/cni
        reset || ls /var/lib/fastpath"""
    result, *left = host(script)
    assert result["failed"] and left == ["installed.json"]


def test_what_was_brought_beside_kubeadms_files_stays(host):
    theirs = """mkdir -p /etc/kubernetes/pki/etcd /etc/kubernetes/manifests
        touch /etc/kubernetes/pki/ca.key /etc/kubernetes/pki/etcd/ca.crt
        touch /etc/kubernetes/manifests/kube-vip.yaml /etc/kubernetes/gone\n"""
    made = """touch /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/etcd/peer.key
        touch /etc/kubernetes/manifests/etcd.yaml; rm /etc/kubernetes/gone\n"""
    result, *left = host(f"{theirs}{RECORD}{CLUSTER}{made} reset; find /etc/kubernetes -type f")
    assert sorted(left) == [
        "/etc/kubernetes/manifests/kube-vip.yaml", "/etc/kubernetes/pki/ca.key",
        "/etc/kubernetes/pki/etcd/ca.crt",
    ]  # fmt: skip
    # What does not exist is not said to stay.
    assert [line for line in result["left"] if "kubernetes" in line] == [
        "/etc/kubernetes/manifests: kube-vip.yaml of before the first run",
        "/etc/kubernetes/pki/etcd: ca.crt of before the first run",
        "/etc/kubernetes/pki: ca.key of before the first run",
    ]


def test_a_record_without_the_folders_of_kubeadm_keeps_what_it_names(host):
    state = '{"folders": {"/etc/kubernetes": ["pki"]}}'
    script = f"""mkdir -p /var/lib/fastpath; echo '{state}' >/var/lib/fastpath/installed.json
        {CLUSTER} touch /etc/kubernetes/pki/ca.key; reset; find /etc/kubernetes"""
    result, *left = host(script)
    assert left == ["/etc/kubernetes", "/etc/kubernetes/pki", "/etc/kubernetes/pki/ca.key"]
    assert "/etc/kubernetes: pki of before the first run" in result["left"]


ETCD = "echo '    dataDir: /srv/etcd' >/etc/kubernetes/fastpath/kubeadm-init.yaml\n"
DATA = "mkdir -p /srv/etcd/member; touch /srv/etcd/member/wal\n"
ADD = f"""{PYTHON} -c 'from {PACKAGE}.module_utils import _installed
_installed.add_folder("/", "/srv/etcd/")'
"""


@pytest.mark.parametrize(
    ("before", "steps", "left"),
    [
        ("", f"{RECORD}{ADD}", "/srv"),
        ("", RECORD, "/srv"),
        ("", "", "/srv"),
        ("mkdir -p /srv/etcd; touch /srv/etcd/mine\n", f"{RECORD}{ADD}",
         "/srv /srv/etcd /srv/etcd/mine"),
        ("mkdir -p /srv/etcd; touch /srv/etcd/mine\n", "", "/srv /srv/etcd /srv/etcd/mine"),
        ("mkdir -p /srv/etcd; mount -t tmpfs none /srv/etcd; mkdir /srv/etcd/lost+found\n",
         f"{RECORD}{ADD}", "/srv /srv/etcd /srv/etcd/lost+found"),
        # Recorded once, and never again.
        ("", f"{RECORD}{ADD}{DATA}{ADD}", "/srv"),
    ],
)  # fmt: skip
def test_the_folder_that_etcd_was_given_is_emptied_of_its_data(host, before, steps, left):
    make = "mount -t tmpfs none /srv\n"
    _result, *found = host(f"{make}{before}{steps}{CLUSTER}{ETCD}{DATA} reset; find /srv")
    assert found == left.split()


def test_another_programs_data_in_that_folder_stay(host):
    make = f"mount -t tmpfs none /srv\n{DATA}"
    _result, *found = host(f"{make}{RECORD}{ADD}{CLUSTER}{ETCD} reset; ls /srv/etcd/member")
    assert found == ["wal"]
