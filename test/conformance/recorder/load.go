package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/paths"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/compose-spec/compose-go/v2/utils"
	"github.com/docker/cli/pkg/kvfile"
	"github.com/sirupsen/logrus"
)

// Request is one load, in the words of `docker compose`'s command line.
type Request struct {
	ID               string            `json:"id,omitempty"`
	Dir              string            `json:"dir"`
	Files            []string          `json:"files,omitempty"`
	ProjectName      string            `json:"project_name,omitempty"`
	ProjectDirectory string            `json:"project_directory,omitempty"`
	EnvFiles         []string          `json:"env_files,omitempty"`
	Profiles         []string          `json:"profiles,omitempty"`
	Env              map[string]string `json:"env,omitempty"`
	Services         []string          `json:"services,omitempty"`
	// Outputs: "config"; "all" (--profile '*' --all-resources); "noConsistency" (--no-consistency); "yaml" (the default format).
	Outputs []string `json:"outputs"`
}

// Outcome is one output: the project as JSON (a string of YAML for "yaml"), or the error.
type Outcome struct {
	OK       bool            `json:"ok"`
	Error    string          `json:"error,omitempty"`
	Project  json.RawMessage `json:"project,omitempty"`
	Warnings []string        `json:"warnings,omitempty"`
}

// Response carries every output that was asked for.
type Response struct {
	ID      string             `json:"id,omitempty"`
	Outputs map[string]Outcome `json:"outputs"`
}

type collector struct{ messages []string }

func (c *collector) Levels() []logrus.Level { return []logrus.Level{logrus.WarnLevel} }
func (c *collector) Fire(entry *logrus.Entry) error {
	c.messages = append(c.messages, entry.Message)
	return nil
}

var warnings = &collector{}

func init() {
	logrus.SetOutput(io.Discard)
	logrus.AddHook(warnings)
	// docker compose adds this format of env files to those compose-go knows.
	dotenv.RegisterFormat("raw", func(r io.Reader, name string, vars map[string]string, lookup func(string) (string, bool)) error {
		lines, err := kvfile.ParseFromReader(r, lookup)
		if err != nil {
			return fmt.Errorf("failed to parse env_file %s: %w", name, err)
		}
		for _, line := range lines {
			key, value, _ := strings.Cut(line, "=")
			vars[key] = value
		}
		return nil
	})
}

// Load runs one request.
func Load(ctx context.Context, request Request) Response {
	response := Response{ID: request.ID, Outputs: map[string]Outcome{}}
	for _, output := range request.Outputs {
		warnings.messages = nil
		outcome := load(ctx, request, output)
		sort.Strings(warnings.messages)
		outcome.Warnings = withoutRepeats(warnings.messages)
		response.Outputs[output] = outcome
	}
	return response
}

func withoutRepeats(sorted []string) []string {
	var kept []string
	for i, text := range sorted {
		if i == 0 || text != sorted[i-1] {
			kept = append(kept, text)
		}
	}
	return kept
}

func load(ctx context.Context, request Request, output string) (outcome Outcome) {
	defer func() {
		if cause := recover(); cause != nil {
			outcome = Outcome{Error: fmt.Sprintf("PANIC: %v", cause)}
		}
	}()
	project, err := loadProject(ctx, request, output)
	if err != nil {
		return Outcome{Error: err.Error()}
	}
	if output == "yaml" {
		text, err := project.MarshalYAML()
		if err != nil {
			return Outcome{Error: err.Error()}
		}
		quoted, err := json.Marshal(string(doubled(text)))
		if err != nil {
			return Outcome{Error: err.Error()}
		}
		return Outcome{OK: true, Project: quoted}
	}
	text, err := project.MarshalJSON()
	if err != nil {
		return Outcome{Error: err.Error()}
	}
	return Outcome{OK: true, Project: doubled(text)}
}

func doubled(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte("$"), []byte("$$"))
}

