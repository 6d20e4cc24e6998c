using Pier.Engine.Containers;
using Pier.Model;
using Pier.Network.Endpoints;

namespace Pier.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>
    /// After a start of the engine, with all running containers taken over: what the last one left half done is undone or completed, on the
    /// host, in the records and in the containers' files.
    /// </summary>
    internal void Resume()
    {
        foreach (var sandbox in parts.Network.Reconcile())
            Left(sandbox);
        foreach (var container in parts.Containers.All)
        {
            if (container is not { IsRunning: true, Sandbox: { } sandbox })
                continue;
            Leave(container);
            files.Complete(container.Record, sandbox.Record);
        }
    }

    /// <summary>A disconnection was cut before its device was taken away: its word is given.</summary>
    void Leave(Container container)
    {
        if (container.Record is not { Network: { } attached, Networking.EndpointsConfig: { } asked })
            return;
        foreach (var endpoint in attached.Endpoints)
        {
            var id = endpoint.Settings.NetworkID;
            if (
                endpoint.Device.Length == 0
                || asked.ContainsKey(endpoint.Network)
                || asked.Any(a => id.StartsWith(a.Key, StringComparison.Ordinal) || a.Value?.NetworkID == id)
            )
                continue;
            try
            {
                container.Record = Unplug(container, container.Record, endpoint);
                parts.Keep(container.Record);
            }
            catch (EngineException e)
            {
                parts.Options.Log(
                    $"container {container.Id} ({container.Record.Name}) cannot leave network {endpoint.Network}: {e.Message}"
                );
            }
        }
    }

    /// <summary>
    /// A disconnection was cut: the device is gone, and nobody asks for the network any more. Where somebody else took the device away the
    /// network stays asked for.
    /// </summary>
    void Left(SandboxRecord sandbox)
    {
        if (parts.Containers.ById(sandbox.ContainerId) is not { Record: { Network: { } before } record } container)
            return;
        container.Record = record with { Network = NetworkRequests.Stored(sandbox, record, parts) };
        parts.Keep(container.Record);
        foreach (var left in before.Endpoints.Where(e => sandbox.In(e.Settings.NetworkID) is null))
        {
            files.Disconnected(container.Record, left);
            parts.Options.Log($"container {container.Id} ({record.Name}) has no device in network {left.Network} any more");
        }
    }
}
