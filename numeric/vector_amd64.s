#include "textflag.h"

// The kernels of rows.go, logs.go, leaves.go and gibbs.go, four numbers at a
// time. They multiply and add separately, as the Go code does, so that logs and
// expand give the same bits; sums over a row or a block are taken in another order.

// SUM4 leaves in D the sums of the four numbers of each of A, B, C and E, in this
// order; A, B and C are overwritten.
#define SUM4(A, B, C, E, D) \
	VHADDPD B, A, A; \
	VHADDPD E, C, C; \
	VPERM2F128 $0x21, C, A, B; \
	VBLENDPD $0x0C, C, A, D; \
	VADDPD D, B, D

// SUM2 leaves in D the sums of the adjacent pairs in A and B, in order.
#define SUM2(A, B, D) \
	VHADDPD B, A, D; \
	VPERMPD $0xD8, D, D

// Registers of the row kernels: AX is the offset of the edges, BX that of the
// states, CX its end; DI points to the arguments, in the order of rowArgs.
#define ROWS_BEGIN \
	MOVQ args+0(FP), DI; \
	MOVQ 0(DI), SI; \
	MOVQ 8(DI), R8; \
	MOVQ 16(DI), R9; \
	MOVQ 24(DI), R10; \
	MOVQ 32(DI), R11; \
	MOVQ 40(DI), R12; \
	MOVQ 48(DI), R13; \
	MOVQ 104(DI), CX; \
	SHLQ $3, CX; \
	XORQ AX, AX; \
	XORQ BX, BX; \
	MOVQ $0x3FF0000000000000, DX; \
	VMOVQ DX, X15; \
	VBROADCASTSD X15, Y15

#define STORE(OFFSET, Y) \
	MOVQ OFFSET(DI), DX; \
	VMOVUPD Y, (DX)(BX*1)

#define MEAN 56
#define SUMZ 64
#define CARRY 72
#define TRACE 80
#define LOCAL 88
#define NORM 96

// func rows2(args *rowArgs)
TEXT ·rows2(SB), NOSPLIT, $0-8
	ROWS_BEGIN

loop2:
	VMOVUPD (SI)(AX*1), Y0
	VMOVUPD 32(SI)(AX*1), Y1
	VMOVUPD (R8)(AX*1), Y2
	VMOVUPD 32(R8)(AX*1), Y3
	VMULPD  Y0, Y2, Y4
	VMULPD  Y1, Y3, Y5
	SUM2(Y4, Y5, Y8)
	STORE(MEAN, Y8)
	VMULPD  (R9)(AX*1), Y0, Y4
	VMULPD  32(R9)(AX*1), Y1, Y5
	SUM2(Y4, Y5, Y9)
	STORE(SUMZ, Y9)
	VMULPD  (R10)(AX*1), Y0, Y4
	VMULPD  32(R10)(AX*1), Y1, Y5
	SUM2(Y4, Y5, Y9)
	STORE(CARRY, Y9)
	VSUBPD  Y0, Y15, Y4
	VSUBPD  Y1, Y15, Y5
	VMULPD  Y0, Y4, Y4
	VMULPD  Y1, Y5, Y5
	SUM2(Y4, Y5, Y9)
	STORE(TRACE, Y9)

	VPERMPD $0x50, Y8, Y4
	VPERMPD $0xFA, Y8, Y5
	VSUBPD  Y4, Y2, Y2
	VSUBPD  Y5, Y3, Y3
	VMOVUPD Y2, (R11)(AX*1)
	VMOVUPD Y3, 32(R11)(AX*1)
	VMULPD  Y0, Y2, Y0
	VMULPD  Y1, Y3, Y1
	VMOVUPD (R13)(BX*1), Y6
	VPERMPD $0x50, Y6, Y4
	VPERMPD $0xFA, Y6, Y5
	VMULPD  Y0, Y4, Y4
	VMULPD  Y1, Y5, Y5
	VMOVUPD Y4, (R12)(AX*1)
	VMOVUPD Y5, 32(R12)(AX*1)
	VMULPD  Y0, Y2, Y2
	VMULPD  Y1, Y3, Y3
	SUM2(Y2, Y3, Y9)
	STORE(LOCAL, Y9)
	VMULPD  Y0, Y0, Y0
	VMULPD  Y1, Y1, Y1
	SUM2(Y0, Y1, Y9)
	STORE(NORM, Y9)

	ADDQ $64, AX
	ADDQ $32, BX
	CMPQ BX, CX
	JLT  loop2
	VZEROUPPER
	RET

