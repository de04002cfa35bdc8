#include "textflag.h"

// NEON with the dot-product extension. SDOT adds to each of four lanes the dot product of four
// signed bytes of one register and the four of one lane of another: a lane is a row of the block,
// and sixteen codes of the question sit in one register. The assembler lacks the instructions
// below, so they are written as words.

// SDOT Vd.4S, Vn.16B, Vm.4B[i]
#define SDOT(d, n, m, i) WORD $(0x4f80e000 | ((i & 1) << 21) | (m << 16) | ((i >> 1) << 11) | (n << 5) | d)

// SCVTF Vd.4S, Vd.4S
#define SCVTF(d) WORD $(0x4e21d800 | (d << 5) | d)

// FMUL Vd.4S, Vd.4S, Vm.4S
#define FMUL(d, m) WORD $(0x6e20dc00 | (m << 16) | (d << 5) | d)

// FCVTL Vd.2D, Vn.2S and FCVTL2 Vd.2D, Vn.4S
#define FCVTL(d, n) WORD $(0x0e617800 | (n << 5) | d)
#define FCVTL2(d, n) WORD $(0x4e617800 | (n << 5) | d)

// FADD Vd.2D, Vd.2D, Vm.2D
#define FADD2D(d, m) WORD $(0x4e60d400 | (m << 16) | (d << 5) | d)

// FADDP Dd, Vd.2D
#define FADDP(d) WORD $(0x7e70d800 | (d << 5) | d)

// ROWS loads four codes of each of 16 rows.
#define ROWS VLD1.P 64(R1), [V0.B16, V1.B16, V2.B16, V3.B16]

// GROUP adds the products of a group (V0-V3) with lane i of register q to four sums from s on.
#define GROUP(q, i, s) \
	SDOT((s), 0, q, i)     \
	SDOT((s + 1), 1, q, i) \
	SDOT((s + 2), 2, q, i) \
	SDOT((s + 3), 3, q, i)

// SCORE turns four sums from s on into scores, with the scales in V4-V7.
#define SCORE(s) \
	SCVTF((s))         \
	SCVTF((s + 1))     \
	SCVTF((s + 2))     \
	SCVTF((s + 3))     \
	FMUL((s), 4)       \
	FMUL((s + 1), 5)   \
	FMUL((s + 2), 6)   \
	FMUL((s + 3), 7)

// func scoresNEON(dst *float32, block *int8, scales *float32, blocks, stride int, query *int8)
TEXT ·scoresNEON(SB), NOSPLIT, $0-48
	MOVD dst+0(FP), R0
	MOVD block+8(FP), R1
	MOVD scales+16(FP), R2
	MOVD blocks+24(FP), R3
	MOVD stride+32(FP), R4
	MOVD query+40(FP), R5

oneblock:
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	MOVD R5, R6
	MOVD R4, R7

onestep: // 16 codes of each of 16 rows
	VLD1.P 16(R6), [V8.B16]
	ROWS
	GROUP(8, 0, 16)
	ROWS
	GROUP(8, 1, 16)
	ROWS
	GROUP(8, 2, 16)
	ROWS
	GROUP(8, 3, 16)
	SUBS   $16, R7
	BNE    onestep

	VLD1.P 64(R2), [V4.S4, V5.S4, V6.S4, V7.S4]
	SCORE(16)
	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(R0)
	SUBS   $1, R3
	BNE    oneblock
	RET

// GROUP4 is GROUP for the four questions in V8 to V11, with their sums from V16, V20, V24 and V28.
#define GROUP4(i) \
	GROUP(8, i, 16)  \
	GROUP(9, i, 20)  \
	GROUP(10, i, 24) \
	GROUP(11, i, 28)

