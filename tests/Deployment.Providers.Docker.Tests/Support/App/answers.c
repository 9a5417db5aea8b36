#include "shop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int serve(int client, char *path, int close, unsigned *dice)
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
