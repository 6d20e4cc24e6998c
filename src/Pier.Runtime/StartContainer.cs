using Microsoft.Win32.SafeHandles;
using Pier.Model.Runtime;

namespace Pier.Runtime;

/// <summary>
/// What <see cref="IContainerRuntime.StartAsync"/> needs. The caller keeps owning the handles and may close them afterwards.
/// </summary>
public sealed record StartContainer
{
    /// <summary>The container's id: the key of its first process and the name of its control group.</summary>
    public required string Id { get; init; }

    /// <summary>The container as an ordinary OCI spec; Root.Path is not used. Bind sources are opened by the runtime.</summary>
    public required Spec Spec { get; init; }

    /// <summary>A detached mount (fsmount, open_tree) of the root file system; the start uses it up.</summary>
    public required SafeFileHandle Root { get; init; }

    /// <summary>
    /// Detached mounts by destination, for mounts that the caller prepared itself; they take the place of the spec mount's source.
    /// </summary>
    public IReadOnlyDictionary<string, SafeFileHandle>? Mounts { get; init; }

    /// <summary>The network namespace to join in place of what the spec's "network" namespace says.</summary>
    public SafeFileHandle? NetworkNamespace { get; init; }

    /// <summary>The user namespace to join, with the mappings that the spec tells; null makes one where the spec asks for it.</summary>
    public SafeFileHandle? UserNamespace { get; init; }

    public required StdioOptions Stdio { get; init; }

    /// <summary>Where stdout and stderr are kept; null keeps nothing.</summary>
    public LogOptions? Log { get; init; }

    /// <summary>The OCI runtime that is to run it; null for the built-in one.</summary>
    public ForeignCommand? Runtime { get; init; }

    /// <summary>Parent control group ("/pier" when null), below the hierarchies' roots.</summary>
    public string? CgroupParent { get; init; }
}

/// <summary>What <see cref="IContainerRuntime.ExecAsync"/> needs. Seccomp is a resolved filter, null for none.</summary>
public sealed record StartExec
{
    public required string ContainerId { get; init; }
    public required string Key { get; init; }
    public required Process Process { get; init; }
    public required StdioOptions Stdio { get; init; }
    public LinuxSeccomp? Seccomp { get; init; }
}

/// <summary>Rows and columns of 0 leave the size to a later resize.</summary>
public sealed record StdioOptions(bool Tty, bool OpenStdin, bool StdinOnce, int Rows = 0, int Columns = 0);

/// <summary>
/// A json-file log: greatest size of one file in bytes (0 or less: no limit), number of files, a JSON object put into each line, and the
/// receiver's cursor: the container waits before a file goes that the cursor has not passed.
/// </summary>
public sealed record LogOptions(string Path, long MaxSize, int MaxFiles, string? Attributes = null, string? Cursor = null);

/// <summary>
/// What the attached connection carries; <see cref="DetachKeys"/> as Docker writes them ("ctrl-p,ctrl-q"), null for none.
/// </summary>
public sealed record AttachOptions(bool Stdin, bool Stdout, bool Stderr, string? DetachKeys, bool Tty);
