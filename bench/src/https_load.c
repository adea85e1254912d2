/*
 * https_load - load generator for an HTTPS server that answers with a Content-Length.
 *
 * N threads keep N requests in flight (closed loop), or, with -r, requests are started on a fixed schedule (open loop,
 * latency counted from the scheduled start so that queueing is visible). Each thread keeps its connection, or, with -N,
 * makes a new one for each request, with a whole TLS handshake.
 *
 * Every answer is verified: status, length, an optional substring of the body. Anything else is counted as an error by kind.
 * With --await the program asks until the server answers once, and tells when that was (CLOCK_MONOTONIC).
 *
 * Build: cc -O2 -Wall -Wextra -o https_load https_load.c -lssl -lcrypto -lpthread
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ANSWER = 1 << 16, MAX_SAMPLES = 4000000, MAX_AT_ONCE = 4096 };
enum { OK, CONNECT, TLS, SEND, CLOSED, TIMEOUT, BAD_HEAD, BAD_STATUS, BAD_BODY, KINDS };
static const char *kind_name[KINDS] = { "ok", "connect", "tls-handshake", "send", "closed", "timeout", "bad-head",
	"bad-status", "bad-body" };

static struct {
	const char *path, *body, *expect, *ca, *label;
	long total;
	double duration, rate, await;
	int port, at_once, timeout, new_connections;
} o = { .path = "/", .label = "", .total = 100, .at_once = 1, .timeout = 30 };

static SSL_CTX *ctx;
static struct sockaddr_in addr;
static char *request;
static int request_length;
static double begin, *latency;
static long capacity;
static atomic_long next_ticket, done, errors[KINDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char first_error[256];

struct connection { int fd; SSL *ssl; };

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

static void drop(struct connection *c, int politely)
{
	if (c->ssl) {
		if (politely)
			SSL_shutdown(c->ssl);
		SSL_free(c->ssl);
	}
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->ssl = NULL;
	ERR_clear_error();
}

static int open_connection(struct connection *c, char *why, size_t size)
{
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0) {
		snprintf(why, size, "socket: %s", strerror(errno));
		return CONNECT;
	}
	struct timeval limit = { o.timeout, 0 };
	int one = 1;
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(c->fd, (struct sockaddr *)&addr, sizeof addr) < 0) {
		snprintf(why, size, "connect: %s", strerror(errno));
		return errno == EINPROGRESS || errno == EAGAIN ? TIMEOUT : CONNECT;
	}
	c->ssl = SSL_new(ctx);
	SSL_set_fd(c->ssl, c->fd);
	errno = 0;
	if (SSL_connect(c->ssl) != 1) {
		int error = errno;
		unsigned long queued = ERR_get_error();
		snprintf(why, size, "TLS: %s %s", queued ? ERR_reason_error_string(queued) : "-", strerror(error));
		return error == EAGAIN ? TIMEOUT : TLS;
	}
	return OK;
}

static int failed_read(struct connection *c, int result, char *why, size_t size)
{
	int error = errno;
	snprintf(why, size, "read: %s", error ? strerror(error) : "the server closed the connection");
	return SSL_get_error(c->ssl, result) == SSL_ERROR_WANT_READ || error == EAGAIN ? TIMEOUT : CLOSED;
}

/* Reads one answer and verifies it. *last is set when the server wants to end the connection. */
static int read_answer(struct connection *c, int *last, char *why, size_t size)
{
	char b[MAX_ANSWER + 1], *end = NULL;
	int got = 0;
	while (!end) {
		if (got == MAX_ANSWER) {
			snprintf(why, size, "a head of more than %d bytes", MAX_ANSWER);
			return BAD_HEAD;
		}
		errno = 0;
		int r = SSL_read(c->ssl, b + got, MAX_ANSWER - got);
		if (r <= 0)
			return failed_read(c, r, why, size);
		got += r;
		b[got] = 0;
		end = strstr(b, "\r\n\r\n");
	}
	long length = -1;
	int status = 0;
	if (sscanf(b, "HTTP/1.1 %d ", &status) != 1) {
		snprintf(why, size, "not HTTP/1.1: %.60s", b);
		return BAD_HEAD;
	}
	for (char *line = strstr(b, "\r\n"); line && line < end; line = strstr(line + 2, "\r\n")) {
		if (!strncasecmp(line + 2, "content-length:", 15))
			length = atol(line + 17);
		if (!strncasecmp(line + 2, "connection: close", 17))
			*last = 1;
	}
	char *body = end + 4;
	if (length < 0 || length > MAX_ANSWER - (body - b)) {
		snprintf(why, size, "Content-Length %ld", length);
		return BAD_HEAD;
	}
	while (got < body - b + length) {
		errno = 0;
		int r = SSL_read(c->ssl, b + got, (int)(body - b + length) - got);
		if (r <= 0)
			return failed_read(c, r, why, size);
		got += r;
	}
	b[got] = 0;
	if (status != 200) {
		snprintf(why, size, "status %d: %.120s", status, body);
		return BAD_STATUS;
	}
	if (got > body - b + length || (o.expect && !strstr(body, o.expect))) {
		snprintf(why, size, "body: %.160s", body);
		return BAD_BODY;
	}
	return OK;
}

