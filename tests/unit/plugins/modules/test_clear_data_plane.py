"""What reset leaves of a data plane, tried on the devices of a network namespace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "collections")}
#: As Ansible calls a module: by an interpreter, so that no file need be executable.
MODULE = f"{sys.executable} -m ansible_collections.fastpath.k8s.plugins.modules.clear_data_plane"
#: Of a user who need not be root outside.
NAMESPACE = ("unshare", "--map-root-user", "--net", "--mount")

#: Stands for tc on a kernel before 6.6: filters are files, and one without maps is a mistake.
TC = """#!/bin/sh
case $1 in
qdisc) for device in eth9 eth8; do echo "qdisc clsact ffff: dev $device parent ffff:fff1 "; done ;;
filter)
    file=$FILTERS/$4-$5
    case $2 in
    show) if [ -e "$file" ]; then cat "$file"; fi ;;
    delete)
        [ -e /sys/fs/bpf/tc/globals/cilium_calls_1 ] || echo "maps went first" >>"$FILTERS/mistakes"
        [ -e "$FILTERS/stubborn" ] || grep -v "pref $9 .*handle ${11} " "$file" >"$file.new" || true
        [ ! -e "$file.new" ] || mv "$file.new" "$file" ;;
    esac ;;
esac
"""
FILTER = "filter protocol all pref 1 bpf chain 0 "
OURS = FILTER + "handle 0x1 cil_from_netdev-eth9 direct-action not_in_hw id 7 tag c0ffee jited "
THEIRS = FILTER + "handle 0x2 guard direct-action not_in_hw id 8 tag beef jited "


@pytest.fixture
def clear(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "filters").mkdir()
    # The rules of this machine's packet filter are not what is tried.
    for name in ("tc", "iptables-save", "ip6tables-save", "ipset", "nft", "ipvsadm"):
        (tmp_path / "bin" / name).write_text(TC if name == "tc" else "#!/bin/sh\nexit 1\n")
        (tmp_path / "bin" / name).chmod(0o755)
    for name in ("iptables-save", "ip6tables-save"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")

    def clear(before, after="true", rc=0, pod_cidr="10.244.0.0/16", check=False):
        text = f"""set -e
            mount --make-rprivate /
            mount -t tmpfs none /run; mount -t tmpfs none /sys/fs/bpf; mount -t tmpfs none /var/lib
            ip link add eth9 type veth peer name eth8; ip link set eth9 up; ip link set eth8 up
            ip link set lo up
            ip address add 192.0.2.1/24 dev eth9; ip address add 2001:db8::1/64 dev eth9 nodad
            PATH={tmp_path}/bin:$PATH FILTERS={tmp_path}/filters; export PATH FILTERS
            clear() {{ {MODULE} {tmp_path}/arguments; }}
            {before}
            clear
            {after}"""
        values = {"pod_cidr": pod_cidr, "_ansible_check_mode": check}
        arguments = {"ANSIBLE_MODULE_ARGS": values}
        (tmp_path / "arguments").write_text(json.dumps(arguments))
        done = subprocess.run(
            [*NAMESPACE, "sh", "-c", text], capture_output=True, text=True, env=ENVIRONMENT
        )
        assert done.returncode == rc, done.stdout + done.stderr
        said = []
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                said += [f"cleared {what}" for what in json.loads(line)["cleared"]]
            elif line:
                said.append(line)
        return said

    clear.filters = tmp_path / "filters"
    clear.programs = tmp_path / "bin"
    return clear


CILIUM = """
    mkdir -p /sys/fs/bpf/cilium/devices/eth9/links /sys/fs/bpf/tc/globals /run/cilium/state
    touch /sys/fs/bpf/cilium/devices/eth9/links/cil_xdp_entry
    touch /sys/fs/bpf/tc/globals/cilium_calls_1 /sys/fs/bpf/tc/globals/other
