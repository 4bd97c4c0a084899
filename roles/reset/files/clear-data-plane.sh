#!/bin/sh
# Clears what kube-proxy and Calico leave in the kernel. Prints "cleared" if there was something.
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

# Routes that BIRD has learned.
if [ -n "$(ip route show proto bird 2>/dev/null)" ]; then
    ip route flush proto bird
    echo cleared routes
fi

# Only the rules of kube-proxy, kubelet and Calico go; those of others stay as they are.
for family in iptables ip6tables; do
    command -v "$family-save" >/dev/null || continue
    rules=$("$family-save")
    case $rules in
    *KUBE-* | *cali-*)
        printf '%s\n' "$rules" | grep -vE 'KUBE-|cali-|cali:' | "$family-restore"
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
