#include <string.h>

#include "clones.h"
#include "kernels.h"

KERNEL void fa_attention_adjoint(const float *restrict z, const float *restrict patterns, const float *restrict scale,
                                 float *restrict out, size_t positions, size_t positionStride, size_t heads,
                                 size_t groups, size_t width) {
    size_t valueWidth = heads / groups * width;
    memset(out, 0, positions * valueWidth * sizeof(float));
    for (size_t k = 0; k < positions; k++) {
        for (size_t h = 0; h < heads; h++) {
            float *restrict sum = out + k * valueWidth + h / groups * width;
            const float *column = patterns + h * positionStride * positionStride + k;
            for (size_t q = k; q < positions; q++) {
                float weight = scale[k] * column[q * positionStride];
                const float *restrict from = z + (q * heads + h) * width;
                for (size_t i = 0; i < width; i++) sum[i] += weight * from[i];
            }
        }
    }
}
