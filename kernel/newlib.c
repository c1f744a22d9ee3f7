// SPDX-License-Identifier: GPL-2.0-only
/*
 * What newlib asks of a system, under the plain names that its Debian build wants. Thread context only: newlib keeps
 * one unlocked state and may use vector registers.
 */
#include <errno.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <bootinfo.h>
#include <console.h>

#define HEAP_SIZE (4 * MIB)

int write(int fd, const void *buf, size_t n);
int read(int fd, void *buf, size_t n);
int close(int fd);
off_t lseek(int fd, off_t offset, int whence);
int isatty(int fd);
void *sbrk(ptrdiff_t n);
int getpid(void);
int kill(int pid, int sig);
void __noreturn _exit(int status);

int write(int fd, const void *buf, size_t n)
{
	if (fd != 1 && fd != 2) {
		errno = EBADF;
		return -1;
	}
	console_write(buf, n);
	return (int)n;
}

/* There is no input: end of file. */
int read(int fd, void *buf, size_t n)
{
	(void)fd;
	(void)buf;
	(void)n;
	return 0;
}

int close(int fd)
{
	(void)fd;
	errno = EBADF;
	return -1;
}

off_t lseek(int fd, off_t offset, int whence)
{
	(void)fd;
	(void)offset;
	(void)whence;
	errno = ESPIPE;
	return -1;
}

/* A character device: newlib then flushes its output at each line. */
int isatty(int fd)
{
	return fd >= 0 && fd <= 2;
}

int fstat(int fd, struct stat *st)
{
	(void)fd;
	*st = (struct stat){ .st_mode = S_IFCHR };
	return 0;
}

void *sbrk(ptrdiff_t n)
{
	static char heap[HEAP_SIZE] __attribute__((__aligned__(16)));
	static ptrdiff_t used;
	ptrdiff_t old = used;

	if (n > (ptrdiff_t)HEAP_SIZE - used || n < -used) {
		errno = ENOMEM;
		return (void *)-1;
	}
	used += n;
	return heap + old;
}

int getpid(void)
{
	return 1;
}

int kill(int pid, int sig)
{
	(void)pid;
	panic("the C library raised signal %d", sig);
}

void __noreturn _exit(int status)
{
	kprintf("@end status=%u\n", (unsigned)status);
	board_poweroff((unsigned)status);
}
