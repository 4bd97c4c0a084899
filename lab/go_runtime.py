"""What programs in Go are told on the lab's machines, services and containers alike."""

from __future__ import annotations

# The machines share a processor, which most often is emulated. Go interrupts each long computation
# with a signal; each processor of its own that has nothing to do looks for work for a while before
# it sleeps; and collecting garbage less often takes memory, which the machines have.
ENVIRONMENT = {"GODEBUG": "asyncpreemptoff=1", "GOGC": "400", "GOMAXPROCS": "1"}
