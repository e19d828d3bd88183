#include "kernels.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

// As in bfloat16.c: a tile is 16 rows or columns by 32 numbers of the summed dimension.
#define TILE 16
#define STEPS 32
// Numbers of the summed dimension that are taken at once: those of two tiles' columns stay in nearby caches.
#define CHUNK 640

#define AMX __attribute__((target("amx-tile,amx-bf16,avx512f")))
#define DOTS __attribute__((target("avx512f,avx512bf16")))

typedef struct {
    // Each factor's parts; the second of both or of neither.
    const uint16_t *a[2], *b[2];
    size_t rows, columns, width;
    float *c;
    size_t stride;
    // Whether sums are added to what c holds.
    int accumulates;
} product;

// A block of up to two by two tiles of the result.
typedef struct {
    size_t row, column, rows, columns;
} block;

// Whether a block adds to the result, from the step `first` on.
static inline __attribute__((always_inline)) int adds(const product *p, size_t first) { return p->accumulates || first > 0; }

// Puts a block's sums into the result: for blocks with a tile that the result's rim cuts.
static inline __attribute__((always_inline)) void put_sums(const product *p, block at, size_t first,
                                                            float sums[2 * TILE][2 * TILE]) {
    for (size_t r = 0; r < at.rows; r++) {
        float *restrict to = p->c + (at.row + r) * p->stride + at.column;
        if (adds(p, first)) for (size_t c = 0; c < at.columns; c++) to[c] += sums[r][c];
        else memcpy(to, sums[r], at.columns * sizeof(float));
    }
}

// Tiles of the left factor become 4 and 5, of the right one 6 and 7.
#define LOAD_LEFT(part)                                                                       \
    _tile_loadd(4, p->a[part] + at.row * p->width + k * TILE, STEPS * sizeof(uint16_t));      \
    if (isTall) _tile_loadd(5, p->a[part] + (at.row + TILE) * p->width + k * TILE, STEPS * sizeof(uint16_t))
#define LOAD_RIGHT(part)                                                                      \
    _tile_loadd(6, p->b[part] + at.column * p->width + k * TILE, STEPS * sizeof(uint16_t));   \
    if (isWide) _tile_loadd(7, p->b[part] + (at.column + TILE) * p->width + k * TILE, STEPS * sizeof(uint16_t))
#define ADD_PRODUCTS                     \
    _tile_dpbf16ps(0, 4, 6);             \
    if (isWide) _tile_dpbf16ps(1, 4, 7); \
    if (isTall) _tile_dpbf16ps(2, 5, 6); \
    if (isTall && isWide) _tile_dpbf16ps(3, 5, 7)

static inline __attribute__((always_inline)) AMX void amx_tiles(const product *p, block at, size_t first, size_t end,
                                                                 int isTall, int isWide, float *to, size_t stride,
                                                                 int accumulates) {
    size_t line = stride * sizeof(float);
    if (accumulates) {
        _tile_loadd(0, to, line);
        if (isWide) _tile_loadd(1, to + TILE, line);
        if (isTall) _tile_loadd(2, to + TILE * stride, line);
        if (isTall && isWide) _tile_loadd(3, to + TILE * stride + TILE, line);
    } else {
        _tile_zero(0);
        if (isWide) _tile_zero(1);
        if (isTall) _tile_zero(2);
        if (isTall && isWide) _tile_zero(3);
    }
    for (size_t k = first; k < end; k += STEPS) {
        LOAD_RIGHT(0);
        if (p->a[1]) {
            LOAD_LEFT(1);
            ADD_PRODUCTS;
        }
        LOAD_LEFT(0);
        ADD_PRODUCTS;
        if (p->b[1]) {
            LOAD_RIGHT(1);
            ADD_PRODUCTS;
        }
    }
    _tile_stored(0, to, line);
    if (isWide) _tile_stored(1, to + TILE, line);
    if (isTall) _tile_stored(2, to + TILE * stride, line);
    if (isTall && isWide) _tile_stored(3, to + TILE * stride + TILE, line);
}

static AMX void amx_block(const product *p, block at, size_t first, size_t end) {
    int isTall = at.rows > TILE, isWide = at.columns > TILE;
    if (at.rows % TILE == 0 && at.columns % TILE == 0) {
        float *to = p->c + at.row * p->stride + at.column;
        if (isTall && isWide) amx_tiles(p, at, first, end, 1, 1, to, p->stride, adds(p, first));
        else if (isTall) amx_tiles(p, at, first, end, 1, 0, to, p->stride, adds(p, first));
        else if (isWide) amx_tiles(p, at, first, end, 0, 1, to, p->stride, adds(p, first));
        else amx_tiles(p, at, first, end, 0, 0, to, p->stride, adds(p, first));
        return;
    }
    float sums[2 * TILE][2 * TILE];
    if (isTall && isWide) amx_tiles(p, at, first, end, 1, 1, sums[0], 2 * TILE, 0);
    else if (isTall) amx_tiles(p, at, first, end, 1, 0, sums[0], 2 * TILE, 0);
    else if (isWide) amx_tiles(p, at, first, end, 0, 1, sums[0], 2 * TILE, 0);
    else amx_tiles(p, at, first, end, 0, 0, sums[0], 2 * TILE, 0);
    put_sums(p, at, first, sums);
}

