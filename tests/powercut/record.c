/* Records what a program does to the files of one folder, with the data, in the order in which it
 * happened; preloaded by tests/powercut. Also records what the program prints, because that is
 * what it has acknowledged.
 *
 * RECORD_FOLDER: the folder, absolute. RECORD_TO: the file that the records are appended to.
 * A record: kind u8, file u32, offset u64, length u32, then that many bytes. All little-endian.
 *
 *   O  path    opened, created if need be     file = number of this opening, offset = 1: emptied
 *   W  data    written at offset
 *   T          cut or grown to offset
 *   B, S, F    sync begun; ended as fsync; ended as fdatasync     offset = number of the sync
 *   D          a folder's sync ended; the path as data
 *   R  a\0b    renamed          U  path    removed
 *   A  text    printed
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILES = 4096, OWN = 3000 };

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static int out = -1;
static uint32_t files[FILES], last_file;
static char folders[FILES][PATH_MAX];
static uint64_t last_sync;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void die(const char *what) { fprintf(stderr, "record: %s: %s\n", what, strerror(errno)); _exit(99); }

__attribute__((constructor)) static void start(void) {
    folder = getenv("RECORD_FOLDER");
    const char *to = getenv("RECORD_TO");
    if (!folder || !to) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (file < 0 || (out = (int)syscall(SYS_dup3, file, OWN, O_CLOEXEC)) < 0) die(to);
    syscall(SYS_close, file);
}

static void emit(char kind, uint32_t file, uint64_t offset, const void *data, size_t length) {
    struct __attribute__((packed)) { char kind; uint32_t file; uint64_t offset; uint32_t length; }
        head = {kind, file, offset, (uint32_t)length};
    struct iovec all[2] = {{&head, sizeof head}, {(void *)data, length}};
    if (syscall(SYS_writev, out, all, 2) != (ssize_t)(sizeof head + length)) die("short record");
}

static int inside(const char *path) {
    return out >= 0 && folder && !strncmp(path, folder, strlen(folder));
}

/* The program under test names its files by absolute paths. */
static int opened(int fd, const char *path, int flags, int is_new) {
    if (fd < 0 || fd >= FILES || !inside(path)) return fd;
    struct stat info;
    if (fstat(fd, &info)) die(path);
    files[fd] = 0;
    folders[fd][0] = 0;
    if (S_ISDIR(info.st_mode)) {
        snprintf(folders[fd], PATH_MAX, "%s", path);
    } else {
        files[fd] = ++last_file;
        emit('O', files[fd], (flags & O_TRUNC) || is_new ? 1 : 0, path, strlen(path));
    }
    return fd;
}

static int open_any(__typeof__(&open64) real, const char *path, int flags, mode_t mode) {
    pthread_mutex_lock(&order);
    int is_new = access(path, F_OK) != 0;
    int fd = opened(real(path, flags, mode), path, flags, is_new);
    int saved = errno;
    pthread_mutex_unlock(&order);
    errno = saved;
    return fd;
}

static mode_t mode_of(int flags, va_list rest) { return flags & O_CREAT ? (mode_t)va_arg(rest, int) : 0; }

int open64(const char *path, int flags, ...) {
    va_list rest; va_start(rest, flags); mode_t mode = mode_of(flags, rest); va_end(rest);
    return open_any(REAL(open64), path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest; va_start(rest, flags); mode_t mode = mode_of(flags, rest); va_end(rest);
    return open_any((__typeof__(&open64))REAL(open), path, flags, mode);
}

int close(int fd) {
    pthread_mutex_lock(&order);
    if (fd >= 0 && fd < FILES) { files[fd] = 0; folders[fd][0] = 0; }
    int result = REAL(close)(fd);
    pthread_mutex_unlock(&order);
    return result;
}

static uint32_t file_of(int fd) { return out >= 0 && fd >= 0 && fd < FILES ? files[fd] : 0; }

ssize_t write(int fd, const void *data, size_t length) {
    pthread_mutex_lock(&order);
    uint32_t file = file_of(fd);
    off64_t offset = file ? lseek64(fd, 0, SEEK_CUR) : 0;
    ssize_t done = REAL(write)(fd, data, length);
    if (done > 0 && file) emit('W', file, (uint64_t)offset, data, (size_t)done);
    if (done > 0 && fd == 1 && out >= 0) emit('A', 0, 0, data, (size_t)done);
    pthread_mutex_unlock(&order);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    pthread_mutex_lock(&order);
    ssize_t done = REAL(pwrite64)(fd, data, length, offset);
    if (done > 0 && file_of(fd)) emit('W', file_of(fd), (uint64_t)offset, data, (size_t)done);
    pthread_mutex_unlock(&order);
    return done;
}

int ftruncate64(int fd, off64_t length) {
    pthread_mutex_lock(&order);
    int result = REAL(ftruncate64)(fd, length);
    if (!result && file_of(fd)) emit('T', file_of(fd), (uint64_t)length, "", 0);
    pthread_mutex_unlock(&order);
    return result;
}

/* What was written before a sync began is durable once it has ended; the lock is not held in
 * between, as other threads go on writing. */
static int synced(int (*real)(int), int fd, char kind) {
    pthread_mutex_lock(&order);
    uint32_t file = file_of(fd);
    uint64_t number = ++last_sync;
    if (file) emit('B', file, number, "", 0);
    pthread_mutex_unlock(&order);
    int result = real(fd), saved = errno;
    pthread_mutex_lock(&order);
    if (!result && file) emit(kind, file, number, "", 0);
    if (!result && fd >= 0 && fd < FILES && folders[fd][0])
        emit('D', 0, 0, folders[fd], strlen(folders[fd]));
    pthread_mutex_unlock(&order);
    errno = saved;
    return result;
}

int fsync(int fd) { return synced(REAL(fsync), fd, 'S'); }
int fdatasync(int fd) { return synced(REAL(fdatasync), fd, 'F'); }

int rename(const char *from, const char *to) {
    char both[2 * PATH_MAX];
    pthread_mutex_lock(&order);
    int result = REAL(rename)(from, to);
    if (!result && inside(from)) {
        int length = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
        emit('R', 0, 0, both, (size_t)length);
    }
    pthread_mutex_unlock(&order);
    return result;
}

int unlink(const char *path) {
    pthread_mutex_lock(&order);
    int result = REAL(unlink)(path);
    if (!result && inside(path)) emit('U', 0, 0, path, strlen(path));
    pthread_mutex_unlock(&order);
    return result;
}
