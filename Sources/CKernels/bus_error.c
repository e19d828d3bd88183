#include "bus_error.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

// A file that is cut while it is mapped, or that its disk does not give any more, gives no error but a signal, in the
// middle of whatever reads it; nothing can be checked before, as the file may be cut between the check and the reading.
// The handler only reads what was written before, and calls writev and _exit, which may be called in a handler (POSIX,
// "Signal Concepts"). Ranges are never freed but used again, so that it can walk them without a lock.

enum { UNUSED, BEING_WRITTEN, IN_USE };

struct fa_mapped_range {
    atomic_int state;
    uintptr_t start, end;
    size_t path_length;
    char path[1024];
    fa_mapped_range *next;
};

static _Atomic(fa_mapped_range *) first_range;
static struct sigaction earlier;
static atomic_int is_installed;

static fa_mapped_range *unused_range(void) {
    for (fa_mapped_range *range = atomic_load(&first_range); range; range = range->next) {
        int expected = UNUSED;
        if (atomic_compare_exchange_strong(&range->state, &expected, BEING_WRITTEN)) return range;
    }
    fa_mapped_range *range = calloc(1, sizeof *range);
    if (!range) return NULL;
    atomic_store(&range->state, BEING_WRITTEN);
    range->next = atomic_load(&first_range);
    while (!atomic_compare_exchange_weak(&first_range, &range->next, range)) {}
    return range;
}

fa_mapped_range *fa_guard_mapping(const void *start, size_t count, const char *path) {
    fa_mapped_range *range = unused_range();
    if (!range) return NULL;
    size_t length = strlen(path), most = sizeof range->path;
    if (length > most) path += length - most;
    range->path_length = length > most ? most : length;
    memcpy(range->path, path, range->path_length);
    range->start = (uintptr_t)start;
    range->end = range->start + count;
    atomic_store(&range->state, IN_USE);
    return range;
}

void fa_end_guard(fa_mapped_range *range) { atomic_store(&range->state, UNUSED); }

static struct iovec part(const char *text, size_t length) {
    return (struct iovec){.iov_base = (void *)(uintptr_t)text, .iov_len = length};
}

static void explain(int signal, siginfo_t *information, void *context) {
    static const char before[] = "Error: ";
    static const char after[] = ": was cut or cannot be read any more while it was in use; put the whole file back and "
                                "start again\n";
    uintptr_t address = (uintptr_t)information->si_addr;
    for (fa_mapped_range *range = atomic_load(&first_range); range; range = range->next) {
        if (atomic_load(&range->state) != IN_USE || address < range->start || address >= range->end) continue;
        // Other threads may read the same file: one line is enough.
        static atomic_flag is_told = ATOMIC_FLAG_INIT;
        if (atomic_flag_test_and_set(&is_told)) for (;;) pause();
        struct iovec line[] = {
            part(before, sizeof before - 1), part(range->path, range->path_length), part(after, sizeof after - 1)};
        ssize_t written = writev(STDERR_FILENO, line, 3);
        (void)written;
        _exit(1);
    }
    if (earlier.sa_flags & SA_SIGINFO) return earlier.sa_sigaction(signal, information, context);
    if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) return earlier.sa_handler(signal);
    // The instruction is tried again, and ends the process as it would have without this handler.
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(signal, &usual, NULL);
}

void fa_explain_bus_errors(void) {
    int expected = 0;
    if (!atomic_compare_exchange_strong(&is_installed, &expected, 1)) return;
    struct sigaction action = {.sa_sigaction = explain, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &earlier);
}
