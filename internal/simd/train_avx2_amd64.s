#include "textflag.h"

// As for AVX-512, in registers of half the width: sums of rows go through 32 columns at a time.

// func addRowsAVX2(acc *int32, codes *int8, stride int, rows *uint32, weights *int32, n, cols int)
TEXT ·addRowsAVX2(SB), NOSPLIT, $0-56
	MOVQ acc+0(FP), DI
	MOVQ codes+8(FP), SI
	MOVQ stride+16(FP), DX
	MOVQ rows+24(FP), R8
	MOVQ weights+32(FP), R9
	MOVQ n+40(FP), CX
	MOVQ cols+48(FP), AX

add2cols:
	VMOVDQU (DI), Y0
	VMOVDQU 32(DI), Y1
	VMOVDQU 64(DI), Y2
	VMOVDQU 96(DI), Y3
	XORQ    BX, BX

add2row:
	MOVL         (R8)(BX*4), R10
	IMULQ        DX, R10
	VPBROADCASTD (R9)(BX*4), Y8
	VPMOVSXBD    (SI)(R10*1), Y4
	VPMOVSXBD    8(SI)(R10*1), Y5
	VPMOVSXBD    16(SI)(R10*1), Y6
	VPMOVSXBD    24(SI)(R10*1), Y7
	VPMULLD      Y8, Y4, Y4
	VPMULLD      Y8, Y5, Y5
	VPMULLD      Y8, Y6, Y6
	VPMULLD      Y8, Y7, Y7
	VPADDD       Y4, Y0, Y0
	VPADDD       Y5, Y1, Y1
	VPADDD       Y6, Y2, Y2
	VPADDD       Y7, Y3, Y3
	INCQ         BX
	CMPQ         BX, CX
	JLT          add2row

	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, 64(DI)
	VMOVDQU Y3, 96(DI)
	ADDQ    $128, DI
	ADDQ    $32, SI
	SUBQ    $32, AX
	JNZ     add2cols
	VZEROUPPER
	RET

