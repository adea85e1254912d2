/* Faults for a program that is under test, by LD_PRELOAD: the file that HAPPO_FAULTS names holds lines "clock_ms N" (the
 * time of day is N milliseconds off), "fsync_ms N" (each sync takes N milliseconds longer), "full 1" (no file takes any
 * more: half of what is written, then nothing), "dns_ms N" (each look-up of a name that ends in .test takes so long) and
 * "dns ADDRESS" (that is its answer; without this line there is no such name). It is read again every 50 ms. Shells can
 * always write. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long clock_ms, fsync_ms, dns_ms, full;
static char dns[64];
static struct timespec looked;

static int real_clock(clockid_t id, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  return real(id, at);
}

static void look(void) {
  struct timespec now;
  real_clock(CLOCK_MONOTONIC, &now);
  long since = (now.tv_sec - looked.tv_sec) * 1000 + (now.tv_nsec - looked.tv_nsec) / 1000000;
  if (looked.tv_sec && since < 50) return;
  looked = now;
  const char *name = getenv("HAPPO_FAULTS");
  FILE *file = name ? fopen(name, "r") : NULL;
  long clock = 0, sync = 0, slow = 0, none = 0;
  char address[sizeof dns] = "";
  if (file) {
    char line[100];
    while (fgets(line, sizeof line, file)) {
      sscanf(line, "clock_ms %ld", &clock);
      sscanf(line, "fsync_ms %ld", &sync);
      sscanf(line, "full %ld", &none);
      sscanf(line, "dns_ms %ld", &slow);
      sscanf(line, "dns %63s", address);
    }
    fclose(file);
  }
  clock_ms = clock;
  fsync_ms = sync;
  full = none;
  dns_ms = slow;
  memcpy(dns, address, sizeof dns);
}

int clock_gettime(clockid_t id, struct timespec *at) {
  int result = real_clock(id, at);
  if (id == CLOCK_REALTIME && result == 0) {
    look();
    long ns = at->tv_nsec + clock_ms % 1000 * 1000000;
    at->tv_sec += clock_ms / 1000 + (ns >= 1000000000 ? 1 : ns < 0 ? -1 : 0);
    at->tv_nsec = ns >= 1000000000 ? ns - 1000000000 : ns < 0 ? ns + 1000000000 : ns;
  }
  return result;
}

int gettimeofday(struct timeval *at, void *zone) {
  (void)zone;
  struct timespec now;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return result;
}

static void wait_for_disk(void) {
  look();
  if (fsync_ms > 0) usleep((useconds_t)fsync_ms * 1000);
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fsync");
  wait_for_disk();
  return real(fd);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  wait_for_disk();
  return real(fd);
}

/* How much of it may be written: all, half of it, or -1 for nothing. */
static ssize_t room(int fd, size_t size) {
  static __thread unsigned calls;
  int saved = errno;
  look();
  struct stat file;
  int refused = full && size > 0 && strcmp(program_invocation_short_name, "sh") != 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode);
  errno = saved;
  if (!refused) return (ssize_t)size;
  if (size > 1 && ++calls % 2) return (ssize_t)(size / 2);
  errno = ENOSPC;
  return -1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = dlsym(RTLD_NEXT, "write");
  ssize_t most = room(fd, size);
  return most < 0 ? -1 : real(fd, bytes, (size_t)most);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  static ssize_t (*real)(int, const void *, size_t, off_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite");
  ssize_t most = room(fd, size);
  return most < 0 ? -1 : real(fd, bytes, (size_t)most, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
  ssize_t most = room(fd, size);
  return most < 0 ? -1 : real(fd, bytes, (size_t)most, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  static ssize_t (*real)(int, const struct iovec *, int);
  if (!real) real = dlsym(RTLD_NEXT, "writev");
  return room(fd, 1) < 0 ? -1 : real(fd, parts, count);
}

int posix_fallocate(int fd, off_t at, off_t size) {
  static int (*real)(int, off_t, off_t);
  if (!real) real = dlsym(RTLD_NEXT, "posix_fallocate");
  look();
  return full ? ENOSPC : real(fd, at, size);
}

int posix_fallocate64(int fd, off64_t at, off64_t size) {
  static int (*real)(int, off64_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "posix_fallocate64");
  look();
  return full ? ENOSPC : real(fd, at, size);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
  if (!real) real = dlsym(RTLD_NEXT, "getaddrinfo");
  size_t length = node ? strlen(node) : 0;
  if (length < 5 || strcmp(node + length - 5, ".test")) return real(node, service, hints, found);
  look();
  if (dns_ms > 0) usleep((useconds_t)dns_ms * 1000);
  char address[sizeof dns];
  memcpy(address, dns, sizeof dns);
  return address[0] ? real(address, service, hints, found) : EAI_NONAME;
}
