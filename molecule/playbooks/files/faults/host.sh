# shellcheck shell=sh disable=SC2154
# What a bare host may have. Each fault is a pair of functions; common.sh calls them.
# FAULTS_PEER is the address of another host, FAULTS_MACHINE_ID what that one has.

# The card that carries what nodes say to each other.
card() {
    ip -o route get "$FAULTS_PEER" | sed -n 's/.* dev \([^ ]*\).*/\1/p'
}

plant_mtu() {
    keep mtu <"/sys/class/net/$(card)/mtu"
    ip link set dev "$(card)" mtu 1400
}

remove_mtu() {
    if ! kept mtu; then return 0; fi
    ip link set dev "$(card)" mtu "$(cat "$state/mtu")"
    rm "$state/mtu"
}

# Nobody is told: what is dropped where it comes in was sent well. Only the peer is concerned, not the connection that this
# runs over. The frame has 14 bytes more than the packet.
plant_black_hole() {
    load sch_ingress cls_u32 act_police
    echo planted | keep black_hole
    tc qdisc add dev "$(card)" clsact
    tc filter add dev "$(card)" ingress protocol ip u32 match ip src "$FAULTS_PEER/32" \
        action police mtu 1314 conform-exceed drop/ok
}

remove_black_hole() {
    if ! kept black_hole; then return 0; fi
    if tc qdisc show dev "$(card)" | grep -q clsact; then tc qdisc delete dev "$(card)" clsact; fi
    rm "$state/black_hole"
}

# The indexes are put back as they were: making them takes an emulated machine a minute.
plant_module() {
    folder=/lib/modules/$(uname -r)
    if ! kept indexes; then
        rm -rf "$state/indexes.new"
        mkdir "$state/indexes.new"
        cp -a "$folder"/modules.* "$state/indexes.new"
        mv "$state/indexes.new" "$state/indexes"
    fi
    modprobe --remove --quiet ip_vs_rr || true
    find "$folder/" -name 'ip_vs_rr.ko*' ! -name '*.aside' -exec mv '{}' '{}.aside' ';'
    depmod
}

remove_module() {
    if ! kept indexes; then return 0; fi
    folder=/lib/modules/$(uname -r)
    find "$folder/" -name 'ip_vs_rr.ko*.aside' | while read -r file; do mv "$file" "${file%.aside}"; done
    cp -a "$state"/indexes/modules.* "$folder"
    rm -r "$state/indexes"
}

plant_swap() {
    fallocate --length 64M /var/fault.swap
    chmod 600 /var/fault.swap
    mkswap /var/fault.swap
    swapon /var/fault.swap
}

remove_swap() {
    if grep -q '^/var/fault.swap ' /proc/swaps; then swapoff /var/fault.swap; fi
    rm -f /var/fault.swap
}

plant_machine_id() {
    keep machine_id </etc/machine-id
    echo "$FAULTS_MACHINE_ID" >/etc/machine-id
}

remove_machine_id() {
    if ! kept machine_id; then return 0; fi
    cat "$state/machine_id" >/etc/machine-id
    rm "$state/machine_id"
}

port_taken() {
    ss -Hltn 'sport = :6443' | grep -q .
}

plant_port() {
    systemd-run --quiet --collect --unit=fault-port \
        python3 -c 'import socket, time; server = socket.create_server(("", 6443)); time.sleep(86400)'
    wait_until port_taken
}

remove_port() {
    if systemctl --quiet is-active fault-port.service; then systemctl stop fault-port.service; fi
}

# A monotonic clock tells afterwards what the time would have been.
plant_clock() {
    for unit in chrony ntpsec openntpd systemd-timesyncd; do
        if systemctl --quiet is-active "$unit.service"; then echo "$unit.service"; fi
    done | keep clock_daemons
    while read -r unit; do systemctl stop "$unit"; done <"$state/clock_daemons"
    python3 -c 'import time; print(time.time() - time.monotonic())' | keep clock
    python3 -c 'import time; time.clock_settime(time.CLOCK_REALTIME, time.time() + 60)'
}

remove_clock() {
    if kept clock; then
        python3 -c "import time; time.clock_settime(time.CLOCK_REALTIME, time.monotonic() + $(cat "$state/clock"))"
        rm "$state/clock"
    fi
    if ! kept clock_daemons; then return 0; fi
    while read -r unit; do systemctl start "$unit"; done <"$state/clock_daemons"
    rm "$state/clock_daemons"
}

plant_kube_ipvs0() {
    load dummy
    echo planted | keep kube_ipvs0
    ip link add kube-ipvs0 type dummy
}

remove_kube_ipvs0() {
    if ! kept kube_ipvs0; then return 0; fi
    if [ -e /sys/class/net/kube-ipvs0 ]; then ip link delete kube-ipvs0; fi
    rm "$state/kube_ipvs0"
}
