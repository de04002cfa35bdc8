package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"cited/internal/kb"
)

func lint(_ context.Context, args []string, std streams) error {
	var c Config
	set := c.flagSet("lint", "[flags]", "Finds faults in the content and prints each as path:line: message. Exit code 3 when there are any.", std.err)
	rest, err := c.parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError{"lint: takes no arguments; name the folder with --kb"}
	}
	faults, err := kb.Lint(c.KB, time.Now())
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(std.out, f)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %d faults in the content", errGate, len(faults))
	}
	return nil
}

func version(_ context.Context, _ []string, std streams) error {
	fmt.Fprintf(std.out, "cited %s\n", buildVersion())
	return nil
}

// buildVersion is the commit that the binary was built from, or the module's version.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	if revision == "" {
		return info.Main.Version
	}
	return revision[:min(12, len(revision))] + dirty
}
