// The application of the tests' images: an HTTP/1.1 server that is there within milliseconds and finishes what is in flight when it is
// asked to end. What it does is said by the variables of its environment, and by the paths below. `shop --probe` asks for its health.
#include "shop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

volatile int draining;
volatile sig_atomic_t asked;
const char *version;
long long started;

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
