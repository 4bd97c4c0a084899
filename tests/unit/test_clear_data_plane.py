"""What reset leaves of a data plane, tried on the devices of a network namespace of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/reset/files/clear-data-plane.sh"
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

    def clear(before, after="true", rc=0):
        text = f"""set -e
            mount --make-rprivate /
            mount -t tmpfs none /run; mount -t tmpfs none /sys/fs/bpf; mount -t tmpfs none /var/lib
            ip link add eth9 type veth peer name eth8; ip link set eth9 up; ip link set eth8 up
            ip link set lo up
            ip address add 192.0.2.1/24 dev eth9; ip address add 2001:db8::1/64 dev eth9 nodad
            PATH={tmp_path}/bin:$PATH FILTERS={tmp_path}/filters; export PATH FILTERS
            {before}
            sh {SCRIPT}
            {after}"""
        done = subprocess.run([*NAMESPACE, "sh", "-c", text], capture_output=True, text=True)
        assert done.returncode == rc, done.stderr
        return done.stdout.splitlines()

    clear.filters = tmp_path / "filters"
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


def test_routes_to_pods_of_other_nodes_go_and_no_others(clear):
    routes = """
        ip route add 10.244.1.0/24 via 192.0.2.2 proto kernel
        ip -6 route add fd00:10:1::/64 via 2001:db8::2 proto kernel
        ip route add 10.9.0.0/16 via 192.0.2.9
        ip route add default via 192.0.2.254 proto kernel
    """
    show = "for f in -4 -6; do ip $f route show table main | sed 's/^/left /'; done"
    left = [line.split()[1] for line in clear(CILIUM + routes, show) if line.startswith("left")]
    assert "10.244.1.0/24" not in left
    assert "fd00:10:1::/64" not in left
    assert {"default", "10.9.0.0/16", "192.0.2.0/24", "2001:db8::/64"} <= set(left)


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
        sh {SCRIPT} >/dev/null
    """
    assert clear(before) == []


def test_helm_is_found_where_the_role_has_used_it(clear):
    values = """mount -t tmpfs none /etc; mkdir -p /etc/kubernetes/fastpath
        touch /etc/kubernetes/fastpath/cilium-values.yaml"""
    assert clear(values) == ["found helm"]
