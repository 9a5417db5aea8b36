#include "shop.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

const char *text_of(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

long number_of(const char *name, long otherwise) { return atol(text_of(name, "")) ?: otherwise; }

long long now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000LL + at.tv_nsec / 1000000;
}

void pause_for(long milliseconds)
{
    struct timespec rest = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    while (nanosleep(&rest, &rest) && errno == EINTR && !asked) { }
}

void say(const char *format, ...)
{
    char line[512];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    line[length++] = '\n';
    if (write(1, line, length) < 0) { }
}

int send_all(int to, const char *bytes, size_t length)
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
