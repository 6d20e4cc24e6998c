using Pier.Network.Addressing;

namespace Pier.Network.Endpoints;

/// <summary>A network that containers can be connected to: a bridge, or devices on a device of the host. Thread-safe.</summary>
interface IHostNetwork
{
    NetworkSpec Spec { get; }

    NetworkAddresses Addresses { get; }

    /// <summary>
    /// Makes a device of this name in the namespace, down and without addresses. Returns its name there, its index there, and the name of
    /// the host's end (null where there is none). It goes away with the namespace.
    /// </summary>
    PluggedDevice Plug(NamespaceDoor door, string name, MacAddress? mac, bool published);

    /// <summary>Index of the bridge that host ends are ports of; 0 where there are none.</summary>
    int Bridge { get; }

    /// <summary>Removes what was made on the host.</summary>
    void Delete();
}

/// <summary>A device in a container's namespace.</summary>
readonly record struct PluggedDevice(string Name, int Index, string? HostEnd);
