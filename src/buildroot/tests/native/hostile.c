/* Run by a hostile build: tries what no build may do and names what worked. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void worked(int yes, const char *what) { if (yes) { printf("ESCAPE %s\n", what); fflush(stdout); } }

static int connects(int family, const char *address, int port)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0), got;
    if (fd < 0) return 0;
    inet_pton(family, address, family == AF_INET ? (void *)&four.sin_addr : (void *)&six.sin6_addr);
    got = family == AF_INET ? connect(fd, (void *)&four, sizeof four) : connect(fd, (void *)&six, sizeof six);
    if (got != 0 && errno == EINPROGRESS) {
        struct pollfd wait = { .fd = fd, .events = POLLOUT };
        socklen_t size = sizeof got;
        /* a packet on its way counts as much as an answer */
        if (poll(&wait, 1, 500) == 0) return 1;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &got, &size);
    }
    return got == 0;
}

static int reads(const char *path) { char c; int fd = open(path, O_RDONLY | O_NONBLOCK); return fd >= 0 && read(fd, &c, 1) == 1; }
static int writes(const char *path) { return open(path, O_WRONLY | O_CREAT, 0600) >= 0; }

int main(void)
{
    int port = atoi(getenv("PORT")), host = atoi(getenv("HOST_PID"));
    char path[300], buffer[16];
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    struct sockaddr_vm vm = { .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_HOST, .svm_port = 1024 };
    struct iovec local = { buffer, sizeof buffer }, remote = { (void *)0x400000, sizeof buffer };
    struct timespec now;
    struct timex zero = { .modes = ADJ_TICK, .tick = 10000 };
    struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };
    struct sched_param first = { 1 };
    int fd;

    worked(connects(AF_INET, "127.0.0.1", port), "connected to the machine");
    worked(connects(AF_INET6, "::1", port), "connected to the machine by IPv6");
    worked(connects(AF_INET, "203.0.113.7", 80), "connected to the world");
    worked(connects(AF_INET6, "2001:db8::7", 80), "connected to the world by IPv6");
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strncpy(un.sun_path + 1, getenv("ABSTRACT"), sizeof un.sun_path - 2);
    worked(connect(fd, (void *)&un, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(getenv("ABSTRACT"))) == 0, "connected to an abstract socket");
    fd = socket(AF_VSOCK, SOCK_STREAM, 0);
    worked(fd >= 0 && connect(fd, (void *)&vm, sizeof vm) == 0, "connected to the hypervisor");
    worked(fd >= 0, "made a socket to the hypervisor");
    worked(socket(AF_INET, SOCK_RAW, 1) >= 0, "made a raw socket");
    worked(socket(AF_PACKET, SOCK_RAW, 3) >= 0, "made a packet socket");

    worked(reads(getenv("SECRET")), "read a file of the host");
    const char *closed[] = { "/etc/kojid/kojid.keytab", "/etc/krb5.keytab", "/etc/shadow", "/root/.bashrc", "/proc/kcore", "/proc/kmsg",
        "/proc/1/environ", "/proc/1/mem", "/proc/1/exe", "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/run/dbus/system_bus_socket",
        "/var/lib/rpm/../../../proc/1/root/etc/hostname" };
    for (size_t n = 0; n < sizeof closed / sizeof *closed; n++) {
        snprintf(path, sizeof path, "read %s", closed[n]);
        worked(reads(closed[n]), path);
    }
    snprintf(path, sizeof path, "/proc/%d/environ", host);
    worked(reads(path), "read the environment of the engine");
    const char *outside[] = { "/usr/bin/x", "/etc/passwd", "/x", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
        "/proc/sys/vm/drop_caches", "/sys/kernel/uevent_helper", "/sys/fs/cgroup/x", "/sys/power/state", "/dev/x", "/sys/kernel/mm/ksm/run" };
    for (size_t n = 0; n < sizeof outside / sizeof *outside; n++) {
        snprintf(path, sizeof path, "wrote %s", outside[n]);
        worked(writes(outside[n]), path);
    }

    worked(kill(host, 0) == 0, "saw a process of the host");
    worked(ptrace(PTRACE_ATTACH, host, 0, 0) == 0, "traced a process of the host");
    worked(ptrace(PTRACE_ATTACH, 1, 0, 0) == 0, "traced init");
    worked(process_vm_readv(1, &local, 1, &remote, 1, 0) > 0, "read the memory of init");
    worked(kill(1, SIGKILL) == 0 && usleep(200000) == 0 && 0, "killed init");

    worked(mount("none", "/mnt", "tmpfs", 0, "") == 0, "mounted");
    worked(umount("/proc") == 0, "unmounted");
    worked(chroot("/tmp") == 0, "changed the root");
    worked(unshare(CLONE_NEWNS) == 0, "made a mount namespace");
    worked(mknod("/tmp/disk", S_IFBLK | 0600, makedev(8, 0)) == 0, "made a disk");
    worked(mknod("/tmp/memory", S_IFCHR | 0600, makedev(1, 1)) == 0, "made a memory device");
    worked(setuid(0) == 0 || seteuid(0) == 0, "became root");
    worked(setgid(0) == 0, "became root's group");

    clock_gettime(CLOCK_REALTIME, &now);
    worked(clock_settime(CLOCK_REALTIME, &now) == 0, "set the clock");
    worked(adjtimex(&zero) >= 0, "changed the speed of the clock");
    worked(sethostname("x", 1) == 0, "set the host name");
    worked(reboot(RB_DISABLE_CAD) == 0, "reached reboot");
    worked(klogctl(3, buffer, sizeof buffer) >= 0, "read the kernel's log");
    worked(setrlimit(RLIMIT_NPROC, &most) == 0, "raised its limits");
    worked(setpriority(PRIO_PROCESS, 0, -10) == 0, "went before others");
    worked(sched_setscheduler(0, SCHED_FIFO, &first) == 0, "became a real-time process");
    worked(syscall(SYS_keyctl, 0, -4, 1) >= 0, "reached the keys of users");
    worked(syscall(SYS_add_key, "user", "koji-test", "x", 1, -4) >= 0, "added a key");
    worked(syscall(SYS_bpf, 0, 0, 0) >= 0 || errno != ENOSYS, "reached bpf");
    worked(syscall(SYS_perf_event_open, 0, 0, 0, 0, 0) >= 0 || errno != ENOSYS, "reached performance events");
    worked(ioctl(0, TIOCSTI, "x") == 0, "typed on the terminal");
    puts("attacks done");
    return 0;
}
