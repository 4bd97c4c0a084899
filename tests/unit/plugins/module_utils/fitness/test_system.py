"""Control groups, memory, swap, clock, identity and processors."""

from __future__ import annotations

import pytest

from ansible_collections.fastpath.k8s.plugins.module_utils.fitness import (
    cgroup,
    clock,
    cpu,
    identity,
    memory,
)


def test_cgroup_2(tree):
    tree.file("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n")
    expected = ["cpu", "cpuset", "io", "memory", "pids"]
    assert cgroup.read(tree) == {"version": 2, "controllers": expected}


def test_cgroup_1_also_beside_a_folder_of_version_2(tree):
    tree.file("/sys/fs/cgroup/unified/cgroup.controllers", "")
    tree.file(
        "/proc/cgroups",
        "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t2\t1\t1\nmemory\t5\t1\t0\n",
    )
    assert cgroup.read(tree) == {"version": 1, "controllers": ["cpu"]}


def test_swap():
    text = (
        "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
        "/swap\\040file                           file\t\t2097148\t\t1025\t\t-2\n"
        "/dev/zram0                              partition\t100\t\t0\t\t100\n"
    )
    assert memory.parse_swaps(text) == [
        {"device": "/swap file", "size_mib": 2048, "used_mib": 2},
        {"device": "/dev/zram0", "size_mib": 1, "used_mib": 0},
    ]
    assert memory.parse_swaps(text.splitlines()[0]) == []


def test_memory(tree):
    tree.file("/proc/meminfo", "MemTotal:        2014320 kB\nMemFree:          100 kB\n")
    assert memory.read_total(tree) == 1967


@pytest.fixture
def clocks(tree):
    folder = "/sys/devices/system/clocksource/clocksource0"
    tree.file(f"{folder}/current_clocksource", "kvm-clock\n")
    tree.file(f"{folder}/available_clocksource", "kvm-clock tsc acpi_pm \n")
    return tree


@pytest.mark.parametrize(
    ("said", "synchronised", "error"),
    [
        # STA_NANO, as chrony leaves it; STA_PLL | STA_UNSYNC with it, of a daemon without a source.
        (clock.Discipline(0x2000, 1500), True, 1.5),
        (clock.Discipline(0x2041, 16_000_000), False, 16_000.0),
        (None, None, None),
    ],
)
def test_clock(clocks, said, synchronised, error):
    assert clock.read(clocks, ["sshd", "chronyd"], lambda: said) == {
        "source": "kvm-clock",
        "available": ["kvm-clock", "tsc", "acpi_pm"],
        "synchronised": synchronised,
        "max_error_ms": error,
        "programs": ["chronyd"],
    }


def test_the_running_kernel_is_asked():
    said = clock.adjtimex()
    # NTP_PHASE_LIMIT of linux/timex.h, 16 s, is where the kernel stops counting.
    assert said is not None
    assert 0 <= said.max_error_us <= 16_000_000


def test_identity(tree):
    tree.card("eth0", address="52:54:00:AA:00:01")
    tree.card("eth1", address="52:54:00:aa:00:01")
    tree.file("/sys/class/net/eth1/bonding_slave/perm_hwaddr", "52:54:00:aa:00:02\n")
    tree.card("ib0", type="32", address="00:00:01")
    # What a management controller shows its host: the same address on many servers.
    tree.card("enx0", address="be:3a:f2:b6:05:9f")
    tree.file("/sys/class/net/enx0/device/bInterfaceNumber", "00\n")
    tree.interface("bond0", address="52:54:00:aa:00:01")
    tree.file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
    tree.file("/sys/class/dmi/id/product_uuid", "4C4C4544-0042-4A10\n")
    tree.file("/proc/sys/kernel/hostname", "n1\n")
    assert identity.read(tree) == {
        "machine_id": "0123456789abcdef0123456789abcdef",
        "product_uuid": "4c4c4544-0042-4a10",
        "hostname": "n1",
        "macs": {"eth0": "52:54:00:aa:00:01", "eth1": "52:54:00:aa:00:02"},
        "node_name": "",
    }


STAT = """cpu  1000 10 200 8000 100 0 50 {steal} 300 0
cpu0 500 5 100 4000 50 0 25 20 150 0
cpu1 500 5 100 4000 50 0 25 20 150 0
intr 1
"""


def test_steal():
    before = cpu.parse_stat(STAT.format(steal=40))
    assert before == cpu.Ticks(9400, 40)
    after = cpu.Ticks(before.total + 2000, before.steal + 30)
    assert cpu.steal_percent(before, after) == 1.5
    assert cpu.steal_percent(before, before) == 0.0


@pytest.mark.parametrize(
    ("cpuinfo", "dmi", "xen", "clocks", "expected"),
    [
        ("flags\t\t: fpu hypervisor lahf_lm", "QEMU Standard PC (i440FX + PIIX)", "", "", "qemu"),
        ("flags\t\t: fpu hypervisor", "Red Hat KVM", "", "", "kvm"),
        ("flags\t\t: fpu hypervisor", "Microsoft Corporation Virtual Machine", "", "", "hyper-v"),
        ("flags\t\t: fpu hypervisor", "Amazon EC2 t3.large", "", "tsc kvm-clock", "kvm"),
        ("flags\t\t: fpu hypervisor", "", "", "tsc", "unknown"),
        ("flags\t\t: fpu", "", "xen", "tsc xen", "xen"),
        # A guest that hides its flag; then bare metal, also a cloud's, with its name.
        ("flags\t\t: fpu", "QEMU Standard PC (Q35 + ICH9, 2009)", "", "tsc", "qemu"),
        ("flags\t\t: fpu", "Amazon EC2 m5.metal", "", "tsc", ""),
        ("flags\t\t: fpu", "Dell Inc. PowerEdge R650", "", "tsc", ""),
        ("Features\t: fp asimd", "QEMU KVM Virtual Machine", "", "arch_sys_counter", "kvm"),
        ("Features\t: fp asimd", "Ampere Mt. Jade", "", "arch_sys_counter", ""),
    ],
)
def test_hypervisor(cpuinfo, dmi, xen, clocks, expected):
    assert cpu.hypervisor(f"processor\t: 0\n{cpuinfo}\n", dmi, xen, clocks) == expected


def test_cpu(tree):
    tree.file("/proc/stat", STAT.format(steal=0))
    tree.file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
    tree.file("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n")
    tree.dir("/sys/devices/system/cpu/cpufreq")
    tree.dir("/sys/devices/system/node/node0")
    tree.dir("/sys/devices/system/node/node1")
    tree.file("/sys/devices/system/node/online", "0-1\n")
    assert cpu.read(tree) == {
        "count": 2,
        "governors": ["performance", "powersave"],
        "hypervisor": "",
        "numa_nodes": 2,
    }
