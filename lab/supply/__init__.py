"""What a mirror without internet is filled with: programs built from Go modules.

``python -m lab.supply`` builds Kubernetes, etcd, CoreDNS, the CNI plugins and
Calico from the Go modules in ``lab/go``, packs them into ``.deb`` packages and
container images that carry upstream's names, and writes the variables that the
role ``mirror`` takes them by. Where the inventory's pod network is Cilium, it
does the same for Cilium and Helm, and packs Cilium's chart. Every step is cached
by the content it is made of.
"""
