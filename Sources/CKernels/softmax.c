#include <math.h>
#include <stdint.h>
#include <string.h>

#include "clones.h"
#include "kernels.h"

#define INLINE static inline __attribute__((always_inline))

// exp(x) for x <= 0 to two units in the last place, 0 where the result is no normal number; NaN stays NaN.
// 2^n times a polynomial of the rest, with Cephes' coefficients. Adding and taking away 1.5 * 2^23 rounds to a whole number.
INLINE float exp_of_negative(float x) {
    float n = (x * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t bits = ((int32_t)(n > -126.0f ? n : -126.0f) + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return x < -87.0f ? 0.0f : p * power;
}

// Lanes, as a maximum is not vectorised where NaN counts: one is passed over here, and is in the sum.
#define LANES 32

KERNEL void fa_scaled_softmax(float *x, float scale, size_t count) {
    if (count == 0) return;
    float lanes[LANES];
    for (size_t j = 0; j < LANES; j++) lanes[j] = -INFINITY;
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            float value = scale * x[i + j];
            lanes[j] = value > lanes[j] ? value : lanes[j];
        }
    }
    float largest = -INFINITY;
    for (size_t j = 0; j < LANES; j++) largest = lanes[j] > largest ? lanes[j] : largest;
    for (size_t i = whole; i < count; i++) {
        float value = scale * x[i];
        largest = value > largest ? value : largest;
    }
    for (size_t i = 0; i < count; i++) x[i] = exp_of_negative(scale * x[i] - largest);
    float total;
    {
        REASSOCIATE
        float sum = 0;
        for (size_t i = 0; i < count; i++) sum += x[i];
        total = sum;
    }
    float share = 1.0f / total;
    for (size_t i = 0; i < count; i++) x[i] *= share;
}
