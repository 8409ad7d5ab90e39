/* A file system without locks: flock fails with the errno in NOLOCK_ERRNO. */
#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>

int flock(int descriptor, int operation) {
    const char *wanted = getenv("NOLOCK_ERRNO");
    (void)descriptor, (void)operation;
    errno = wanted ? atoi(wanted) : ENOLCK;
    return -1;
}
