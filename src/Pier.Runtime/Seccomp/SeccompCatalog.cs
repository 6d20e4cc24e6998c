using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Pier.Model.Runtime;

namespace Pier.Runtime.Seccomp;

/// <summary>Resolved filters of the default profile, one for each set of capabilities; equal questions get the same record.</summary>
public sealed class SeccompCatalog
{
    readonly ConcurrentDictionary<string, LinuxSeccomp> _defaults = new();

    /// <summary>Docker's default filter for a container with these capabilities in its bounding set.</summary>
    public LinuxSeccomp Default(IReadOnlyCollection<string> capabilities) =>
        _defaults.GetOrAdd(string.Join(',', capabilities.Order(StringComparer.Ordinal)), _ => For(SeccompProfile.Default, capabilities));

    /// <summary>A profile's filter for this host.</summary>
    public LinuxSeccomp For(SeccompProfile profile, IReadOnlyCollection<string> capabilities) =>
        SeccompResolver.Resolve(profile, capabilities, SeccompResolver.RunningKernel, RuntimeInformation.ProcessArchitecture);
}
