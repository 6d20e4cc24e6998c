using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Cgroups;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Linux.Processes;
using Pier.Model.Runtime;
using Pier.Runtime.Commands;
using Pier.Runtime.Compile;

namespace Pier.KernelTests.Runtime;

/// <summary>A small root file system with busybox, and a way to run a compiled program in it. Nothing outlives it.</summary>
sealed class Sandbox : IDisposable
{
    readonly Launcher _launcher = new();

    public Sandbox()
    {
        Root = Directory.CreateTempSubdirectory("pier-runtime-").FullName;
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(Root, (UnixFileMode)0x1ed);
        foreach (var directory in (string[])["bin", "etc", "tmp", "proc", "sys", "dev", "root"])
            Directory.CreateDirectory(Path.Combine(Root, directory));
        File.Copy("/usr/bin/busybox", Path.Combine(Root, "bin/busybox"));
        foreach (
            var name in (string[])
                [
                    "sh",
                    "ls",
                    "cat",
                    "id",
                    "mount",
                    "true",
                    "false",
                    "echo",
                    "grep",
                    "sleep",
                    "mkdir",
                    "touch",
                    "hostname",
                    "ip",
                    "tty",
                    "ps",
                    "readlink",
                    "chmod",
                    "wc",
                    "awk",
                    "dd",
                    "mknod",
                    "kill",
                    "env",
                    "umask",
                    "unshare",
                    "head",
                    "seq",
                    "stat",
                ]
        )
            File.CreateSymbolicLink(Path.Combine(Root, "bin", name), "busybox");
        File.WriteAllText(Path.Combine(Root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n");
    }

    public string Root { get; }

    public static HostFacts Host { get; } = HostFactsReader.Read();

    /// <summary>A container that runs a shell script and has all defaults, without a terminal.</summary>
    public static Spec Shell(string script) =>
        BundleTemplate.Default() is var spec
            ? spec with
            {
                Root = new Root { Path = "rootfs" },
                Process = spec.Process! with { Terminal = false, Args = ["sh", "-c", script], NoNewPrivileges = false, Rlimits = null },
                Linux = spec.Linux! with { Resources = null },
                Mounts = [.. spec.Mounts.Where(m => m.Type != "cgroup")],
            }
            : throw new UnreachableException();

    public SafeFileHandle RootMount(bool readOnly = false)
    {
        var root = DetachedMount.Bind(Root, recursive: false);
        DetachedMount.SetAttributes(root, readOnly ? MountAttributes.ReadOnly : 0, 0, MountFlags.Private);
        return root;
    }

    /// <summary>Runs to the end; what it printed, and how it ended.</summary>
    public (string Output, ProcessStatus Status) Run(
        Spec spec,
        LaunchFacts? facts = null,
        IReadOnlyDictionary<string, SafeFileHandle>? imports = null,
        SeccompProgram? seccomp = null
    )
    {
        var program = SpecCompiler.Compile(spec, Host, facts ?? new LaunchFacts { Key = "test" }, seccomp);
        return Run(program, imports);
    }

    public (string Output, ProcessStatus Status) Run(LaunchProgram program, IReadOnlyDictionary<string, SafeFileHandle>? imports = null)
    {
        var (read, write) = Pipe.Create();
        using var input = PlainFile.OpenRead("/dev/null");
        using var root = RootMount();
        try
        {
            using var loaded = new LoadedProgram(
                program,
                [
                    .. program.Imports.Select(name =>
                        name switch
                        {
                            "stdin" => input,
                            "stdout" or "stderr" => write,
                            "root" => root,
                            _ => imports![name],
                        }
                    ),
                ]
            );
            var result = _launcher.Launch(loaded);
            write.Dispose();
            if (result.Failed)
                throw new LaunchFailedException(Pier.Runtime.LaunchError.Describe(program, result.FailedOp, result.Errno));
            using var output = new StreamReader(new FileStream(read, FileAccess.Read, 0));
            var text = output.ReadToEnd();
            using (result.PidFd)
                return (text, PidFd.Wait(result.PidFd!));
        }
        finally
        {
            write.Dispose();
            read.Dispose();
        }
    }

    public void Dispose()
    {
        _launcher.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}

sealed class LaunchFailedException(string message) : Exception(message);
