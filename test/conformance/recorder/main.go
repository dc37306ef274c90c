// Command recorder answers what Docker Compose's own loader makes of a project: the measure of the conformance suite.
// One JSON request a line on standard input, one answer a line on standard output, in order.
//
//	recorder          loads (see Request in load.go)
//	recorder -unit    single functions (see UnitRequest in unit.go)
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// A load that needs more ends the process with this status, after an answer that says so; the caller starts again behind it.
const (
	maxTime   = 10 * time.Second
	maxMemory = 2 << 30
	overLimit = 75
)

func main() {
	unit := flag.Bool("unit", false, "answer for single functions instead of loads")
	flag.Parse()

	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	requests := bufio.NewScanner(os.Stdin)
	requests.Buffer(nil, 64<<20)
	for requests.Scan() {
		if strings.TrimSpace(requests.Text()) == "" {
			continue
		}
		var answer any
		if *unit {
			answer = Unit(decode[UnitRequest](requests.Bytes()))
		} else {
			answer = watched(decode[Request](requests.Bytes()), answers)
		}
		if err := answers.Encode(answer); err != nil {
			fail(err)
		}
	}
}

func decode[T any](line []byte) (request T) {
	if err := json.Unmarshal(line, &request); err != nil {
		fail(err)
	}
	return request
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func watched(request Request, answers *json.Encoder) Response {
	done := make(chan Response, 1)
	go func() { done <- Load(context.Background(), request) }()
	deadline := time.After(maxTime)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case response := <-done:
			return response
		case <-deadline:
			stop(request, answers, "LIMIT: more than 10 s")
		case <-tick.C:
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			if memory.Sys > maxMemory {
				stop(request, answers, "LIMIT: more than 2 GiB of memory")
			}
		}
	}
}

func stop(request Request, answers *json.Encoder, why string) {
	outputs := map[string]Outcome{}
	for _, output := range request.Outputs {
		outputs[output] = Outcome{Error: why}
	}
	_ = answers.Encode(Response{ID: request.ID, Outputs: outputs})
	os.Exit(overLimit)
}
