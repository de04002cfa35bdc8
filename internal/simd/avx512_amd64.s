#include "textflag.h"

// AVX-512 VNNI. VPDPBUSD adds to each of 16 lanes the dot product of four unsigned and four signed
// bytes, without saturation. The rows' codes are made unsigned by flipping their sign bit, which
// adds 128 to each; 128 · Σ question, the bias, is what that adds to a score, so a sum starts at
// minus the bias. A lane is a row of the block: nothing is added across lanes.

// func scoresAVX512(dst *float32, block *int8, scales *float32, blocks, stride int, query *int8, bias int32)
TEXT ·scoresAVX512(SB), NOSPLIT, $0-52
	MOVQ         dst+0(FP), DI
	MOVQ         block+8(FP), SI
	MOVQ         scales+16(FP), DX
	MOVQ         blocks+24(FP), AX
	MOVQ         stride+32(FP), CX
	MOVQ         query+40(FP), R8
	MOVL         bias+48(FP), R9
	NEGL         R9
	VPBROADCASTD R9, Z29
	MOVL         $0x80808080, R9
	VPBROADCASTD R9, Z30

one512block:
	VMOVDQA32 Z29, Z0         // four sums a row, so that no addition waits for the last one
	VPXORD    Z1, Z1, Z1
	VPXORD    Z2, Z2, Z2
	VPXORD    Z3, Z3, Z3
	XORQ      BX, BX

one512step: // 16 codes of each of 16 rows
	VPXORD        (SI), Z30, Z4
	VPXORD        64(SI), Z30, Z5
	VPXORD        128(SI), Z30, Z6
	VPXORD        192(SI), Z30, Z7
	VPDPBUSD.BCST (R8)(BX*1), Z4, Z0
	VPDPBUSD.BCST 4(R8)(BX*1), Z5, Z1
	VPDPBUSD.BCST 8(R8)(BX*1), Z6, Z2
	VPDPBUSD.BCST 12(R8)(BX*1), Z7, Z3
	ADDQ          $256, SI
	ADDQ          $16, BX
	CMPQ          BX, CX
	JLT           one512step

	VPADDD    Z1, Z0, Z0
	VPADDD    Z3, Z2, Z2
	VPADDD    Z2, Z0, Z0
	VCVTDQ2PS Z0, Z0
	VMULPS    (DX), Z0, Z0
	VMOVUPS   Z0, (DI)
	ADDQ      $64, DX
	ADDQ      $64, DI
	DECQ      AX
	JNZ       one512block
	VZEROUPPER
	RET

// GROUP512 adds the products of a group of all rows with all questions, whose codes are at off, to
// the sums a to d.
#define GROUP512(row, off, a, b, c, d) \
	VPDPBUSD.BCST off(R8)(BX*1), row, a  \
	VPDPBUSD.BCST off(R9)(BX*1), row, b  \
	VPDPBUSD.BCST off(R10)(BX*1), row, c \
	VPDPBUSD.BCST off(R11)(BX*1), row, d

// STORE512 turns the four sums of one question into scores.
#define STORE512(a, b, c, d, to) \
	VPADDD    b, a, a    \
	VPADDD    d, c, c    \
	VPADDD    c, a, a    \
	VCVTDQ2PS a, a       \
	VMULPS    Z20, a, a  \
	VMOVUPS   a, (to)(DI*1)

// func scores4AVX512(dst *[4]*float32, block *int8, scales *float32, blocks, stride int, queries *[4]*int8, biases *[4]int32)
TEXT ·scores4AVX512(SB), NOSPLIT, $0-56
	MOVQ         biases+48(FP), AX
	VPXORD       Z31, Z31, Z31
	VPBROADCASTD (AX), Z24
	VPBROADCASTD 4(AX), Z25
	VPBROADCASTD 8(AX), Z26
	VPBROADCASTD 12(AX), Z27
	VPSUBD       Z24, Z31, Z24
	VPSUBD       Z25, Z31, Z25
	VPSUBD       Z26, Z31, Z26
	VPSUBD       Z27, Z31, Z27
	MOVL         $0x80808080, AX
	VPBROADCASTD AX, Z30
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
	XORQ         DI, DI

