"""Where the time comes from."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("tsc", "ok"),
        ("kvm-clock", "ok"),
        ("arch_sys_counter", "ok"),
        ("hyperv_clocksource_tsc_page", "ok"),
        ("hyperv_clocksource", "ok"),
        ("xen", "ok"),
        ("hpet", "warning"),
        ("acpi_pm", "warning"),
        ("jiffies", "warning"),
        ("tsc-early", "warning"),
        ("", "info"),
    ],
)
def test_source(one, source, verdict):
    assert one("clock-source", "clock source", {"clock.source": source}).verdict == verdict


def test_a_slow_source_is_told_with_a_better_one(one):
    clock = {"clock.source": "hpet", "clock.available": ["hpet", "tsc", "acpi_pm"]}
    found = one("clock-source", "clock source", clock)
    assert found.message == (
        "w1 reads the time from hpet: each time a system call and a slow device."
    )
    assert found.fix == (
        "Write tsc to /sys/devices/system/clocksource/clocksource0/current_clocksource, and "
        "clocksource=tsc to the kernel's command line."
    )


def test_where_there_is_no_better_source_the_kernel_says_why(one):
    clock = {"clock.source": "hpet", "clock.available": ["hpet"]}
    assert one("clock-source", "clock source", clock).fix.startswith("dmesg | grep -i clocksource")


@pytest.mark.parametrize(
    ("synchronised", "error", "verdict", "value"),
    [
        (True, 100.0, "ok", "synchronised by chronyd, error at most 100 ms"),
        (True, 100.6, "warning", "synchronised by chronyd, error at most 101 ms"),
        (True, None, "ok", "synchronised by chronyd"),
        (False, 1.0, "warning", "not synchronised, chronyd runs"),
        (None, 1.0, "info", "not read"),
    ],
)
def test_synchronisation(one, synchronised, error, verdict, value):
    changes = {"clock.synchronised": synchronised, "clock.max_error_ms": error}
    found = one("clock-sync", "clock synchronisation", changes)
    assert (found.verdict, found.value) == (verdict, value)


def test_a_clock_that_nobody_keeps_is_told(one):
    found = one(
        "clock-sync", "clock synchronisation", {"clock.synchronised": False, "clock.programs": []}
    )
    assert found.message == "The clock of w1 is not synchronised: no time daemon runs."
    assert found.fix == "Install chrony, and give it a server."


def test_a_clock_that_may_be_wrong_is_told_with_the_limit(one):
    found = one(
        "clock-sync", "clock synchronisation", {"clock.max_error_ms": 60},
        limits={"clock_max_error_warning": "50"},
    )  # fmt: skip
    assert found.message == "The clock of w1 may be wrong by 60 ms, and 50 ms are the limit."
    assert found.threshold == "synchronised, error at most 50 ms"
