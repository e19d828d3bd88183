#pragma once
// One copy of a kernel for each generation of x86 processors, chosen at load time.
// ThreadSanitizer crashes at load on such functions, and other processors do not know them.
#if defined(__x86_64__) && defined(__linux__) && !(defined(__has_feature) && __has_feature(thread_sanitizer))
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif
