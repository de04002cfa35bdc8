//go:build !linux

package simd

func largePages[T int8 | float32]([]T) {}
