#include "textflag.h"

// As for AVX-512: sums of rows go through 64 columns of codes, or 32 of float32, at a time, and
// through all rows for each. What Go's assembler does not know is written as its encoding.

#define SXTL8(n, d)   WORD $(0x0F08A400 | (n)<<5 | (d))            // 8 bytes, lower half, to 16 bits
#define SXTL8H(n, d)  WORD $(0x4F08A400 | (n)<<5 | (d))            // upper half
#define SXTL16(n, d)  WORD $(0x0F10A400 | (n)<<5 | (d))            // 4 of 16 bits to 32
#define SXTL16H(n, d) WORD $(0x4F10A400 | (n)<<5 | (d))
#define MLA(m, n, d)  WORD $(0x4EA09400 | (m)<<16 | (n)<<5 | (d))  // four of 32 bits: d += n · m

// ADDNEON adds 16 codes, times V8, to four registers of sums. V4 to V7 are overwritten.
#define ADDNEON(codes, a, b, c, d) \
	SXTL8(codes, 4)  \
	SXTL8H(codes, 5) \
	SXTL16(4, 6)     \
	SXTL16H(4, 7)    \
	MLA(8, 6, a)     \
	MLA(8, 7, b)     \
	SXTL16(5, 6)     \
	SXTL16H(5, 7)    \
	MLA(8, 6, c)     \
	MLA(8, 7, d)

// func addRowsNEON(acc *int32, codes *int8, stride int, rows *uint32, weights *int32, n, cols int)
TEXT ·addRowsNEON(SB), NOSPLIT, $0-56
	MOVD acc+0(FP), R0
	MOVD codes+8(FP), R1
	MOVD stride+16(FP), R2
	MOVD rows+24(FP), R3
	MOVD weights+32(FP), R4
	MOVD n+40(FP), R5
	MOVD cols+48(FP), R6

addcols:
	MOVD R0, R7
	VLD1.P 64(R7), [V16.S4, V17.S4, V18.S4, V19.S4]
	VLD1.P 64(R7), [V20.S4, V21.S4, V22.S4, V23.S4]
	VLD1.P 64(R7), [V24.S4, V25.S4, V26.S4, V27.S4]
	VLD1.P 64(R7), [V28.S4, V29.S4, V30.S4, V31.S4]
	MOVD R3, R8
	MOVD R4, R9
	MOVD R5, R10

addrow:
	MOVWU.P 4(R8), R11
	MUL     R2, R11, R11
	ADD     R1, R11, R11
	VLD1R.P 4(R9), [V8.S4]
	VLD1    (R11), [V0.B16, V1.B16, V2.B16, V3.B16]
	ADDNEON(0, 16, 17, 18, 19)
	ADDNEON(1, 20, 21, 22, 23)
	ADDNEON(2, 24, 25, 26, 27)
	ADDNEON(3, 28, 29, 30, 31)
	SUBS    $1, R10, R10
	BNE     addrow

	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(R0)
	VST1.P [V20.S4, V21.S4, V22.S4, V23.S4], 64(R0)
	VST1.P [V24.S4, V25.S4, V26.S4, V27.S4], 64(R0)
	VST1.P [V28.S4, V29.S4, V30.S4, V31.S4], 64(R0)
	ADD    $64, R1, R1
	SUBS   $64, R6, R6
	BNE    addcols
	RET

// func sumRowsNEON(dst, table *float32, stride int, rows *uint32, weights *float32, n, cols int)
TEXT ·sumRowsNEON(SB), NOSPLIT, $0-56
	MOVD dst+0(FP), R0
	MOVD table+8(FP), R1
	MOVD stride+16(FP), R2
	LSL  $2, R2, R2
	MOVD rows+24(FP), R3
	MOVD weights+32(FP), R4
	MOVD n+40(FP), R5
	MOVD cols+48(FP), R6

sumcols:
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	VEOR V20.B16, V20.B16, V20.B16
	VEOR V21.B16, V21.B16, V21.B16
	VEOR V22.B16, V22.B16, V22.B16
	VEOR V23.B16, V23.B16, V23.B16
	MOVD R3, R8
	MOVD R4, R9
	MOVD R5, R10

