//go:build !amd64 && !arm64

package simd

func native() []Path { return nil }

func kernels(path Path) *Kernels { panic("simd: no kernels for " + string(path)) }
