#pragma once
// One copy of a kernel for each generation of x86 processors, chosen at load time.
// ThreadSanitizer crashes at load on such functions, and other processors do not know them.
#if defined(__x86_64__) && defined(__linux__) && !(defined(__has_feature) && __has_feature(thread_sanitizer))
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif

// At the head of a reduction's block: its terms may be added in any order, which lets it be vectorised. Nothing more than
// that is given up: infinities and NaN stay what IEEE 754 makes of them (with -ffast-math, x / (1 + expf(-y)) is NaN once
// expf overflows).
#if defined(__clang__)
#define REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")
#else
#define REASSOCIATE
#endif