// DELTA4 takes row I of four edges, its p in P: Δ and P·p·Δ are stored, p·Δ² is
// left in D and (p·Δ)² in P.
#define DELTA4(I, P, D) \
	VBROADCASTSD (8*I)(R15)(BX*1), Y4; \
	VMOVUPD (32*I)(R8)(AX*1), D; \
	VSUBPD Y4, D, D; \
	VMOVUPD D, (32*I)(R11)(AX*1); \
	VMULPD P, D, P; \
	VBROADCASTSD (8*I)(R13)(BX*1), Y4; \
	VMULPD P, Y4, Y4; \
	VMOVUPD Y4, (32*I)(R12)(AX*1); \
	VMULPD P, D, D; \
	VMULPD P, P, P

// func rows4(args *rowArgs)
TEXT ·rows4(SB), NOSPLIT, $0-8
	ROWS_BEGIN
	MOVQ MEAN(DI), R15

loop4:
	VMOVUPD (SI)(AX*1), Y0
	VMOVUPD 32(SI)(AX*1), Y1
	VMOVUPD 64(SI)(AX*1), Y2
	VMOVUPD 96(SI)(AX*1), Y3
	VMULPD  (R8)(AX*1), Y0, Y4
	VMULPD  32(R8)(AX*1), Y1, Y5
	VMULPD  64(R8)(AX*1), Y2, Y6
	VMULPD  96(R8)(AX*1), Y3, Y7
	SUM4(Y4, Y5, Y6, Y7, Y8)
	VMOVUPD Y8, (R15)(BX*1)
	VMULPD  (R9)(AX*1), Y0, Y4
	VMULPD  32(R9)(AX*1), Y1, Y5
	VMULPD  64(R9)(AX*1), Y2, Y6
	VMULPD  96(R9)(AX*1), Y3, Y7
	SUM4(Y4, Y5, Y6, Y7, Y9)
	STORE(SUMZ, Y9)
	VMULPD  (R10)(AX*1), Y0, Y4
	VMULPD  32(R10)(AX*1), Y1, Y5
	VMULPD  64(R10)(AX*1), Y2, Y6
	VMULPD  96(R10)(AX*1), Y3, Y7
	SUM4(Y4, Y5, Y6, Y7, Y9)
	STORE(CARRY, Y9)
	VSUBPD  Y0, Y15, Y4
	VSUBPD  Y1, Y15, Y5
	VSUBPD  Y2, Y15, Y6
	VSUBPD  Y3, Y15, Y7
	VMULPD  Y0, Y4, Y4
	VMULPD  Y1, Y5, Y5
	VMULPD  Y2, Y6, Y6
	VMULPD  Y3, Y7, Y7
	SUM4(Y4, Y5, Y6, Y7, Y9)
	STORE(TRACE, Y9)

	DELTA4(0, Y0, Y8)
	DELTA4(1, Y1, Y9)
	DELTA4(2, Y2, Y10)
	DELTA4(3, Y3, Y11)
	SUM4(Y8, Y9, Y10, Y11, Y12)
	STORE(LOCAL, Y12)
	SUM4(Y0, Y1, Y2, Y3, Y12)
	STORE(NORM, Y12)

	SUBQ $-128, AX
	ADDQ $32, BX
	CMPQ BX, CX
	JLT  loop4
	VZEROUPPER
	RET

// PRODUCT8 leaves in D, folded to four numbers, the products of row I of eight
// edges with those at A.
#define PRODUCT8(I, A, D) \
	VMOVUPD (64*I)(SI)(AX*1), D; \
	VMOVUPD (64*I+32)(SI)(AX*1), Y4; \
	VMULPD (64*I)(A)(AX*1), D, D; \
	VMULPD (64*I+32)(A)(AX*1), Y4, Y4; \
	VADDPD Y4, D, D

#define PRODUCTS8(A) \
	PRODUCT8(0, A, Y0); \
	PRODUCT8(1, A, Y1); \
	PRODUCT8(2, A, Y2); \
	PRODUCT8(3, A, Y3); \
	SUM4(Y0, Y1, Y2, Y3, Y9)

#define TRACE8(I, D) \
	VMOVUPD (64*I)(SI)(AX*1), Y4; \
	VMOVUPD (64*I+32)(SI)(AX*1), Y5; \
	VSUBPD Y4, Y15, D; \
	VSUBPD Y5, Y15, Y6; \
	VMULPD Y4, D, D; \
	VMULPD Y5, Y6, Y6; \
	VADDPD Y6, D, D

