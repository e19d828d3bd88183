#pragma once
#include <stddef.h>

/// A part of memory that a file is mapped to.
typedef struct fa_mapped_range fa_mapped_range;

/// Remembers that `path` is mapped at `start`; NULL where there is no memory for that.
fa_mapped_range *fa_guard_mapping(const void *start, size_t count, const char *path);
/// Forgets it; called before the file is unmapped.
void fa_end_guard(fa_mapped_range *range);
/// From now on a bus error inside a remembered range writes one line that names the file, and ends the process with
/// status 1. Bus errors elsewhere are left to whoever handled them before.
void fa_explain_bus_errors(void);
