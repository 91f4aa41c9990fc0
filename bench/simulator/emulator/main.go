// The Go SDK's emulator with a module, as its users run one: `emulator INPUT.json`. Says "first" once the first request has been
// answered, then how long that took in this process, again in a new VM, and how many requests a second of CPU it answers.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/proxytest"
)

// The emulator never calls proxy_on_delete, so that a filter keeps each request, and a filter of Go 1.26 ends in its own garbage
// collector after some 60,000. wazero compiles ahead, and needs no long warm-up.
const requestsMax = 30_000

type input struct {
	Wasm       string            `json:"wasm"`
	Config     string            `json:"config"`
	Properties map[string]string `json:"properties"`
	Headers    [][2]string       `json:"headers"`
	Response   bool              `json:"response"`
	Seconds    float64           `json:"seconds"`
}

type output struct {
	ColdMs    float64 `json:"coldMs"`
	WarmMs    float64 `json:"warmMs"`
	PerSecond float64 `json:"perSecond"`
}

func main() {
	// It tells everything it does.
	log.SetOutput(io.Discard)
	var in input
	text, err := os.ReadFile(os.Args[1])
	must(err)
	must(json.Unmarshal(text, &in))
	wasm, err := os.ReadFile(in.Wasm)
	must(err)

	began := time.Now()
	host, stop := start(wasm, in)
	request(host, in)
	out := output{ColdMs: since(began)}
	fmt.Println("first")
	stop()

	began = time.Now()
	host, stop = start(wasm, in)
	defer stop()
	request(host, in)
	out.WarmMs = since(began)

	load(host, in, in.Seconds, requestsMax/10)
	out.PerSecond = load(host, in, in.Seconds, requestsMax)
	must(json.NewEncoder(os.Stdout).Encode(out))
}

func start(wasm []byte, in input) (proxytest.HostEmulator, func()) {
	vm, err := proxytest.NewWasmVMContext(wasm)
	must(err)
	options := proxytest.NewEmulatorOption().WithVMContext(vm).WithPluginConfiguration([]byte(in.Config))
	for path, value := range in.Properties {
		options.WithProperty(strings.Split(path, "."), []byte(value))
	}
	host, reset := proxytest.NewHostEmulator(options)
	if !host.StartPlugin() {
		panic("the filter refused its configuration")
	}
	return host, func() {
		reset()
		vm.Close()
	}
}

// One request and its answer.
func request(host proxytest.HostEmulator, in input) {
	id := host.InitializeHttpContext()
	host.CallOnRequestHeaders(id, in.Headers, true)
	if reply := host.GetSentLocalResponse(id); reply != nil {
		panic(fmt.Sprintf("the filter answered %d", reply.StatusCode))
	}
	if in.Response {
		host.CallOnResponseHeaders(id, [][2]string{{":status", "200"}, {"date", "Thu, 01 Jan 2026 00:00:00 GMT"}}, true)
	}
	host.CompleteHttpContext(id)
}

// Requests a second of CPU, of all of this process's threads.
func load(host proxytest.HostEmulator, in input, seconds float64, most int) float64 {
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	before, count := cpu(), 0
	for count < most && time.Now().Before(end) {
		for range 50 {
			request(host, in)
		}
		count += 50
	}
	return float64(count) / (cpu() - before)
}

func cpu() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

func since(began time.Time) float64 {
	return float64(time.Since(began).Microseconds()) / 1000
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
