#!/bin/sh
# Prints what a reset has removed although it is not the cluster's, and what of the cluster it has left. Prints nothing and ends
# with 0 where neither is the case; prove_reset_survivors.yml and plant_mounts.yml plant what it looks for.
set -u
fail() { echo "$1"; failed=1; }
failed=0
ip link show calib-lab > /dev/null 2>&1 || fail 'bridge calib-lab is gone'
iptables-save | grep -q 'cali-office vpn' || fail 'the rule of ssh is gone'
iptables-save | grep -q 'office-KUBE-like' || fail 'the chain of another program is gone'
iptables-save | grep -q ':INPUT DROP' || fail 'the policy has changed'
[ "$(cat /srv/volume/file)" = precious ] || fail 'the volume was emptied'
for folder in /var/lib/kubelet /var/lib/containerd; do
    mountpoint -q $folder || fail "$folder is not mounted"
    # kubeadm removes the one of kubelet's folder too; fsck makes it again.
    left=$(ls $folder | grep -v '^lost+found$' | tr '\n' ' ')
    [ -z "$left" ] || fail "$folder holds $left"
done
ip -o link | grep -E ': (cali[0-9a-f]{11}|kube-ipvs0)[@:]' && fail 'an interface of the cluster is left'
iptables-save | grep -E '^:(KUBE-|cali-)' && fail 'a chain of the cluster is left'
[ ! -e /etc/kubernetes ] || fail '/etc/kubernetes is left'
[ ! -e /var/lib/fastpath ] || fail '/var/lib/fastpath is left'
exit $failed
