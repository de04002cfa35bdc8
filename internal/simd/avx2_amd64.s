#include "textflag.h"

// AVX2. VPMADDUBSW multiplies unsigned by signed bytes and adds neighbours into 16 bits, with
// saturation: the row's magnitude is the unsigned side, and the question, with the row's sign put
// on it, the signed one. |row| ≤ 128 and |question| ≤ 127, so two products are at most 32,512 and
// never saturate. VPMADDWD with ones adds neighbours into 32 bits: a lane is a row of the block.

DATA ones<>+0(SB)/4, $0x00010001
GLOBL ones<>(SB), RODATA|NOPTR, $4

// QUERY2 adds the products of four codes of 16 rows (Y4 and Y5, magnitudes Y6 and Y7) and of the
// question at addr to the sums a and b. It overwrites Y8 to Y10.
#define QUERY2(addr, a, b) \
	VPBROADCASTD addr, Y8       \
	VPSIGNB      Y4, Y8, Y9     \
	VPSIGNB      Y5, Y8, Y10    \
	VPMADDUBSW   Y9, Y6, Y9     \
	VPMADDUBSW   Y10, Y7, Y10   \
	VPMADDWD     Y15, Y9, Y9    \
	VPMADDWD     Y15, Y10, Y10  \
	VPADDD       Y9, a, a       \
	VPADDD       Y10, b, b

#define ROWS2(off) \
	VMOVDQU off(SI), Y4     \
	VMOVDQU off+32(SI), Y5  \
	VPABSB  Y4, Y6          \
	VPABSB  Y5, Y7

