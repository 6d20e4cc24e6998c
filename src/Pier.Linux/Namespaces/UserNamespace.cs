using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Processes;

namespace Pier.Linux.Namespaces;

/// <summary>A range of ids of a user namespace: as they are inside, outside, and how many (man 7 user_namespaces).</summary>
public readonly record struct IdRange(uint Inside, uint Outside, uint Count);

/// <summary>Makes user namespaces.</summary>
public static class UserNamespace
{
    /// <summary>
    /// A new user namespace with these mappings, held by the returned descriptor alone. A helper child lives in it until the mappings are
    /// written.
    /// </summary>
    public static SafeFileHandle Create(Launcher launcher, IReadOnlyList<IdRange> users, IReadOnlyList<IdRange> groups) =>
        Create(launcher, users, groups, network: false).User;

    /// <summary>The same, with a new network namespace that belongs to it: root inside may configure it, and mount its sysfs.</summary>
    public static (SafeFileHandle User, SafeFileHandle Network) CreateWithNetwork(
        Launcher launcher,
        IReadOnlyList<IdRange> users,
        IReadOnlyList<IdRange> groups
    ) =>
        Create(launcher, users, groups, network: true) is (var user, { } net)
            ? (user, net)
            : throw new InvalidOperationException("no network namespace");

    static (SafeFileHandle User, SafeFileHandle? Network) Create(
        Launcher launcher,
        IReadOnlyList<IdRange> users,
        IReadOnlyList<IdRange> groups,
        bool network
    )
    {
        // man 2 clone: of several namespaces the user namespace is made first, and owns the others.
        var builder = new ProgramBuilder { CloneFlags = (ulong)(CloneFlags.NewUser | (network ? CloneFlags.NewNetwork : 0)) };
        var wait = builder.Import("wait");
        builder.Call(Syscall.Read, wait, builder.Bytes(new byte[8]), 1);
        builder.Call(Syscall.ExitGroup, 0);
        var (read, write) = Pipe.Create();
        using (read)
        {
            using var program = new LoadedProgram(builder.Build(), [read]);
            var child = launcher.Launch(program, LaunchMode.Fork);
            try
            {
                var proc = $"/proc/{child.Pid}";
                var ns = PlainFile.OpenRead(proc + "/ns/user");
                Map(proc + "/uid_map", users);
                Map(proc + "/gid_map", groups);
                return (ns, network ? PlainFile.OpenRead(proc + "/ns/net") : null);
            }
            finally
            {
                // The child's own copy of the writing end would keep its read waiting: it is ended by force.
                write.Dispose();
                using (child.PidFd)
                {
                    PidFd.Send(child.PidFd!, Signals.SIGKILL);
                    PidFd.Wait(child.PidFd!);
                }
            }
        }
    }

    /// <summary>Writes a mapping; the kernel takes one write.</summary>
    public static void Map(string file, IReadOnlyList<IdRange> ranges)
    {
        var text = string.Concat(ranges.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Inside} {r.Outside} {r.Count}\n")));
        using var map = PlainFile.OpenExisting(file);
        // The file takes no pwrite (seq_file).
        if (Pipe.Write(map, System.Text.Encoding.ASCII.GetBytes(text)).Errno is var errno and not 0)
            throw new LinuxException("write", errno, $"{file} {text.Trim().Replace('\n', ',')}");
    }
}
