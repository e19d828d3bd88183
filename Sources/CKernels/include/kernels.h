#pragma once
#include <stddef.h>
#include <stdint.h>

// Inner loops that Swift's optimiser does not vectorise (float reductions) or that debug builds would run slowly.
// Every function has a plain Swift oracle in TensorsTests. Counts are elements; buffers must not overlap.

/// sum of x[i] * y[i]
float fa_dot(const float *x, const float *y, size_t count);
/// first[0] = x . y, second[0] = x . z, in one reading of x
void fa_two_dots(const float *x, const float *y, const float *z, size_t count, float *first, float *second);
/// y[i] += alpha * x[i]
void fa_add_scaled(float alpha, const float *x, float *y, size_t count);
/// y[i] += alpha * |x[i]|
void fa_add_scaled_magnitude(float alpha, const float *x, float *y, size_t count);
/// sum of |x[i]|
float fa_magnitude_sum(const float *x, size_t count);
/// sum of x[i]
float fa_sum(const float *x, size_t count);
/// out[i] = alpha * x[i] * w[i]
void fa_scaled_product(float alpha, const float *x, const float *w, float *out, size_t count);
/// x[i] -= value
void fa_subtract(float value, float *x, size_t count);
/// out[i] = alpha * (x[i] - mean) * w[i]
void fa_centred_product(float alpha, float mean, const float *x, const float *w, float *out, size_t count);
/// sum of (x[i] - mean)^2
float fa_centred_square_sum(float mean, const float *x, size_t count);
/// x[i] = cap * tanh(x[i] / cap)
void fa_soft_cap(float cap, float *x, size_t count);
/// out[i] = silu(gate[i]) * up[i], silu(x) = x / (1 + exp(-x))
void fa_silu_gate(const float *gate, const float *up, float *out, size_t count);
/// out[i] = gelu_tanh(gate[i]) * up[i], gelu_tanh(x) = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
void fa_gelu_tanh_gate(const float *gate, const float *up, float *out, size_t count);
/// out[i] = gelu(gate[i]) * up[i], gelu as below
void fa_gelu_gate(const float *gate, const float *up, float *out, size_t count);
/// x[i] = gelu_tanh(x[i])
void fa_gelu_tanh(float *x, size_t count);
/// x[i] = gelu(x[i]), gelu(x) = x / 2 (1 + erf(x / sqrt 2))
void fa_gelu(float *x, size_t count);
/// x[i] = silu(x[i]) / x[i], a half at 0
void fa_silu_slope(float *x, size_t count);
/// x[i] = gelu_tanh(x[i]) / x[i], a half at 0
void fa_gelu_tanh_slope(float *x, size_t count);
/// x[i] = gelu(x[i]) / x[i], a half at 0
void fa_gelu_slope(float *x, size_t count);
/// x[i] = d silu(x) / dx at x[i]
void fa_silu_derivative(float *x, size_t count);
/// x[i] = d gelu_tanh(x) / dx at x[i]
void fa_gelu_tanh_derivative(float *x, size_t count);
/// x[i] = d gelu(x) / dx at x[i]
void fa_gelu_derivative(float *x, size_t count);
/// IEEE half to float
void fa_from_float16(const uint16_t *x, float *out, size_t count);
/// double to float, to infinity beyond its range
void fa_from_float64(const double *x, float *out, size_t count);
/// 1 unless some x[i] is NaN or infinite
int fa_all_finite(const float *x, size_t count);
/// bfloat16 to float
void fa_from_bfloat16(const uint16_t *x, float *out, size_t count);

/// out[i] = part `part` of x[i], 0: the nearest bfloat16; 1: the nearest to what that leaves, 0 beside infinities and NaN
void fa_round_to_bfloat16(const float *x, size_t part, float *out, size_t count);

/// What bfloat16 products are computed with: nothing of the processor's, AVX-512's dot products, AMX's tiles.
enum { FA_BFLOAT16_NONE, FA_BFLOAT16_DOTS, FA_BFLOAT16_TILES };
/// The best of these that this process may use.
int fa_bfloat16_unit(void);
/// How many numbers `fa_pack_rows` and `fa_pack_columns` write.
size_t fa_packed_rows_count(size_t rows, size_t inner);
size_t fa_packed_columns_count(size_t columns, size_t inner);
/// A product's left factor, x[r * rowStride + k * stepStride], one of whose strides is 1, tile by tile of 16 rows by 32 steps,
/// zeros behind the last: part 0 of its numbers (as of fa_round_to_bfloat16) in `out`, part 1 in `rest` unless that is null.
void fa_pack_rows(const float *x, size_t rowStride, size_t stepStride, size_t rows, size_t inner, uint16_t *out,
                  uint16_t *rest);
/// Part `part` of its right factor, x[c * columnStride + k * stepStride], one of whose strides is 1, tile by tile of 16 columns
/// by 32 steps; in a tile two steps of a column lie side by side, beside them the same steps of the next.
void fa_pack_columns(const float *x, size_t columnStride, size_t stepStride, size_t columns, size_t inner, size_t part,
                     uint16_t *out);
/// c[r * stride + c] = sum over k of the packed factors a and b, in Float32, denormal numbers taken for zero; where their
/// second parts a1 and b1 are given (both or neither), of a1 b + a b + a b1. Added to what c holds where it accumulates.
/// `unit` is one that fa_bfloat16_unit gives or a lesser one, not FA_BFLOAT16_NONE.
void fa_bfloat16_product(int unit, const uint16_t *a, const uint16_t *a1, const uint16_t *b, const uint16_t *b1,
                         size_t rows, size_t columns, size_t inner, float *c, size_t stride, int accumulates);

/// The adjoint of attention's value mixing for one target.
///
/// z: [positions, heads * width], patterns: [heads, positionStride, positionStride] (query, key),
/// scale: [positions], out: [positions, heads / groups * width], overwritten:
/// out[k][v] = scale[k] * sum over query heads h of v, queries q >= k of patterns[h][q][k] * z[q][h]
void fa_attention_adjoint(const float *z, const float *patterns, const float *scale, float *out, size_t positions,
                          size_t positionStride, size_t heads, size_t groups, size_t width);
/// x = softmax(scale * x), from the largest down so that nothing overflows; NaN in one number is NaN in all
void fa_scaled_softmax(float *x, float scale, size_t count);
/// sum of x[i]^2
float fa_square_sum(const float *x, size_t count);
/// One step of Adam over gradients times scale: first[i] and second[i] are the running means of gradient and square,
/// values[i] -= stepSize * first[i] / (sqrt(second[i]) * secondCorrection + floor)
void fa_adam_step(float *values, const float *gradients, float *first, float *second, float scale, float firstDecay,
                  float secondDecay, float stepSize, float secondCorrection, float floor, size_t count);
/// bytes of the widest float vectors of this processor: 64 with AVX-512 (F, DQ, BW, VL), 32 with AVX2 and FMA, else 16
int fa_vector_bytes(void);
