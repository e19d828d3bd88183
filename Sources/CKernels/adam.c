#include <math.h>

#include "clones.h"
#include "kernels.h"

KERNEL void fa_adam_step(float *restrict values, const float *restrict gradients, float *restrict first,
                         float *restrict second, float scale, float firstDecay, float secondDecay, float stepSize,
                         float secondCorrection, float floor, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float gradient = scale * gradients[i];
        first[i] += (1 - firstDecay) * (gradient - first[i]);
        second[i] = secondDecay * second[i] + (1 - secondDecay) * gradient * gradient;
        values[i] -= stepSize * first[i] / (sqrtf(second[i]) * secondCorrection + floor);
    }
}

KERNEL float fa_square_sum(const float *restrict x, size_t count) {
    REASSOCIATE
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += x[i] * x[i];
    return sum;
}
