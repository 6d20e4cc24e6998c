using Microsoft.Win32.SafeHandles;
using Pier.Engine.Health;
using Pier.Engine.Mounts;
using Pier.Engine.Networks;
using Pier.Engine.Specs;
using Pier.Model;
using Pier.Network;
using Pier.Network.Endpoints;
using Pier.Runtime;

namespace Pier.Engine.Containers;

/// <summary>Brings a container up: mount, network, files, spec, process. Whatever was made is undone when a later step fails.</summary>
sealed class ContainerStarter(EngineParts parts, SpecFactsReader facts, ContainerFiles files, LinkedContainers links, HealthMonitor health)
{
    readonly ContainerMounts mounts = new(parts);
    readonly NetworkRequests networks = new(parts);

    /// <summary>Null for the built-in runtime. A name that the operator has taken away since the creation is refused.</summary>
    ForeignCommand? Runtime(string name)
    {
        if (name is "" or ContainerDefaults.BuiltInRuntimeName)
            return null;
        return parts.Options.Runtimes.TryGetValue(name, out var command)
            ? new ForeignCommand(command.Path, command.Arguments)
            : throw new InvalidParameterException($"unknown or invalid runtime name: {name}");
    }

    /// <summary>Called with the container's gate held.</summary>
    public async Task StartAsync(Container container, CancellationToken ct)
    {
        var record = container.Record;
        Sandbox? sandbox = null;
        SafeFileHandle? root = null;
        Dictionary<string, SafeFileHandle>? opened = null;
        try
        {
            using var remapped = facts.Remapped(record);
            root = parts.Store.Snapshots.Mount(container.Id, passing: record.HostConfig.AutoRemove, idMap: remapped?.Layers);
            var linked = links.Hosts(record);
            sandbox = parts.Network.Attach(networks.For(record, files.Upstreams(record)) with { Namespace = remapped?.Network });
            record = record with { Running = true, Network = NetworkRequests.Stored(sandbox.Record, record, parts), Error = "" };
            // Who lives at another's addresses has its name: that is what they resolve to.
            if (sandbox.Record.SharedWith is { } owner && parts.Containers.ById(owner) is { Record.Config: var its })
                record = record with { Config = record.Config with { Hostname = its.Hostname, Domainname = its.Domainname } };
            parts.Records.Put(record.Id, record, durable: false);
            container.Record = record;
            container.Sandbox = sandbox;
            files.Write(record, sandbox.Record, linked);
            parts.Network.OpenLinks(links.Ports(record));
            opened = mounts.Open(record);
            var spec = facts.BuildSpec(record, root);
            if (facts.SharedMemory(record) is { } shared)
                opened[SpecMounts.SharedMemory] = shared;
            container.RunBegins();
            var started = await parts
                .Runtime.StartAsync(
                    new StartContainer
                    {
                        Id = container.Id,
                        Spec = spec,
                        Root = root,
                        Mounts = opened,
                        NetworkNamespace = sandbox.Namespace,
                        UserNamespace = remapped?.User,
                        Stdio = new StdioOptions(
                            record.Config.Tty,
                            record.Config.OpenStdin,
                            record.Config.StdinOnce,
                            record.HostConfig.ConsoleSize is [var rows, _] ? rows : 0,
                            record.HostConfig.ConsoleSize is [_, var columns] ? columns : 0
                        ),
                        Log = LogSettings.For(record, parts.Store.Layout),
                        Runtime = Runtime(record.HostConfig.Runtime),
                        CgroupParent = CgroupParents.PathOf(
                            record.HostConfig.CgroupParent.Length > 0 ? record.HostConfig.CgroupParent : parts.Options.CgroupParent
                        ),
                    },
                    ct
                )
                .ConfigureAwait(false);
            container.Pid = started.Pid;
            container.Root = root;
            container.Status = ContainerStatus.Running;
            container.Record = record with { StartedAt = started.StartedAt, ExitCode = 0, OomKilled = false };
            parts.Keep(container.Record, durable: false);
            foreach (var (other, hosts) in links.Linking(container))
            {
                files.Relinked(other.Id, hosts);
                parts.Network.OpenLinks(links.Ports(other.Record));
            }

            NetworkEvents.PublishAll(parts, container.Id, record.Network, "connect");
            ContainerEvents.Publish(parts.Events, container, "start");
            parts.Shipping.Begin(container);
            health.Begin(container);
        }
        catch (Exception e)
        {
            if (sandbox is not null)
                parts.Network.Release(container.Id);
            container.Sandbox = null;
            if (root is not null)
                parts.Store.Snapshots.Unmount(container.Id, root);
            container.Root = null;
            container.Pid = 0;
            container.Status = container.Record.StartedAt is null ? ContainerStatus.Created : ContainerStatus.Exited;
            var exitCode = e is StartFailedException failed ? (failed.ExitCode == 125 ? 128 : failed.ExitCode) : 128;
            if (container.Record.Running)
                mounts.Release(record);
            container.Record = container.Record with { Running = false, Network = null, Error = e.Message, ExitCode = exitCode };
            parts.Keep(container.Record);
            container.RunEnds();
            throw;
        }
        finally
        {
            foreach (var handle in opened?.Values ?? Enumerable.Empty<SafeFileHandle>())
                handle.Dispose();
        }
    }
}
