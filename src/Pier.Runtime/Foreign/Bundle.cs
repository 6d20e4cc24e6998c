using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime.Foreign;

/// <summary>
/// An OCI bundle on tmpfs for one container of another runtime: config.json, the root and the prepared mounts attached where that program
/// can find them, its state, its log, pid files. It outlives the daemon and says whose the container is.
/// </summary>
sealed class Bundle
{
    /// <summary>What a spec of ours needs; older runtimes refuse to read newer numbers.</summary>
    const string OldestVersion = "1.0.2";

    readonly string _directory;

    Bundle(string directory, ForeignCommand command) => (_directory, Command) = (directory, command);

    public string Id => Path.GetFileName(_directory);
    public ForeignCommand Command { get; }
    public string Directory => _directory;
    public string State => Path.Combine(_directory, "state");
    public string Log => Path.Combine(_directory, "log.json");

    public string PidFile(string key) => Path.Combine(_directory, key + ".pid");

    public string ProcessFile(string key) => Path.Combine(_directory, key + ".json");

    string Root => Path.Combine(_directory, "rootfs");
    string CommandFile => Path.Combine(_directory, "command");

    /// <summary>Bundles of an earlier daemon.</summary>
    public static IEnumerable<Bundle> All(string parent)
    {
        foreach (var directory in System.IO.Directory.GetDirectories(System.IO.Directory.CreateDirectory(parent).FullName))
        {
            var bundle = new Bundle(directory, new ForeignCommand("", []));
            if (File.Exists(bundle.CommandFile) && File.ReadAllLines(bundle.CommandFile) is [var path, .. var arguments])
                yield return new Bundle(directory, new ForeignCommand(path, arguments));
            else
                bundle.Remove();
        }
    }

    /// <summary>Makes the bundle of a start.</summary>
    public static Bundle Create(string parent, ForeignCommand command, StartContainer request, string cgroupPath)
    {
        var bundle = new Bundle(Path.Combine(parent, request.Id), command);
        bundle.Remove();
        System.IO.Directory.CreateDirectory(bundle._directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            System.IO.Directory.CreateDirectory(bundle.Root);
            DetachedMount.Attach(request.Root, bundle.Root);
            var spec = request.Spec with
            {
                OciVersion = OldestVersion,
                Root = (request.Spec.Root ?? new Root()) with { Path = bundle.Root },
                Mounts = [.. request.Spec.Mounts.Select((m, i) => bundle.Place(m, i, request.Mounts))],
                Linux = Linux(request, cgroupPath),
            };
            File.WriteAllBytes(
                Path.Combine(bundle._directory, "config.json"),
                JsonSerializer.SerializeToUtf8Bytes(spec, RuntimeJson.Default.Spec)
            );
            File.WriteAllLines(bundle.CommandFile, [command.Path, .. command.Arguments]);
            return bundle;
        }
        catch (Exception e)
        {
            bundle.Remove();
            if (e is LinuxException or IOException or UnauthorizedAccessException)
                throw new HostFailureException($"bundle of {request.Id}: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Takes the mounts and the directory away.</summary>
    public void Remove()
    {
        if (!System.IO.Directory.Exists(_directory))
            return;
        foreach (var mount in MountsBelow())
            DetachedMount.Unmount(mount);
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A mount that the engine prepared itself is attached below the bundle and bound from there.</summary>
    Mount Place(Mount mount, int number, IReadOnlyDictionary<string, SafeFileHandle>? prepared)
    {
        if (prepared?.GetValueOrDefault(mount.Destination) is not { } handle)
            return mount;
        var place = Path.Combine(_directory, "mount" + number.ToString(CultureInfo.InvariantCulture));
        if (FileStat.Of(handle).IsDirectory)
            System.IO.Directory.CreateDirectory(place);
        else
            File.WriteAllBytes(place, []);
        DetachedMount.Attach(handle, place);
        return mount with { Type = "bind", Source = place };
    }

    static LinuxConfig Linux(StartContainer request, string cgroupPath)
    {
        var linux = request.Spec.Linux ?? new LinuxConfig();
        if (request.NetworkNamespace is not { } network)
            return linux with { CgroupsPath = cgroupPath };
        // Named by this process's descriptor: the other runtime opens it before the start returns.
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{network.DangerousGetHandle()}");
        return linux with
        {
            CgroupsPath = cgroupPath,
            Namespaces =
            [
                .. (linux.Namespaces ?? []).Where(n => n.Type != "network"),
                new LinuxNamespace { Type = "network", Path = path },
            ],
        };
    }

    // man 5 proc_pid_mountinfo: the fifth field; the deepest first.
    string[] MountsBelow() =>
        [
            .. File.ReadLines("/proc/self/mountinfo")
                .Select(l => l.Split(' ')[4])
                .Where(m => m.StartsWith(_directory + "/", StringComparison.Ordinal))
                .Reverse(),
        ];
}
