#include <string.h>

#include "clones.h"
#include "kernels.h"

KERNEL void fa_from_bfloat16(const uint16_t *restrict x, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)x[i] << 16;
        memcpy(out + i, &bits, 4);
    }
}

KERNEL void fa_from_float16(const uint16_t *restrict x, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t magnitude = x[i] & 0x7fffu, sign = (uint32_t)(x[i] & 0x8000u) << 16;
        uint32_t exponent = magnitude >> 10;
        // Normal numbers need another exponent bias; infinities and NaN the largest exponent; subnormal numbers are
        // exact multiples of 2^-24, which a conversion from an integer gives without a branch.
        uint32_t normal = (magnitude << 13) + (exponent == 31 ? (255u - 31u) << 23 : (127u - 15u) << 23);
        float small = (float)(int32_t)magnitude * 0x1p-24f;
        uint32_t subnormal;
        memcpy(&subnormal, &small, 4);
        uint32_t bits = sign | (exponent == 0 ? subnormal : normal);
        memcpy(out + i, &bits, 4);
    }
}

KERNEL void fa_from_float64(const double *restrict x, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = (float)x[i];
}

KERNEL int fa_all_finite(const float *restrict x, size_t count) {
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, 4);
        found |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return found == 0;
}
