#include "clones.h"
#include "kernels.h"

KERNEL float fa_dot(const float *restrict x, const float *restrict y, size_t count) {
    REASSOCIATE
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += x[i] * y[i];
    return sum;
}

KERNEL void fa_two_dots(const float *restrict x, const float *restrict y, const float *restrict z, size_t count,
                        float *restrict first, float *restrict second) {
    REASSOCIATE
    float a = 0, b = 0;
    for (size_t i = 0; i < count; i++) {
        a += x[i] * y[i];
        b += x[i] * z[i];
    }
    *first = a;
    *second = b;
}