// DELTA8 is DELTA4 for half a row, at offset O of row I; D and N receive p·Δ² and
// (p·Δ)².
#define DELTA8(I, O, D, N) \
	VMOVUPD (64*I+O)(R8)(AX*1), D; \
	VSUBPD Y12, D, D; \
	VMOVUPD D, (64*I+O)(R11)(AX*1); \
	VMULPD (64*I+O)(SI)(AX*1), D, N; \
	VMULPD N, Y13, Y14; \
	VMOVUPD Y14, (64*I+O)(R12)(AX*1); \
	VMULPD N, D, D; \
	VMULPD N, N, N

#define ROW8(I, D, N) \
	VBROADCASTSD (8*I)(R15)(BX*1), Y12; \
	VBROADCASTSD (8*I)(R13)(BX*1), Y13; \
	DELTA8(I, 0, D, N); \
	DELTA8(I, 32, Y8, Y9); \
	VADDPD Y8, D, D; \
	VADDPD Y9, N, N

// func rows8(args *rowArgs)
TEXT ·rows8(SB), NOSPLIT, $0-8
	ROWS_BEGIN
	MOVQ MEAN(DI), R15

loop8:
	PRODUCTS8(R8)
	VMOVUPD Y9, (R15)(BX*1)
	PRODUCTS8(R9)
	STORE(SUMZ, Y9)
	PRODUCTS8(R10)
	STORE(CARRY, Y9)
	TRACE8(0, Y0)
	TRACE8(1, Y1)
	TRACE8(2, Y2)
	TRACE8(3, Y3)
	SUM4(Y0, Y1, Y2, Y3, Y9)
	STORE(TRACE, Y9)

	ROW8(0, Y0, Y4)
	ROW8(1, Y1, Y5)
	ROW8(2, Y2, Y6)
	ROW8(3, Y3, Y7)
	SUM4(Y0, Y1, Y2, Y3, Y8)
	STORE(LOCAL, Y8)
	SUM4(Y4, Y5, Y6, Y7, Y8)
	STORE(NORM, Y8)

	ADDQ $256, AX
	ADDQ $32, BX
	CMPQ BX, CX
	JLT  loop8
	VZEROUPPER
	RET

// func expand4(h, z, zHarm *float64, code *uint8, table *leafValue, n int)
TEXT ·expand4(SB), NOSPLIT, $0-48
	MOVQ h+0(FP), R8
	MOVQ z+8(FP), R9
	MOVQ zHarm+16(FP), R10
	MOVQ code+24(FP), SI
	MOVQ table+32(FP), DI
	MOVQ n+40(FP), CX
	XORQ AX, AX

loopExpand:
	MOVBLZX    (SI)(AX*1), BX
	MOVBLZX    1(SI)(AX*1), DX
	MOVBLZX    2(SI)(AX*1), R11
	MOVBLZX    3(SI)(AX*1), R12
	SHLQ       $5, BX
	SHLQ       $5, DX
	SHLQ       $5, R11
	SHLQ       $5, R12
	VMOVUPD    (DI)(BX*1), Y0          // h0 z0 q0 ·
	VMOVUPD    (DI)(DX*1), Y1
	VMOVUPD    (DI)(R11*1), Y2
	VMOVUPD    (DI)(R12*1), Y3
	VUNPCKLPD  Y1, Y0, Y4              // h0 h1 q0 q1
	VUNPCKLPD  Y3, Y2, Y5              // h2 h3 q2 q3
	VUNPCKHPD  Y1, Y0, Y6              // z0 z1 · ·
	VUNPCKHPD  Y3, Y2, Y7              // z2 z3 · ·
	VPERM2F128 $0x20, Y5, Y4, Y8
	VPERM2F128 $0x20, Y7, Y6, Y9
	VPERM2F128 $0x31, Y5, Y4, Y10
	VMOVUPD    Y8, (R8)(AX*8)
	VMOVUPD    Y9, (R9)(AX*8)
	VMOVUPD    Y10, (R10)(AX*8)
	ADDQ       $4, AX
	CMPQ       AX, CX
	JLT        loopExpand
	VZEROUPPER
	RET

// BROADCAST fills D with the constant bits C.
#define BROADCAST(C, D, X) \
	MOVQ C, DX; \
	VMOVQ DX, X; \
	VBROADCASTSD X, D

