using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>Networks to join at creation, by name or id: Docker Engine API "NetworkingConfig".</summary>
public sealed record NetworkingConfig
{
    public Dictionary<string, EndpointSettings?>? EndpointsConfig { get; init; }
}

/// <summary>A container's place in one network: what was asked (IPAMConfig, Links, Aliases) and, once running, what it got.</summary>
public sealed record EndpointSettings
{
    public EndpointIpamConfig? IPAMConfig { get; init; }
    public string[]? Links { get; init; }
    public string[]? Aliases { get; init; }
    public string MacAddress
    {
        get;
        init => field = value ?? "";
    } = "";
    public Dictionary<string, string>? DriverOpts { get; init; }
    public int GwPriority { get; init; }
    public string NetworkID
    {
        get;
        init => field = value ?? "";
    } = "";
    public string EndpointID
    {
        get;
        init => field = value ?? "";
    } = "";
    public string Gateway
    {
        get;
        init => field = value ?? "";
    } = "";
    public string IPAddress
    {
        get;
        init => field = value ?? "";
    } = "";
    public int IPPrefixLen { get; init; }
    public string IPv6Gateway
    {
        get;
        init => field = value ?? "";
    } = "";
    public string GlobalIPv6Address
    {
        get;
        init => field = value ?? "";
    } = "";
    public int GlobalIPv6PrefixLen { get; init; }
    public string[]? DNSNames { get; init; }
}

/// <summary>Addresses asked for.</summary>
public sealed record EndpointIpamConfig
{
    public string IPv4Address
    {
        get;
        init => field = value ?? "";
    } = "";
    public string IPv6Address
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? LinkLocalIPs { get; init; }
}
