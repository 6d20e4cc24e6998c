using Microsoft.Win32.SafeHandles;

namespace Pier.Supervisor.Keeper;

/// <summary>What a kept descriptor is for.</summary>
enum Role : byte
{
    /// <summary>Ours, the write end of the process' stdin.</summary>
    Stdin,

    /// <summary>Ours, the read ends of stdout and stderr.</summary>
    Stdout,
    Stderr,

    /// <summary>The pseudoterminal; the slave is kept so that the master never hangs up while the process lives.</summary>
    Master,
    Slave,

    /// <summary>The pipe between the master and the spool.</summary>
    RelayRead,
    RelayWrite,

    PidFd,

    /// <summary>The socket that clients connect to, and the lock; of the entry with id 0.</summary>
    Listener,
    Lock,

    /// <summary>What was copied to no log yet, of the entry with id 0; see <see cref="Logs.Spool"/>.</summary>
    SpoolRead,
    SpoolWrite,

    /// <summary>This and above: descriptors that the client wants to live as long as the entry.</summary>
    Held,
}

/// <summary>A process with the descriptors that must outlive a supervisor.</summary>
sealed class KeptEntry(long id, int pid)
{
    /// <summary>The id of the keeper's own descriptors.</summary>
    public const long Own = 0;

    public long Id { get; } = id;

    /// <summary>The process; 0 for <see cref="Own"/>.</summary>
    public int Pid { get; } = pid;

    public Dictionary<Role, SafeFileHandle> Descriptors { get; } = [];

    /// <summary>Takes a descriptor out, or null.</summary>
    public SafeFileHandle? Take(Role role) => Descriptors.Remove(role, out var fd) ? fd : null;

    /// <summary>Closes a descriptor, if there is one.</summary>
    public void Drop(Role role) => Take(role)?.Dispose();

    public void DropAll()
    {
        foreach (var fd in Descriptors.Values)
            fd.Dispose();
        Descriptors.Clear();
    }
}
