#include <math.h>

#include "clones.h"
#include "kernels.h"

KERNEL void fa_add_scaled(float alpha, const float *restrict x, float *restrict y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += alpha * x[i];
}

KERNEL void fa_scaled_product(float alpha, const float *restrict x, const float *restrict w, float *restrict out,
                              size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = alpha * x[i] * w[i];
}

KERNEL void fa_subtract(float value, float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] -= value;
}

KERNEL void fa_centred_product(float alpha, float mean, const float *restrict x, const float *restrict w,
                               float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = alpha * (x[i] - mean) * w[i];
}

KERNEL float fa_centred_square_sum(float mean, const float *restrict x, size_t count) {
    REASSOCIATE
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += (x[i] - mean) * (x[i] - mean);
    return sum;
}

KERNEL void fa_soft_cap(float cap, float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = cap * tanhf(x[i] / cap);
}
