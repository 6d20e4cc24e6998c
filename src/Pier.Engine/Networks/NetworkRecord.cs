using Pier.Engine.Containers;

namespace Pier.Engine.Networks;

/// <summary>
/// What the store keeps of a network: as asked, with what was chosen for it. Who is connected is never stored: that follows from the
/// containers.
/// </summary>
public sealed record NetworkRecord
{
    /// <summary>64 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Unique.</summary>
    public required string Name { get; init; }

    /// <summary>"bridge", "macvlan", "ipvlan", "host" or "null".</summary>
    public required string Driver { get; init; }

    public required DateTimeOffset Created { get; init; }
    public bool EnableIPv4 { get; init; } = true;
    public bool EnableIPv6 { get; init; }
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public string IpamDriver { get; init; } = "default";
    public Dictionary<string, string>? IpamOptions { get; init; }
    public NetworkRange[] Ranges { get; init; } = [];

    /// <summary>The driver's options as asked.</summary>
    public Dictionary<string, string> Options { get; init; } = [];

    public Dictionary<string, string> Labels { get; init; } = [];

    /// <summary>A subnet was asked for: containers may ask for addresses.</summary>
    public bool HasUserSubnet { get; init; }

    /// <summary>The bridge's name, or the device under a macvlan.</summary>
    public string Device { get; init; } = "";

    /// <summary>That device was made for the network.</summary>
    public bool OwnsDevice { get; init; }

    /// <summary>One of the three that every engine has.</summary>
    public bool IsPredefined { get; init; }
}

/// <summary>Addresses of a network: CIDR blocks and addresses as text.</summary>
public sealed record NetworkRange
{
    public string Subnet { get; init; } = "";
    public string? IpRange { get; init; }
    public string? Gateway { get; init; }
    public Dictionary<string, string>? AuxiliaryAddresses { get; init; }
}

/// <summary>A network to create, as asked.</summary>
public sealed record CreateNetwork(string Name, string Driver)
{
    public bool EnableIPv4 { get; init; } = true;
    public bool EnableIPv6 { get; init; }
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public string IpamDriver { get; init; } = "default";
    public Dictionary<string, string>? IpamOptions { get; init; }
    public IReadOnlyList<NetworkRange> Ranges { get; init; } = [];
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>A network and the running containers in it.</summary>
public sealed record NetworkView(NetworkRecord Record, IReadOnlyList<ConnectedContainer> Containers);

/// <summary>A running container in a network.</summary>
public sealed record ConnectedContainer(string Id, string Name, StoredEndpoint Endpoint);
