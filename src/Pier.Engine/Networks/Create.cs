using Pier.Model;

namespace Pier.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Makes a network.</summary>
    public Task<NetworkView> CreateAsync(CreateNetwork asked, CancellationToken ct)
    {
        var driver = asked.Driver.Length == 0 ? "bridge" : asked.Driver;
        asked = asked with { Driver = driver };
        NetworkRules.Check(asked);
        var record = Table.Create(
            new NetworkRecord
            {
                Id = Ids.New(),
                Name = asked.Name,
                Driver = driver,
                Created = parts.Time.GetUtcNow(),
                EnableIPv4 = asked.EnableIPv4,
                EnableIPv6 = asked.EnableIPv6,
                Internal = asked.Internal,
                Attachable = asked.Attachable,
                IpamDriver = asked.IpamDriver.Length == 0 ? "default" : asked.IpamDriver,
                IpamOptions = asked.IpamOptions,
                Ranges = [.. asked.Ranges],
                HasUserSubnet = asked.Ranges.Any(r => r.Subnet.Length > 0),
                Options = new Dictionary<string, string>(asked.Options),
                Labels = new Dictionary<string, string>(asked.Labels),
            },
            parts.Options.Network.Mtu
        );
        NetworkEvents.Publish(parts.Events, record, "create");
        return Task.FromResult(View(record));
    }
}
