/* Stands between the program and the C library (LD_PRELOAD), for the files `holdpoint.db` and `holdpoint.db-wal`:
 *
 * - What is written is noted with what was there before, in FILE.undo, until the file is synced. Whoever applies these notes
 *   backwards after the program was killed has what a disk has after a power cut: nothing that was not synced.
 * - LD_SHIM_UNSYNCED: syncing is said to be done, and is not (as with `PRAGMA synchronous = OFF`).
 * - LD_SHIM_FULL: while the file that it names is there, no file grows (ENOSPC).
 * - LD_SHIM_BROKEN: while the file that it names is there, what is written arrives, and syncing fails (EIO).
 * - LD_SHIM_CLOCK: the file that it names, while it is there, holds seconds that are added to the time of day.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The path of a file that is watched, or 0. */
static int watched(int fd, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    return name && (!strcmp(name, "/holdpoint.db") || !strcmp(name, "/holdpoint.db-wal"));
}

static int flagged(const char *variable) {
    const char *path = getenv(variable);
    return path && access(path, F_OK) == 0;
}

static int undo_of(const char *path, int flags) {
    char undo[4200];
    snprintf(undo, sizeof undo, "%s.undo", path);
    return NEXT(open)(undo, flags | O_CLOEXEC, 0600);
}

/* Notes the size of the file and the bytes at a place. */
static void note(int fd, const char *path, uint64_t offset, uint64_t count) {
    struct stat now;
    if (fstat(fd, &now)) abort();
    uint64_t size = (uint64_t)now.st_size;
    uint64_t there = offset >= size ? 0 : (size - offset < count ? size - offset : count);
    char *bytes = malloc(24 + there);
    uint64_t head[3] = {size, offset, there};
    memcpy(bytes, head, 24);
    if (pread(fd, bytes + 24, there, (off_t)offset) != (ssize_t)there) abort();
    int undo = undo_of(path, O_WRONLY | O_CREAT | O_APPEND);
    if (undo < 0 || NEXT(write)(undo, bytes, 24 + there) != (ssize_t)(24 + there)) abort();
    close(undo);
    free(bytes);
}

static ssize_t put(int fd, const void *bytes, size_t count, off_t offset) {
    ssize_t (*next)(int, const void *, size_t, off_t) = NEXT(pwrite);
    char path[4096];
    if (!watched(fd, path, sizeof path)) return next(fd, bytes, count, offset);
    pthread_mutex_lock(&lock);
    struct stat now;
    ssize_t done;
    if (flagged("LD_SHIM_FULL") && !fstat(fd, &now) && offset + (off_t)count > now.st_size) {
        errno = ENOSPC;
        done = -1;
    } else {
        note(fd, path, (uint64_t)offset, count);
        done = next(fd, bytes, count, offset);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return put(fd, bytes, count, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) { return put(fd, bytes, count, offset); }

static int cut(int fd, off_t length) {
    int (*next)(int, off_t) = NEXT(ftruncate);
    char path[4096];
    if (!watched(fd, path, sizeof path)) return next(fd, length);
    pthread_mutex_lock(&lock);
    note(fd, path, (uint64_t)length, UINT64_MAX);
    int done = next(fd, length);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

static int synced(int fd, int (*next)(int)) {
    char path[4096];
    if (!watched(fd, path, sizeof path)) return next(fd);
    if (getenv("LD_SHIM_UNSYNCED")) return 0;
    pthread_mutex_lock(&lock);
    int done = 0;
    if (flagged("LD_SHIM_BROKEN")) {
        errno = EIO;
        done = -1;
    } else if (!(done = next(fd))) {
        int undo = undo_of(path, O_WRONLY | O_CREAT | O_TRUNC);
        if (undo < 0) abort();
        close(undo);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int fsync(int fd) { return synced(fd, NEXT(fsync)); }
int fdatasync(int fd) { return synced(fd, NEXT(fdatasync)); }

int clock_gettime(clockid_t clock, struct timespec *time) {
    int done = NEXT(clock_gettime)(clock, time);
    const char *path = clock == CLOCK_REALTIME ? getenv("LD_SHIM_CLOCK") : 0;
    FILE *file = !done && path ? fopen(path, "r") : 0;
    if (file) {
        long long seconds = 0;
        if (fscanf(file, "%lld", &seconds) == 1) time->tv_sec += seconds;
        fclose(file);
    }
    return done;
}
