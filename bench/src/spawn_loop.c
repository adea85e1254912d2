/*
 * spawn_loop - runs a command again and again with posix_spawn: what starting it costs with nothing else around it.
 *
 * N threads keep N commands running (closed loop), or, with -r, commands are started on a fixed schedule. Their output goes
 * to /dev/null, or, with -R, is read through a pipe. Every exit code is verified.
 *
 * Build: cc -O2 -Wall -Wextra -o spawn_loop spawn_loop.c -lpthread
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_AT_ONCE = 256 };

extern char **environ;
static long total = 100;
static double duration, rate, begin;
static int at_once = 1, reading;
static char **command;
static atomic_long next_ticket, good, bad;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_for(double seconds)
{
	if (seconds <= 0)
		return;
	struct timespec t = { (time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9) };
	nanosleep(&t, NULL);
}

/* Runs the command once; whether it ended with 0 and, when read, had something to say. */
static int run(void)
{
	int ends[2] = { -1, -1 }, status = -1, error;
	long bytes = 0;
	pid_t pid;
	if (reading && pipe2(ends, O_CLOEXEC))
		return 0;
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (reading)
		posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	else
		posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	error = posix_spawn(&pid, command[0], &actions, NULL, command, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (reading) {
		char b[65536];
		ssize_t r;
		close(ends[1]);
		while (!error && ((r = read(ends[0], b, sizeof b)) > 0 || (r < 0 && errno == EINTR)))
			bytes += r > 0 ? r : 0;
		close(ends[0]);
	}
	if (error)
		return 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0 && (!reading || bytes > 0);
}

static void *worker(void *unused)
{
	(void)unused;
	for (;;) {
		long ticket = atomic_fetch_add(&next_ticket, 1);
		double start = now();
		if (duration > 0 ? start - begin >= duration : ticket >= total)
			return NULL;
		if (rate > 0)
			sleep_for(begin + ticket / rate - start);
		atomic_fetch_add(run() ? &good : &bad, 1);
	}
}

static double cpu_seconds(int whose)
{
	struct rusage u;
	getrusage(whose, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	int c;
	while ((c = getopt(argc, argv, "+n:d:C:r:R")) != -1)
		switch (c) {
		case 'n': total = atol(optarg); break;
		case 'd': duration = atof(optarg); break;
		case 'C': at_once = atoi(optarg); break;
		case 'r': rate = atof(optarg); break;
		case 'R': reading = 1; break;
		default: optind = argc;
		}
	if (optind >= argc || at_once < 1 || at_once > MAX_AT_ONCE) {
		puts("spawn_loop [-n TOTAL | -d SECONDS] [-C AT_ONCE] [-r RATE] [-R] PROGRAM [ARGUMENT]...");
		return 2;
	}
	command = argv + optind;
	pthread_t threads[MAX_AT_ONCE];
	int started = 0;
	begin = now();
	while (started < at_once && !pthread_create(&threads[started], NULL, worker, NULL))
		started++;
	for (int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	double seconds = now() - begin;
	long n = atomic_load(&good);
	printf("{\"at_once\":%d,\"ok\":%ld,\"errors\":%ld,\"seconds\":%.3f,\"per_second\":%.1f,\"own_cpu_us\":%.1f,"
		"\"command_cpu_us\":%.1f}\n", started, n, (long)bad, seconds, n / seconds,
		n ? cpu_seconds(RUSAGE_SELF) / n * 1e6 : 0, n ? cpu_seconds(RUSAGE_CHILDREN) / n * 1e6 : 0);
	return bad || !n || started < at_once;
}
