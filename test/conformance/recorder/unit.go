package main

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/format"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/paths"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/cli/pkg/kvfile"
	"github.com/mattn/go-shellwords"
	"github.com/xhit/go-str2duration/v2"
	"go.yaml.in/yaml/v4"
)

// UnitRequest asks for one function of the loader with one input.
type UnitRequest struct {
	Fn    string            `json:"fn"`
	Input string            `json:"input"`
	Env   map[string]string `json:"env,omitempty"`
}

// UnitResponse is its answer.
type UnitResponse struct {
	Fn       string   `json:"fn"`
	Input    string   `json:"input"`
	OK       bool     `json:"ok"`
	Error    string   `json:"error,omitempty"`
	Output   any      `json:"output,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// typed shows the Go type next to the value, so that 1, 1.0 and "1" stay apart.
func typed(v any) any {
	switch x := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, e := range x {
			m[k] = typed(e)
		}
		return m
	case map[any]any:
		m := map[string]any{}
		for k, e := range x {
			m[fmt.Sprintf("%T(%v)", k, k)] = typed(e)
		}
		return m
	case []any:
		out := []any{}
		for _, e := range x {
			out = append(out, typed(e))
		}
		return out
	case nil:
		return "null"
	case time.Time:
		return "time(" + fmt.Sprint(x) + ")"
	default:
		return fmt.Sprintf("%T(%v)", v, v)
	}
}

// Unit runs one leaf function.
func Unit(r UnitRequest) (resp UnitResponse) {
	resp = UnitResponse{Fn: r.Fn, Input: r.Input}
	warnings.messages = nil
	defer func() {
		if p := recover(); p != nil {
			resp.OK, resp.Error = false, fmt.Sprintf("PANIC: %v", p)
		}
		resp.Warnings = warnings.messages
	}()
	lookup := func(k string) (string, bool) { v, ok := r.Env[k]; return v, ok }
	var out any
	var err error
	switch r.Fn {
	case "template":
		out, err = template.Substitute(r.Input, lookup)
	case "variables":
		out = template.ExtractVariables(map[string]any{"v": r.Input}, nil)
	case "dotenv":
		out, err = dotenv.ParseWithLookup(strings.NewReader(r.Input), lookup)
	case "rawenv":
		out, err = kvfile.ParseFromReader(strings.NewReader(r.Input), lookup)
	case "volume":
		out, err = format.ParseVolume(r.Input)
	case "port":
		out, err = types.ParsePortConfig(r.Input)
	case "bytes":
		var u types.UnitBytes
		err = u.DecodeMapstructure(r.Input)
		out = int64(u)
	case "duration":
		var d time.Duration
		d, err = str2duration.ParseDuration(r.Input)
		out = d.String()
	case "goduration":
		var d time.Duration
		d, err = time.ParseDuration(r.Input)
		out = d.String()
	case "shellwords":
		out, err = shellwords.Parse(r.Input)
	case "projectname":
		out = loader.NormalizeProjectName(r.Input)
	case "pathclean":
		out = path.Clean(r.Input)
	case "windowsabs":
		out = paths.IsWindowsAbs(r.Input)
	case "isremote":
		out = isRemote(r.Input)
	case "cpus":
		var c types.NanoCPUs
		err = c.DecodeMapstructure(r.Input)
		out = fmt.Sprint(float32(c))
	case "hosts":
		var h types.HostsList
		var in any
		if err = json.Unmarshal([]byte(r.Input), &in); err == nil {
			err = h.DecodeMapstructure(in)
			out = h
		}
	case "filemode":
		var m types.FileMode
		err = m.DecodeMapstructure(r.Input)
		out = int64(m)
	case "yaml":
		var v any
		err = yaml.Unmarshal([]byte(r.Input), &v)
		out = typed(v)
	default:
		err = fmt.Errorf("unknown function %q", r.Fn)
	}
	if err != nil {
		resp.Error = err.Error()
		return resp
	}
	resp.OK, resp.Output = true, out
	return resp
}
