using System.Net;
using Pier.Network;
using Pier.Network.Dns;
using Pier.Network.Endpoints;
using Pier.Network.Files;
using Pier.Store;

namespace Pier.Engine.Containers;

/// <summary>
/// Writes /etc/hostname, /etc/hosts and /etc/resolv.conf of a container that is about to start, and follows its networks while it runs: the
/// files are mounted, so that they are changed in place.
/// </summary>
sealed class ContainerFiles(EngineOptions options, Layout layout, NetworkStack network)
{
    public void Write(ContainerRecord record, SandboxRecord sandbox, IReadOnlyList<ExtraHost> links)
    {
        // Containers of one network namespace share these files too.
        if (sandbox.SharedWith is not null)
            return;
        var id = record.Id;
        File.WriteAllText(layout.ContainerHostname(id), HostnameFile.Write(record.Config.Hostname));
        ExtraHost[] extra = [.. (record.HostConfig.ExtraHosts ?? []).Select(h => ExtraHost.Parse(h, network.HostGateway)), .. links];
        if (sandbox.Mode.Kind == NetworkModeKind.Host)
        {
            File.WriteAllText(layout.ContainerHosts(id), HostsFile.WriteForHost(ReadOrEmpty("/etc/hosts"), extra));
            File.WriteAllText(layout.ContainerResolvConf(id), ResolvFile.WriteForHost(ReadOrEmpty("/etc/resolv.conf"), Request(record)));
            return;
        }
        File.WriteAllText(
            layout.ContainerHosts(id),
            HostsFile.Write(record.Config.Hostname, record.Config.Domainname, Addresses(sandbox.Endpoints), extra)
        );
        WriteResolv(record, network.HasNames(sandbox));
    }

    /// <summary>The servers that a container's name server asks in turn.</summary>
    public Upstreams Upstreams(ContainerRecord record)
    {
        var own = Or(record.HostConfig.Dns, options.Dns);
        return own.Count > 0
            ? new Upstreams([.. own.Where(s => IPAddress.TryParse(s, out _)).Select(IPAddress.Parse)], FromHost: false)
            : new Upstreams(ResolvFile.Servers(ReadOrEmpty("/etc/resolv.conf")), FromHost: true);
    }

    /// <summary>A running container has joined a network.</summary>
    public void Connected(ContainerRecord record, SandboxRecord sandbox, string networkId)
    {
        if (sandbox.In(networkId) is not { } joined)
            return;
        var lines = HostsFile.Lines(record.Config.Hostname, record.Config.Domainname, Addresses([joined]));
        File.AppendAllText(layout.ContainerHosts(record.Id), lines);
        // From its first network with names on, 127.0.0.11 answers.
        if (network.HasNames(sandbox))
            WriteResolv(record, names: true);
    }

    /// <summary>After a start of the engine: what <see cref="Connected"/> would have written before the last one died.</summary>
    public void Complete(ContainerRecord record, SandboxRecord sandbox)
    {
        // The first network's lines were there before the container ran; whoever has removed them since meant it.
        if (sandbox.Endpoints.Count < 2 || !File.Exists(layout.ContainerHosts(record.Id)))
            return;
        var lines = File.ReadAllLines(layout.ContainerHosts(record.Id));
        foreach (var endpoint in sandbox.Endpoints.Skip(1))
            if (Addresses([endpoint]).Any(a => !lines.Any(l => l.StartsWith($"{a}\t", StringComparison.Ordinal))))
                Connected(record, sandbox, endpoint.NetworkId);
    }

    /// <summary>A running container has left a network.</summary>
    public void Disconnected(ContainerRecord record, StoredEndpoint left)
    {
        var path = layout.ContainerHosts(record.Id);
        var addresses = ((string[])[left.Settings.IPAddress, left.Settings.GlobalIPv6Address])
            .Where(a => a.Length > 0)
            .Select(IPAddress.Parse);
        File.WriteAllText(
            path,
            HostsFile.Without(File.ReadAllText(path), HostsFile.Lines(record.Config.Hostname, record.Config.Domainname, addresses))
        );
    }

    /// <summary>Other addresses for names that a running container knows by its links.</summary>
    public void Relinked(string id, IReadOnlyList<ExtraHost> links)
    {
        var path = layout.ContainerHosts(id);
        if (File.Exists(path))
            File.WriteAllText(path, HostsFile.Replace(File.ReadAllText(path), links));
    }

    void WriteResolv(ContainerRecord record, bool names)
    {
        var resolv = ReadOrEmpty("/etc/resolv.conf");
        if (ResolvFile.NamesOnlySystemdStub(resolv) && File.Exists(ResolvFile.SystemdResolved))
            resolv = File.ReadAllText(ResolvFile.SystemdResolved);
        var request = Request(record);
        File.WriteAllText(
            layout.ContainerResolvConf(record.Id),
            names ? ResolvFile.WriteForNames(resolv, request) : ResolvFile.Write(resolv, request)
        );
    }

    ResolvRequest Request(ContainerRecord record)
    {
        var host = record.HostConfig;
        return new ResolvRequest(Or(host.Dns, options.Dns), Or(host.DnsSearch, options.DnsSearch), Or(host.DnsOptions, options.DnsOptions));
    }

    static IEnumerable<IPAddress> Addresses(IEnumerable<EndpointRecord> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Address is { } v4)
                yield return v4.Address;
            if (endpoint.Address6 is { } v6)
                yield return v6.Address;
        }
    }

    static IReadOnlyList<string> Or(string[]? asked, IReadOnlyList<string> fallback) => asked is null or [] ? fallback : asked;

    static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
