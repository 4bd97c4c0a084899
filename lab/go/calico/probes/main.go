// Command probes stands in front of calico-node and answers its probes, by
// Calico's own checks. Each probe starts calico-node anew, a program of 100 MB
// that does ten things: on an emulated processor that takes seconds, on every
// node, twice a minute, for an answer that a small program has at once.
// Everything else is handed on.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/projectcalico/calico/node/pkg/health"
)

const program = "/usr/libexec/calico-node"

func main() {
	if len(os.Args) > 1 && (strings.HasPrefix(os.Args[1], "-felix-") || strings.HasPrefix(os.Args[1], "-bird")) {
		probe(os.Args[1:])
	}
	err := syscall.Exec(program, os.Args, os.Environ())
	fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
	os.Exit(126)
}

// probe has the flags of calico-node's probes, and ends the program.
func probe(arguments []string) {
	flags := flag.NewFlagSet("calico-node", flag.ExitOnError)
	birdReady := flags.Bool("bird-ready", false, "BIRD has its sessions")
	bird6Ready := flags.Bool("bird6-ready", false, "BIRD6 has its sessions")
	felixReady := flags.Bool("felix-ready", false, "Felix is in sync")
	felixLive := flags.Bool("felix-live", false, "Felix answers")
	birdLive := flags.Bool("bird-live", false, "BIRD and confd run")
	bird6Live := flags.Bool("bird6-live", false, "BIRD6 and confd run")
	threshold := flags.Duration("threshold-time", 30*time.Second, "how long all sessions must be up at first")
	// ExitOnError: it does not return one.
	_ = flags.Parse(arguments)
	health.Run(*birdReady, *bird6Ready, *felixReady, *felixLive, *birdLive, *bird6Live, *threshold)
}
