using Pier.Engine.Containers;
using Pier.Model;

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
            CheckModes(target.Record, record, connect: false);
            var endpoints = Asked(target.Record);
            if (!endpoints.Remove(record.Name))
                throw new ForbiddenException($"container {target.Id} is not connected to network {record.Name}");
            var changed = target.Record with { Networking = new NetworkingConfig { EndpointsConfig = endpoints } };
            var before = target.Record.Network?.Endpoints.FirstOrDefault(e => e.Settings.NetworkID == record.Id);
            if (target.IsRunning && before is not null)
            {
                var sandbox = parts.Network.Disconnect(target.Id, record.Id);
                changed = changed with { Network = NetworkRequests.Stored(sandbox, changed, parts) };
                files.Disconnected(changed, before);
            }

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