// loadProject follows `docker compose config` (cmd/compose/config.go, cmd/compose/compose.go of docker/compose v5.6.0).
func loadProject(ctx context.Context, request Request, output string) (*types.Project, error) {
	if err := enter(request); err != nil {
		return nil, err
	}
	envFiles := append([]string{}, request.EnvFiles...)
	if len(envFiles) == 0 {
		envFiles = strings.FieldsFunc(os.Getenv("COMPOSE_ENV_FILES"), func(c rune) bool { return c == ',' })
	}
	if err := exportComposeVariables(request, envFiles); err != nil {
		return nil, err
	}
	for i, file := range envFiles {
		absolute, err := filepath.Abs(paths.ExpandUser(file))
		if err != nil {
			return nil, err
		}
		envFiles[i] = absolute
	}
	profiles, all, consistency := request.Profiles, false, output != "noConsistency"
	if output == "all" {
		profiles, all = []string{"*"}, true
	}
	options, err := cli.NewProjectOptions(request.Files,
		cli.WithInterpolation(true),
		cli.WithResolvedPaths(true),
		cli.WithNormalization(true),
		cli.WithConsistency(consistency),
		cli.WithDefaultProfiles(profiles...),
		cli.WithDiscardEnvFile,
		cli.WithWorkingDirectory(request.ProjectDirectory),
		cli.WithOsEnv,
		cli.WithResourceLoader(nowhere{}),
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
		cli.WithConfigFileEnv,
		cli.WithDefaultConfigPath,
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
		cli.WithDefaultProfiles(profiles...),
		cli.WithName(request.ProjectName),
	)
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return nil, err
	}
	if project.Name == "" {
		return nil, errors.New("project name can't be empty. Use ProjectName option to set a valid name")
	}
	if project, err = project.WithServicesEnabled(request.Services...); err != nil {
		return nil, err
	}
	if project, err = project.WithSelectedServices(request.Services); err != nil {
		return nil, err
	}
	if !all {
		project = project.WithoutUnnecessaryResources()
	}
	if project, err = project.WithServicesEnvironmentResolved(true); err != nil {
		return nil, err
	}
	if consistency {
		err = project.CheckContainerNameUnicity()
	}
	return project, err
}

// enter makes the process's environment and current directory those of the request.
func enter(request Request) error {
	os.Clearenv()
	if err := os.Chdir(request.Dir); err != nil {
		return err
	}
	environment := map[string]string{"HOME": "/home/user", "PWD": request.Dir}
	for name, value := range request.Env {
		environment[name] = value
	}
	for name, value := range environment {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// exportComposeVariables does what docker compose does first: COMPOSE_* of the dotenv file reach the process's environment.
func exportComposeVariables(request Request, envFiles []string) error {
	for _, file := range request.Files {
		if isRemote(file) {
			return nil
		}
	}
	options, err := cli.NewProjectOptions(request.Files,
		cli.WithWorkingDirectory(request.ProjectDirectory),
		cli.WithOsEnv,
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
	)
	if err != nil {
		return err
	}
	variables, err := dotenv.GetEnvFromFile(utils.GetAsEqualsMap(os.Environ()), options.EnvFiles)
	if err != nil {
		return err
	}
	for name, value := range variables {
		if _, set := os.LookupEnv(name); !set && strings.HasPrefix(name, "COMPOSE_") {
			if err := os.Setenv(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// nowhere accepts what docker compose's git and oci loaders accept, and has none of it.
type nowhere struct{}

func (nowhere) Accept(reference string) bool { return isRemote(reference) }
func (nowhere) Load(_ context.Context, reference string) (string, error) {
	return "", fmt.Errorf("remote resource %q is not available here", reference)
}
func (nowhere) Dir(reference string) string { return reference }

// isRemote follows buildkit's dfgitutil.ParseGitRef and docker compose's oci loader.
func isRemote(reference string) bool {
	if strings.HasPrefix(reference, "./") || strings.HasPrefix(reference, "../") {
		return false
	}
	for _, prefix := range []string{"oci://", "github.com/", "git://", "ssh://", "git+ssh://"} {
		if strings.HasPrefix(reference, prefix) {
			return true
		}
	}
	if strings.HasPrefix(reference, "http://") || strings.HasPrefix(reference, "https://") {
		address, err := url.Parse(reference)
		return err == nil && strings.HasSuffix(address.Path, ".git")
	}
	at, colon := strings.IndexByte(reference, '@'), strings.IndexByte(reference, ':')
	return at > 0 && colon > at &&
		!strings.ContainsAny(reference[:at], "/\\: ") && !strings.ContainsAny(reference[at+1:colon], "/\\ ")
}