"""


def test_filters_go_before_the_maps_that_they_call_each_other_through(clear):
    for place in ("eth9-ingress", "eth9-egress"):
        (clear.filters / place).write_text(f"{FILTER}\n{OURS}\n{THEIRS}\n")
    said = clear(CILIUM, "ls /sys/fs/bpf/tc/globals | sed 's/^/left /'")
    assert not (clear.filters / "mistakes").exists()
    for place in ("eth9-ingress", "eth9-egress"):
        assert (clear.filters / place).read_text() == f"{FILTER}\n{THEIRS}\n"
    assert "cleared filter of eth9 ingress" in said
    assert [line for line in said if line.startswith("left")] == ["left other"]


def test_maps_stay_where_a_filter_does(clear):
    (clear.filters / "eth9-ingress").write_text(OURS + "\n")
    (clear.filters / "stubborn").touch()
    before = f"{CILIUM}\n trap 'ls /sys/fs/bpf/tc/globals' EXIT"
    assert "cilium_calls_1" in clear(before, rc=1)


@pytest.mark.parametrize(
    ("pods", "gone", "kept"),
    [
        ("10.244.0.0/16", "10.244.1.0/24", "fd00:10:1::/64"),
        ("fd00:10::/32", "fd00:10:1::/64", "10.244.1.0/24"),
    ],
)
def test_routes_to_pods_of_other_nodes_go_and_no_others(clear, pods, gone, kept):
    routes = """
        ip route add 10.244.1.0/24 via 192.0.2.2 proto kernel
        ip -6 route add fd00:10:1::/64 via 2001:db8::2 proto kernel
        ip route add 10.9.0.0/16 via 192.0.2.9
        ip route add 10.7.0.0/16 via 192.0.2.7 proto kernel
        ip route add default via 192.0.2.254 proto kernel
    """
    show = "for f in -4 -6; do ip $f route show table main | sed 's/^/left /'; done"
    left = [line.split()[1] for line in clear(CILIUM + routes, show, pod_cidr=pods)
            if line.startswith("left")]  # fmt: skip
    assert gone not in left
    assert {kept, "default", "10.7.0.0/16", "10.9.0.0/16", "192.0.2.0/24", "2001:db8::/64"} <= set(
        left
    )


@pytest.mark.parametrize("family", ["-4", "-6"])
def test_rules_become_those_of_a_kernel(clear, family):
    before = f"""{CILIUM}
        ip {family} rule add pref 100 lookup local; ip {family} rule delete pref 0
        ip {family} rule add pref 9 fwmark 0x200/0xf00 lookup 2004
        ip {family} rule add pref 10 fwmark 0xa00/0xf00 lookup 2005
        ip {family} rule add pref 50 fwmark 0x200/0xf00 lookup 77
        ip {family} route add local default dev lo table 2004
    """
    after = f"""ip {family} rule show | sed 's/^/left /'
        ip {family} route show table 2004 2>/dev/null | sed 's/^/route /'"""
    said = clear(before, after)
    assert [line.split()[1] for line in said if line.startswith("left")][:3] == [
        "0:", "50:", "32766:"
    ]  # fmt: skip
    assert not [line for line in said if line.startswith("route")]


def test_mounts_of_the_agent_go_with_its_folder(clear):
    before = f"""{CILIUM}
        mkdir /run/cilium/cgroupv2; mount -t tmpfs none /run/cilium/cgroupv2
        mkdir /run/cilium/cgroupv2/system; mount -t tmpfs none /run/cilium/cgroupv2/system
    """
    said = clear(before, "test ! -e /run/cilium; grep -c /run/cilium /proc/self/mounts || true")
    assert "cleared mount /run/cilium/cgroupv2" in said
    assert said[-1] == "0"


def test_devices_of_cilium_and_not_those_of_lxc(clear):
    names = ("cilium_vxlan", "lxc_health", "lxc0123456789ab", "lxcbr0", "lxc-mine")
    before = "\n".join(f"ip link add {name} type bridge" for name in names)
    said = clear(CILIUM + before, "ip -o link show | sed 's/^/left /'")
    left = {
        line.split()[2].strip(":").partition("@")[0] for line in said if line.startswith("left")
    }
    assert left == {"lo", "eth9", "eth8", "lxcbr0", "lxc-mine"}


def test_a_host_that_never_had_cilium_is_left_alone(clear):
    before = """
        ip route add 10.7.0.0/16 via 192.0.2.7 proto kernel
        ip rule add pref 100 lookup local
        ip link add lxcbr0 type bridge
        show() { ip -o link show; ip rule show; ip route show; ip -6 rule show; ip -6 route show; }
        show >/run/before
    """
    assert clear(before, "show >/run/after; cmp /run/before /run/after") == []


def test_the_second_time_there_is_nothing_left(clear):
    before = f"""{CILIUM}
        ip link add cilium_host type bridge
        ip route add 10.244.1.0/24 via 192.0.2.2 proto kernel
        ip rule add pref 100 lookup local; ip rule delete pref 0
        clear >/dev/null
    """
    assert clear(before) == []


def links(said):
    return {
        line.split()[2].strip(":").partition("@")[0] for line in said if line.startswith("left")
    }


def test_devices_of_calico_and_not_those_with_names_alike(clear):
    ours = ("cali0123456789a", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali")
    theirs = ("calib-lab", "calico-lab", "cali1f", "calibrate", "cali0123456789X", "tunl0x")
    before = "\n".join(f"ip link add {name} type bridge" for name in ours + theirs)
    said = clear(before, "ip -o link show | sed 's/^/left /'")
    assert links(said) == {"lo", "eth9", "eth8", *theirs}
    assert [line for line in said if line.startswith("cleared")] == [f"cleared {n}" for n in ours]


def test_a_device_that_vanishes_meanwhile_is_no_fault(clear):
    """Deleting the first one takes the second along, as a pod that ends does."""
    before = "ip link add cali0123456789a type veth peer name cali0123456789b"
    assert links(clear(before, "ip -o link show | sed 's/^/left /'")) == {"lo", "eth9", "eth8"}


def test_check_mode_clears_nothing_and_returns_the_same(clear):
    before = f"""{CILIUM}
        ip link add cali0123456789a type bridge; ip link add cilium_host type bridge
        ip route add 10.244.1.0/24 via 192.0.2.2 proto kernel
        ip route add 10.244.2.0/26 via 192.0.2.2 proto bird
        ip rule add pref 100 lookup local; ip rule delete pref 0
        ip rule add pref 9 fwmark 0x200/0xf00 lookup 2004
    """
    show = "ip -o link show | cut -d: -f2; ip rule show; ip route show; find /sys/fs/bpf /run"
    previewed = clear(f"{before}\n ({show}) >/dev/shm/b", f"({show}) | cmp /dev/shm/b", check=True)
    assert previewed == clear(before)
    assert len(previewed) >= 8


#: What shows that Calico was here.
CALICO = ("mkdir /var/lib/calico", "ip link add cali0123456789a type bridge",
          "ip link add vxlan.calico type bridge")  # fmt: skip


@pytest.mark.parametrize(
    ("daemon", "traces"),
    [
        *((False, trace) for trace in CALICO),
        *((True, trace) for trace in CALICO),
        # A BIRD in a container, on a host that never had Calico.
        (False, "true"),
        (False, "ip link add calico-lab type bridge"),
        (False, CILIUM),
    ],
)
def test_routes_of_a_bird_that_is_not_calicos_stay(clear, daemon, traces):
    if daemon:
        (clear.programs / "bird").write_text("#!/bin/sh\n")
        (clear.programs / "bird").chmod(0o755)
    before = f"""{traces}
        ip route add 10.244.2.0/26 via 192.0.2.2 proto bird
        ip route add blackhole 10.244.3.0/26 proto bird
        ip route add blackhole 10.244.4.0/26 proto 80
        ip route add blackhole 10.5.4.0/26 proto 80
        ip route add 10.6.0.0/16 via 192.0.2.2 proto bird
        ip -6 route add fd00:6::/64 via 2001:db8::2 proto bird
    """
    show = "for f in -4 -6; do ip $f route show table main | sed 's/^/left /'; done"
    left = " ".join(line for line in clear(before, show) if line.startswith("left"))
    assert "10.244." not in left
    assert "10.5.4.0/26" in left
    stay = daemon or traces not in CALICO
    assert ("10.6.0.0/16" in left, "fd00:6::/64" in left) == (stay, stay)


IPTABLES = """*filter
:INPUT DROP [0:0]
:KUBE-FIREWALL - [0:0]
:cali-INPUT - [0:0]
-A INPUT -m comment --comment "cali:Cz_u1IQiXIMmKD4c" -j cali-INPUT
-A INPUT -j KUBE-FIREWALL
-A INPUT -p tcp -m tcp --dport 22 -m comment --comment "cali-office vpn" -j ACCEPT
COMMIT
"""


@pytest.mark.parametrize("backend", ["iptables-legacy", "iptables-nft"])
def test_rules_of_either_backend_go_and_counters_of_others_stay(clear, backend):
    for name in ("iptables-save", "ip6tables-save"):
        (clear.programs / name).unlink()
    before = f"""{backend}-restore <<'END'
{IPTABLES}END
        {backend} -Z INPUT 3 && {backend} -R INPUT 3 -p tcp --dport 22 -c 7 420 \
            -m comment --comment "cali-office vpn" -j ACCEPT"""
    said = clear(before, f"{backend}-save -c | grep -v '^#'")
    assert [line for line in said if "INPUT" in line and "cleared" not in line][:2] == [
        ":INPUT DROP [0:0]",
        '[7:420] -A INPUT -p tcp -m tcp --dport 22 -m comment --comment "cali-office vpn" '
        "-j ACCEPT",
    ]
    assert not [line for line in said if "KUBE" in line and "cleared" not in line]
    assert "cleared iptables chain filter KUBE-FIREWALL" in said


#: Stands for ipset and ipvsadm: a file for each set or server.
STORE = """#!/bin/sh
cd "$STORE"
case $*:$0 in
"list -n:"*) ls sets ;;
list*) echo Name: $2; echo Members:; cat "sets/$2" ;;
destroy*) if grep -lq "$2" sets/*; then exit 1; else rm "sets/$2"; fi ;;
"--save --numeric:"*) cat servers ;;
-D*) grep -vF -- "-A $2 $3 " servers >servers.new; mv servers.new servers ;;
esac
"""


@pytest.fixture
def store(clear, tmp_path, monkeypatch):
    (tmp_path / "sets").mkdir()
    for name in ("ipset", "ipvsadm"):
        (clear.programs / name).write_text(STORE)
    monkeypatch.setitem(ENVIRONMENT, "STORE", str(tmp_path))
    return tmp_path


def test_sets_go_after_the_sets_that_refer_to_them(clear, store):
    names = {"calibration": "", "cali40this-host": "", "cali40z": "cali40this-host", "KUBE-X": ""}
    for name, members in names.items():
        (store / "sets" / name).write_text(members)
    clear("true")
    assert sorted(path.name for path in (store / "sets").iterdir()) == ["KUBE-X", "calibration"]


def test_virtual_servers_of_other_programs_stay(clear, store):
    (store / "sets/KUBE-NODE-PORT-TCP").write_text("30080\n")
    theirs = ["-A -t 192.0.2.9:443 -s wlc", "-A -t 192.0.2.1:443 -s rr", "-A -f 1 -s rr"]
    ours = [
        "-A -t 10.96.0.1:443 -s rr", "-A -u 10.96.0.10:53 -s rr", "-A -t 192.0.2.1:30080 -s rr",
        "-A -t [fd00:96::1]:443 -s rr",
    ]  # fmt: skip
    (store / "servers").write_text("".join(f"{line}\n" for line in ours + theirs))
    clear("""ip link add kube-ipvs0 type bridge
        ip address add 10.96.0.1/32 dev kube-ipvs0; ip address add 10.96.0.10/32 dev kube-ipvs0
        ip address add fd00:96::1/128 dev kube-ipvs0""")
    assert (store / "servers").read_text().splitlines() == theirs


NFT = """#!/bin/sh
cd "$STORE"
case $1:$4 in
list:) for table in tables/*; do echo "table ${table##*/}"; done ;;
list:*) cat "tables/$3 $4" ;;
delete:*) rm "tables/$3 $4" ;;
esac
"""


def test_tables_of_nftables_go_by_what_they_hold(clear, store):
    (clear.programs / "nft").write_text(NFT)
    (store / "tables").mkdir()
    tables = {
        "ip kube-proxy": "",
        "ip6 calico": "table ip6 calico {\n\tchain filter-cali-FORWARD {\n",
        "ip calico": "table ip calico {\n\tchain office {\n",
        "inet kube-proxy": "",
        "ip calico-lab": "",
    }
    for name, text in tables.items():
        (store / "tables" / name).write_text(text)
    clear("true")
    left = sorted(path.name for path in (store / "tables").iterdir())
    assert left == ["inet kube-proxy", "ip calico", "ip calico-lab"]
