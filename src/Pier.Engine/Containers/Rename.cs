using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    public async Task RenameAsync(string reference, string name, CancellationToken ct)
    {
        name = name.TrimStart('/');
        if (name.Length == 0)
            throw new InvalidParameterException("Neither old nor new names may be empty");
        var container = parts.Containers.Resolve(reference);
        if (!ValidName().IsMatch(name))
            throw new InvalidParameterException(
                $"Error when allocating new name: Invalid container name (/{name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            );
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var old = container.Record.Name;
            if (old == name)
                throw new InvalidParameterException("Renaming a container with the same name as its current name");
            try
            {
                parts.Containers.Reserve(name, container.Id);
            }
            catch (ConflictException e)
            {
                throw new ConflictException("Error when allocating new name: " + e.Message, e);
            }
            try
            {
                Save(container, Renamed(container.Record, name));
            }
            catch
            {
                parts.Containers.Unreserve(name, container.Id);
                throw;
            }
            parts.Containers.Unreserve(old, container.Id);
            Publish(container, "rename", ("oldName", "/" + old));
        }
        finally
        {
            container.Gate.Release();
        }
    }

    /// <summary>The record under another name, which its networks know at once.</summary>
    ContainerRecord Renamed(ContainerRecord record, string name)
    {
        var renamed = record with { Name = name };
        if (record.Network is null)
            return renamed;
        var sandbox = parts.Network.Rename(
            record.Id,
            endpoint =>
                endpoint.Names.Count == 0
                    ? []
                    : NetworkRequests.Names(renamed, record.Networking?.EndpointsConfig?.GetValueOrDefault(endpoint.NetworkName))
        );
        return sandbox is null ? renamed : renamed with { Network = NetworkRequests.Stored(sandbox, renamed, parts) };
    }
}
