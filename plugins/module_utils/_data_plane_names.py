# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that prove that kube-proxy, kubelet, Calico or Cilium made something.

Private to the collection. A prefix proves nothing: "calib-lab" is a bridge of its administrator,
"KUBE-OFFICE" a chain of another program. Sources: kubernetes/pkg/proxy/{iptables,ipvs},
kubernetes/pkg/kubelet/kubelet_network_linux.go; projectcalico/calico felix/rules/rule_defs.go,
felix/ipsets/ipset_defs.go, libcalico-go/lib/backend/k8s/conversion (names of workload interfaces);
cilium/cilium pkg/datapath/{connector,iptables,linux/ipsec}.
"""

from __future__ import annotations

import re

#: Interfaces of pods: the prefix and 11 digits of a SHA-1 (Calico), 12 digits (Cilium).
_POD_DEVICE = r"cali[0-9a-f]{11}|lxc[0-9a-f]{12}|lxc_health"

#: tunl0 is not among them: the kernel makes it with its module, and it goes with that.
_NODE_DEVICE = (
    r"vxlan(-v6)?\.calico|wireguard\.cali|wg-v6\.cali|bpf(in|out)\.cali|"
    r"cilium_(host|net|vxlan|geneve|wg0|ipip4|ipip6|ipvlan|sit|tunl)"
)

DEVICE = re.compile(rf"(?:{_POD_DEVICE}|{_NODE_DEVICE})")

#: Chains of kube-proxy and kubelet; those of one service or endpoint end with a hash in base 32.
_KUBERNETES_CHAIN = (
    r"KUBE-(SERVICES|NODEPORTS|EXTERNAL-SERVICES|POSTROUTING|MARK-MASQ|MARK-DROP|FORWARD|FIREWALL|"
    r"PROXY-FIREWALL|PROXY-CANARY|KUBELET-CANARY|IPTABLES-HINT|LOAD-BALANCER|NODE-PORT|"
    r"SOURCE-RANGES-FIREWALL|IPVS-FILTER|IPVS-OUT-FILTER)|KUBE-(SVC|SVL|SEP|FW|XLB|EXT)-[A-Z2-7]{16}"
)

#: Cilium moves chains aside while it replaces them, by the prefix.
_CILIUM_CHAIN = (
    r"(OLD_)?CILIUM_(INPUT|OUTPUT|FORWARD|TRANSIENT_FORWARD|(PRE|POST|OUTPUT)_(nat|mangle|raw))"
)

#: Calico's chains whose whole name is fixed, or ends with the name of an interface.
_CALICO_CHAIN = (
    r"cali-(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING|wl-to-host|to-wl-dispatch|"
    r"from-wl-dispatch|to-host-endpoint|from-host-endpoint|to-hep-forward|from-hep-forward|"
    r"nat-outgoing|fip-dnat|fip-snat|cidr-block|failsafe-in|failsafe-out|rpf-skip|"
    r"set-endpoint-mark|from-endpoint-mark|forward-check|forward-endpoint-mark|"
    r"wireguard-incoming-mark|fwd-interfaces|"
    r"(to|from)-wl-dispatch-[0-9a-f]+|(tw|fw|sm|fm)-cali[0-9a-f]{11})"
)

_CHAIN = re.compile(rf"(?:{_KUBERNETES_CHAIN}|{_CILIUM_CHAIN}|{_CALICO_CHAIN})")

#: Felix writes the hash of each of its rules into a comment: 16 characters of base64url.
_CALICO_HASH = re.compile(r"cali:[A-Za-z0-9_-]{16}")

_IPSET = re.compile(
    r"KUBE-(6-)?(LOOP-BACK|CLUSTER-IP|EXTERNAL-IP(-LOCAL)?|LOAD-BALANCER(-LOCAL|-FW|-SOURCE-IP|"
    r"-SOURCE-CIDR)?|NODE-PORT(-LOCAL)?-(TCP|UDP|SCTP-HASH)|HEALTH-CHECK-NODE-PORT|IPVS-IPS)|"
    # The family, "0" for a set in use and "t" for one that is about to replace it.
    r"cali[46](0.+|t[0-9]+)|"
    r"cilium_node_set_v[46]"
)

#: Sets in which kube-proxy keeps the ports of services on the node's own addresses.
NODE_PORT_SET = re.compile(r"KUBE-(6-)?NODE-PORT(-LOCAL)?-(TCP|UDP|SCTP-HASH)")


def device(name: str) -> bool:
    """Return whether an interface of this name is a pod's or a tunnel of Calico or Cilium."""
    return DEVICE.fullmatch(name) is not None


def of_calico(name: str) -> bool:
    """Return whether an interface of this name is a pod's or a tunnel of Calico."""
    return device(name) and not name.startswith(("cilium_", "lxc"))


def chain(name: str) -> bool:
    """Return whether a chain of this name is one of kube-proxy, kubelet, Calico or Cilium."""
    return _CHAIN.fullmatch(name) is not None


def calico_chain(name: str) -> bool:
    """Return whether a chain may be one of Calico's that are named after policies and profiles."""
    return name.startswith("cali-")


def calico_hash(comment: str) -> bool:
    """Return whether *comment* is one that Felix gives its rules."""
    return _CALICO_HASH.fullmatch(comment) is not None


def ipset(name: str) -> bool:
    """Return whether a set of this name is one of kube-proxy, Calico or Cilium."""
    return _IPSET.fullmatch(name) is not None
