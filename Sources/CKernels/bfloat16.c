#include "clones.h"
#include "kernels.h"

#include <string.h>

// Rows of a tile of the left factor, columns of one of the right factor.
#define TILE 16
// Numbers along the summed dimension of a tile: 64 bytes of bfloat16.
#define STEPS 32

typedef uint32_t lanes __attribute__((vector_size(64)));

static inline __attribute__((always_inline)) uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    return bits;
}

static inline __attribute__((always_inline)) float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

// The nearest bfloat16, of two as near the even one, in the upper half; NaN stays NaN.
static inline __attribute__((always_inline)) uint32_t rounded(float x) {
    uint32_t bits = bits_of(x);
    uint32_t nearest = (bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u;
    return x == x ? nearest : 0x7fc00000u;
}

// Part `part` of x: what is left of it after the parts before, rounded. Of infinities and NaN the first part is all.
static inline __attribute__((always_inline)) uint32_t part_of(float x, size_t part) {
    uint32_t high = rounded(x);
    if (part == 0) return high;
    float rest = x - float_of(high);
    return (high & 0x7f800000u) == 0x7f800000u ? 0u : rounded(rest);
}

KERNEL void fa_round_to_bfloat16(const float *restrict x, size_t part, float *restrict out, size_t count) {
    if (part == 0) {
        for (size_t i = 0; i < count; i++) out[i] = float_of(rounded(x[i]));
    } else {
        for (size_t i = 0; i < count; i++) out[i] = float_of(part_of(x[i], 1));
    }
}

static inline __attribute__((always_inline)) size_t up(size_t count, size_t unit) {
    return (count + unit - 1) / unit * unit;
}

size_t fa_packed_rows_count(size_t rows, size_t inner) { return up(rows, TILE) * up(inner, STEPS); }

size_t fa_packed_columns_count(size_t columns, size_t inner) { return up(columns, TILE) * up(inner, STEPS); }

// Puts the rows of a square of 16 × 16 in its columns: four times, each row of the first half and its fellow of the
// second are shuffled together.
static inline __attribute__((always_inline)) void transpose(lanes *square) {
    for (int stage = 0; stage < 4; stage++) {
        lanes next[TILE];
        for (int i = 0; i < TILE / 2; i++) {
            lanes a = square[i], b = square[i + TILE / 2];
            next[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            next[2 * i + 1] =
                __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        memcpy(square, next, sizeof next);
    }
}

// One tile of lines, rows or columns, whose numbers lie behind one another: line by line.
static inline __attribute__((always_inline)) void pack_tile_of_long_lines(const float *restrict x, size_t lineStride,
                                                                          size_t lines, size_t steps, size_t part,
                                                                          uint16_t *restrict out) {
    if (lines < TILE || steps < STEPS) memset(out, 0, TILE * STEPS * sizeof *out);
    for (size_t line = 0; line < lines; line++, out += STEPS) {
        const float *restrict from = x + line * lineStride;
        if (steps == STEPS) {
            for (size_t k = 0; k < STEPS; k++) out[k] = (uint16_t)(part_of(from[k], part) >> 16);
        } else {
            for (size_t k = 0; k < steps; k++) out[k] = (uint16_t)(part_of(from[k], part) >> 16);
        }
    }
}

// One tile of lines that lie side by side: two steps of each line, beside them the same steps of the next.
static inline __attribute__((always_inline)) void pack_tile_of_neighbours(const float *restrict x, size_t stepStride,
                                                                          size_t columns, size_t steps, size_t part,
                                                                          uint16_t *restrict out) {
    uint32_t square[TILE][TILE] = {{0}};
    for (size_t k = 0; k < steps; k += 2) {
        const float *restrict even = x + k * stepStride;
        const float *restrict odd = even + stepStride;
        uint32_t *restrict to = square[k / 2];
        if (k + 1 < steps && columns == TILE) {
            for (size_t c = 0; c < TILE; c++) to[c] = part_of(even[c], part) >> 16 | part_of(odd[c], part);
        } else {
            for (size_t c = 0; c < columns; c++)
                to[c] = part_of(even[c], part) >> 16 | (k + 1 < steps ? part_of(odd[c], part) : 0u);
        }
    }
    memcpy(out, square, sizeof square);
}

// One tile of a left factor's rows, line by line, or of a right factor's columns, two steps by two steps.
static inline __attribute__((always_inline)) void pack_tile(const float *restrict x, size_t lineStride, size_t stepStride,
                                                            size_t lines, size_t steps, size_t part, int isLeft,
                                                            uint16_t *restrict out) {
    int isLong = stepStride == 1;
    if (isLong) pack_tile_of_long_lines(x, lineStride, lines, steps, part, out);
    else pack_tile_of_neighbours(x, stepStride, lines, steps, part, out);
    if (isLong == isLeft) return;
    lanes square[TILE];
    memcpy(square, out, sizeof square);
    transpose(square);
    memcpy(out, square, sizeof square);
}

// All tiles: part `part` in `out`, part 1 in `rest` unless that is null.
static inline __attribute__((always_inline)) void pack(const float *restrict x, size_t lineStride, size_t stepStride,
                                                       size_t lines, size_t inner, size_t part, int isLeft,
                                                       uint16_t *restrict out, uint16_t *restrict rest) {
    for (size_t line = 0; line < lines; line += TILE) {
        size_t own = lines - line < TILE ? lines - line : TILE;
        for (size_t k = 0; k < inner; k += STEPS, out += TILE * STEPS) {
            size_t steps = inner - k < STEPS ? inner - k : STEPS;
            const float *from = x + line * lineStride + k * stepStride;
            if (part == 0) pack_tile(from, lineStride, stepStride, own, steps, 0, isLeft, out);
            else pack_tile(from, lineStride, stepStride, own, steps, 1, isLeft, out);
            if (!rest) continue;
            pack_tile(from, lineStride, stepStride, own, steps, 1, isLeft, rest);
            rest += TILE * STEPS;
        }
    }
}

KERNEL void fa_pack_rows(const float *restrict x, size_t rowStride, size_t stepStride, size_t rows, size_t inner,
                         uint16_t *restrict out, uint16_t *restrict rest) {
    pack(x, rowStride, stepStride, rows, inner, 0, 1, out, rest);
}

KERNEL void fa_pack_columns(const float *restrict x, size_t columnStride, size_t stepStride, size_t columns,
                            size_t inner, size_t part, uint16_t *restrict out) {
    pack(x, columnStride, stepStride, columns, inner, part, 0, out, NULL);
}
