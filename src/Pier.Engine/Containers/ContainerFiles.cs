using System.Net;
using Pier.Network;
using Pier.Network.Endpoints;
using Pier.Network.Files;
using Pier.Store;

namespace Pier.Engine.Containers;

/// <summary>Writes /etc/hostname, /etc/hosts and /etc/resolv.conf of a container that is about to start.</summary>
sealed class ContainerFiles(EngineOptions options, Layout layout, NetworkService network)
{
    public void Write(ContainerRecord record, EndpointRecord endpoint)
    {
        var id = record.Id;
        File.WriteAllText(layout.ContainerHostname(id), HostnameFile.Write(record.Config.Hostname));
        if (endpoint.SharedWith is { } shared)
        {
            // Containers of one network namespace share these files too.
            File.Copy(layout.ContainerHosts(shared), layout.ContainerHosts(id), overwrite: true);
            File.Copy(layout.ContainerResolvConf(shared), layout.ContainerResolvConf(id), overwrite: true);
            return;
        }
        var host = record.HostConfig;
        var extra = (host.ExtraHosts ?? []).Select(h => ExtraHost.Parse(h, network.HostGateway)).ToArray();
        var request = new ResolvRequest(Or(host.Dns, options.Dns), Or(host.DnsSearch, options.DnsSearch), Or(host.DnsOptions, options.DnsOptions));
        var resolv = ReadOrEmpty("/etc/resolv.conf");
        if (endpoint.Mode.Kind == NetworkModeKind.Host)
        {
            File.WriteAllText(layout.ContainerHosts(id), HostsFile.WriteForHost(ReadOrEmpty("/etc/hosts"), extra));
            File.WriteAllText(layout.ContainerResolvConf(id), ResolvFile.WriteForHost(resolv, request));
            return;
        }
        if (ResolvFile.NamesOnlySystemdStub(resolv) && File.Exists(ResolvFile.SystemdResolved)) resolv = File.ReadAllText(ResolvFile.SystemdResolved);
        IPAddress? address = endpoint.Address?.Address;
        File.WriteAllText(layout.ContainerHosts(id), HostsFile.Write(record.Config.Hostname, record.Config.Domainname, address, extra));
        File.WriteAllText(layout.ContainerResolvConf(id), ResolvFile.Write(resolv, request));
    }

    static IReadOnlyList<string> Or(string[]? asked, IReadOnlyList<string> fallback) => asked is null or [] ? fallback : asked;

    static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
