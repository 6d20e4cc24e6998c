using Pier.Engine.Containers;
using Pier.Model;
using Pier.Network;
using Pier.Network.Endpoints;

namespace Pier.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Connects a container to one more network, at once when it runs, at its next start otherwise.</summary>
    public async Task ConnectAsync(string network, string container, EndpointSettings? asked, CancellationToken ct)
    {
        var record = Table.Resolve(network);
        var target = parts.Containers.Resolve(container);
        await target.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            target.RequireThere();
            CheckModes(target.Record, record, connect: true);
            if (Asked(target.Record).ContainsKey(record.Name))
                throw new ForbiddenException($"endpoint with name {target.Record.Name} already exists in network {record.Name}");
            EndpointRules.CheckConnection(record, asked);
            var endpoints = Asked(target.Record);
            endpoints[record.Name] = (asked ?? new EndpointSettings()) with { NetworkID = record.Id };
            var changed = target.Record with { Networking = new NetworkingConfig { EndpointsConfig = endpoints } };
            if (target.IsRunning)
            {
                var spec = new NetworkRequests(parts).Endpoint(changed, record, endpoints[record.Name]!);
                changed = Plug(target, changed, record, spec);
            }
            else
            {
                parts.Records.Put(changed.Id, changed);
            }

            target.Record = changed;
            if (target.IsRunning)
                NetworkEvents.Publish(parts.Events, record, "connect", target.Id);
        }
        finally
        {
            target.Gate.Release();
        }
    }

    /// <summary>
    /// Device, record, files: an engine that starts again takes the device away when there is no record, and completes the files when there
    /// is.
    /// </summary>
    ContainerRecord Plug(Container target, ContainerRecord asked, NetworkRecord network, EndpointSpec spec)
    {
        var sandbox = parts.Network.Connect(target.Id, spec);
        try
        {
            var changed = asked with { Network = NetworkRequests.Stored(sandbox, asked, parts) };
            parts.Records.Put(changed.Id, changed);
            files.Connected(changed, sandbox, network.Id);
            return changed;
        }
        catch
        {
            parts.Network.Disconnect(target.Id, network.Id);
            throw;
        }
    }

    static Dictionary<string, EndpointSettings?> Asked(ContainerRecord record) => new(record.Networking?.EndpointsConfig ?? []);

    static void CheckModes(ContainerRecord container, NetworkRecord network, bool connect)
    {
        var kind = NetworkMode.Parse(container.HostConfig.NetworkMode).Kind;
        if (kind == NetworkModeKind.Container)
            throw new ForbiddenException(
                "container sharing network namespace with another container or host cannot be connected to any other network"
            );
        if (connect && kind == NetworkModeKind.Host)
            throw new InvalidParameterException("cannot connect container to host network");
        if (network.Driver == "host")
        {
            throw connect
                ? new InvalidParameterException("cannot connect container to host network - container must be created in host network mode")
                : new InvalidParameterException(
                    "cannot disconnect container from host network - container was created in host network mode"
                );
        }

        if (connect && network.Driver == "null")
            throw new InvalidParameterException(
                "container cannot be connected to multiple networks with one of the networks in private (none) mode"
            );
        if (connect && kind == NetworkModeKind.None && container.Networking?.EndpointsConfig?.ContainsKey("none") != false)
            throw new InvalidParameterException(
                "container cannot be connected to multiple networks with one of the networks in private (none) mode"
            );
    }
}
