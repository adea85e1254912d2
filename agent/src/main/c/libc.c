/*
 * What io.happo.agent.exec.Libc takes to call the C library: finding a function, calling it, and seeing memory as a
 * ByteBuffer; and starting a program, whose process has to be told things between its birth and its program, where no
 * Java can run. All that is decided stands in Java. Linked with no library: dlsym is there once a JVM is, and an
 * undemanding library loads on systems older than the one that built it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jni.h>

/* Integers and pointers travel in whole registers; a function does not look at those of arguments it does not have. */
typedef jlong any_function(jlong, jlong, jlong, jlong, jlong, jlong);

/* The address of a function; 0 where the C library has none of that name. */
JNIEXPORT jlong JNICALL Java_io_happo_agent_exec_Libc_find(JNIEnv *env, jclass libc, jstring name) {
  const char *text = (*env)->GetStringUTFChars(env, name, NULL);
  if (text == NULL) {
    return 0; /* Out of memory, which the caller is thrown. */
  }
  void *found = dlsym(RTLD_DEFAULT, text);
  (*env)->ReleaseStringUTFChars(env, name, text);
  return (jlong)(intptr_t)found;
}

JNIEXPORT jlong JNICALL Java_io_happo_agent_exec_Libc_invoke(JNIEnv *env, jclass libc, jlong function, jlong a, jlong b,
                                                             jlong c, jlong d, jlong e, jlong f) {
  return ((any_function *)(intptr_t)function)(a, b, c, d, e, f);
}

/* Memory as a buffer, which does not own it. */
JNIEXPORT jobject JNICALL Java_io_happo_agent_exec_Libc_view(JNIEnv *env, jclass libc, jlong address, jlong bytes) {
  return (*env)->NewDirectByteBuffer(env, (void *)(intptr_t)address, bytes);
}

/* What io.happo.agent.exec.Spawner writes, word by word. */
struct start {
  const char *path;
  char *const *argv;
  char *const *envp;
  const char *null_device;
  const char *directory; /* NULL: where the agent is. */
  int64_t out;
  int64_t err; /* Negative: dropped. */
  int64_t nicer; /* How much nicer than the agent; 0: as the agent is. */
  const char *nicer_session; /* The same for its session, where the kernel groups by these; NULL: nothing to be said. */
  const char *own_fault; /* What the kernel is to take it for when memory is short; NULL: what the agent is. */
  int64_t cpu_seconds; /* 0: as many as it likes, as the next. */
  int64_t memory_bytes;
  int64_t bound; /* Whether it is asked to end when the thread that starts it is gone. */
  volatile int64_t error; /* Why it did not become its program. */
};

/* The C library's own signals, of which sigaction(2) knows nothing: whatever popen(3) starts has them ignored. */
enum { CANCEL = 32, SET_XID = 33 };

enum { FIRST_OTHER = 3, CPU_WARNED_SECONDS = 1 };

#ifndef SYS_close_range
#define SYS_close_range 436 /* On all processors. */
#endif

/* What getdents64(2) writes, one behind the other. */
struct entry {
  uint64_t inode;
  int64_t offset;
  unsigned short bytes;
  unsigned char type;
  char name[];
};

static int number(const char *text) {
  int number = 0;
  for (; *text >= '0' && *text <= '9'; text++) {
    number = number * 10 + (*text - '0');
  }
  return *text == '\0' ? number : -1;
}

static void close_all_to_the_limit(void) {
  struct rlimit files;
  rlim_t end = getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 1024;
  for (rlim_t i = FIRST_OTHER; i < end; i++) {
    close((int)i);
  }
}

/*
 * For a kernel, or a container's filter of calls, of before 2020. As the limit may be a thousand million, the kernel is
 * asked what is open.
 */
static void close_each(void) {
  char entries[1024] __attribute__((aligned(8)));
  int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  long bytes = -1;
  while (folder >= 0 && (bytes = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0) {
    for (long at = 0; at < bytes;) {
      const struct entry *entry = (const struct entry *)(const void *)(entries + at);
      int descriptor = number(entry->name);
      if (descriptor >= FIRST_OTHER && descriptor != folder) {
        close(descriptor);
      }
      at += entry->bytes;
    }
  }
  if (bytes != 0) {
    close_all_to_the_limit();
  } else {
    close(folder);
  }
}

static void close_others(void) {
  if (syscall(SYS_close_range, FIRST_OTHER, ~0U, 0) != 0) {
    close_each();
  }
}

/* Says it to the kernel if that wants to hear it. */
static void write_to(const char *file, const char *text) {
  int descriptor = text == NULL ? -1 : open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    ssize_t written = write(descriptor, text, strlen(text));
    (void)written;
    close(descriptor);
  }
}

/* Lowers a limit; what is lower already stays. */
static void limit(int what, int64_t most, int64_t warned_before) {
  struct rlimit now;
  if (most > 0 && getrlimit(what, &now) == 0) {
    rlim_t hard = (rlim_t)(most + warned_before);
    now.rlim_max = now.rlim_max < hard ? now.rlim_max : hard;
    now.rlim_cur = now.rlim_max < (rlim_t)most ? now.rlim_max : (rlim_t)most;
    setrlimit(what, &now);
  }
}

/*
 * Makes of the newborn process what start says. It has the memory of the agent, whose thread waits for it, and all else
 * of its own: handlers, descriptors, limits. So nothing of the agent's is written to but the error.
 */
static int become(const struct start *start) {
  struct sigaction by_default;
  sigset_t none;
  const long ignored[] = {(long)SIG_IGN, 0, 0, 0}; /* As the kernel has it: handler, flags, restorer, mask. */
  memset(&by_default, 0, sizeof by_default);
  memset(&none, 0, sizeof none);
  for (int i = 1; i <= 64; i++) {
    if (i == CANCEL || i == SET_XID) {
      syscall(SYS_rt_sigaction, i, ignored, NULL, sizeof(long));
    } else if (i != SIGKILL && i != SIGSTOP) {
      sigaction(i, &by_default, NULL);
    }
  }
  setsid();
  if (start->bound) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
  }
  int in = open(start->null_device, O_RDONLY);
  int out = (int)start->out;
  int err = start->err < 0 ? open(start->null_device, O_WRONLY) : (int)start->err;
  if (in < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) {
    return errno;
  }
  if (start->directory != NULL && chdir(start->directory) != 0) {
    return errno;
  }
  close_others();
  if (start->nicer != 0) {
    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + (int)start->nicer);
    write_to("/proc/self/autogroup", start->nicer_session);
  }
  write_to("/proc/self/oom_score_adj", start->own_fault);
  limit(RLIMIT_CPU, start->cpu_seconds, CPU_WARNED_SECONDS);
  limit(RLIMIT_DATA, start->memory_bytes, 0);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(start->path, start->argv, start->envp);
  return errno;
}

/* The process id of a program that was started; otherwise the system's error, negative. */
JNIEXPORT jint JNICALL Java_io_happo_agent_exec_Libc_start(JNIEnv *env, jclass libc, jlong address) {
  struct start *start = (struct start *)(intptr_t)address;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  /* A signal for the agent must not be handled by the newborn. */
  sigprocmask(SIG_SETMASK, &all, &before);
  start->error = 0;
  pid_t pid = vfork();
  if (pid == 0) {
    start->error = become(start);
    _exit(127);
  }
  int error = pid < 0 ? errno : (int)start->error;
  sigprocmask(SIG_SETMASK, &before, NULL);
  if (pid > 0 && error != 0) {
    waitpid(pid, NULL, 0);
  }
  return error != 0 ? -error : pid;
}
