// Package measure takes times, processor times and memory, and writes them down: a table for
// people, benchstat's lines for comparing, a plot for growth.
package measure

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// CPU is the processor time, user and system, that this process has used.
func CPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("measure: getrusage: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// Memory is what is resident of a process, in bytes.
type Memory struct {
	Resident  int64 // VmRSS
	Anonymous int64 // RssAnon: without what is mapped from files
}

// Resident reads the memory of this process from /proc.
func Resident() (Memory, error) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return Memory{}, fmt.Errorf("measure: memory: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	var m Memory
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			m.Resident = n << 10
		case "RssAnon":
			m.Anonymous = n << 10
		}
	}
	if m.Resident == 0 {
		return m, fmt.Errorf("measure: memory: no VmRSS in /proc/self/status: %w", missing(lines.Err()))
	}
	return m, nil
}

func missing(err error) error {
	if err != nil {
		return err
	}
	return os.ErrNotExist
}

// Heap is what the heap holds after a collection, in bytes.
func Heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Machine describes the machine in one line: processor, cores, widest instructions, memory, Go.
func Machine() string {
	model, memory := "unknown processor", ""
	if v := cpuinfo("model name"); v != "" {
		model = v
	}
	if f, err := os.ReadFile("/proc/meminfo"); err == nil {
		line, _, _ := strings.Cut(string(f), "\n")
		kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(line, "MemTotal:")), " kB"))
		if err == nil {
			memory = fmt.Sprintf(" · %d GB", (kb+1<<19)>>20)
		}
	}
	return fmt.Sprintf("%s · %d cores · %s%s · %s %s/%s", model, runtime.NumCPU(), strings.Join(SIMD(), " "), memory, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// SIMD lists the vector instructions of the processor that a scan can use, by Linux's names; none
// where they are not known.
func SIMD() []string {
	have := strings.Fields(cpuinfo("flags") + " " + cpuinfo("Features"))
	var simd []string
	for _, f := range [...]string{"avx2", "fma", "avx512f", "avx512bw", "avx512_vnni", "avx_vnni", "asimd", "asimddp"} {
		if slices.Contains(have, f) {
			simd = append(simd, f)
		}
	}
	return simd
}

// cpuinfo is the first value of a field of /proc/cpuinfo, "" where there is none.
func cpuinfo(field string) string {
	f, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(f)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == field {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