static int one(struct connection *c, char *why, size_t size)
{
	int last = o.new_connections, kind = OK;
	if (c->fd < 0)
		kind = open_connection(c, why, size);
	if (kind == OK && SSL_write(c->ssl, request, request_length) != request_length) {
		snprintf(why, size, "write: %s", strerror(errno));
		kind = SEND;
	}
	if (kind == OK)
		kind = read_answer(c, &last, why, size);
	if (kind != OK || last)
		drop(c, kind == OK);
	return kind;
}

static void count(int kind, double started, const char *why)
{
	if (kind == OK) {
		long i = atomic_fetch_add(&done, 1);
		if (i < capacity)
			latency[i] = now() - started;
		return;
	}
	atomic_fetch_add(&errors[kind], 1);
	pthread_mutex_lock(&lock);
	if (!first_error[0])
		snprintf(first_error, sizeof first_error, "%s: %.200s", kind_name[kind], why);
	pthread_mutex_unlock(&lock);
}

static void *worker(void *unused)
{
	(void)unused;
	struct connection c = { -1, NULL };
	for (;;) {
		long ticket = atomic_fetch_add(&next_ticket, 1);
		double start = now();
		if (o.duration > 0 ? start - begin >= o.duration : ticket >= o.total)
			break;
		if (o.rate > 0) {
			double due = begin + ticket / o.rate;
			if (o.duration > 0 && due - begin >= o.duration)
				break;
			sleep_for(due - start);
			start = due;
		}
		char why[256] = "";
		count(one(&c, why, sizeof why), start, why);
	}
	drop(&c, 1);
	return NULL;
}

