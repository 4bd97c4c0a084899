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

# Programs stay attached as long as they are pinned.
for pinned in /sys/fs/bpf/cilium /sys/fs/bpf/tc/globals/cilium_*; do
    if [ -e "$pinned" ]; then
        rm -rf "$pinned"
        echo "cleared $pinned"
    fi
done

for device in $(ip -o link show | sed -n 's/^[0-9]*: \(cilium_[^@:]*\|lxc[^@:]*\).*/\1/p'); do
    # The second of a pair goes with the first.
    if ip link delete "$device" 2>/dev/null; then echo "cleared $device"; fi
done

# The agent moves the lookup of local addresses behind its own (pkg/datapath/linux/linux_defaults).
if ip rule show pref 100 | grep -q 'from all lookup local' && ! ip rule show pref 0 | grep -q local; then
    ip rule add pref 0 from all lookup local
    ip rule delete pref 100 from all lookup local
    echo cleared rules
fi
for mark in 0x200/0xf00 0xa00/0xf00; do
    while ip rule delete fwmark "$mark" 2>/dev/null; do echo "cleared rule of mark $mark"; done
done

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
    for set in $(ipset list -n | grep -E '^(KUBE-|cali)' || true); do
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
