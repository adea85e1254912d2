/* Faults for a program that is under test, by LD_PRELOAD: the file that HAPPO_FAULTS names holds lines "clock_ms N" (the
 * time of day is N milliseconds off) and "fsync_ms N" (each sync takes N milliseconds longer). It is read again every 50 ms. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long clock_ms, fsync_ms;
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
  long clock = 0, sync = 0;
  if (file) {
    char line[100];
    while (fgets(line, sizeof line, file)) {
      sscanf(line, "clock_ms %ld", &clock);
      sscanf(line, "fsync_ms %ld", &sync);
    }
    fclose(file);
  }
  clock_ms = clock;
  fsync_ms = sync;
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
