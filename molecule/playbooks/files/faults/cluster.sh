# shellcheck shell=sh disable=SC2154
# What a cluster may have. Each fault is a pair of functions, for a host with kubectl; common.sh calls them.
# FAULTS_NODE is the node whose pods are meant.
export KUBECONFIG=/etc/kubernetes/admin.conf

plant_ipip() {
    kubectl get ippools.crd.projectcalico.org --output name >"$state/pools"
    pool=$(head -n 1 "$state/pools")
    mode=$(kubectl get "$pool" --output 'jsonpath={.spec.ipipMode}')
    # No mode is Never, as in the API.
    echo "${mode:-Never}" | keep ipip
    echo "$pool" | keep pool
    kubectl patch "$pool" --type merge --patch '{"spec": {"ipipMode": "Always"}}'
}

remove_ipip() {
    if ! kept pool; then return 0; fi
    kubectl patch "$(cat "$state/pool")" --type merge --patch "{\"spec\": {\"ipipMode\": \"$(cat "$state/ipip")\"}}"
    rm "$state/pool" "$state/ipip"
}

new_kube_proxy() {
    kubectl --namespace kube-system patch configmap kube-proxy --type merge --patch-file "$1"
    kubectl --namespace kube-system delete pod --selector k8s-app=kube-proxy --field-selector "spec.nodeName=$FAULTS_NODE"
}

# All nodes have one configuration, and read it when they start: only this node's kube-proxy starts anew.
plant_kube_proxy() {
    kubectl --namespace kube-system get configmap kube-proxy --output json >"$state/kube_proxy.live"
    python3 - "$state" <<'END'
import json, re, sys
state = sys.argv[1]
live = json.load(open(f"{state}/kube_proxy.live"))["data"]["config.conf"]
other, count = re.subn(r"(?m)^mode:.*$", "mode: iptables", live)
if not count:
    sys.exit("kube-proxy's configuration has no mode.")
for name, text in ("kube_proxy.was", live), ("kube_proxy.other", other):
    json.dump({"data": {"config.conf": text}}, open(f"{state}/{name}", "w"))
END
    keep kube_proxy <"$state/kube_proxy.was"
    new_kube_proxy "$state/kube_proxy.other"
}

remove_kube_proxy() {
    if ! kept kube_proxy; then return 0; fi
    new_kube_proxy "$state/kube_proxy"
    rm "$state/kube_proxy"
}
