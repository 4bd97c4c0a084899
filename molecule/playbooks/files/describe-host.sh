#!/bin/sh
# Prints a line for each file of /etc, and what the kernel has of modules, sysctl values and queueing disciplines.
set -eu
PATH=$PATH:/usr/sbin:/sbin

part() {
    sed "s/^/$1: /"
}

find /etc -xdev \( -type f -exec sha256sum {} + \) -o \( -type l -printf 'link %p %l\n' \) | sort -k 2 | part files
find /etc -xdev -printf '%M %u %g %p\n' | sort -k 4 | part files
for module in /sys/module/*/; do
    # Those that are built in cannot come or go.
    if [ -e "$module/initstate" ]; then basename "$module"; fi
done | part modules
# Values that the kernel counts or draws by itself are not anybody's settings; what it can choose from comes with modules.
sysctl --all --pattern '^(fs\.inotify|kernel\.(numa_balancing|nmi_watchdog)|net\.core|net\.ipv4\.(ip_|tcp_|neigh\.default|conf\.)|net\.ipv6\.conf\.|vm\.(stat_interval|swappiness))' 2>/dev/null |
    grep -v -e tcp_fastopen_key -e netdev_rss_key -e tcp_allowed -e tcp_available | sort | part sysctl
tc qdisc show | sed 's/qdisc \([a-z_]*\) [0-9a-f]*:/qdisc \1/' | part qdiscs
