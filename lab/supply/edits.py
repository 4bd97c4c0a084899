"""Where the lab's programs differ from their source, and why.

Each edit is about time alone: what a program does stays as it is upstream. Several nodes share the
processor of one machine, and most often an emulated one.
"""

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """Words that are others in the lab's build: in a ``file`` of a required ``module``."""

    module: str
    file: str
    old: str
    new: str


_KUBERNETES = "k8s.io/kubernetes"
_CLIENT = "k8s.io/client-go"
_CALICO = "github.com/projectcalico/calico"

KUBERNETES = (
    # kubelet walks through all cgroups every two seconds to find those of pods that are gone: a
    # third of what an idle node does.
    Edit(
        _KUBERNETES,
        "pkg/kubelet/kubelet.go",
        "housekeepingPeriod = time.Second * 2\n",
        "housekeepingPeriod = time.Second * 10\n",
    ),
    # It lists all containers every second, which costs it and containerd a tenth each.
    Edit(
        _KUBERNETES,
        "pkg/kubelet/kubelet.go",
        "genericPlegRelistPeriod    = time.Second * 1\n",
        "genericPlegRelistPeriod    = time.Second * 3\n",
    ),
    # Each of a hundred queues in the API server and the controller manager measures itself twice a
    # second: most of what wakes them.
    Edit(
        _CLIENT,
        "util/workqueue/queue.go",
        "defaultUnfinishedWorkUpdatePeriod = 500 * time.Millisecond\n",
        "defaultUnfinishedWorkUpdatePeriod = 10 * time.Second\n",
    ),
)

CALICO = (
    # calico-node gives the API server two seconds when it starts, and ends where that is not
    # enough. Emulated ones take longer while all nodes start at once, and each new try makes them
    # slower.
    Edit(
        _CALICO,
        "node/pkg/lifecycle/startup/startup.go",
        "config.Timeout = 2 * time.Second",
        "config.Timeout = 60 * time.Second",
    ),
    # The program that tells that a node's network is there then waits for a signal that never
    # comes. Without C, Go takes that for a deadlock once the last connection is closed: the program
    # ends every two minutes, starts anew and tells every watcher of nodes again.
    Edit(
        _CALICO,
        "node/pkg/lifecycle/startup/startup.go",
        "<-done.Done()",
        "for done.Err() == nil {\n\t\ttime.Sleep(time.Hour)\n\t}",
    ),
    # Felix looks for something to do a hundred times a second.
    Edit(
        _CALICO,
        "felix/calc/async_calc_graph.go",
        "tickInterval    = 10 * time.Millisecond",
        "tickInterval    = 250 * time.Millisecond",
    ),
    # Felix reads nftables, which it has no table in, before each change to iptables: five programs
    # and several seconds each time. It still does every few minutes.
    Edit(
        _CALICO,
        "felix/nftables/table.go",
        't.InvalidateDataplaneCache("post-write")',
        "if !t.disabled || tx.NumOperations() > 0 {\n"
        '\t\tt.InvalidateDataplaneCache("post-write")\n\t}',
    ),
    # Each health check writes three objects that are there already.
    Edit(
        _CALICO,
        "kube-controllers/cmd/kube-controllers/main.go",
        "time.Sleep(10 * time.Second)",
        "time.Sleep(60 * time.Second)",
    ),
)