/* Asks each millisecond until there is one good answer. */
static int await_answer(void)
{
	char why[256] = "";
	while (now() - begin < o.await) {
		struct connection c = { -1, NULL };
		int kind = one(&c, why, sizeof why);
		if (kind == OK) {
			printf("{\"answered_at\":%.6f}\n", now());
			drop(&c, 1);
			return 0;
		}
		sleep_for(0.001);
	}
	fprintf(stderr, "no answer within %.0f s; the last attempt: %s\n", o.await, why);
	return 1;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double percentile_ms(long n, double p)
{
	long i = (long)(p / 100 * n);
	return n ? latency[i < n ? i : n - 1] * 1e3 : 0;
}

static double cpu_seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void usage(void)
{
	puts("https_load -p PORT [-m PATH] [-b BODY] [-n TOTAL | -d SECONDS] [-C AT_ONCE]   always asks 127.0.0.1\n"
	"  -b BODY        POST it; without it the request is a GET       -x TEXT  expected substring of the answer's body\n"
	"  -N             a new connection for each request             -r RATE  open loop: start RATE requests/s\n"
	"  -t SECONDS     socket timeout (30)                           --ca FILE  verify the server for 127.0.0.1\n"
	"  --label TEXT   named so in the JSON line that is printed     --await SECONDS  until the first good answer\n"
	"exit code 0 when every request was answered correctly, 1 otherwise");
	exit(2);
}

static void parse(int argc, char **argv)
{
	enum { CA = 256, LABEL, AWAIT };
	static struct option names[] = { { "ca", 1, 0, CA }, { "label", 1, 0, LABEL }, { "await", 1, 0, AWAIT },
		{ "help", 0, 0, 'h' }, { 0, 0, 0, 0 } };
	int c;
	while ((c = getopt_long(argc, argv, "p:m:b:x:n:d:C:r:t:Nh", names, NULL)) != -1)
		switch (c) {
		case 'p': o.port = atoi(optarg); break;
		case 'm': o.path = optarg; break;
		case 'b': o.body = optarg; break;
		case 'x': o.expect = optarg; break;
		case 'n': o.total = atol(optarg); break;
		case 'd': o.duration = atof(optarg); break;
		case 'C': o.at_once = atoi(optarg); break;
		case 'r': o.rate = atof(optarg); break;
		case 't': o.timeout = atoi(optarg); break;
		case 'N': o.new_connections = 1; break;
		case CA: o.ca = optarg; break;
		case LABEL: o.label = optarg; break;
		case AWAIT: o.await = atof(optarg); o.new_connections = 1; break;
		default: usage();
		}
	if (o.port < 1 || o.port > 65535 || o.at_once < 1 || o.at_once > MAX_AT_ONCE || o.total < 0 || o.total > MAX_SAMPLES)
		usage();
}

static void prepare(void)
{
	signal(SIGPIPE, SIG_IGN);
	addr.sin_family = AF_INET;
	addr.sin_port = htons((unsigned short)o.port);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	request_length = o.body
		? asprintf(&request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
			"Content-Length: %zu\r\n\r\n%s", o.path, o.port, strlen(o.body), o.body)
		: asprintf(&request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", o.path, o.port);
	ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	if (o.ca) {
		if (!SSL_CTX_load_verify_locations(ctx, o.ca, NULL)) {
			fprintf(stderr, "%s cannot be read as certificates\n", o.ca);
			exit(2);
		}
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
		X509_VERIFY_PARAM_set1_ip_asc(SSL_CTX_get0_param(ctx), "127.0.0.1");
	}
	capacity = o.duration > 0 ? MAX_SAMPLES : o.total;
	latency = calloc(capacity + 1, sizeof *latency);
	if (request_length < 0 || !ctx || !latency) {
		fprintf(stderr, "out of memory\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	parse(argc, argv);
	prepare();
	begin = now();
	if (o.await > 0)
		return await_answer();
	static pthread_t threads[MAX_AT_ONCE];
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 512 * 1024);
	double cpu = cpu_seconds();
	int started = 0;
	while (started < o.at_once && !pthread_create(&threads[started], &attributes, worker, NULL))
		started++;
	for (int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	double seconds = now() - begin;
	long good = atomic_load(&done), bad = 0, n = good < capacity ? good : capacity;
	cpu = cpu_seconds() - cpu;
	for (int i = 1; i < KINDS; i++)
		bad += atomic_load(&errors[i]);
	qsort(latency, n, sizeof *latency, compare);
	printf("{\"label\":\"%s\",\"at_once\":%d,\"new_connections\":%s,\"ok\":%ld,\"errors\":%ld,\"seconds\":%.3f,"
		"\"per_second\":%.1f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"client_cpu_ms\":%.4f}\n",
		o.label, started, o.new_connections ? "true" : "false", good, bad, seconds, good / seconds,
		percentile_ms(n, 50), percentile_ms(n, 99), percentile_ms(n, 100), good ? cpu / good * 1e3 : 0);
	if (bad) {
		fprintf(stderr, "errors:");
		for (int i = 1; i < KINDS; i++)
			if (atomic_load(&errors[i]))
				fprintf(stderr, " %s=%ld", kind_name[i], (long)errors[i]);
		fprintf(stderr, "; first: %s\n", first_error);
	}
	return bad || !good || started < o.at_once;
}
