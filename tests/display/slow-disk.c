/* Loaded before the C library into a program: a disk that takes most of a second
 * to keep what was written, as a busy one does, or one behind a network. */
#include <sys/syscall.h>
#include <unistd.h>

#define DELAY_US 700000

int
fsync (int fd)
{
  usleep (DELAY_US);
  return (int) syscall (SYS_fsync, fd);
}

int
fdatasync (int fd)
{
  usleep (DELAY_US);
  return (int) syscall (SYS_fdatasync, fd);
}
