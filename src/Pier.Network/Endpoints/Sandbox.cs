using Microsoft.Win32.SafeHandles;

namespace Pier.Network.Endpoints;

/// <summary>
/// Live: a container's namespace and its endpoints. The stack owns it and its namespace handle until <see cref="NetworkStack.Release"/>.
/// </summary>
public sealed class Sandbox
{
    volatile SandboxRecord _record;

    internal Sandbox(SandboxRecord record, SafeFileHandle? namespaceHandle) => (_record, Namespace) = (record, namespaceHandle);

    /// <summary>What to store, and what inspect shows.</summary>
    public SandboxRecord Record
    {
        get => _record;
        internal set => _record = value;
    }

    /// <summary>The network namespace to start the container in; null in host mode.</summary>
    public SafeFileHandle? Namespace { get; }

    /// <summary>Where the container's names are answered; null without a user-defined network.</summary>
    internal Dns.Resolver? Resolver { get; set; }
}
