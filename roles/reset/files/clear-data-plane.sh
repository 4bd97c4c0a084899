#!/bin/sh
# Clears what kube-proxy, Calico and Cilium leave in the kernel. Prints "cleared" if there was something.
set -eu
PATH=$PATH:/usr/sbin:/sbin

if [ -e /sys/class/net/kube-ipvs0 ]; then
    ip link delete kube-ipvs0
    if command -v ipvsadm >/dev/null; then ipvsadm --clear; fi
    echo cleared kube-ipvs0
fi

for device in $(ip -o link show | sed -n 's/^[0-9]*: \(cali[^@:]*\|vxlan.calico\|wireguard.cali\).*/\1/p'); do
    ip link delete "$device"
    echo "cleared $device"
done

# The order of Cilium's own cleanup (cilium/cilium, cilium-dbg/cmd/post_uninstall_cleanup.go): programs go from the devices
# first, and then the maps that they call each other through. The other way round a card whose program calls one that is not
# there any more drops every packet, those of this connection too.
cilium=
for trace in /sys/fs/bpf/cilium /sys/fs/bpf/tc/globals/cilium_* /sys/class/net/cilium_host /run/cilium /var/lib/cilium \
    /opt/cni/bin/cilium-cni; do
    if [ -e "$trace" ]; then cilium=yes; fi
done

# Protocol, preference and handle of each filter of Cilium.
filters_of() {
    tc filter show dev "$1" "$2" 2>/dev/null |
        sed -n 's/^filter .*protocol \([^ ]*\) pref \([0-9]*\) bpf .*handle \(0x[0-9a-f]*\) .*\(cil_\|cilium\).*/\1 \2 \3/p'
}

# Before Linux 6.6 there is no tcx, and programs are filters of tc, which need no pin to stay.
if command -v tc >/dev/null; then
    for device in $(tc qdisc show | sed -n 's/^qdisc clsact .* dev \([^ ]*\) .*/\1/p'); do
        for direction in ingress egress; do
            filters_of "$device" "$direction" | while read -r protocol preference handle; do
                # A pod that ends takes its device along.
                tc filter delete dev "$device" "$direction" protocol "$protocol" pref "$preference" handle "$handle" bpf || true
                echo "cleared filter of $device $direction"
            done
            if [ -n "$(filters_of "$device" "$direction")" ]; then
                echo "Cilium's filter stays on $device $direction: without its maps it would drop every packet." >&2
                exit 1
            fi
        done
    done
fi

# Programs of tcx, netkit, XDP and cgroups stay attached as long as their link is pinned.
if [ -d /sys/fs/bpf/cilium ]; then
    find /sys/fs/bpf/cilium -path '*/links/*' ! -type d -delete
fi
for device in $(ip -o link show | sed -n 's/^[0-9]*: \([^@:]*\)[@:].* name cil_xdp_entry .*/\1/p'); do
    # One of them is how it was attached where the kernel had no links.
    ip link set dev "$device" xdpgeneric off 2>/dev/null || true
    ip link set dev "$device" xdpdrv off 2>/dev/null || true
    echo "cleared XDP of $device"
done

for pinned in /sys/fs/bpf/cilium /sys/fs/bpf/tc/globals/cilium_*; do
    if [ -e "$pinned" ]; then
        rm -rf "$pinned"
        echo "cleared $pinned"
    fi
done

# Names as Cilium makes them (pkg/datapath/connector): the bridge of LXC begins with lxc too.
for device in $(ip -o link show | sed -n 's/^[0-9]*: \(cilium_[^@:]*\|lxc[0-9a-f]\{12\}\|lxc_health\)[@:].*/\1/p'); do
    # The second of a pair goes with the first.
    if ip link delete "$device" 2>/dev/null; then echo "cleared $device"; fi
done

# Rules, tables and routes are of protocol "kernel" (pkg/datapath/linux/linux_defaults).
for family in -4 -6; do
    # The agent moves the lookup of local addresses behind its own.
    if ip "$family" rule show pref 100 2>/dev/null | grep -q 'from all lookup local' &&
        ! ip "$family" rule show pref 0 | grep -q local; then
        ip "$family" rule add pref 0 from all lookup local
        ip "$family" rule delete pref 100 from all lookup local
        echo "cleared rules of ip $family"
    fi
    # To the proxy, from it when packets enter and leave, and to IPsec.
    for rule in 0x200:2004 0xa00:2005 0xb00:2005 0xd00:200; do
        mark=${rule%:*}/0xf00 table=${rule#*:}
        while ip "$family" rule delete fwmark "$mark" lookup "$table" 2>/dev/null; do
            ip "$family" route flush table "$table" 2>/dev/null || true
            echo "cleared rule and table of mark $mark"
        done
    done
    # autoDirectNodeRoutes: pods of a node by its address. The kernel's own routes have no gateway.
    [ -n "$cilium" ] || continue
    ip "$family" route show proto kernel 2>/dev/null | while read -r target word gateway _rest; do
        case $target:$word in
        */*:via)
            ip "$family" route delete "$target" via "$gateway" proto kernel
            echo "cleared route to $target"
            ;;
        esac
    done
done

# The agent mounts cgroup2 here, and a BPF file system where the host has none. The last mount goes first.
for mounted in $(sed -n 's/^[^ ]* \(\/run\/cilium[^ ]*\) .*/\1/p' /proc/self/mounts | sort -r); do
    umount "$mounted" 2>/dev/null || umount --lazy "$mounted"
    echo "cleared mount $mounted"
done
if [ -e /run/cilium ]; then
    rm -rf --one-file-system /run/cilium
    echo cleared /run/cilium
fi

# Routes that BIRD has learned.
if [ -n "$(ip route show proto bird 2>/dev/null)" ]; then
    ip route flush proto bird
    echo cleared routes
fi

# Only the rules of kube-proxy, kubelet, Calico and Cilium go; those of others stay as they are.
for family in iptables ip6tables; do
    command -v "$family-save" >/dev/null || continue
    rules=$("$family-save")
    case $rules in
    *KUBE-* | *cali-* | *CILIUM_*)
        printf '%s\n' "$rules" | grep -vE 'KUBE-|cali-|cali:|CILIUM_' | "$family-restore"
        echo "cleared $family"
        ;;
    esac
done

if command -v ipset >/dev/null; then
    for set in $(ipset list -n | grep -E '^(KUBE-|cali|cilium_)' || true); do
        # A set of sets goes only after the sets that refer to it.
        ipset destroy "$set" 2>/dev/null && echo "cleared $set" || true
    done
fi

if command -v nft >/dev/null; then
    for table in kube-proxy calico; do
        for family in ip ip6; do
            if nft list table "$family" "$table" >/dev/null 2>&1; then
                nft delete table "$family" "$table"
                echo "cleared $family $table"
            fi
        done
    done
fi

# The one host on which role cilium installed helm: tasks/remove.yml takes it back there.
if [ -e /etc/kubernetes/fastpath/cilium-values.yaml ]; then echo found helm; fi
