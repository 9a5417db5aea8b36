// The application of the tests' images: an HTTP/1.1 server that is there within milliseconds and finishes what is in flight when it is
// asked to end. What it does is said by the variables of its environment, and by the paths below. `shop --probe` asks for its health.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096 // connections at once
#define ROOM 16384

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static int open_connections[MOST];
static int count;
static volatile int draining;
static volatile sig_atomic_t asked;
static const char *version;
static long long started;

static const char *text_of(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

static long number_of(const char *name, long otherwise) { return atol(text_of(name, "")) ?: otherwise; }

static long long now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000LL + at.tv_nsec / 1000000;
}

static void pause_for(long milliseconds)
{
    struct timespec rest = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    while (nanosleep(&rest, &rest) && errno == EINTR && !asked) { }
}

static void say(const char *format, ...)
{
    char line[512];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    line[length++] = '\n';
    if (write(1, line, length) < 0) { }
}

static int send_all(int to, const char *bytes, size_t length)
{
    while (length > 0)
    {
        ssize_t sent = send(to, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
        {
            return 0;
        }
        bytes += sent;
        length -= sent;
    }
    return 1;
}

static int answer(int to, int status, const char *body, size_t length, int close)
{
    char text[2 * ROOM];
    int head = snprintf(text, ROOM,
        "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nX-Version: %s\r\nContent-Length: %zu\r\n%s\r\n",
        status, status == 200 ? "OK" : "Refused", version, length, close ? "Connection: close\r\n" : "");
    memcpy(text + head, body, length);
    return send_all(to, text, head + length);
}

// What is behind `name=` in a query; its end is marked in place.
static const char *query_of(char *path, const char *name)
{
    char *found = strstr(path, name);
    if (!found)
    {
        return "";
    }
    found += strlen(name);
    found[strcspn(found, "&")] = 0;
    return found;
}

static int is_unhealthy(void)
{
    long after = number_of("UNHEALTHY_AFTER_MS", 0);
    return number_of("UNHEALTHY", 0) || (after && now() - started > after);
}

// Answers one request; 0 when the connection is to be closed.
static int serve(int client, char *path, int close, unsigned *dice)
{
    char file[ROOM / 2];
    const char *body = version;
    size_t length;
    int status = 200;
    long failing = number_of("FAIL_PERCENT", 0);
    if (!strncmp(path, "/health", 7))
    {
        status = is_unhealthy() ? 503 : 200;
        body = status == 200 ? "healthy" : "unhealthy";
        failing = 0;
    }
    else if (!strncmp(path, "/slow", 5))
    {
        pause_for(atol(query_of(path, "ms=")));
    }
    else if (!strncmp(path, "/env", 4))
    {
        const char *value = getenv(query_of(path, "name="));
        status = value ? 200 : 404;
        body = value ? value : "";
    }
    else if (!strncmp(path, "/file", 5))
    {
        FILE *read = fopen(query_of(path, "path="), "re");
        length = read ? fread(file, 1, sizeof file - 1, read) : 0;
        file[length] = 0;
        status = read ? 200 : 404;
        body = read ? file : strerror(errno);
        if (read)
        {
            fclose(read);
        }
    }
    else if (!strncmp(path, "/fail", 5))
    {
        failing = atol(query_of(path, "percent="));
    }
    else if (!strncmp(path, "/crash", 6))
    {
        say("shop %s crashes", version);
        _exit(1);
    }
    else if (strcmp(path, "/") && path[1] != '?')
    {
        status = 404;
    }
    if (failing > rand_r(dice) % 100)
    {
        status = 500;
    }
    length = strlen(body);
    close |= draining;
    return answer(client, status, body, length < ROOM ? length : ROOM - 1, close) && !close;
}

static long body_length(const char *head)
{
    const char *found = strcasestr(head, "\r\nContent-Length:");
    return found ? atol(found + 17) : 0;
}

// Reads requests of one connection, one after the other, also when they come in one piece.
static void talk(int client, unsigned dice)
{
    char text[ROOM + 1];
    size_t filled = 0;
    for (;;)
    {
        text[filled] = 0;
        char *end = strstr(text, "\r\n\r\n");
        size_t whole = end ? end + 4 - text + body_length(text) : 0;
        if (!end || filled < whole)
        {
            ssize_t got = filled < ROOM ? recv(client, text + filled, ROOM - filled, 0) : 0;
            if (got <= 0)
            {
                return;
            }
            filled += got;
            continue;
        }
        *end = 0;
        char path[ROOM];
        int is_old = 0;
        if (sscanf(text, "%*s %16000s HTTP/1.%d", path, &is_old) < 1)
        {
            return;
        }
        int close = strcasestr(text, "\r\nConnection: close") != NULL || strstr(text, " HTTP/1.0\r\n") != NULL;
        if (!serve(client, path, close, &dice))
        {
            return;
        }
        memmove(text, text + whole, filled -= whole);
    }
}

static void *connection(void *slot)
{
    int *place = slot;
    int client = *place;
    talk(client, client + getpid() + (unsigned)now());
    pthread_mutex_lock(&lock);
    *place = -1;
    count--;
    close(client);
    pthread_cond_signal(&left);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void take(int client)
{
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    pthread_mutex_lock(&lock);
    int *place = open_connections;
    while (place < open_connections + MOST && *place >= 0)
    {
        place++;
    }
    int fits = place < open_connections + MOST;
    if (fits)
    {
        *place = client;
        count++;
        if (draining)
        {
            shutdown(client, SHUT_RD);
        }
    }
    pthread_mutex_unlock(&lock);
    if (!fits || pthread_create(&thread, &small, connection, place))
    {
        say("shop %s has no room for a connection", version);
        _exit(2);
    }
}

// Takes what still waits at the door, ends what is idle and waits for what is in flight.
static void drain(int door)
{
    int waiting;
    pthread_mutex_lock(&lock);
    draining = 1;
    pthread_mutex_unlock(&lock);
    while ((waiting = accept4(door, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
        take(waiting);
    }
    close(door);
    pthread_mutex_lock(&lock);
    for (int place = 0; place < MOST; place++)
    {
        if (open_connections[place] >= 0)
        {
            shutdown(open_connections[place], SHUT_RD);
        }
    }
    while (count > 0)
    {
        pthread_cond_wait(&left, &lock);
    }
    pthread_mutex_unlock(&lock);
}

static int listen_at(long port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(door, (struct sockaddr *)&at, sizeof at) || listen(door, 1024))
    {
        say("shop %s can't listen on port %ld: %s", version, port, strerror(errno));
        exit(1);
    }
    return door;
}

static int probe(long port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    char text[256] = "";
    int to = socket(AF_INET, SOCK_STREAM, 0);
    const char *ask = "GET /health HTTP/1.0\r\n\r\n";
    return connect(to, (struct sockaddr *)&at, sizeof at) || !send_all(to, ask, strlen(ask)) || recv(to, text, 255, 0) <= 0 || !strstr(text, " 200 ");
}

static void end(int signal) { asked = signal; }

// A worker without a port: a line a tick.
static void work(const char *path)
{
    for (long tick = 0; !asked; tick++)
    {
        FILE *notes = fopen(path, "ae");
        if (notes)
        {
            fprintf(notes, "%s %ld\n", version, tick);
            fclose(notes);
        }
        pause_for(number_of("TICK_MS", 100));
    }
}

int main(int arguments, char **values)
{
    long port = number_of("PORT", 8080);
    version = text_of("VERSION", "none");
    started = now();
    if (arguments > 1 && !strcmp(values[1], "--probe"))
    {
        return probe(port);
    }
    struct sigaction on_end = { .sa_handler = number_of("IGNORE_TERM", 0) ? SIG_IGN : end };
    sigaction(SIGTERM, &on_end, NULL);
    sigaction(SIGINT, &on_end, NULL);
    if (number_of("EXIT_AT_ONCE", 0))
    {
        for (long line = 1; line <= number_of("EXIT_LINES", 500); line++)
        {
            say("shop %s can't start: line %ld of many, %s", version, line, "which tell why in more words than anybody reads");
        }
        return number_of("EXIT_CODE", 1);
    }
    pause_for(number_of("START_DELAY_MS", 0));
    if (*text_of("WORKER", ""))
    {
        say("shop %s works", version);
        work(getenv("WORKER"));
    }
    else
    {
        memset(open_connections, -1, sizeof open_connections);
        int door = listen_at(port);
        // Only this thread takes the signal, and only while it waits: no request is cut short by it, and none of it is missed.
        sigset_t ends, usual;
        sigemptyset(&ends);
        sigaddset(&ends, SIGTERM);
        sigaddset(&ends, SIGINT);
        pthread_sigmask(SIG_BLOCK, &ends, &usual);
        say("shop %s listens on port %ld", version, port);
        while (!asked)
        {
            struct pollfd guest = { door, POLLIN, 0 };
            int client = ppoll(&guest, 1, NULL, &usual) > 0 ? accept4(door, NULL, NULL, SOCK_CLOEXEC) : -1;
            if (client >= 0)
            {
                take(client);
            }
        }
        say("shop %s drains", version);
        drain(door);
    }
    say("shop %s ends", version);
    return 0;
}