sumrow:
	MOVWU.P 4(R8), R11
	MUL     R2, R11, R11
	ADD     R1, R11, R11
	VLD1R.P 4(R9), [V8.S4]
	VLD1.P  64(R11), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1    (R11), [V4.S4, V5.S4, V6.S4, V7.S4]
	VFMLA   V8.S4, V0.S4, V16.S4
	VFMLA   V8.S4, V1.S4, V17.S4
	VFMLA   V8.S4, V2.S4, V18.S4
	VFMLA   V8.S4, V3.S4, V19.S4
	VFMLA   V8.S4, V4.S4, V20.S4
	VFMLA   V8.S4, V5.S4, V21.S4
	VFMLA   V8.S4, V6.S4, V22.S4
	VFMLA   V8.S4, V7.S4, V23.S4
	SUBS    $1, R10, R10
	BNE     sumrow

	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(R0)
	VST1.P [V20.S4, V21.S4, V22.S4, V23.S4], 64(R0)
	ADD    $128, R1, R1
	SUBS   $32, R6, R6
	BNE    sumcols
	RET

// func moveRowsNEON(table, src *float32, stride int, rows *uint32, steps *float32, n, cols int)
TEXT ·moveRowsNEON(SB), NOSPLIT, $0-56
	MOVD table+0(FP), R1
	MOVD src+8(FP), R0
	MOVD stride+16(FP), R2
	LSL  $2, R2, R2
	MOVD rows+24(FP), R3
	MOVD steps+32(FP), R4
	MOVD n+40(FP), R5
	MOVD cols+48(FP), R6

movecols:
	VLD1.P 64(R0), [V16.S4, V17.S4, V18.S4, V19.S4]
	VLD1.P 64(R0), [V20.S4, V21.S4, V22.S4, V23.S4]
	MOVD   R3, R8
	MOVD   R4, R9
	MOVD   R5, R10

moverow:
	MOVWU.P 4(R8), R11
	MUL     R2, R11, R11
	ADD     R1, R11, R11
	ADD     $64, R11, R12
	VLD1R.P 4(R9), [V8.S4]
	VLD1    (R11), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1    (R12), [V4.S4, V5.S4, V6.S4, V7.S4]
	VFMLA   V8.S4, V16.S4, V0.S4
	VFMLA   V8.S4, V17.S4, V1.S4
	VFMLA   V8.S4, V18.S4, V2.S4
	VFMLA   V8.S4, V19.S4, V3.S4
	VFMLA   V8.S4, V20.S4, V4.S4
	VFMLA   V8.S4, V21.S4, V5.S4
	VFMLA   V8.S4, V22.S4, V6.S4
	VFMLA   V8.S4, V23.S4, V7.S4
	VST1    [V0.S4, V1.S4, V2.S4, V3.S4], (R11)
	VST1    [V4.S4, V5.S4, V6.S4, V7.S4], (R12)
	SUBS    $1, R10, R10
	BNE     moverow

	ADD  $128, R1, R1
	SUBS $32, R6, R6
	BNE  movecols
	RET

#define TILENEON(from, a, b, c, d) \
	VLD1R (from), [V4.S4]       \
	VFMLA V4.S4, V0.S4, a.S4    \
	VFMLA V4.S4, V1.S4, b.S4    \
	VFMLA V4.S4, V2.S4, c.S4    \
	VFMLA V4.S4, V3.S4, d.S4

// func tileNEON(c, a, b *float32, k, strideC, rowA, stepA, strideB int)
TEXT ·tileNEON(SB), NOSPLIT, $0-64
	MOVD c+0(FP), R0
	MOVD a+8(FP), R1
	MOVD b+16(FP), R2
	MOVD k+24(FP), R3
	MOVD strideC+32(FP), R4
	LSL  $2, R4, R4
	MOVD rowA+40(FP), R5
	LSL  $2, R5, R5
	MOVD stepA+48(FP), R6
	LSL  $2, R6, R6
	MOVD strideB+56(FP), R7
	LSL  $2, R7, R7
	ADD  R5, R1, R8          // the rows of a
	ADD  R5, R8, R9
	ADD  R5, R9, R10
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

tile:
	VLD1 (R2), [V0.S4, V1.S4, V2.S4, V3.S4]
	TILENEON(R1, V16, V17, V18, V19)
	TILENEON(R8, V20, V21, V22, V23)
	TILENEON(R9, V24, V25, V26, V27)
	TILENEON(R10, V28, V29, V30, V31)
	ADD  R6, R1, R1
	ADD  R6, R8, R8
	ADD  R6, R9, R9
	ADD  R6, R10, R10
	ADD  R7, R2, R2
	SUBS $1, R3, R3
	BNE  tile

	VST1 [V16.S4, V17.S4, V18.S4, V19.S4], (R0)
	ADD  R4, R0, R0
	VST1 [V20.S4, V21.S4, V22.S4, V23.S4], (R0)
	ADD  R4, R0, R0
	VST1 [V24.S4, V25.S4, V26.S4, V27.S4], (R0)
	ADD  R4, R0, R0
	VST1 [V28.S4, V29.S4, V30.S4, V31.S4], (R0)
	RET
