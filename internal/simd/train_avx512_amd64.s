#include "textflag.h"

// Sums of rows go through the columns 64 at a time, and through all rows for each: what is added up
// stays in registers, and a row's cache lines are each read once.

// ADD512 adds 64 codes at off of the row at R10, times Z31, to four registers of sums.
#define ADD512(off, a, b, c, d) \
	VPMOVSXBD off+0(R10), Z16   \
	VPMOVSXBD off+16(R10), Z17  \
	VPMOVSXBD off+32(R10), Z18  \
	VPMOVSXBD off+48(R10), Z19  \
	VPMULLD   Z31, Z16, Z16     \
	VPMULLD   Z31, Z17, Z17     \
	VPMULLD   Z31, Z18, Z18     \
	VPMULLD   Z31, Z19, Z19     \
	VPADDD    Z16, a, a         \
	VPADDD    Z17, b, b         \
	VPADDD    Z18, c, c         \
	VPADDD    Z19, d, d

// Rows lie anywhere in a table that no cache holds: they are asked for ahead of time.
#define AHEAD 8

// func addRowsAVX512(acc *int32, codes *int8, stride int, rows *uint32, weights *int32, n, cols int)
TEXT ·addRowsAVX512(SB), NOSPLIT, $0-56
	MOVQ acc+0(FP), DI
	MOVQ codes+8(FP), SI
	MOVQ stride+16(FP), DX
	MOVQ rows+24(FP), R8
	MOVQ weights+32(FP), R9
	MOVQ n+40(FP), CX
	MOVQ cols+48(FP), AX
	LEAQ -1(CX), R12 // the last row

add512choose:
	XORQ BX, BX
	CMPQ AX, $192
	JLT  add512narrow

	VMOVDQU32 (DI), Z0
	VMOVDQU32 64(DI), Z1
	VMOVDQU32 128(DI), Z2
	VMOVDQU32 192(DI), Z3
	VMOVDQU32 256(DI), Z4
	VMOVDQU32 320(DI), Z5
	VMOVDQU32 384(DI), Z6
	VMOVDQU32 448(DI), Z7
	VMOVDQU32 512(DI), Z8
	VMOVDQU32 576(DI), Z9
	VMOVDQU32 640(DI), Z10
	VMOVDQU32 704(DI), Z11

add512wide: // 192 columns of a row
	LEAQ         AHEAD(BX), R11
	CMPQ         R11, R12
	CMOVQGT      R12, R11
	MOVL         (R8)(R11*4), R11
	IMULQ        DX, R11
	PREFETCHT0   (SI)(R11*1)
	PREFETCHT0   64(SI)(R11*1)
	PREFETCHT0   128(SI)(R11*1)
	MOVL         (R8)(BX*4), R10
	IMULQ        DX, R10
	ADDQ         SI, R10
	VPBROADCASTD (R9)(BX*4), Z31
	ADD512(0, Z0, Z1, Z2, Z3)
	ADD512(64, Z4, Z5, Z6, Z7)
	ADD512(128, Z8, Z9, Z10, Z11)
	INCQ         BX
	CMPQ         BX, CX
	JLT          add512wide

	VMOVDQU32 Z0, (DI)
	VMOVDQU32 Z1, 64(DI)
	VMOVDQU32 Z2, 128(DI)
	VMOVDQU32 Z3, 192(DI)
	VMOVDQU32 Z4, 256(DI)
	VMOVDQU32 Z5, 320(DI)
	VMOVDQU32 Z6, 384(DI)
	VMOVDQU32 Z7, 448(DI)
	VMOVDQU32 Z8, 512(DI)
	VMOVDQU32 Z9, 576(DI)
	VMOVDQU32 Z10, 640(DI)
	VMOVDQU32 Z11, 704(DI)
	ADDQ      $768, DI
	ADDQ      $192, SI
	SUBQ      $192, AX
	JNZ       add512choose
	VZEROUPPER
	RET

add512narrow:
	VMOVDQU32 (DI), Z0
	VMOVDQU32 64(DI), Z1
	VMOVDQU32 128(DI), Z2
	VMOVDQU32 192(DI), Z3

add512row: // 64 columns of a row
	MOVL         (R8)(BX*4), R10
	IMULQ        DX, R10
	ADDQ         SI, R10
	VPBROADCASTD (R9)(BX*4), Z31
	ADD512(0, Z0, Z1, Z2, Z3)
	INCQ         BX
	CMPQ         BX, CX
	JLT          add512row

	VMOVDQU32 Z0, (DI)
	VMOVDQU32 Z1, 64(DI)
	VMOVDQU32 Z2, 128(DI)
	VMOVDQU32 Z3, 192(DI)
	ADDQ      $256, DI
	ADDQ      $64, SI
	SUBQ      $64, AX
	JNZ       add512choose
	VZEROUPPER
	RET

