using Pier.Engine.Mounts;
using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>What the store keeps of a container: the asked, resolved once at creation, and how its last run ended.</summary>
public sealed record ContainerRecord
{
    /// <summary>64 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Unique, without a slash.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The configuration with the image's defaults merged in.</summary>
    public required ContainerConfig Config { get; init; }

    public required HostConfig HostConfig { get; init; }

    /// <summary>What is asked of each network, by its name; connect and disconnect change it.</summary>
    public NetworkingConfig? Networking { get; init; }

    /// <summary>The image id ("sha256:..."); the name as asked is Config.Image.</summary>
    public required string ImageId { get; init; }

    /// <summary>The top layer's chain id, null for an image without layers.</summary>
    public string? ChainId { get; init; }

    /// <summary>The snapshot driver that holds the root file system.</summary>
    public required string Driver { get; init; }

    /// <summary>The program and its arguments after merging entrypoint and command.</summary>
    public required string Path { get; init; }

    public required string[] Args { get; init; }

    public MountPoint[] Mounts { get; init; } = [];

    /// <summary>More on mounts, by destination; those without need no entry.</summary>
    public Dictionary<string, MountDetail>? MountDetails { get; init; }

    internal MountDetail DetailOf(MountPoint point) => MountDetails?.GetValueOrDefault(point.Destination) ?? new MountDetail();

    /// <summary>Whether a user (not an exit) stopped it last: restart policies ask.</summary>
    public bool ManuallyStopped { get; init; }

    public int RestartCount { get; init; }

    /// <summary>Null before the first start.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Null before the first exit.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    public int ExitCode { get; init; }

    public bool OomKilled { get; init; }

    /// <summary>Why the last start failed, or empty.</summary>
    public string Error { get; init; } = "";

    /// <summary>It was asked to run and, as far as the store knows, still does: a restarted daemon asks the supervisor.</summary>
    public bool Running { get; init; }

    /// <summary>Its place in the network while it runs, so that a restarted daemon can take the address over.</summary>
    public NetworkAttachment? Network { get; init; }

    /// <summary>Whose /etc/hosts, /etc/hostname and /etc/resolv.conf it sees: those of the container whose network it shares.</summary>
    internal string NamesOwner => Network?.SharedWith ?? Id;
}

/// <summary>What the network room gave a container, in words that can be stored.</summary>
public sealed record NetworkAttachment
{
    public required string SandboxId { get; init; }
    public string? SharedWith { get; init; }
    public IReadOnlyList<StoredEndpoint> Endpoints { get; init; } = [];

    /// <summary>DNS servers that names of others are asked from.</summary>
    public IReadOnlyList<string> DnsServers { get; init; } = [];
    public bool DnsFromHost { get; init; }

    /// <summary>Published ports by container port ("80/tcp").</summary>
    public Dictionary<string, PortBinding[]> Ports { get; init; } = [];
}

/// <summary>A container's place in one network.</summary>
public sealed record StoredEndpoint
{
    /// <summary>The network's name.</summary>
    public required string Network { get; init; }

    public string? HostDevice { get; init; }

    /// <summary>The device's name in the container; empty without one (host, none).</summary>
    public string Device { get; init; } = "";

    /// <summary>Aliases of other containers (by short id) that this one alone knows.</summary>
    public Dictionary<string, string> Links { get; init; } = [];

    public required EndpointSettings Settings { get; init; }
}
