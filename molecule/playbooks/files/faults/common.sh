# shellcheck shell=sh
# Plants faults in a host, or takes them back: main plant|remove FAULT...
# What the host was before is kept in $state, so what was planted by half, or not at all, can be taken back too.
# FAULTS_HOST is the name of the host that is meant: whoever runs this elsewhere by mistake does no harm.
set -eu
PATH=$PATH:/usr/sbin:/sbin
state=/run/fastpath-faults

# Keeps what comes in, unless an earlier try has kept it.
keep() {
    cat >"$state/$1.new"
    if [ -e "$state/$1" ]; then rm "$state/$1.new"; else mv "$state/$1.new" "$state/$1"; fi
}

kept() {
    [ -e "$state/$1" ]
}

# Asks up to ten minutes long.
wait_until() {
    tries=300
    until "$@"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then echo "This did not come true: $*" >&2 && return 1; fi
        sleep 2
    done
}

# Loads modules, and notes those that go again.
load() {
    for module in "$@"; do
        if [ ! -e "/sys/module/$module" ]; then echo "$module" >>"$state/modules"; fi
        # By itself dummy makes a device too.
        if [ "$module" = dummy ]; then modprobe dummy numdummies=0; else modprobe "$module"; fi
    done
}

unload() {
    if ! kept modules; then return 0; fi
    # Whether they go is not what is proven here.
    sort -u "$state/modules" | while read -r module; do modprobe --remove --quiet "$module" || true; done
    rm "$state/modules"
}

main() {
    action=$1
    shift
    if [ "$(uname -n)" != "$FAULTS_HOST" ]; then
        echo "This is $(uname -n), and $FAULTS_HOST is meant." >&2 && exit 1
    fi
    mkdir -p "$state"
    case $action in
    plant)
        for fault in "$@"; do "plant_$fault"; done
        # A disk that is going to be slow must have nothing else to do.
        sync
        ;;
    remove)
        failed=
        for fault in "$@"; do
            # One that cannot be taken back keeps none of the others.
            set +e
            (
                set -e
                "remove_$fault"
            )
            status=$?
            set -e
            if [ "$status" -ne 0 ]; then failed="$failed $fault"; fi
        done
        unload
        if [ -n "$failed" ]; then echo "These could not be taken back:$failed" >&2 && exit 1; fi
        ;;
    *) echo "The action must be plant or remove, got $action." >&2 && exit 2 ;;
    esac
}