four512block: // Z0-Z3 are the sums of question 0, Z4-Z7 of question 1, …
	VMOVDQA32 Z24, Z0
	VMOVDQA32 Z25, Z4
	VMOVDQA32 Z26, Z8
	VMOVDQA32 Z27, Z12
	VPXORD    Z1, Z1, Z1
	VPXORD    Z2, Z2, Z2
	VPXORD    Z3, Z3, Z3
	VPXORD    Z5, Z5, Z5
	VPXORD    Z6, Z6, Z6
	VPXORD    Z7, Z7, Z7
	VPXORD    Z9, Z9, Z9
	VPXORD    Z10, Z10, Z10
	VPXORD    Z11, Z11, Z11
	VPXORD    Z13, Z13, Z13
	VPXORD    Z14, Z14, Z14
	VPXORD    Z15, Z15, Z15
	XORQ      BX, BX

four512step:
	PREFETCHT0 4096(SI) // past the page that the processor's own prefetcher stops at: a tenth faster
	PREFETCHT0 4160(SI)
	PREFETCHT0 4224(SI)
	PREFETCHT0 4288(SI)
	VPXORD (SI), Z30, Z16
	VPXORD 64(SI), Z30, Z17
	VPXORD 128(SI), Z30, Z18
	VPXORD 192(SI), Z30, Z19
	GROUP512(Z16, 0, Z0, Z4, Z8, Z12)
	GROUP512(Z17, 4, Z1, Z5, Z9, Z13)
	GROUP512(Z18, 8, Z2, Z6, Z10, Z14)
	GROUP512(Z19, 12, Z3, Z7, Z11, Z15)
	ADDQ   $256, SI
	ADDQ   $16, BX
	CMPQ   BX, CX
	JLT    four512step

	VMOVUPS (DX), Z20
	STORE512(Z0, Z1, Z2, Z3, R12)
	STORE512(Z4, Z5, Z6, Z7, R13)
	STORE512(Z8, Z9, Z10, Z11, R14)
	STORE512(Z12, Z13, Z14, Z15, R15)
	ADDQ    $64, DX
	ADDQ    $64, DI
	DECQ    AX
	JNZ     four512block
	VZEROUPPER
	RET

// func dotAVX512(a, b *float32, n int) float64
TEXT ·dotAVX512(SB), NOSPLIT, $0-32
	MOVQ  a+0(FP), SI
	MOVQ  b+8(FP), DI
	MOVQ  n+16(FP), CX
	VPXORD Z0, Z0, Z0 // sums 0-7
	VPXORD Z1, Z1, Z1 // sums 8-15

dot512:
	VCVTPS2PD   (SI), Z2
	VCVTPS2PD   32(SI), Z3
	VCVTPS2PD   (DI), Z4
	VCVTPS2PD   32(DI), Z5
	VFMADD231PD Z4, Z2, Z0
	VFMADD231PD Z5, Z3, Z1
	ADDQ        $64, SI
	ADDQ        $64, DI
	SUBQ        $16, CX
	JNZ         dot512

	VADDPD        Z1, Z0, Z0
	VEXTRACTF64X4 $1, Z0, Y1
	VADDPD        Y1, Y0, Y0
	VEXTRACTF128  $1, Y0, X1
	VADDPD        X1, X0, X0
	VUNPCKHPD     X0, X0, X1
	VADDSD        X1, X0, X0
	VMOVSD        X0, ret+24(FP)
	VZEROUPPER
	RET

// func aboveAVX512(marks *uint16, scores *float32, blocks int, bar float32)
TEXT ·aboveAVX512(SB), NOSPLIT, $0-28
	MOVQ         marks+0(FP), DI
	MOVQ         scores+8(FP), SI
	MOVQ         blocks+16(FP), CX
	VBROADCASTSS bar+24(FP), Z1

above512:
	VMOVUPS (SI), Z0
	VCMPPS  $13, Z1, Z0, K1 // greater or equal, false for a NaN
	KMOVW   K1, AX
	MOVW    AX, (DI)
	ADDQ    $64, SI
	ADDQ    $2, DI
	DECQ    CX
	JNZ     above512
	VZEROUPPER
	RET
