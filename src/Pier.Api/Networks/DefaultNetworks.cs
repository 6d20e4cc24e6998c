using System.Security.Cryptography;
using System.Text;
using Pier.Contracts;
using Pier.Engine;

namespace Pier.Api.Networks;

/// <summary>The three networks that every engine has. Their ids are fixed by the data root, so that they survive restarts.</summary>
static class DefaultNetworks
{
    public static NetworkResource[] Of(EngineOptions options)
    {
        var host = Resource(options, "host", "host");
        var none = Resource(options, "none", "null");
        return options.Bridge == "none" ? [host, none] : [Bridge(options), host, none];
    }

    static NetworkResource Bridge(EngineOptions options) => Resource(options, "bridge", "bridge") with
    {
        IPAM = new Ipam { Config = options.BridgeAddress is { } address ? [new IpamRange { Subnet = address, Gateway = address.Split('/')[0] }] : [] },
        Options = new Dictionary<string, string>
        {
            ["com.docker.network.bridge.default_bridge"] = "true",
            ["com.docker.network.bridge.enable_icc"] = "true",
            ["com.docker.network.bridge.enable_ip_masquerade"] = "true",
            ["com.docker.network.bridge.host_binding_ipv4"] = "0.0.0.0",
            ["com.docker.network.bridge.name"] = options.Bridge,
            ["com.docker.network.driver.mtu"] = "1500",
        },
    };

    static NetworkResource Resource(EngineOptions options, string name, string driver) => new()
    {
        Name = name,
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.DataRoot}\n{name}"))),
        Driver = driver,
    };
}