// func sumRowsAVX2(dst, table *float32, stride int, rows *uint32, weights *float32, n, cols int)
TEXT ·sumRowsAVX2(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ table+8(FP), SI
	MOVQ stride+16(FP), DX
	SHLQ $2, DX
	MOVQ rows+24(FP), R8
	MOVQ weights+32(FP), R9
	MOVQ n+40(FP), CX
	MOVQ cols+48(FP), AX

sum2cols:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	XORQ  BX, BX

sum2row:
	MOVL         (R8)(BX*4), R10
	IMULQ        DX, R10
	VBROADCASTSS (R9)(BX*4), Y8
	VFMADD231PS  (SI)(R10*1), Y8, Y0
	VFMADD231PS  32(SI)(R10*1), Y8, Y1
	VFMADD231PS  64(SI)(R10*1), Y8, Y2
	VFMADD231PS  96(SI)(R10*1), Y8, Y3
	INCQ         BX
	CMPQ         BX, CX
	JLT          sum2row

	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	ADDQ    $128, DI
	ADDQ    $128, SI
	SUBQ    $32, AX
	JNZ     sum2cols
	VZEROUPPER
	RET

// func moveRowsAVX2(table, src *float32, stride int, rows *uint32, steps *float32, n, cols int)
TEXT ·moveRowsAVX2(SB), NOSPLIT, $0-56
	MOVQ table+0(FP), SI
	MOVQ src+8(FP), DI
	MOVQ stride+16(FP), DX
	SHLQ $2, DX
	MOVQ rows+24(FP), R8
	MOVQ steps+32(FP), R9
	MOVQ n+40(FP), CX
	MOVQ cols+48(FP), AX

move2cols:
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	XORQ    BX, BX

move2row:
	MOVL         (R8)(BX*4), R10
	IMULQ        DX, R10
	VBROADCASTSS (R9)(BX*4), Y8
	VMOVUPS      (SI)(R10*1), Y4
	VMOVUPS      32(SI)(R10*1), Y5
	VMOVUPS      64(SI)(R10*1), Y6
	VMOVUPS      96(SI)(R10*1), Y7
	VFMADD231PS  Y8, Y0, Y4
	VFMADD231PS  Y8, Y1, Y5
	VFMADD231PS  Y8, Y2, Y6
	VFMADD231PS  Y8, Y3, Y7
	VMOVUPS      Y4, (SI)(R10*1)
	VMOVUPS      Y5, 32(SI)(R10*1)
	VMOVUPS      Y6, 64(SI)(R10*1)
	VMOVUPS      Y7, 96(SI)(R10*1)
	INCQ         BX
	CMPQ         BX, CX
	JLT          move2row

	ADDQ $128, DI
	ADDQ $128, SI
	SUBQ $32, AX
	JNZ  move2cols
	VZEROUPPER
	RET

#define TILE2(from, c0, c1) \
	VBROADCASTSS from, Y10    \
	VFMADD231PS  Y8, Y10, c0  \
	VFMADD231PS  Y9, Y10, c1

// func tileAVX2(c, a, b *float32, k, strideC, rowA, stepA, strideB int)
TEXT ·tileAVX2(SB), NOSPLIT, $0-64
	MOVQ  c+0(FP), DI
	MOVQ  a+8(FP), SI
	MOVQ  b+16(FP), DX
	MOVQ  k+24(FP), CX
	MOVQ  rowA+40(FP), R8
	SHLQ  $2, R8
	MOVQ  stepA+48(FP), R11
	SHLQ  $2, R11
	MOVQ  strideB+56(FP), R12
	SHLQ  $2, R12
	LEAQ  (R8)(R8*2), R9
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7

tile2:
	VMOVUPS (DX), Y8
	VMOVUPS 32(DX), Y9
	TILE2((SI), Y0, Y1)
	TILE2((SI)(R8*1), Y2, Y3)
	TILE2((SI)(R8*2), Y4, Y5)
	TILE2((SI)(R9*1), Y6, Y7)
	ADDQ    R11, SI
	ADDQ    R12, DX
	DECQ    CX
	JNZ     tile2

	MOVQ    strideC+32(FP), R8
	SHLQ    $2, R8
	LEAQ    (R8)(R8*2), R9
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, (DI)(R8*1)
	VMOVUPS Y3, 32(DI)(R8*1)
	VMOVUPS Y4, (DI)(R8*2)
	VMOVUPS Y5, 32(DI)(R8*2)
	VMOVUPS Y6, (DI)(R9*1)
	VMOVUPS Y7, 32(DI)(R9*1)
	VZEROUPPER
	RET

DATA exp2<>+0(SB)/4, $0x3fb8aa3b // 1/ln 2
DATA exp2<>+4(SB)/4, $0xbf317200 // -ln 2, upper bits
DATA exp2<>+8(SB)/4, $0xb5bfbe8e // -ln 2, the rest
DATA exp2<>+12(SB)/4, $0x3c088889 // 1/120
DATA exp2<>+16(SB)/4, $0x3d2aaaab // 1/24
DATA exp2<>+20(SB)/4, $0x3e2aaaab // 1/6
DATA exp2<>+24(SB)/4, $0x3f000000 // 1/2
DATA exp2<>+28(SB)/4, $0x3f800000 // 1, and 127 in an exponent's place
DATA exp2<>+32(SB)/4, $0xc2ae0000 // -87
GLOBL exp2<>(SB), RODATA|NOPTR, $36

// func expsAVX2(dst, src, sums *float32, n int, scale, shift float32) float32
TEXT ·expsAVX2(SB), NOSPLIT, $0-44
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         sums+16(FP), DX
	MOVQ         n+24(FP), CX
	VBROADCASTSS scale+32(FP), Y5
	VBROADCASTSS shift+36(FP), Y6
	VBROADCASTSS exp2<>+0(SB), Y7
	VBROADCASTSS exp2<>+4(SB), Y8
	VBROADCASTSS exp2<>+8(SB), Y9
	VBROADCASTSS exp2<>+12(SB), Y10
	VBROADCASTSS exp2<>+16(SB), Y11
	VBROADCASTSS exp2<>+20(SB), Y12
	VBROADCASTSS exp2<>+24(SB), Y13
	VBROADCASTSS exp2<>+28(SB), Y14
	VBROADCASTSS exp2<>+32(SB), Y15
	VPXOR        Y0, Y0, Y0

exps2:
	VMOVUPS     (SI), Y1
	VFMSUB213PS Y6, Y5, Y1
	VMAXPS      Y15, Y1, Y1
	VMULPS      Y7, Y1, Y2
	VROUNDPS    $8, Y2, Y2
	VFMADD231PS Y8, Y2, Y1
	VFMADD231PS Y9, Y2, Y1
	VMOVAPS     Y10, Y3
	VFMADD213PS Y11, Y1, Y3
	VFMADD213PS Y12, Y1, Y3
	VFMADD213PS Y13, Y1, Y3
	VFMADD213PS Y14, Y1, Y3
	VFMADD213PS Y14, Y1, Y3
	VCVTPS2DQ   Y2, Y2
	VPSLLD      $23, Y2, Y2
	VPADDD      Y14, Y2, Y2      // 2^n
	VMULPS      Y2, Y3, Y3
	VMOVUPS     Y3, (DI)
	VADDPS      Y3, Y0, Y0
	VADDPS      (DX), Y3, Y3
	VMOVUPS     Y3, (DX)
	ADDQ        $32, SI
	ADDQ        $32, DI
	ADDQ        $32, DX
	SUBQ        $8, CX
	JNZ         exps2

	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VHADDPS      X0, X0, X0
	VHADDPS      X0, X0, X0
	VMOVSS       X0, ret+40(FP)
	VZEROUPPER
	RET

// func spreadAVX2(dst, by *float32, n int, plus float32)
TEXT ·spreadAVX2(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), DI
	MOVQ         by+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS plus+24(FP), Y2

spread2:
	VADDPS  (SI), Y2, Y0
	VMULPS  (DI), Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ    $32, SI
	ADDQ    $32, DI
	SUBQ    $8, CX
	JNZ     spread2
	VZEROUPPER
	RET
