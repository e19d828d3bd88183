// Lets the n-th input or output of a program fail: loaded before the C library, whose calls it wraps.
//
// FAULT_FOLDER   only files whose path holds this text count
// FAULT_CALLS    which calls count, letters: r read, w write, s sync, t truncate, n rename or link
// FAULT_AT       the call that fails, from 1; 0: none, they are only counted
// FAULT_KIND     EIO, ENOSPC: the call fails; short: it does a part and says so; torn: a part of a write is done, then
//                the program is killed; lasting: ENOSPC from this call on
// FAULT_COUNT    a file that the number of calls is written to at the end
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static long fault_at;
static const char *folder, *kinds, *kind, *count_file;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
  folder = getenv("FAULT_FOLDER");
  kinds = getenv("FAULT_CALLS");
  kind = getenv("FAULT_KIND");
  count_file = getenv("FAULT_COUNT");
  fault_at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : 0;
  // Programs that are started from here run as always.
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void finish(void) {
  if (!count_file) return;
  int descriptor = REAL(open)(count_file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  char text[32];
  int length = snprintf(text, sizeof text, "%ld\n", (long)calls);
  if (descriptor >= 0 && REAL(write)(descriptor, text, length) == length) close(descriptor);
}

enum fault { none, fails, partial, torn };

static enum fault next(char letter, const char *path) {
  if (!folder || !kinds || !strchr(kinds, letter) || !path || !strstr(path, folder)) return none;
  long call = atomic_fetch_add(&calls, 1) + 1;
  if (!fault_at || !kind) return none;
  if (!strcmp(kind, "lasting")) {
    errno = ENOSPC;
    return call >= fault_at && letter != 'r' && letter != 's' ? fails : none;
  }
  if (call != fault_at) return none;
  if (!strcmp(kind, "short")) return partial;
  if (!strcmp(kind, "torn")) return torn;
  errno = !strcmp(kind, "ENOSPC") ? ENOSPC : EIO;
  return fails;
}

static enum fault next_of(char letter, int descriptor) {
  static __thread char path[4096];
  if (!folder || !kinds || !strchr(kinds, letter)) return none;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return none;
  path[length] = 0;
  return next(letter, path);
}

static void end(void) { kill(getpid(), SIGKILL); pause(); }

// A transfer of `size` bytes: `call` does one of `part` bytes.
#define TRANSFER(letter, size, call)                          \
  size_t part = (size);                                       \
  switch (next_of(letter, descriptor)) {                      \
    case fails: return -1;                                    \
    case partial: part = part > 1 ? part / 2 : part; break;   \
    case torn:                                                \
      part = part / 2;                                        \
      if ((letter) == 'w') (void)!(call);                     \
      end();                                                  \
    case none: break;                                         \
  }                                                           \
  return call

ssize_t write(int descriptor, const void *bytes, size_t size) {
  TRANSFER('w', size, REAL(write)(descriptor, bytes, part));
}
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
  TRANSFER('w', size, REAL(pwrite)(descriptor, bytes, part, offset));
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
  TRANSFER('w', size, REAL(pwrite64)(descriptor, bytes, part, offset));
}
ssize_t read(int descriptor, void *bytes, size_t size) {
  TRANSFER('r', size, REAL(read)(descriptor, bytes, part));
}
ssize_t pread(int descriptor, void *bytes, size_t size, off_t offset) {
  TRANSFER('r', size, REAL(pread)(descriptor, bytes, part, offset));
}
ssize_t pread64(int descriptor, void *bytes, size_t size, off64_t offset) {
  TRANSFER('r', size, REAL(pread64)(descriptor, bytes, part, offset));
}

// A call that does all or nothing.
#define WHOLE(found, call)                        \
  switch (found) {                                \
    case fails: return -1;                        \
    case torn: end();                             \
    case partial:                                 \
    case none: break;                             \
  }                                               \
  return call

int fsync(int descriptor) { WHOLE(next_of('s', descriptor), REAL(fsync)(descriptor)); }
int fdatasync(int descriptor) { WHOLE(next_of('s', descriptor), REAL(fdatasync)(descriptor)); }
int ftruncate(int descriptor, off_t size) { WHOLE(next_of('t', descriptor), REAL(ftruncate)(descriptor, size)); }
int ftruncate64(int descriptor, off64_t size) { WHOLE(next_of('t', descriptor), REAL(ftruncate64)(descriptor, size)); }
int rename(const char *old, const char *new) { WHOLE(next('n', new), REAL(rename)(old, new)); }
int link(const char *old, const char *new) { WHOLE(next('n', new), REAL(link)(old, new)); }
int mkdir(const char *path, mode_t mode) {
  WHOLE(next('n', path), REAL(mkdir)(path, mode));
}
