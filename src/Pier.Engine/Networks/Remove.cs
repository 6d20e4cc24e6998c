using Pier.Model;

namespace Pier.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Removes a network that no running container is in.</summary>
    public Task RemoveAsync(string reference, CancellationToken ct)
    {
        var record = Table.Resolve(reference);
        if (record.IsPredefined)
            throw new ForbiddenException($"{record.Name} is a pre-defined network and cannot be removed");
        if (!Table.Remove(record))
        {
            var users = string.Join(", ", Connected(record.Id).Select(c => $"name:\"{c.Name}\" id:\"{Ids.Short(c.Id)}\""));
            throw new ForbiddenException(
                $"error while removing network: network {record.Name} has active endpoints{(users.Length > 0 ? $" ({users})" : "")}"
            );
        }

        NetworkEvents.Publish(parts.Events, record, "destroy");
        return Task.CompletedTask;
    }
}
