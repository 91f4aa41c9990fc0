// A filter that does what a request's x-script asks for, and logs what each host call answers. The script is that of the Rust
// filter beside it (`phase op arguments; …`), with the calls that this SDK has.
package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm"
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/types"
)

func main() {}

func init() {
	proxywasm.SetVMContext(&vm{})
}

type vm struct{ types.DefaultVMContext }
type plugin struct{ types.DefaultPluginContext }
type stream struct {
	types.DefaultHttpContext
	steps [][]string
}

func (*vm) NewPluginContext(uint32) types.PluginContext { return &plugin{} }
func (*plugin) NewHttpContext(uint32) types.HttpContext { return &stream{} }
func (*vm) OnVMStart(size int) types.OnVMStartStatus {
	configuration, err := proxywasm.GetVMConfiguration()
	say("vm start %d %q %v", size, configuration, err)
	return types.OnVMStartStatusOK
}

func (*plugin) OnPluginStart(size int) types.OnPluginStartStatus {
	configuration, err := proxywasm.GetPluginConfiguration()
	say("configure %d %q %v", size, configuration, err)
	return types.OnPluginStartStatusOK
}

func (*plugin) OnQueueReady(queue uint32) {
	value, err := proxywasm.DequeueSharedQueue(queue)
	say("queue ready %q %v", value, err)
}

func (s *stream) OnHttpRequestHeaders(count int, end bool) types.Action {
	script, _ := proxywasm.GetHttpRequestHeader("x-script")
	for _, step := range strings.Split(script, ";") {
		if words := strings.Fields(step); len(words) > 1 {
			s.steps = append(s.steps, words)
		}
	}
	say("request headers %d %t", count, end)
	return s.run("request")
}

func (s *stream) OnHttpRequestBody(size int, end bool) types.Action {
	say("request body %d %t", size, end)
	if end {
		return s.run("request-end")
	}
	return s.run("request-body")
}

func (s *stream) OnHttpRequestTrailers(count int) types.Action {
	say("request trailers %d", count)
	return s.run("request-trailers")
}

func (s *stream) OnHttpResponseHeaders(count int, end bool) types.Action {
	say("response headers %d %t", count, end)
	return s.run("response")
}

func (s *stream) OnHttpResponseBody(size int, end bool) types.Action {
	say("response body %d %t", size, end)
	if end {
		return s.run("response-end")
	}
	return s.run("response-body")
}

func (s *stream) OnHttpResponseTrailers(count int) types.Action {
	say("response trailers %d", count)
	return s.run("response-trailers")
}

func (s *stream) OnHttpStreamDone() {
	s.run("log")
}

func (s *stream) run(phase string) types.Action {
	action := types.ActionContinue
	for _, words := range s.steps {
		if words[0] != phase {
			continue
		}
		if words[1] == "pause" {
			action = types.ActionPause
			continue
		}
		say("%s = %s", strings.Join(words, " "), s.call(words[1], words[2:]))
	}
	return action
}

