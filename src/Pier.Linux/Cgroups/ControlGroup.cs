using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Cgroups;

/// <summary>
/// One group, by the same path in every hierarchy that takes part: each v1 controller, or the unified hierarchy. Existing groups are never
/// changed; what <see cref="Create"/> makes, <see cref="Delete"/> removes. Errors are <see cref="LinuxException"/>.
/// </summary>
public sealed class ControlGroup
{
    readonly (CgroupHierarchy Hierarchy, string Directory)[] _places;

    /// <param name="layout">The host's layout.</param>
    /// <param name="path">The path below each hierarchy's root, checked by <see cref="CgroupName.Problem"/>.</param>
    /// <param name="extra">Mount points of hierarchies without controllers that take part too (see <see cref="OwnMembership"/>).</param>
    public ControlGroup(CgroupLayout layout, string path, IReadOnlyCollection<string>? extra = null)
    {
        if (CgroupName.Problem(path) is { } problem)
            throw new ArgumentException(problem, nameof(path));
        Layout = layout;
        Path = CgroupName.Clean(path);
        var used = layout.Unified
            ? layout.Hierarchies
            : layout.Hierarchies.Where(h => h is { Unified: false, Controllers.Count: > 0 } || extra?.Contains(h.MountPoint) == true);
        _places = [.. used.Select(h => (h, h.MountPoint + Path))];
    }

    public CgroupLayout Layout { get; }

    public string Path { get; }

    /// <summary>Directories by hierarchy, in the order in which a process joins them.</summary>
    public IEnumerable<(CgroupHierarchy Hierarchy, string Directory)> Places => _places;

    /// <summary>The group's directory in a v1 controller's hierarchy, or in the unified one; null when the host does not have it.</summary>
    public string? Directory(string controller)
    {
        foreach (var (hierarchy, directory) in _places)
            if (hierarchy.Unified || hierarchy.Controllers.Contains(controller))
                return directory;
        return null;
    }

    public bool Exists => _places.Any(p => System.IO.Directory.Exists(p.Directory));

    /// <summary>
    /// Makes the group and its parents. A group that exists already is an error (EEXIST) unless <paramref name="reuse"/>.
    /// </summary>
    public void Create(bool reuse = false)
    {
        var made = new List<string>();
        try
        {
            foreach (var (hierarchy, directory) in _places)
            {
                if (MakeOne(hierarchy, directory))
                    made.Add(directory);
                else if (!reuse)
                    throw new LinuxException("mkdir", Errno.EEXIST, directory);
            }
        }
        catch (LinuxException)
        {
            foreach (var directory in made)
                _ = Native.RemoveDirectory(directory);
            throw;
        }
    }

    /// <summary>Open cgroup.procs files by hierarchy name ("memory", "unified"); a process joins by writing "0" into each.</summary>
    public IReadOnlyList<(string Name, SafeFileHandle Procs)> OpenProcs()
    {
        var opened = new List<(string, SafeFileHandle)>();
        try
        {
            foreach (var (hierarchy, directory) in _places)
                opened.Add((hierarchy.DirectoryName.Replace(',', '-'), CgroupFile.OpenWrite(directory + "/cgroup.procs")));
            return opened;
        }
        catch (LinuxException)
        {
            foreach (var (_, procs) in opened)
                procs.Dispose();
            throw;
        }
    }

    /// <summary>Moves a process into the group.</summary>
    public void Add(int pid)
    {
        foreach (var (_, directory) in _places)
            CgroupFile.Write(directory + "/cgroup.procs", $"{pid}");
    }

    /// <summary>Writes a value; the errno, or 0. ENODEV when the host does not have the controller.</summary>
    public int TryWrite(string controller, string file, string value) =>
        Directory(controller) is { } directory ? CgroupFile.TryWrite($"{directory}/{file}", value) : Errno.ENODEV;

    /// <summary>Writes values one after another; the errno of the first that is refused, and how many were written before.</summary>
    public int TryWrite(string controller, string file, ReadOnlySpan<string> values, out int written)
    {
        written = 0;
        return Directory(controller) is { } directory ? CgroupFile.TryWrite($"{directory}/{file}", values, out written) : Errno.ENODEV;
    }

    /// <summary>A file's text, or null.</summary>
    public string? Read(string controller, string file) =>
        Directory(controller) is { } directory ? CgroupFile.TryRead($"{directory}/{file}") : null;

    /// <summary>Every process of the group and of groups below it, as this pid namespace numbers them.</summary>
    public IReadOnlyList<int> Processes()
    {
        // Any hierarchy will do; pids and devices are never delegated into odd shapes.
        var directory = Directory("pids") ?? Directory("devices") ?? (_places.Length > 0 ? _places[0].Directory : null);
        var found = new List<int>();
        if (directory is not null)
            Collect(directory, found);
        return found;
    }

