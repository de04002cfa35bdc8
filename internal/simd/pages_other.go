//go:build !linux

package simd

func largePages([]int8) {}
