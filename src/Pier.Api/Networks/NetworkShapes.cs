using Pier.Contracts;
using Pier.Engine.Networks;

namespace Pier.Api.Networks;

/// <summary>A network as the API's clients see it.</summary>
static class NetworkShapes
{
    static readonly Dictionary<string, string> NoOptions = [];

    public static NetworkResource Resource(NetworkView view)
    {
        var record = view.Record;
        return new NetworkResource
        {
            Name = record.Name,
            Id = record.Id,
            Created = Timestamps.Format(record.Created),
            Driver = record.Driver,
            EnableIPv4 = record.EnableIPv4,
            EnableIPv6 = record.EnableIPv6,
            IPAM = new Ipam
            {
                Driver = record.IpamDriver,
                // Docker's own networks have none at all.
                Options = record.IpamOptions ?? (record.IsPredefined ? null : NoOptions),
                Config = record.Ranges.Length == 0 ? null : [.. record.Ranges.Select(Range)],
            },
            Internal = record.Internal,
            Attachable = record.Attachable,
            Containers = view.Containers.ToDictionary(c => c.Id, Endpoint),
            Options = record.Options,
            Labels = record.Labels,
        };
    }

    static IpamRange Range(NetworkRange range) =>
        new()
        {
            Subnet = range.Subnet,
            IPRange = range.IpRange is { Length: > 0 } ? range.IpRange : null,
            Gateway = range.Gateway,
            AuxiliaryAddresses = range.AuxiliaryAddresses is { Count: > 0 } ? range.AuxiliaryAddresses : null,
        };

    static NetworkEndpoint Endpoint(ConnectedContainer container)
    {
        var settings = container.Endpoint.Settings;
        return new NetworkEndpoint
        {
            Name = container.Name,
            EndpointID = settings.EndpointID,
            MacAddress = settings.MacAddress,
            IPv4Address = settings.IPAddress.Length == 0 ? "" : $"{settings.IPAddress}/{settings.IPPrefixLen}",
            IPv6Address = settings.GlobalIPv6Address.Length == 0 ? "" : $"{settings.GlobalIPv6Address}/{settings.GlobalIPv6PrefixLen}",
        };
    }
}