// func sumRowsAVX512(dst, table *float32, stride int, rows *uint32, weights *float32, n, cols int)
TEXT ·sumRowsAVX512(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ table+8(FP), SI
	MOVQ stride+16(FP), DX
	SHLQ $2, DX
	MOVQ rows+24(FP), R8
	MOVQ weights+32(FP), R9
	MOVQ n+40(FP), CX
	MOVQ cols+48(FP), AX

sum512cols:
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	VPXORD Z3, Z3, Z3
	XORQ   BX, BX

sum512row:
	MOVL         (R8)(BX*4), R10
	IMULQ        DX, R10
	VBROADCASTSS (R9)(BX*4), Z8
	VFMADD231PS  (SI)(R10*1), Z8, Z0
	VFMADD231PS  64(SI)(R10*1), Z8, Z1
	VFMADD231PS  128(SI)(R10*1), Z8, Z2
	VFMADD231PS  192(SI)(R10*1), Z8, Z3
	INCQ         BX
	CMPQ         BX, CX
	JLT          sum512row

	VMOVUPS Z0, (DI)
	VMOVUPS Z1, 64(DI)
	VMOVUPS Z2, 128(DI)
	VMOVUPS Z3, 192(DI)
	ADDQ    $256, DI
	ADDQ    $256, SI
	SUBQ    $64, AX
	JNZ     sum512cols
	VZEROUPPER
	RET

// func moveRowsAVX512(table, src *float32, stride int, rows *uint32, steps *float32, n, cols int)
TEXT ·moveRowsAVX512(SB), NOSPLIT, $0-56
	MOVQ table+0(FP), SI
	MOVQ src+8(FP), DI
	MOVQ stride+16(FP), DX
	SHLQ $2, DX
	MOVQ rows+24(FP), R8
	MOVQ steps+32(FP), R9
	MOVQ n+40(FP), CX
	MOVQ cols+48(FP), AX

move512cols:
	VMOVUPS (DI), Z0
	VMOVUPS 64(DI), Z1
	VMOVUPS 128(DI), Z2
	VMOVUPS 192(DI), Z3
	XORQ    BX, BX

move512row:
	MOVL         (R8)(BX*4), R10
	IMULQ        DX, R10
	VBROADCASTSS (R9)(BX*4), Z8
	VMOVUPS      (SI)(R10*1), Z4
	VMOVUPS      64(SI)(R10*1), Z5
	VMOVUPS      128(SI)(R10*1), Z6
	VMOVUPS      192(SI)(R10*1), Z7
	VFMADD231PS  Z8, Z0, Z4
	VFMADD231PS  Z8, Z1, Z5
	VFMADD231PS  Z8, Z2, Z6
	VFMADD231PS  Z8, Z3, Z7
	VMOVUPS      Z4, (SI)(R10*1)
	VMOVUPS      Z5, 64(SI)(R10*1)
	VMOVUPS      Z6, 128(SI)(R10*1)
	VMOVUPS      Z7, 192(SI)(R10*1)
	INCQ         BX
	CMPQ         BX, CX
	JLT          move512row

	ADDQ $256, DI
	ADDQ $256, SI
	SUBQ $64, AX
	JNZ  move512cols
	VZEROUPPER
	RET

// TILE512 multiplies one element of a row of the left factor with 32 of the right one.
#define TILE512(from, c0, c1) \
	VBROADCASTSS from, Z18      \
	VFMADD231PS  Z16, Z18, c0   \
	VFMADD231PS  Z17, Z18, c1

// func tileAVX512(c, a, b *float32, k, strideC, rowA, stepA, strideB int)
TEXT ·tileAVX512(SB), NOSPLIT, $0-64
	MOVQ   c+0(FP), DI
	MOVQ   a+8(FP), SI
	MOVQ   b+16(FP), DX
	MOVQ   k+24(FP), CX
	MOVQ   rowA+40(FP), R8
	SHLQ   $2, R8
	MOVQ   stepA+48(FP), R11
	SHLQ   $2, R11
	MOVQ   strideB+56(FP), R12
	SHLQ   $2, R12
	LEAQ   (R8)(R8*2), R9   // three rows on
	LEAQ   (SI)(R8*4), R10  // the fifth row
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	VPXORD Z3, Z3, Z3
	VPXORD Z4, Z4, Z4
	VPXORD Z5, Z5, Z5
	VPXORD Z6, Z6, Z6
	VPXORD Z7, Z7, Z7
	VPXORD Z8, Z8, Z8
	VPXORD Z9, Z9, Z9
	VPXORD Z10, Z10, Z10
	VPXORD Z11, Z11, Z11
	VPXORD Z12, Z12, Z12
	VPXORD Z13, Z13, Z13
	VPXORD Z14, Z14, Z14
	VPXORD Z15, Z15, Z15

tile512:
	VMOVUPS (DX), Z16
	VMOVUPS 64(DX), Z17
	TILE512((SI), Z0, Z1)
	TILE512((SI)(R8*1), Z2, Z3)
	TILE512((SI)(R8*2), Z4, Z5)
	TILE512((SI)(R9*1), Z6, Z7)
	TILE512((R10), Z8, Z9)
	TILE512((R10)(R8*1), Z10, Z11)
	TILE512((R10)(R8*2), Z12, Z13)
	TILE512((R10)(R9*1), Z14, Z15)
	ADDQ    R11, SI
	ADDQ    R11, R10
	ADDQ    R12, DX
	DECQ    CX
	JNZ     tile512

	MOVQ    strideC+32(FP), R8
	SHLQ    $2, R8
	LEAQ    (R8)(R8*2), R9
	LEAQ    (DI)(R8*4), R10
	VMOVUPS Z0, (DI)
	VMOVUPS Z1, 64(DI)
	VMOVUPS Z2, (DI)(R8*1)
	VMOVUPS Z3, 64(DI)(R8*1)
	VMOVUPS Z4, (DI)(R8*2)
	VMOVUPS Z5, 64(DI)(R8*2)
	VMOVUPS Z6, (DI)(R9*1)
	VMOVUPS Z7, 64(DI)(R9*1)
	VMOVUPS Z8, (R10)
	VMOVUPS Z9, 64(R10)
	VMOVUPS Z10, (R10)(R8*1)
	VMOVUPS Z11, 64(R10)(R8*1)
	VMOVUPS Z12, (R10)(R8*2)
	VMOVUPS Z13, 64(R10)(R8*2)
	VMOVUPS Z14, (R10)(R9*1)
	VMOVUPS Z15, 64(R10)(R9*1)
	VZEROUPPER
	RET

// exp(x) = 2^n · e^r with n the nearest whole number to x/ln 2: r lies within ±0.35, where Taylor's
// polynomial of degree 5 is within 2.5e-6.
DATA exp512<>+0(SB)/4, $0x3fb8aa3b // 1/ln 2
DATA exp512<>+4(SB)/4, $0xbf317200 // -ln 2, upper bits
DATA exp512<>+8(SB)/4, $0xb5bfbe8e // -ln 2, the rest
DATA exp512<>+12(SB)/4, $0x3c088889 // 1/120
DATA exp512<>+16(SB)/4, $0x3d2aaaab // 1/24
DATA exp512<>+20(SB)/4, $0x3e2aaaab // 1/6
DATA exp512<>+24(SB)/4, $0x3f000000 // 1/2
DATA exp512<>+28(SB)/4, $0x3f800000 // 1
DATA exp512<>+32(SB)/4, $0xc2ae0000 // -87
GLOBL exp512<>(SB), RODATA|NOPTR, $36

// func expsAVX512(dst, src, sums *float32, n int, scale, shift float32) float32
TEXT ·expsAVX512(SB), NOSPLIT, $0-44
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         sums+16(FP), DX
	MOVQ         n+24(FP), CX
	VBROADCASTSS scale+32(FP), Z16
	VBROADCASTSS shift+36(FP), Z17
	VBROADCASTSS exp512<>+0(SB), Z18
	VBROADCASTSS exp512<>+4(SB), Z19
	VBROADCASTSS exp512<>+8(SB), Z20
	VBROADCASTSS exp512<>+12(SB), Z21
	VBROADCASTSS exp512<>+16(SB), Z22
	VBROADCASTSS exp512<>+20(SB), Z23
	VBROADCASTSS exp512<>+24(SB), Z24
	VBROADCASTSS exp512<>+28(SB), Z25
	VBROADCASTSS exp512<>+32(SB), Z26
	VPXORD       Z0, Z0, Z0

exps512:
	VMOVUPS     (SI), Z1
	VFMSUB213PS Z17, Z16, Z1     // scale·x - shift
	VMAXPS      Z26, Z1, Z1
	VMULPS      Z18, Z1, Z2
	VRNDSCALEPS $8, Z2, Z2       // n: to the nearest, without exceptions
	VFMADD231PS Z19, Z2, Z1      // r
	VFMADD231PS Z20, Z2, Z1
	VMOVAPS     Z21, Z3
	VFMADD213PS Z22, Z1, Z3
	VFMADD213PS Z23, Z1, Z3
	VFMADD213PS Z24, Z1, Z3
	VFMADD213PS Z25, Z1, Z3
	VFMADD213PS Z25, Z1, Z3
	VSCALEFPS   Z2, Z3, Z3
	VMOVUPS     Z3, (DI)
	VADDPS      Z3, Z0, Z0
	VADDPS      (DX), Z3, Z3
	VMOVUPS     Z3, (DX)
	ADDQ        $64, SI
	ADDQ        $64, DI
	ADDQ        $64, DX
	SUBQ        $16, CX
	JNZ         exps512

	VEXTRACTF64X4 $1, Z0, Y1
	VADDPS        Y1, Y0, Y0
	VEXTRACTF128  $1, Y0, X1
	VADDPS        X1, X0, X0
	VHADDPS       X0, X0, X0
	VHADDPS       X0, X0, X0
	VMOVSS        X0, ret+40(FP)
	VZEROUPPER
	RET

// func spreadAVX512(dst, by *float32, n int, plus float32)
TEXT ·spreadAVX512(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), DI
	MOVQ         by+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS plus+24(FP), Z2

spread512:
	VADDPS  (SI), Z2, Z0
	VMULPS  (DI), Z0, Z0
	VMOVUPS Z0, (DI)
	ADDQ    $64, SI
	ADDQ    $64, DI
	SUBQ    $16, CX
	JNZ     spread512
	VZEROUPPER
	RET
