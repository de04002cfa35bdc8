// Command cited answers questions from a Markdown knowledge base and shows the sentence that
// each statement rests on.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitGate   = 3 // a gate was missed
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first signal asks, a second one ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// command is one subcommand. run gets what follows its name.
type command struct {
	name, args, about string
	run               func(ctx context.Context, args []string, std streams) error
}

// streams are the process's standard streams.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func commands() []command {
	return []command{
		{"serve", "[flags]", "serve the help center, the API and its pages", serve},
		{"ask", "[flags] QUESTION", "answer a question, or a file of questions", ask},
		{"search", "[flags] QUERY", "show the nearest sections", search},
		{"index", "[flags]", "build or refresh the index; what changed, how long, how large", indexCommand},
		{"lint", "[flags]", "find faults in the content", lint},
		{"eval", "retrieval [flags]", "measure retrieval on judged questions, or an embedder", evalCommand},
		{"train", "--data DIR --out FILE [flags]", "train the table of the embedder on translations", trainCommand},
		{"version", "", "print the version", version},
	}
}

// usageError is a fault of the command line.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

// errGate says that the work was done and a gate was missed.
var errGate = errors.New("a gate was missed")

// run is the program: it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	std := streams{in, out, errOut}
	if len(args) == 0 {
		usage(errOut)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(out)
		return exitOK
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		return exitCode(c.run(ctx, args[1:], std), errOut)
	}
	fmt.Fprintf(errOut, "cited: unknown command %q\n\n", args[0])
	usage(errOut)
	return exitUsage
}

func exitCode(err error, errOut io.Writer) int {
	var bad usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, &bad):
		fmt.Fprintf(errOut, "cited: %s\n", bad.message)
		return exitUsage
	case errors.Is(err, errGate):
		fmt.Fprintf(errOut, "cited: %v\n", err)
		return exitGate
	}
	fmt.Fprintf(errOut, "cited: %v\n", err)
	return exitFailed
}

func usage(w io.Writer) {
	fmt.Fprint(w, "cited answers questions from a Markdown knowledge base, with a quote for every statement.\n\nUsage: cited COMMAND [flags] …\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s %-18s %s\n", c.name, c.args, c.about)
	}
	fmt.Fprint(w, "\n«cited COMMAND --help» lists a command's flags. Exit codes: 0 ok, 1 failed, 2 usage, 3 a gate was missed.\n")
}