// func logs4(dst, src *float64, table *logCell, n int)
TEXT ·logs4(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ table+16(FP), R8
	MOVQ n+24(FP), CX
	XORQ AX, AX
	BROADCAST($0x3FE6680000000000, Y15, X15) // logStart
	BROADCAST($0x4000000000000000, Y14, X14) // 1024·2^52
	BROADCAST($0x000FFFFFFFFFFFFF, Y13, X13) // the mantissa's bits
	BROADCAST($0x0000080000000000, Y12, X12) // half a cell
	BROADCAST($0xFFFFF00000000000, Y11, X11) // the bits of a centre
	BROADCAST($0x4330000000000000, Y10, X10) // 2^52
	BROADCAST($0x4330000000000400, Y9, X9)   // 2^52 + 1024
	BROADCAST($0x3FE62E42FEFA39EF, Y8, X8)   // log 2

loopLogs:
	VMOVUPD    (SI)(AX*8), Y0
	VPSUBQ     Y15, Y0, Y0          // offset
	VPADDQ     Y14, Y0, Y1
	VPSRLQ     $52, Y1, Y1          // k + 1024
	VPOR       Y10, Y1, Y1
	VSUBPD     Y9, Y1, Y1           // k
	VPAND      Y13, Y0, Y0
	VPSRLQ     $44, Y0, Y2          // cell
	VPSLLQ     $4, Y2, Y2           // of sixteen bytes
	VEXTRACTI128 $1, Y2, X3
	VMOVQ      X2, R9
	VPEXTRQ    $1, X2, R10
	VMOVQ      X3, R11
	VPEXTRQ    $1, X3, R12
	VMOVUPD    (R8)(R9*1), X4
	VINSERTF128 $1, (R8)(R11*1), Y4, Y4
	VMOVUPD    (R8)(R10*1), X5
	VINSERTF128 $1, (R8)(R12*1), Y5, Y5
	VUNPCKLPD  Y5, Y4, Y6           // 1/c
	VUNPCKHPD  Y5, Y4, Y7           // log c
	VPADDQ     Y15, Y0, Y0          // m
	VPADDQ     Y12, Y0, Y3
	VPAND      Y11, Y3, Y3          // c
	VSUBPD     Y3, Y0, Y0
	VMULPD     Y6, Y0, Y0           // r
	VMULPD     Y0, Y0, Y2           // r²
	VMULPD     Y8, Y1, Y1
	VADDPD     Y7, Y1, Y1           // k·log 2 + log c
	VBROADCASTSD logCoefficients<>+0(SB), Y3 // 1/4
	VMULPD     Y3, Y0, Y3
	VBROADCASTSD logCoefficients<>+8(SB), Y4 // 1/3
	VSUBPD     Y3, Y4, Y3
	VBROADCASTSD logCoefficients<>+16(SB), Y5 // 1/6
	VMULPD     Y5, Y0, Y5
	VBROADCASTSD logCoefficients<>+24(SB), Y4 // 1/5
	VSUBPD     Y5, Y4, Y5
	VMULPD     Y5, Y2, Y5
	VADDPD     Y5, Y3, Y3           // tail
	VMULPD     Y3, Y0, Y3
	VBROADCASTSD logCoefficients<>+32(SB), Y4 // 1/2
	VSUBPD     Y4, Y3, Y3
	VMULPD     Y3, Y2, Y3
	VADDPD     Y3, Y0, Y0
	VADDPD     Y0, Y1, Y0
	VMOVUPD    Y0, (DI)(AX*8)
	ADDQ       $4, AX
	CMPQ       AX, CX
	JLT        loopLogs
	VZEROUPPER
	RET

DATA logCoefficients<>+0(SB)/8, $0.25
DATA logCoefficients<>+8(SB)/8, $0x3FD5555555555555
DATA logCoefficients<>+16(SB)/8, $0x3FC5555555555555
DATA logCoefficients<>+24(SB)/8, $0x3FC999999999999A
DATA logCoefficients<>+32(SB)/8, $0.5
GLOBL logCoefficients<>(SB), RODATA|NOPTR, $40

// func series4(sums *[4][4]float64, series *gibbsSeries, rho, prob, adversary *float64, n int)
TEXT ·series4(SB), NOSPLIT, $0-48
	MOVQ sums+0(FP), DI
	MOVQ series+8(FP), R8
	MOVQ rho+16(FP), SI
	MOVQ prob+24(FP), R9
	MOVQ adversary+32(FP), R10
	MOVQ n+40(FP), CX
	XORQ AX, AX
	VXORPD Y0, Y0, Y0 // Σ P·ρ
	VXORPD Y1, Y1, Y1 // Σ Q·v
	VXORPD Y2, Y2, Y2 // Σ P·ρ*
	VXORPD Y3, Y3, Y3 // Σ P·KL
	BROADCAST($0x3FF0000000000000, Y15, X15)
	VBROADCASTSD 0(R8), Y14  // expm1 η
	VBROADCASTSD 8(R8), Y13  // even
	VBROADCASTSD 16(R8), Y12
	VBROADCASTSD 24(R8), Y11
	VBROADCASTSD 32(R8), Y10

loopSeries:
	VMOVUPD (SI)(AX*8), Y4           // ρ
	VMOVUPD (R9)(AX*8), Y5           // P
	VSUBPD  Y4, Y15, Y6
	VMULPD  Y4, Y6, Y7               // v
	VMULPD  Y4, Y5, Y8
	VADDPD  Y8, Y0, Y0
	VMULPD  (R10)(AX*8), Y7, Y8
	VADDPD  Y8, Y1, Y1
	VMULPD  Y4, Y14, Y8              // up
	VADDPD  Y8, Y4, Y6
	VADDPD  Y8, Y15, Y8
	VDIVPD  Y8, Y6, Y8
	VMULPD  Y5, Y8, Y8
	VADDPD  Y8, Y2, Y2
	VBROADCASTSD 40(R8), Y9
	VMULPD  Y9, Y7, Y8
	VADDPD  Y10, Y8, Y8
	VMULPD  Y7, Y8, Y8
	VADDPD  Y11, Y8, Y8
	VMULPD  Y7, Y8, Y8
	VADDPD  Y12, Y8, Y8
	VMULPD  Y7, Y8, Y8
	VADDPD  Y13, Y8, Y8              // even
	VBROADCASTSD 72(R8), Y9
	VMULPD  Y7, Y9, Y9
	VBROADCASTSD 64(R8), Y6
	VADDPD  Y6, Y9, Y9
	VMULPD  Y7, Y9, Y9
	VBROADCASTSD 56(R8), Y6
	VADDPD  Y6, Y9, Y9
	VMULPD  Y7, Y9, Y9
	VBROADCASTSD 48(R8), Y6
	VADDPD  Y6, Y9, Y9               // odd
	VADDPD  Y4, Y4, Y4
	VSUBPD  Y4, Y15, Y4              // 1 − 2ρ
	VMULPD  Y4, Y9, Y9
	VADDPD  Y9, Y8, Y8
	VMULPD  Y7, Y8, Y8               // KL
	VMULPD  Y5, Y8, Y8
	VADDPD  Y8, Y3, Y3
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     loopSeries
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	VZEROUPPER
	RET

// func moments4(sums *[6][4]float64, args *momentArgs)
TEXT ·moments4(SB), NOSPLIT, $0-16
	MOVQ sums+0(FP), DI
	MOVQ args+8(FP), R8
	MOVQ 0(R8), SI    // P
	MOVQ 8(R8), R9    // local
	MOVQ 16(R8), R10  // carry
	MOVQ 24(R8), R11  // norm
	MOVQ 32(R8), R12  // trace
	MOVQ 40(R8), R13  // Z
	MOVQ 48(R8), R15  // log Z
	MOVQ 56(R8), BX   // variance
	VBROADCASTSD 64(R8), Y15
	MOVQ 72(R8), CX
	XORQ AX, AX
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5

loopMoments:
	VMOVUPD (SI)(AX*8), Y6
	VMOVUPD (R9)(AX*8), Y7
	VMOVUPD (R10)(AX*8), Y8
	VMULPD  Y6, Y7, Y9
	VADDPD  Y9, Y0, Y0
	VMULPD  Y6, Y8, Y9
	VADDPD  Y9, Y5, Y5
	VMULPD  Y8, Y15, Y8
	VADDPD  Y7, Y8, Y8
	VMOVUPD Y8, (BX)(AX*8)
	VMULPD  Y6, Y8, Y8
	VADDPD  Y8, Y1, Y1
	VMULPD  Y6, Y6, Y9
	VMULPD  (R11)(AX*8), Y9, Y9
	VADDPD  Y9, Y2, Y2
	VMULPD  (R12)(AX*8), Y6, Y9
	VADDPD  Y9, Y3, Y3
	VMULPD  (R13)(AX*8), Y6, Y9
	VMULPD  (R15)(AX*8), Y9, Y9
	VADDPD  Y9, Y4, Y4
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     loopMoments
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	VMOVUPD Y4, 128(DI)
	VMOVUPD Y5, 160(DI)
	VZEROUPPER
	RET

// func cpuid(leaf, subleaf uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL subleaf+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() (low uint32)
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, low+0(FP)
	RET
