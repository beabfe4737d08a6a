/* Moves the calendar's clock for a process and its children; loaded by LD_PRELOAD.

   Only the clock that tells the day moves. Clocks that measure durations stay, so everything sleeps and waits
   as it does today; limits that C libraries take from the calendar's clock are moved back. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t ahead_s;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("OTHER_DAY_AHEAD_S");
    ahead_s = text ? strtoll(text, NULL, 10) : 0;
}

static int is_calendar(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

static int real_gettime(clockid_t clock, struct timespec *at)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        real = dlsym(RTLD_NEXT, "clock_gettime");
    return real(clock, at);
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
    int failed = real_gettime(clock, at);
    if (!failed && is_calendar(clock))
        at->tv_sec += ahead_s;
    return failed;
}

time_t time(time_t *at)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

/* A limit that was reckoned from the moved clock, as the real one has it; others stay. */
static struct timespec real_limit(const struct timespec *limit)
{
    struct timespec now, moved = *limit;
    real_gettime(CLOCK_REALTIME, &now);
    if (limit->tv_sec > now.tv_sec + ahead_s / 2)
        moved.tv_sec -= ahead_s;
    return moved;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict limit)
{
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    struct timespec moved = real_limit(limit);
    if (!real)
        real = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!real)
        real = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    return real(condition, mutex, &moved);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict limit)
{
    static int (*real)(sem_t *, const struct timespec *);
    struct timespec moved = real_limit(limit);
    if (!real)
        real = dlsym(RTLD_NEXT, "sem_timedwait");
    return real(semaphore, &moved);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *length, struct timespec *left)
{
    struct timespec moved = *length;
    if ((flags & TIMER_ABSTIME) && is_calendar(clock))
        moved = real_limit(length);
    return syscall(SYS_clock_nanosleep, clock, flags, &moved, left) ? errno : 0;
}