    static void Collect(string directory, List<int> found)
    {
        if (CgroupFile.TryRead(directory + "/cgroup.procs") is not { } text)
            return;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (int.TryParse(line, out var pid) && pid > 0)
                found.Add(pid);
        foreach (var child in Children(directory))
            Collect(child, found);
    }

    /// <summary>
    /// A signal to every process. The group is frozen meanwhile where possible, so that none forks away and no pid is reused.
    /// </summary>
    public void SignalAll(int signal)
    {
        const int kill = 9;
        if (signal == kill && UnifiedDirectory is { } unified && CgroupFile.TryWrite(unified + "/cgroup.kill", "1") == 0)
            return;
        var wasFrozen = Freezer.IsFrozen(this);
        if (!wasFrozen)
            _ = Freezer.TryFreeze(this, TimeSpan.FromMilliseconds(500));
        try
        {
            foreach (var pid in Processes())
                _ = Native.Kill(pid, signal);
        }
        finally
        {
            if (!wasFrozen || signal == kill)
                Freezer.Thaw(this);
        }
    }

    internal string? UnifiedDirectory => _places.Where(p => p.Hierarchy.Unified).Select(p => p.Directory).FirstOrDefault();

    /// <summary>
    /// Removes the group and groups below it, waiting up to <paramref name="patience"/> for processes that are on their way out. False when
    /// one is still busy then.
    /// </summary>
    public bool Delete(TimeSpan patience)
    {
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        var left = _places.Select(p => p.Directory).ToList();
        for (var pause = 1; ; pause = Math.Min(pause * 2, 50))
        {
            left.RemoveAll(RemoveTree);
            if (left.Count == 0)
                return true;
            if (Environment.TickCount64 > deadline)
                return false;
            Thread.Sleep(pause);
        }
    }

    /// <summary>
    /// Removes the directories where nobody is and nothing is below; others stay. For parents that several containers share.
    /// </summary>
    public void DeleteIfEmpty()
    {
        foreach (var (_, directory) in _places)
            _ = Native.RemoveDirectory(directory);
    }

    static bool RemoveTree(string directory)
    {
        if (Native.RemoveDirectory(directory) == 0)
            return true;
        if (Marshal.GetLastPInvokeError() == Errno.ENOENT)
            return true;
        foreach (var child in Children(directory))
            RemoveTree(child);
        return Native.RemoveDirectory(directory) == 0 || Marshal.GetLastPInvokeError() == Errno.ENOENT;
    }

    static string[] Children(string directory)
    {
        try
        {
            return System.IO.Directory.GetDirectories(directory);
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Makes a directory and its parents; false when it existed.</summary>
    static bool MakeOne(CgroupHierarchy hierarchy, string directory)
    {
        if (Native.MakeDirectory(directory, 0x1ed) == 0)
        {
            Inherit(hierarchy, directory);
            return true;
        }
        switch (Marshal.GetLastPInvokeError())
        {
            case Errno.EEXIST:
                return false;
            case Errno.ENOENT:
                break;
            case var errno:
                throw new LinuxException("mkdir", errno, directory);
        }
        MakeOne(hierarchy, System.IO.Path.GetDirectoryName(directory)!);
        return MakeOne(hierarchy, directory);
    }

    // A parent that somebody else is just making may have no value yet either: it is given one too, from above.
    static string Fill(CgroupHierarchy hierarchy, string directory, string file)
    {
        var value = CgroupFile.TryRead($"{directory}/{file}")?.Trim() ?? "";
        if (value.Length > 0 || directory.Length <= hierarchy.MountPoint.Length)
            return value;
        value = Fill(hierarchy, System.IO.Path.GetDirectoryName(directory)!, file);
        CgroupFile.TryWrite($"{directory}/{file}", value);
        return value;
    }

    static void Inherit(CgroupHierarchy hierarchy, string directory)
    {
        var parent = System.IO.Path.GetDirectoryName(directory)!;
        if (hierarchy.Controllers.Contains("cpuset") && !hierarchy.Unified)
        {
            // man 7 cpuset: a new group has no processors and no memory nodes, and takes no process before it has.
            foreach (var file in (string[])["cpuset.cpus", "cpuset.mems"])
                Fill(hierarchy, directory, file);
        }
        if (!hierarchy.Unified)
            return;
        // Each by itself: one that cannot be handed down (threaded or busy) does not take the others with it. What a limit needs and
        // does not get shows when the limit is written.
        foreach (
            var controller in (CgroupFile.TryRead(parent + "/cgroup.controllers") ?? "").Split(
                (char[])[' ', '\n'],
                StringSplitOptions.RemoveEmptyEntries
            )
        )
            CgroupFile.TryWrite(parent + "/cgroup.subtree_control", "+" + controller);
    }
}
