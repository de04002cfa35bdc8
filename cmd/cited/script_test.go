package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cited": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the commands as a shell would. $KB is the shop's knowledge base.
func TestScripts(t *testing.T) {
	shop, err := filepath.Abs(filepath.Join("..", "..", "kb"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"damage": damage},
		Setup: func(env *testscript.Env) error {
			env.Setenv("KB", shop)
			return nil
		},
	})
}

// damage changes a byte in the middle of each snapshot in a folder.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "snapshot-*[0-9a-f]"))
	ts.Check(err)
	for _, name := range files {
		content, err := os.ReadFile(name)
		ts.Check(err)
		content[len(content)/2] ^= 0xff
		ts.Check(os.WriteFile(name, content, 0o600))
	}
}