// Eight rows by two tiles' columns at once: sixteen sums in registers.
static DOTS void dots_block(const product *p, block at, size_t first, size_t end) {
    float sums[2 * TILE][2 * TILE];
    int isWide = at.columns > TILE;
    for (size_t top = 0; top < at.rows; top += 8) {
        __m512 left[8], right[8];
        for (int r = 0; r < 8; r++) left[r] = right[r] = _mm512_setzero_ps();
        for (int term = 0; term < (p->a[1] ? 3 : 1); term++) {
            // The second part of one factor or of none.
            const uint16_t *a = p->a[term == 1] + at.row * p->width + top / TILE * TILE * p->width + top % TILE * STEPS;
            const uint16_t *b0 = p->b[term == 2] + at.column * p->width, *b1 = isWide ? b0 + TILE * p->width : b0;
            for (size_t k = first; k < end; k += 2) {
                __m512bh x = (__m512bh)_mm512_loadu_si512(b0 + k * TILE), y = (__m512bh)_mm512_loadu_si512(b1 + k * TILE);
#pragma clang loop unroll(full)
                for (int r = 0; r < 8; r++) {
                    int pair;
                    memcpy(&pair, a + k / STEPS * (TILE * STEPS) + r * STEPS + k % STEPS, sizeof pair);
                    __m512bh both = (__m512bh)_mm512_set1_epi32(pair);
                    left[r] = _mm512_dpbf16_ps(left[r], both, x);
                    right[r] = _mm512_dpbf16_ps(right[r], both, y);
                }
            }
        }
        for (int r = 0; r < 8; r++) {
            _mm512_storeu_ps(sums[top + r], left[r]);
            _mm512_storeu_ps(sums[top + r] + TILE, right[r]);
        }
    }
    put_sums(p, at, first, sums);
}

typedef void (*block_kernel)(const product *, block, size_t, size_t);

static void for_each_block(const product *p, block_kernel kernel) {
    for (size_t first = 0; first < p->width; first += CHUNK) {
        size_t end = p->width - first < CHUNK ? p->width : first + CHUNK;
        for (size_t column = 0; column < p->columns; column += 2 * TILE) {
            size_t columns = p->columns - column < 2 * TILE ? p->columns - column : 2 * TILE;
            for (size_t row = 0; row < p->rows; row += 2 * TILE) {
                size_t rows = p->rows - row < 2 * TILE ? p->rows - row : 2 * TILE;
                kernel(p, (block){row, column, rows, columns}, first, end);
            }
        }
    }
}

// Eight tiles of 16 rows of 64 bytes.
typedef struct {
    uint8_t palette, startRow, reserved[14];
    uint16_t rowBytes[16];
    uint8_t rows[16];
} tile_shapes;

static AMX void amx_product(const product *p) {
    tile_shapes shapes;
    memset(&shapes, 0, sizeof shapes);
    shapes.palette = 1;
    for (int tile = 0; tile < 8; tile++) {
        shapes.rowBytes[tile] = STEPS * sizeof(uint16_t);
        shapes.rows[tile] = TILE;
    }
    _tile_loadconfig(&shapes);
    for_each_block(p, amx_block);
    _tile_release();
}

// The operating system keeps the tiles' registers of processes that have asked for it.
static int may_use_tiles(void) {
    enum { requestPermission = 0x1023, tileData = 18 };
    return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

int fa_bfloat16_unit(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") && __builtin_cpu_supports("avx512f") &&
        may_use_tiles())
        return FA_BFLOAT16_TILES;
    if (__builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512f")) return FA_BFLOAT16_DOTS;
    return FA_BFLOAT16_NONE;
}

void fa_bfloat16_product(int unit, const uint16_t *a, const uint16_t *a1, const uint16_t *b, const uint16_t *b1,
                         size_t rows, size_t columns, size_t inner, float *c, size_t stride, int accumulates) {
    product p = {{a, a1}, {b, b1}, rows, columns, (inner + STEPS - 1) / STEPS * STEPS, c, stride, accumulates};
    if (unit == FA_BFLOAT16_TILES) amx_product(&p);
    else if (unit == FA_BFLOAT16_DOTS) for_each_block(&p, dots_block);
}

#else

int fa_bfloat16_unit(void) { return FA_BFLOAT16_NONE; }

void fa_bfloat16_product(int unit, const uint16_t *a, const uint16_t *a1, const uint16_t *b, const uint16_t *b1,
                         size_t rows, size_t columns, size_t inner, float *c, size_t stride, int accumulates) {
    (void)unit, (void)a, (void)a1, (void)b, (void)b1, (void)rows, (void)columns, (void)inner, (void)c, (void)stride;
    (void)accumulates;
}

#endif
