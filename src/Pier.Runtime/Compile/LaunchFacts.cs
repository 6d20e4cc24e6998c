namespace Pier.Runtime.Compile;

/// <summary>
/// What has been prepared for one launch. Each thing listed is an import of the program, a file descriptor that travels with it:
/// "root", "cgroup.memory", "ns.network", "mount.3", "device.0", "devpts", ...
/// </summary>
public sealed record LaunchFacts
{
    /// <summary>For error texts and the session keyring.</summary>
    public required string Key { get; init; }

    /// <summary>Names of opened cgroup.procs files: imports "cgroup.NAME".</summary>
    public IReadOnlyList<string> Cgroups { get; init; } = [];

    /// <summary>
    /// OCI names of namespaces to join, whose descriptors are handed in as "ns.NAME". A new user namespace is made before and joined too.
    /// </summary>
    public IReadOnlyList<string> JoinedNamespaces { get; init; } = [];

    /// <summary>OCI names of namespaces that the launching thread is in already, so that the process is born in them.</summary>
    public IReadOnlyList<string> InheritedNamespaces { get; init; } = [];

    /// <summary>
    /// Whether the first clone makes the user namespace, and the program waits for a byte on "mapped" until its mappings are written.
    /// </summary>
    public bool MapsUser { get; init; }

    /// <summary>Whether the process lives in a user namespace of its own.</summary>
    public bool HasUser => MapsUser || JoinedNamespaces.Contains("user");

    /// <summary>By index of the spec's mounts: those handed in as detached mounts "mount.N".</summary>
    public IReadOnlyDictionary<int, PreparedMount> Mounts { get; init; } = new Dictionary<int, PreparedMount>();

    /// <summary>
    /// By index of the spec's mounts: permissions of the directories that tmpfs mounts without a mode of their own lie over, which they
    /// take.
    /// </summary>
    public IReadOnlyDictionary<int, int> TmpfsModes { get; init; } = new Dictionary<int, int>();

    /// <summary>Imports of control group mounts for a container without a cgroup namespace ("mount.4.memory").</summary>
    public IReadOnlyList<string> CgroupMounts { get; init; } = [];

    /// <summary>Number of descriptors from 3 on that the process inherits (LISTEN_FDS and --preserve-fds).</summary>
    public int PreservedFds { get; init; }

    /// <summary>A devpts instance is handed in ("devpts"); its terminal 0 is the console.</summary>
    public bool Devpts { get; init; }

    /// <summary>
    /// Bit n: file descriptor n belongs to this container alone and is given to its user (a pipe or terminal, never a host file).
    /// </summary>
    public int OwnStdio { get; init; }

    /// <summary>
    /// Whether the program waits, once everything is set up, for a byte on the import "start", after having written one to "ready".
    /// </summary>
    public bool WaitsForStart { get; init; }

    /// <summary>Whether the program, right after its namespaces exist, writes a byte to "created" and waits for one on "hooks".</summary>
    public bool WaitsForHooks { get; init; }
}

/// <summary>A detached mount and what its root is; a bind of a procfs may stand at /proc.</summary>
public sealed record PreparedMount(bool IsDirectory, bool IsProc = false);
