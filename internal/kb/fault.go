package kb

import "fmt"

// String is the fault as commands print it: path:line: message, or path: message where it is
// about the file as a whole.
func (f Fault) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.Path, f.Message)
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Message)
}
