#include "shop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 4096 // connections at once

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static int places[MOST]; // 0 for one that is free
static int count;

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
        if (sscanf(text, "%*s %16000s", path) < 1)
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
    *place = 0;
    count--;
    close(client);
    pthread_cond_signal(&left);
    pthread_mutex_unlock(&lock);
    return NULL;
}

void take(int client)
{
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    pthread_mutex_lock(&lock);
    int *place = places;
    while (place < places + MOST && *place > 0)
    {
        place++;
    }
    int fits = place < places + MOST;
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

void drain(int door)
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
        if (places[place] > 0)
        {
            shutdown(places[place], SHUT_RD);
        }
    }
    while (count > 0)
    {
        pthread_cond_wait(&left, &lock);
    }
    pthread_mutex_unlock(&lock);
}