// func scores4NEON(dst *[4]*float32, block *int8, scales *float32, blocks, stride int, queries *[4]*int8)
TEXT ·scores4NEON(SB), NOSPLIT, $0-48
	MOVD dst+0(FP), R0
	MOVD block+8(FP), R1
	MOVD scales+16(FP), R2
	MOVD blocks+24(FP), R3
	MOVD stride+32(FP), R4
	MOVD queries+40(FP), R5
	LDP  (R5), (R8, R9)
	LDP  16(R5), (R10, R11)
	LDP  (R0), (R12, R13)
	LDP  16(R0), (R14, R15)

fourblock:
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	VEOR V20.B16, V20.B16, V20.B16
	VEOR V21.B16, V21.B16, V21.B16
	VEOR V22.B16, V22.B16, V22.B16
	VEOR V23.B16, V23.B16, V23.B16
	VEOR V24.B16, V24.B16, V24.B16
	VEOR V25.B16, V25.B16, V25.B16
	VEOR V26.B16, V26.B16, V26.B16
	VEOR V27.B16, V27.B16, V27.B16
	VEOR V28.B16, V28.B16, V28.B16
	VEOR V29.B16, V29.B16, V29.B16
	VEOR V30.B16, V30.B16, V30.B16
	VEOR V31.B16, V31.B16, V31.B16
	MOVD R4, R7

fourstep:
	VLD1.P 16(R8), [V8.B16]
	VLD1.P 16(R9), [V9.B16]
	VLD1.P 16(R10), [V10.B16]
	VLD1.P 16(R11), [V11.B16]
	ROWS
	GROUP4(0)
	ROWS
	GROUP4(1)
	ROWS
	GROUP4(2)
	ROWS
	GROUP4(3)
	SUBS   $16, R7
	BNE    fourstep

	SUB    R4, R8 // back to the questions' starts
	SUB    R4, R9
	SUB    R4, R10
	SUB    R4, R11
	VLD1.P 64(R2), [V4.S4, V5.S4, V6.S4, V7.S4]
	SCORE(16)
	SCORE(20)
	SCORE(24)
	SCORE(28)
	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(R12)
	VST1.P [V20.S4, V21.S4, V22.S4, V23.S4], 64(R13)
	VST1.P [V24.S4, V25.S4, V26.S4, V27.S4], 64(R14)
	VST1.P [V28.S4, V29.S4, V30.S4, V31.S4], 64(R15)
	SUBS   $1, R3
	BNE    fourblock
	RET

// DOTS adds the products of four floats (x and y) to the sums s (two) and s+1 (two).
#define DOTS(x, y, s, t) \
	FCVTL(24, x)  \
	FCVTL2(25, x) \
	FCVTL(26, y)  \
	FCVTL2(27, y) \
	VFMLA V24.D2, V26.D2, s \
	VFMLA V25.D2, V27.D2, t

// func dotNEON(a, b *float32, n int) float64
TEXT ·dotNEON(SB), NOSPLIT, $0-32
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	MOVD n+16(FP), R2
	VEOR V16.B16, V16.B16, V16.B16 // sums 0 and 1; V17: 2 and 3; …
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	VEOR V20.B16, V20.B16, V20.B16
	VEOR V21.B16, V21.B16, V21.B16
	VEOR V22.B16, V22.B16, V22.B16
	VEOR V23.B16, V23.B16, V23.B16

dot:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P 64(R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	DOTS(0, 4, V16.D2, V17.D2)
	DOTS(1, 5, V18.D2, V19.D2)
	DOTS(2, 6, V20.D2, V21.D2)
	DOTS(3, 7, V22.D2, V23.D2)
	SUBS   $16, R2
	BNE    dot

	FADD2D(16, 20) // j + (j+8)
	FADD2D(17, 21)
	FADD2D(18, 22)
	FADD2D(19, 23)
	FADD2D(16, 18) // j + (j+4)
	FADD2D(17, 19)
	FADD2D(16, 17) // j + (j+2)
	FADDP(16)      // 0 + 1
	FMOVD  F16, ret+24(FP)
	RET