// func scoresAVX2(dst *float32, block *int8, scales *float32, blocks, stride int, query *int8)
TEXT ·scoresAVX2(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DI
	MOVQ         block+8(FP), SI
	MOVQ         scales+16(FP), DX
	MOVQ         blocks+24(FP), AX
	MOVQ         stride+32(FP), CX
	MOVQ         query+40(FP), R8
	VPBROADCASTD ones<>(SB), Y15

one2block:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	XORQ  BX, BX

one2step: // 16 codes of each of 16 rows
	ROWS2(0)
	QUERY2((R8)(BX*1), Y0, Y1)
	ROWS2(64)
	QUERY2(4(R8)(BX*1), Y0, Y1)
	ROWS2(128)
	QUERY2(8(R8)(BX*1), Y0, Y1)
	ROWS2(192)
	QUERY2(12(R8)(BX*1), Y0, Y1)
	ADDQ $256, SI
	ADDQ $16, BX
	CMPQ BX, CX
	JLT  one2step

	VCVTDQ2PS Y0, Y0
	VCVTDQ2PS Y1, Y1
	VMULPS    (DX), Y0, Y0
	VMULPS    32(DX), Y1, Y1
	VMOVUPS   Y0, (DI)
	VMOVUPS   Y1, 32(DI)
	ADDQ      $64, DX
	ADDQ      $64, DI
	DECQ      AX
	JNZ       one2block
	VZEROUPPER
	RET

// GROUP2 adds the products of one group of four codes for all questions. The sums are Y0 and Y1
// for question 0, Y2 and Y3, Y11 and Y12, Y13 and Y14 for the others.
#define GROUP2(off) \
	ROWS2(16*off)                     \
	QUERY2(off(R8)(BX*1), Y0, Y1)     \
	QUERY2(off(R9)(BX*1), Y2, Y3)     \
	QUERY2(off(R10)(BX*1), Y11, Y12)  \
	QUERY2(off(R11)(BX*1), Y13, Y14)

// STORE2 turns the sums of one question into scores.
#define STORE2(a, b, to) \
	VCVTDQ2PS a, a              \
	VCVTDQ2PS b, b              \
	VMULPS    (DX), a, a        \
	VMULPS    32(DX), b, b      \
	VMOVUPS   a, (to)(DI*1)     \
	VMOVUPS   b, 32(to)(DI*1)

// func scores4AVX2(dst *[4]*float32, block *int8, scales *float32, blocks, stride int, queries *[4]*int8)
TEXT ·scores4AVX2(SB), NOSPLIT, $0-48
	MOVQ         queries+40(FP), AX
	MOVQ         (AX), R8
	MOVQ         8(AX), R9
	MOVQ         16(AX), R10
	MOVQ         24(AX), R11
	MOVQ         dst+0(FP), AX
	MOVQ         (AX), R12
	MOVQ         8(AX), R13
	MOVQ         16(AX), R14
	MOVQ         24(AX), R15
	MOVQ         block+8(FP), SI
	MOVQ         scales+16(FP), DX
	MOVQ         blocks+24(FP), AX
	MOVQ         stride+32(FP), CX
	VPBROADCASTD ones<>(SB), Y15
	XORQ         DI, DI

four2block:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y11, Y11, Y11
	VPXOR Y12, Y12, Y12
	VPXOR Y13, Y13, Y13
	VPXOR Y14, Y14, Y14
	XORQ  BX, BX

four2step:
	GROUP2(0)
	GROUP2(4)
	GROUP2(8)
	GROUP2(12)
	ADDQ $256, SI
	ADDQ $16, BX
	CMPQ BX, CX
	JLT  four2step

	STORE2(Y0, Y1, R12)
	STORE2(Y2, Y3, R13)
	STORE2(Y11, Y12, R14)
	STORE2(Y13, Y14, R15)
	ADDQ $64, DX
	ADDQ $64, DI
	DECQ AX
	JNZ  four2block
	VZEROUPPER
	RET

// func dotAVX2(a, b *float32, n int) float64
TEXT ·dotAVX2(SB), NOSPLIT, $0-32
	MOVQ  a+0(FP), SI
	MOVQ  b+8(FP), DI
	MOVQ  n+16(FP), CX
	VPXOR Y0, Y0, Y0 // sums 0-3
	VPXOR Y1, Y1, Y1 // sums 4-7
	VPXOR Y2, Y2, Y2 // sums 8-11
	VPXOR Y3, Y3, Y3 // sums 12-15

dot2:
	VCVTPS2PD   (SI), Y4
	VCVTPS2PD   16(SI), Y5
	VCVTPS2PD   32(SI), Y6
	VCVTPS2PD   48(SI), Y7
	VCVTPS2PD   (DI), Y8
	VCVTPS2PD   16(DI), Y9
	VCVTPS2PD   32(DI), Y10
	VCVTPS2PD   48(DI), Y11
	VFMADD231PD Y8, Y4, Y0
	VFMADD231PD Y9, Y5, Y1
	VFMADD231PD Y10, Y6, Y2
	VFMADD231PD Y11, Y7, Y3
	ADDQ        $64, SI
	ADDQ        $64, DI
	SUBQ        $16, CX
	JNZ         dot2

	VADDPD       Y2, Y0, Y0
	VADDPD       Y3, Y1, Y1
	VADDPD       Y1, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPD       X1, X0, X0
	VUNPCKHPD    X0, X0, X1
	VADDSD       X1, X0, X0
	VMOVSD       X0, ret+24(FP)
	VZEROUPPER
	RET

// func aboveAVX2(marks *uint16, scores *float32, blocks int, bar float32)
TEXT ·aboveAVX2(SB), NOSPLIT, $0-28
	MOVQ         marks+0(FP), DI
	MOVQ         scores+8(FP), SI
	MOVQ         blocks+16(FP), CX
	VBROADCASTSS bar+24(FP), Y2

above2:
	VMOVUPS   (SI), Y0
	VMOVUPS   32(SI), Y1
	VCMPPS    $13, Y2, Y0, Y0 // greater or equal, false for a NaN
	VCMPPS    $13, Y2, Y1, Y1
	VMOVMSKPS Y0, AX
	VMOVMSKPS Y1, BX
	SHLL      $8, BX
	ORL       BX, AX
	MOVW      AX, (DI)
	ADDQ      $64, SI
	ADDQ      $2, DI
	DECQ      CX
	JNZ       above2
	VZEROUPPER
	RET
