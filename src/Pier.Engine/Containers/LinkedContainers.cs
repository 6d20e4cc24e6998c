using System.Net;
using Pier.Model;
using Pier.Network;
using Pier.Network.Endpoints;
using Pier.Network.Files;

namespace Pier.Engine.Containers;

/// <summary>
/// Links on the default bridge, as of 2014: the other container is found by names in /etc/hosts and by variables in the environment. In
/// user-defined networks a link is an alias that the name server knows.
/// </summary>
sealed class LinkedContainers(ContainerTable containers)
{
    /// <summary>Checked at creation: the targets exist.</summary>
    public void Check(HostConfig host)
    {
        foreach (var link in host.Links ?? [])
        {
            var (target, _) = LinkSyntax.Parse(link);
            try
            {
                containers.Resolve(target);
            }
            catch (NotFoundException)
            {
                throw new InvalidParameterException($"could not get container for {target}: No such container: {target}");
            }
        }
    }

    /// <summary>Lines for /etc/hosts: "ADDRESS alias hostname name".</summary>
    /// <exception cref="ConflictException">A target does not run.</exception>
    public IReadOnlyList<ExtraHost> Hosts(ContainerRecord record) =>
        [.. Targets(record).Select(l => new ExtraHost(Names(l.Alias, l.Target.Record), Address(l.Target.Record)!))];

    /// <summary>Variables for the environment of every process.</summary>
    public IReadOnlyList<string> Environment(ContainerRecord record)
    {
        if (!HasHostLinks(record))
            return [];
        var variables = new List<string>();
        foreach (var (alias, target) in Targets(record, running: false))
        {
            // Who ended meanwhile keeps his last variables out of an exec's environment.
            if (Address(target.Record) is { } address)
                variables.AddRange(LinkEnvironment.Variables(record.Name, alias, address.ToString(), target.Record.Config));
        }

        return variables;
    }

    /// <summary>The running containers that have a link to one, with the lines that it has in their /etc/hosts.</summary>
    public IEnumerable<(Container Container, ExtraHost[] Hosts)> Linking(Container target)
    {
        if (Address(target.Record) is not { } address)
            yield break;
        foreach (var other in containers.All)
        {
            if (!other.IsRunning || !HasHostLinks(other.Record))
                continue;
            var hosts = Targets(other.Record, running: false)
                .Where(l => l.Target == target)
                .Select(l => new ExtraHost(Names(l.Alias, target.Record), address))
                .ToArray();
            if (hosts.Length > 0)
                yield return (other, hosts);
        }
    }

    /// <summary>The exposed ports of the running containers that one has links to.</summary>
    public IEnumerable<LinkedPort> Ports(ContainerRecord record)
    {
        if (Address(record) is not { } from)
            yield break;
        foreach (var (_, target) in Targets(record, running: false))
        {
            if (!target.IsRunning || Address(target.Record) is not { } to)
                continue;
            foreach (var exposed in target.Record.Config.ExposedPorts?.Keys ?? Enumerable.Empty<string>())
            {
                var (port, protocol) = NetworkRequests.ParsePort(exposed);
                yield return new LinkedPort(from, to, protocol, port);
            }
        }
    }

    static bool HasHostLinks(ContainerRecord record) =>
        record.HostConfig.Links is { Length: > 0 } && NetworkMode.Parse(record.HostConfig.NetworkMode) == NetworkMode.Bridge;

    IEnumerable<(string Alias, Container Target)> Targets(ContainerRecord record, bool running = true)
    {
        if (!HasHostLinks(record))
            yield break;
        foreach (var link in record.HostConfig.Links!)
        {
            var (name, alias) = LinkSyntax.Parse(link);
            Container target;
            try
            {
                target = containers.Resolve(name);
            }
            catch (NotFoundException) when (!running)
            {
                continue;
            }

            if (running && (!target.IsRunning || Address(target.Record) is null))
                throw new ConflictException($"Cannot link to a non running container: /{target.Record.Name} AS /{record.Name}/{alias}");
            yield return (alias, target);
        }
    }

    static IPAddress? Address(ContainerRecord target) =>
        target.Network?.Endpoints.FirstOrDefault(e => e.Network == NetworkMode.DefaultNetwork)?.Settings.IPAddress is { Length: > 0 } text
            ? IPAddress.Parse(text)
            : null;

    static string Names(string alias, ContainerRecord target) =>
        target.Name == alias ? $"{alias} {target.Config.Hostname}" : $"{alias} {target.Config.Hostname} {target.Name}";
}
