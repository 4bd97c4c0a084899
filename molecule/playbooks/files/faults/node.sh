# shellcheck shell=sh disable=SC2154
# What a node of a running cluster may have. Each fault is a pair of functions; common.sh calls them.

plant_sysctl() {
    keep sysctl </proc/sys/net/core/somaxconn
    echo 1024 >/proc/sys/net/core/somaxconn
}

remove_sysctl() {
    if ! kept sysctl; then return 0; fi
    cat "$state/sysctl" >/proc/sys/net/core/somaxconn
    rm "$state/sysctl"
}

# close NAME HOOK... and rules of iptables, a line each: drops packets before anything of the cluster sees them.
close() {
    reopen "$@"
    name=$1
    shift
    iptables -w 60 -t raw -N "$name"
    # shellcheck disable=SC2086
    while read -r rule; do iptables -w 60 -t raw -A "$name" $rule -j DROP; done
    for hook in "$@"; do iptables -w 60 -t raw -I "$hook" -j "$name"; done
}

reopen() {
    for hook in PREROUTING OUTPUT; do
        while iptables -w 60 -t raw -C "$hook" -j "$1" 2>/dev/null; do iptables -w 60 -t raw -D "$hook" -j "$1"; done
    done
    if ! iptables -w 60 -t raw -S "$1" >/dev/null 2>&1; then return 0; fi
    iptables -w 60 -t raw -F "$1"
    iptables -w 60 -t raw -X "$1"
}

# Of this node's own pods; those of other nodes come in by the card.
plant_dns() {
    close FAULT-DNS PREROUTING <<END
-i cali+ -p udp --dport 53
-i cali+ -p tcp --dport 53
END
}

remove_dns() {
    reopen FAULT-DNS
}

plant_node_ports() {
    close FAULT-NODE-PORTS PREROUTING <<END
-p udp --dport 30000:32767
-p tcp --dport 30000:32767
END
}

remove_node_ports() {
    reopen FAULT-NODE-PORTS
}

# A session that is up would live on until its hold time is over, which is minutes: its connection is closed too.
plant_bgp() {
    close FAULT-BGP PREROUTING OUTPUT <<END
-p tcp --dport 179
-p tcp --sport 179
END
    ss --kill --tcp --no-header '( sport = :179 or dport = :179 )'
    wait_until closed_bgp
}

closed_bgp() {
    [ -z "$(ss --tcp --no-header state established '( sport = :179 or dport = :179 )')" ]
}

remove_bgp() {
    reopen FAULT-BGP
}

# The device of IP-in-IP stays up after Calico has left it, until its module goes.
plant_tunnel() {
    if [ ! -e /sys/class/net/tunl0 ]; then echo absent | keep tunnel; fi
}

remove_tunnel() {
    if ! kept tunnel; then return 0; fi
    wait_until without_tunnel_address
    if [ -e /sys/class/net/tunl0 ]; then modprobe --remove ipip; fi
    rm "$state/tunnel"
}

without_tunnel_address() {
    [ -z "$(ip -4 -o address show dev tunl0 2>/dev/null)" ]
}

# What kube-proxy's mode iptables leaves, once it runs in mode ipvs (kubernetes/pkg/proxy/iptables/cleanup.go): cluster.sh
# plants it. Chains that both modes have stay, but for the one in the table filter, which ipvs does not fill.
remove_proxy_chains() {
    for family in iptables ip6tables; do
        for table in nat filter mangle; do clear_chains "$family" "$table"; done
    done
}

clear_chains() {
    # Between reading and writing others may have been there.
    for _again in 1 2 3; do
        "$1-save" -t "$2" >"$state/rules"
        stale_chains "$2" <"$state/rules" >"$state/cleared"
        if ! grep -q '^-X' "$state/cleared" || "$1-restore" --wait 60 --noflush <"$state/cleared"; then return 0; fi
        sleep 5
    done
    return 1
}

# Prints, as iptables-restore reads it, what takes stale chains out of what iptables-save has printed.
stale_chains() {
    awk -v table="$1" '
        function stale(chain) {
            return chain ~ /^KUBE-(SVC|SVL|FW|EXT|SEP)-/ || chain ~ /^KUBE-(NODEPORTS|EXTERNAL-SERVICES|PROXY-CANARY)$/ ||
                (table == "filter" && chain == "KUBE-SERVICES")
        }
        /^:/ && stale(substr($1, 2)) { flush = flush $1 " - [0:0]\n"; gone = gone "-X " substr($1, 2) "\n" }
        /^-A/ && !stale($2) {
            for (i = 3; i < NF; i++) if (($i == "-j" || $i == "-g") && stale($(i + 1))) { sub(/^-A/, "-D"); jumps = jumps $0 "\n" }
        }
        END { printf "*%s\n%s%s%sCOMMIT\n", table, flush, jumps, gone }'
}
