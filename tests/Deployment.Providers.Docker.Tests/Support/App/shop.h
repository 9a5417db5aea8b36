// What the parts of the tests' application share.
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>

#define ROOM 16384

extern volatile int draining;
extern volatile sig_atomic_t asked;
extern const char *version;
extern long long started;

// Variables of the environment.
const char *text_of(const char *name, const char *otherwise);
long number_of(const char *name, long otherwise);

long long now(void);
void pause_for(long milliseconds);
void say(const char *format, ...);
int send_all(int to, const char *bytes, size_t length);

// Answers one request; 0 when the connection is to be closed.
int serve(int client, char *path, int close, unsigned *dice);

// Begins to talk with who has connected.
void take(int client);

// Takes what still waits at the door, ends what is idle and waits for what is in flight.
void drain(int door);
