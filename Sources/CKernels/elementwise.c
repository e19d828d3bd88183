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

KERNEL void fa_silu_gate(const float *restrict gate, const float *restrict up, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = gate[i] / (1.0f + expf(-gate[i])) * up[i];
}
