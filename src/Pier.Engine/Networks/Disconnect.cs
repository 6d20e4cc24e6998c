using Pier.Engine.Containers;
using Pier.Model;
using Pier.Network.Endpoints;

namespace Pier.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Takes a container off a network. Force makes a container that is gone no error.</summary>
    public async Task DisconnectAsync(string network, string container, bool force, CancellationToken ct)
    {
        var record = Table.Resolve(network);
        var target = Target(container, force);
        if (target is null)
            return;
        await target.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            target.RequireThere();
            CheckModes(target.Record, record, connect: false);
            var endpoints = Asked(target.Record);
            var before = target.Record.Network?.Endpoints.FirstOrDefault(e => e.Settings.NetworkID == record.Id);
            if (!endpoints.Remove(record.Name) && before is null)
                throw new ForbiddenException($"container {target.Id} is not connected to the network {record.Name}");
            var changed = target.Record with { Networking = new NetworkingConfig { EndpointsConfig = endpoints } };
            if (target.IsRunning && before is not null)
                changed = Unplug(target, changed, before);

            parts.Records.Put(changed.Id, changed);
            target.Record = changed;
            if (before is not null)
                NetworkEvents.Publish(parts.Events, record, "disconnect", target.Id);
        }
        finally
        {
            target.Gate.Release();
        }
    }

    /// <summary>
    /// Word, device, files, record: an engine that starts again sees by the word what is to go, and by the device what is gone.
    /// </summary>
    ContainerRecord Unplug(Container target, ContainerRecord asked, StoredEndpoint before)
    {
        parts.Records.Put(asked.Id, asked, durable: false);
        SandboxRecord sandbox;
        try
        {
            sandbox = parts.Network.Disconnect(target.Id, before.Settings.NetworkID);
        }
        catch
        {
            parts.Keep(target.Record, durable: false);
            throw;
        }
        var changed = asked with { Network = NetworkRequests.Stored(sandbox, asked, parts) };
        files.Disconnected(changed, before);
        return changed;
    }

    Container? Target(string container, bool force)
    {
        try
        {
            return parts.Containers.Resolve(container);
        }
        catch (NotFoundException) when (force)
        {
            return null;
        }
    }
}
