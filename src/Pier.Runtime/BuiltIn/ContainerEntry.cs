using Microsoft.Win32.SafeHandles;
using Pier.Linux.Cgroups;

namespace Pier.Runtime.BuiltIn;

/// <summary>What the runtime knows about a container that it started or found.</summary>
sealed class ContainerEntry(string id, ControlGroup group) : IDisposable
{
    public string Id { get; } = id;

    public ControlGroup Group { get; } = group;

    /// <summary>Pid of the first process; 0 until it runs.</summary>
    public int Pid { get; set; }

    /// <summary>The first process by descriptor, for joining its namespaces.</summary>
    public SafeFileHandle? PidFd { get; set; }

    public void Dispose() => PidFd?.Dispose();
}
