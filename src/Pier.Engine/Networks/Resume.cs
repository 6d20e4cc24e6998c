using Pier.Engine.Containers;
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
            if (container is { IsRunning: true, Sandbox: { } sandbox })
                files.Complete(container.Record, sandbox.Record);
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
        parts.Records.Put(container.Id, container.Record);
        foreach (var left in before.Endpoints.Where(e => sandbox.In(e.Settings.NetworkID) is null))
        {
            files.Disconnected(container.Record, left);
            parts.Options.Log($"container {container.Id} ({record.Name}) has no device in network {left.Network} any more");
        }
    }
}
