#include <stdlib.h>
#include <string.h>

#include "kernels.h"

// OpenBLAS chooses its kernels by the processor's model number when it is loaded. A release that is older than the
// processor falls back to AVX2 kernels, which halves the speed of a processor with AVX-512 (measured: 97 against 205
// GFLOP/s with 0.3.21 on an AMD family 26). Builds for many processors export the functions that choose again; they
// are weak here, so that any other build links and is left as it is.
extern char *openblas_get_corename(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

void fa_choose_openblas_core(void) {
#if defined(__x86_64__) && defined(__linux__)
    if (!openblas_get_corename || !gotoblas_dynamic_init || !gotoblas_dynamic_quit) return;
    if (getenv("OPENBLAS_CORETYPE")) return;
    const char *core = openblas_get_corename();
    if (strcmp(core, "Haswell") != 0 && strcmp(core, "Zen") != 0) return;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return;
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv("OPENBLAS_CORETYPE");
#endif
}
