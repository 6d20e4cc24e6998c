using Pier.Model;

namespace Pier.Network;

/// <summary>How a container meets the network.</summary>
public enum NetworkModeKind
{
    /// <summary>A namespace of its own, joined to networks.</summary>
    Network,

    /// <summary>A namespace of its own with nothing but the loopback device.</summary>
    None,

    /// <summary>The daemon's namespace.</summary>
    Host,

    /// <summary>Another container's namespace.</summary>
    Container,
}

/// <summary>
/// Docker's HostConfig.NetworkMode, parsed: "default", "bridge", "none", "host", "container:NAME" or a network's name or id.
/// </summary>
/// <param name="Kind">How.</param>
/// <param name="Name">The network's name or id ("bridge" for the default one), or the container's.</param>
public readonly record struct NetworkMode(NetworkModeKind Kind, string? Name = null)
{
    public const string DefaultNetwork = "bridge";

    public static readonly NetworkMode Bridge = new(NetworkModeKind.Network, DefaultNetwork);
    public static readonly NetworkMode None = new(NetworkModeKind.None);
    public static readonly NetworkMode Host = new(NetworkModeKind.Host);

    const string ContainerPrefix = "container:";

    /// <summary>The container whose namespace is shared, or null.</summary>
    public string? Container => Kind == NetworkModeKind.Container ? Name : null;

    /// <summary>A network that somebody made: names are resolved there.</summary>
    public bool IsUserDefined => Kind == NetworkModeKind.Network && Name != DefaultNetwork;

    /// <summary>
    /// Parses; null, "" and "default" mean bridge. <see cref="InvalidParameterException"/> for "container:" without a name.
    /// </summary>
    public static NetworkMode Parse(string? text) =>
        text switch
        {
            null or "" or "default" or DefaultNetwork => Bridge,
            "none" => None,
            "host" => Host,
            _ when text.StartsWith(ContainerPrefix, StringComparison.Ordinal) => text.Length > ContainerPrefix.Length
                ? new NetworkMode(NetworkModeKind.Container, text[ContainerPrefix.Length..])
                : throw new InvalidParameterException("invalid container format container:<name|id>"),
            _ => new NetworkMode(NetworkModeKind.Network, text),
        };

    /// <summary>The word of Docker's API.</summary>
    public override string ToString() =>
        Kind switch
        {
            NetworkModeKind.None => "none",
            NetworkModeKind.Host => "host",
            NetworkModeKind.Container => ContainerPrefix + Name,
            _ => Name ?? DefaultNetwork,
        };
}
