#include <math.h>

#include "clones.h"
#include "kernels.h"

// always_inline, so that each clone of a kernel gets its own copy for its own instructions.
#define INLINE static inline __attribute__((always_inline))

INLINE float silu(float x) { return x / (1.0f + expf(-x)); }

INLINE float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678118654752f)); }

// At infinities both give what their formula gives, NaN at minus infinity: an overflow stays to be seen.
// 0.5 x (1 + tanh u) = x / (1 + exp(-2u)) with u = sqrt(2 / pi) (x + 0.044715 x^3).
INLINE float gelu_tanh(float x) {
    return x / (1.0f + expf(-1.5957691216057308f * (x + 0.044715f * x * x * x)));
}

// act(x) / x, whose limit at 0 is a half.
INLINE float silu_slope(float x) { return 1.0f / (1.0f + expf(-x)); }

INLINE float gelu_slope(float x) { return 0.5f * (1.0f + erff(x * 0.70710678118654752f)); }

INLINE float gelu_tanh_slope(float x) {
    return 1.0f / (1.0f + expf(-1.5957691216057308f * (x + 0.044715f * x * x * x)));
}

// d act(x) / dx. Where the sigmoid is 0 or 1 in Float32, x times its complement is 0 too.
INLINE float silu_derivative(float x) {
    float s = silu_slope(x);
    return s + x * s * (1.0f - s);
}

INLINE float gelu_derivative(float x) {
    return gelu_slope(x) + 0.39894228040143268f * x * expf(-0.5f * x * x);
}

// The inner derivative overflows beyond 1e19, where the sigmoid has been 0 or 1 for long.
INLINE float gelu_tanh_derivative(float x) {
    float s = gelu_tanh_slope(x);
    float t = s * (1.0f - s);
    return t > 0.0f ? s + 1.5957691216057308f * x * (1.0f + 0.134145f * x * x) * t : s;
}

KERNEL void fa_silu_gate(const float *restrict gate, const float *restrict up, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = silu(gate[i]) * up[i];
}

KERNEL void fa_gelu_tanh_gate(const float *restrict gate, const float *restrict up, float *restrict out,
                              size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = gelu_tanh(gate[i]) * up[i];
}

KERNEL void fa_gelu_gate(const float *restrict gate, const float *restrict up, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = gelu(gate[i]) * up[i];
}

KERNEL void fa_gelu_tanh(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = gelu_tanh(x[i]);
}

KERNEL void fa_gelu(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = gelu(x[i]);
}

KERNEL void fa_silu_slope(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = silu_slope(x[i]);
}

KERNEL void fa_gelu_tanh_slope(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = gelu_tanh_slope(x[i]);
}

KERNEL void fa_gelu_slope(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = gelu_slope(x[i]);
}

KERNEL void fa_silu_derivative(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = silu_derivative(x[i]);
}

KERNEL void fa_gelu_tanh_derivative(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = gelu_tanh_derivative(x[i]);
}

KERNEL void fa_gelu_derivative(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = gelu_derivative(x[i]);
}
