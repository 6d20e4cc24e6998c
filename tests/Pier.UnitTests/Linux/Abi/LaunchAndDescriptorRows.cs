using System.Runtime.InteropServices;
using Pier.Linux.Launch;
using Pier.Linux.Namespaces;
using Descriptors = Pier.Linux.Descriptors.Native;
using Epolls = Pier.Linux.Epoll.Native;
using Processes = Pier.Linux.Processes.Native;
using Sockets = Pier.Linux.Sockets.Native;

namespace Pier.UnitTests.Linux.Abi;

sealed class LaunchAndDescriptorRows : IAbiRows
{
    public IEnumerable<string> Headers =>
        [
            "sched.h",
            "signal.h",
            "fcntl.h",
            "sys/mman.h",
            "sys/file.h",
            "sys/wait.h",
            "sys/prctl.h",
            "sys/resource.h",
            "sys/epoll.h",
            "sys/eventfd.h",
            "sys/socket.h",
            "sys/stat.h",
            "sys/uio.h",
            "netinet/in.h",
            "netinet/tcp.h",
            "sys/syscall.h",
            "sys/ioctl.h",
            "asm/termbits.h",
        ];

    public IEnumerable<(string Expression, long Value)> Rows =>
        [
            ("CLONE_VM", (long)CloneFlags.Vm),
            ("CLONE_VFORK", (long)CloneFlags.VFork),
            ("CLONE_PARENT", (long)CloneFlags.Parent),
            ("CLONE_PARENT_SETTID", (long)CloneFlags.ParentSetTid),
            (
                "(long)(CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET)",
                (long)CloneFlags.NewAtClone
            ),
            ("SIG_SETMASK", 2),
            ("SIGCHLD", 17),
            ("sizeof(struct sigaction)", 152),
            ("offsetof(struct sigaction, sa_handler)", 0),
            ("sizeof(siginfo_t)", Size<Pier.Linux.Processes.SignalInfo>()),
            ("offsetof(siginfo_t, si_code)", 8),
            ("offsetof(siginfo_t, si_pid)", 16),
            ("offsetof(siginfo_t, si_status)", 24),
            ("P_PIDFD", Processes.P_PIDFD),
            ("WNOWAIT", Processes.WNOWAIT),
            ("WEXITED", Processes.WEXITED),
            ("WNOHANG", Processes.WNOHANG),
            ("CLD_EXITED", Processes.CLD_EXITED),
            ("RLIMIT_NOFILE", Processes.RLIMIT_NOFILE),
            ("sizeof(struct rlimit)", 16),
            ("PR_SET_CHILD_SUBREAPER", Processes.PR_SET_CHILD_SUBREAPER),
            ("PR_SET_DUMPABLE", Processes.PR_SET_DUMPABLE),
            ("PR_SET_NAME", Processes.PR_SET_NAME),
            ("SYS_pidfd_open", Processes.PidfdOpen),
            ("SYS_pidfd_send_signal", Processes.PidfdSendSignal),
            ("O_CREAT", Descriptors.O_CREAT),
            ("O_TRUNC", Descriptors.O_TRUNC),
            ("O_APPEND", Descriptors.O_APPEND),
            ("O_NONBLOCK", Descriptors.O_NONBLOCK),
            ("O_CLOEXEC", Descriptors.O_CLOEXEC),
            ("F_DUPFD_CLOEXEC", Descriptors.F_DUPFD_CLOEXEC),
            ("F_SETPIPE_SZ", Descriptors.F_SETPIPE_SZ),
            ("LOCK_EX|LOCK_NB", Descriptors.LOCK_EX | Descriptors.LOCK_NB),
            ("MFD_CLOEXEC", Descriptors.MFD_CLOEXEC),
            ("SPLICE_F_NONBLOCK", 2),
            ("MAP_SHARED", 1),
            ("PROT_READ|PROT_WRITE", 3),
            ("offsetof(struct statx, stx_ino)", 32),
            ("STATX_INO", 0x100),
            ("sizeof(struct statx)", 256),
            ("sizeof(struct epoll_event)", Epolls.EventSize),
            ("offsetof(struct epoll_event, data)", Epolls.DataOffset),
            ("EPOLL_CLOEXEC", Epolls.EPOLL_CLOEXEC),
            ("EPOLLRDHUP", 0x2000),
            ("EPOLLHUP", 0x10),
            ("EFD_CLOEXEC|EFD_NONBLOCK", Epolls.EFD_CLOEXEC | Epolls.EFD_NONBLOCK),
            ("sizeof(struct msghdr)", Size<Pier.Linux.Sockets.MessageHeader>()),
            ("offsetof(struct msghdr, msg_control)", 32),
            ("offsetof(struct msghdr, msg_flags)", 48),
            ("sizeof(struct cmsghdr)", 16),
            ("sizeof(struct iovec)", Size<Pier.Linux.Sockets.IoVector>()),
            ("sizeof(struct ucred)", Size<Pier.Linux.Sockets.Credentials>()),
            ("SOCK_SEQPACKET", Sockets.SOCK_SEQPACKET),
            ("SCM_RIGHTS", Sockets.SCM_RIGHTS),
            ("SO_PEERCRED", Sockets.SO_PEERCRED),
            ("MSG_CMSG_CLOEXEC", Sockets.MSG_CMSG_CLOEXEC),
            ("MSG_NOSIGNAL", Sockets.MSG_NOSIGNAL),
            ("MSG_DONTWAIT", Sockets.MSG_DONTWAIT),
            ("AF_INET", Sockets.AF_INET),
            ("AF_INET6", Sockets.AF_INET6),
            ("SOCK_DGRAM", Sockets.SOCK_DGRAM),
            ("SO_ERROR", Sockets.SO_ERROR),
            ("SO_KEEPALIVE", Sockets.SO_KEEPALIVE),
            ("SO_LINGER", Sockets.SO_LINGER),
            ("sizeof(struct linger)", 8),
            ("TCP_NODELAY", Sockets.TCP_NODELAY),
            ("IPPROTO_IPV6", Sockets.IPPROTO_IPV6),
            ("IPV6_RECVPKTINFO", Sockets.IPV6_RECVPKTINFO),
            ("IPV6_PKTINFO", Sockets.IPV6_PKTINFO),
            ("sizeof(struct sockaddr_in6)", Pier.Linux.Sockets.DatagramPeer.AddressSize),
            ("sizeof(struct in6_pktinfo)", Pier.Linux.Sockets.DatagramPeer.InfoSize),
            ("MSG_CTRUNC|MSG_TRUNC", Sockets.MSG_CTRUNC | Sockets.MSG_TRUNC),
            ("TIOCSWINSZ", 0x5414),
            ("TIOCGPTPEER", 0x5441),
            ("TIOCSPTLCK", 0x40045431),
            ("TCGETS", 0x5401),
            ("TCSETS", 0x5402),
            ("IGNBRK|BRKINT|PARMRK|ISTRIP|INLCR|IGNCR|ICRNL|IXON", 0x5EB),
            ("ECHO|ECHONL|ICANON|ISIG|IEXTEN", 0x804B),
            ("VMIN", 6),
            ("VTIME", 5),
            .. SyscallNumbers(),
        ];

    static IEnumerable<(string, long)> SyscallNumbers() =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? Enum.GetValues<Pier.Linux.Syscall>()
                .Select(c => ($"SYS_{Pier.Linux.SyscallTable.Spell(c)}", (long)Pier.Linux.SyscallTable.Number(c)))
            : [];

    static unsafe long Size<T>()
        where T : unmanaged => sizeof(T);
}
