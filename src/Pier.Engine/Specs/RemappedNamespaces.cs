using Microsoft.Win32.SafeHandles;

namespace Pier.Engine.Specs;

/// <summary>A remapped container's user namespace, and the network namespace that belongs to it unless it joins another's.</summary>
/// <param name="Layers">The mapping that its root file system is mounted through; shared by all containers.</param>
sealed record RemappedNamespaces(SafeFileHandle User, SafeFileHandle? Network, SafeFileHandle Layers) : IDisposable
{
    public void Dispose()
    {
        User.Dispose();
        Network?.Dispose();
    }
}