func (s *stream) call(name string, words []string) string {
	switch name {
	case "get":
		value, err := map[string]func(string) (string, error){
			"request": proxywasm.GetHttpRequestHeader, "request-trailers": proxywasm.GetHttpRequestTrailer,
			"response": proxywasm.GetHttpResponseHeader, "response-trailers": proxywasm.GetHttpResponseTrailer,
		}[words[0]](words[1])
		return fmt.Sprintf("%q %v", value, err)
	case "all":
		pairs, err := map[string]func() ([][2]string, error){
			"request": proxywasm.GetHttpRequestHeaders, "request-trailers": proxywasm.GetHttpRequestTrailers,
			"response": proxywasm.GetHttpResponseHeaders, "response-trailers": proxywasm.GetHttpResponseTrailers,
			"call": proxywasm.GetHttpCallResponseHeaders,
		}[words[0]]()
		return fmt.Sprintf("%q %v", pairs, err)
	case "set":
		if words[0] == "request" {
			return fmt.Sprint(proxywasm.ReplaceHttpRequestHeader(words[1], words[2]))
		}
		return fmt.Sprint(proxywasm.ReplaceHttpResponseHeader(words[1], words[2]))
	case "add":
		if words[0] == "request" {
			return fmt.Sprint(proxywasm.AddHttpRequestHeader(words[1], words[2]))
		}
		return fmt.Sprint(proxywasm.AddHttpResponseHeader(words[1], words[2]))
	case "remove":
		if words[0] == "request" {
			return fmt.Sprint(proxywasm.RemoveHttpRequestHeader(words[1]))
		}
		return fmt.Sprint(proxywasm.RemoveHttpResponseHeader(words[1]))
	case "replace":
		var pairs [][2]string
		for _, pair := range words[1:] {
			key, value, _ := strings.Cut(pair, "=")
			pairs = append(pairs, [2]string{key, value})
		}
		if words[0] == "request" {
			return fmt.Sprint(proxywasm.ReplaceHttpRequestHeaders(pairs))
		}
		return fmt.Sprint(proxywasm.ReplaceHttpResponseHeaders(pairs))
	case "body":
		get := proxywasm.GetHttpRequestBody
		if words[0] == "response" {
			get = proxywasm.GetHttpResponseBody
		}
		value, err := get(number(words[1]), number(words[2]))
		return fmt.Sprintf("%q %v", value, err)
	case "append", "prepend", "overwrite":
		return fmt.Sprint(map[string]func([]byte) error{
			"append request": proxywasm.AppendHttpRequestBody, "append response": proxywasm.AppendHttpResponseBody,
			"prepend request": proxywasm.PrependHttpRequestBody, "prepend response": proxywasm.PrependHttpResponseBody,
			"overwrite request": proxywasm.ReplaceHttpRequestBody, "overwrite response": proxywasm.ReplaceHttpResponseBody,
		}[name+" "+words[0]]([]byte(words[1])))
	case "property":
		value, err := proxywasm.GetProperty(strings.Split(words[0], "."))
		return fmt.Sprintf("%q %v", value, err)
	case "set-property":
		return fmt.Sprint(proxywasm.SetProperty(strings.Split(words[0], "."), []byte(words[1])))
	case "reply":
		return fmt.Sprint(proxywasm.SendHttpResponse(uint32(number(words[0])), [][2]string{{"x-by", "go"}}, []byte(words[1]), -1))
	case "call":
		headers := [][2]string{{":method", "GET"}, {":path", words[1]}, {":authority", "callout"}}
		_, err := proxywasm.DispatchHttpCall(words[0], headers, []byte("ask"), nil, 5000, func(headers, size, trailers int) {
			body, err := proxywasm.GetHttpCallResponseBody(0, size)
			say("call answered %d %d %d %q %v", headers, size, trailers, body, err)
			s.run("call")
		})
		return fmt.Sprint(err)
	case "resume-request":
		return fmt.Sprint(proxywasm.ResumeHttpRequest())
	case "resume-response":
		return fmt.Sprint(proxywasm.ResumeHttpResponse())
	case "share":
		return fmt.Sprint(proxywasm.SetSharedData(words[0], []byte(words[1]), 0))
	case "swap":
		return fmt.Sprint(proxywasm.SetSharedData(words[0], []byte(words[1]), uint32(number(words[2]))))
	case "shared":
		value, _, err := proxywasm.GetSharedData(words[0])
		return fmt.Sprintf("%q %v", value, err)
	case "enqueue", "dequeue":
		queue, err := proxywasm.RegisterSharedQueue(words[0])
		if err != nil {
			return err.Error()
		}
		if name == "enqueue" {
			return fmt.Sprint(proxywasm.EnqueueSharedQueue(queue, []byte(words[1])))
		}
		value, err := proxywasm.DequeueSharedQueue(queue)
		return fmt.Sprintf("%q %v", value, err)
	case "resolve":
		_, err := proxywasm.ResolveSharedQueue(words[0], words[1])
		return fmt.Sprint(err)
	case "count":
		metric := proxywasm.DefineCounterMetric(words[0])
		metric.Increment(uint64(number(words[1])))
		return fmt.Sprint(metric.Value())
	case "gauge":
		metric := proxywasm.DefineGaugeMetric(words[0])
		metric.Add(int64(number(words[1])))
		return fmt.Sprint(metric.Value())
	case "foreign":
		value, err := proxywasm.CallForeignFunction(words[0], []byte(words[1]))
		return fmt.Sprintf("%q %v", value, err)
	case "log":
		levels := map[string]func(string){
			"trace": proxywasm.LogTrace, "debug": proxywasm.LogDebug, "info": proxywasm.LogInfo,
			"warn": proxywasm.LogWarn, "error": proxywasm.LogError, "critical": proxywasm.LogCritical,
		}
		levels[words[0]](words[1])
		return ""
	case "panic":
		panic("asked to")
	case "print":
		fmt.Println(words[0])
		println(words[0])
		return ""
	}
	return "not known"
}

func say(format string, values ...any) {
	proxywasm.LogInfof(format, values...)
}

func number(word string) int {
	value, err := strconv.Atoi(word)
	if err != nil {
		panic(err)
	}
	return value
}
