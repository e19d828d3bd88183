#include <math.h>

#include "clones.h"
#include "kernels.h"

KERNEL void fa_add_scaled_magnitude(float alpha, const float *restrict x, float *restrict y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += alpha * fabsf(x[i]);
}

KERNEL float fa_magnitude_sum(const float *restrict x, size_t count) {
    REASSOCIATE
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += fabsf(x[i]);
    return sum;
}

KERNEL float fa_sum(const float *restrict x, size_t count) {
    REASSOCIATE
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += x[i];
    return sum;
}
