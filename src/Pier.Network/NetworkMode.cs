using Pier.Model;

namespace Pier.Network;

/// <summary>How a container meets the network.</summary>
public enum NetworkModeKind
{
    /// <summary>A namespace of its own, joined to the default bridge.</summary>
    Bridge,

    /// <summary>A namespace of its own with nothing but the loopback device.</summary>
    None,

    /// <summary>The daemon's namespace.</summary>
    Host,

    /// <summary>Another container's namespace.</summary>
    Container,
}

/// <summary>Docker's HostConfig.NetworkMode, parsed: "default", "bridge", "none", "host" or "container:NAME".</summary>
public readonly record struct NetworkMode(NetworkModeKind Kind, string? Container = null)
{
    public static readonly NetworkMode Bridge = new(NetworkModeKind.Bridge);
    public static readonly NetworkMode None = new(NetworkModeKind.None);
    public static readonly NetworkMode Host = new(NetworkModeKind.Host);

    const string ContainerPrefix = "container:";

    /// <summary>
    /// Parses; null, "" and "default" mean bridge. Throws <see cref="InvalidParameterException"/> for "container:" without a name and
    /// <see cref="NotFoundException"/> for the name of a network that does not exist.
    /// </summary>
    public static NetworkMode Parse(string? text) => text switch
    {
        null or "" or "default" or "bridge" => Bridge,
        "none" => None,
        "host" => Host,
        _ when text.StartsWith(ContainerPrefix, StringComparison.Ordinal) => text.Length > ContainerPrefix.Length
            ? new NetworkMode(NetworkModeKind.Container, text[ContainerPrefix.Length..])
            : throw new InvalidParameterException("invalid container format container:<name|id>"),
        _ => throw new NotFoundException($"network {text} not found"),
    };

    /// <summary>The word of Docker's API.</summary>
    public override string ToString() => Kind switch
    {
        NetworkModeKind.None => "none",
        NetworkModeKind.Host => "host",
        NetworkModeKind.Container => ContainerPrefix + Container,
        _ => "bridge",
    };
}
