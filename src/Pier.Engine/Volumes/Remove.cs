using Pier.Model;

namespace Pier.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>Removes a volume that no container has. Force makes a missing one no error.</summary>
    public Task RemoveAsync(string name, bool force, CancellationToken ct)
    {
        try
        {
            Table.Remove(name);
        }
        catch (NotFoundException) when (force) { }
        return Task.CompletedTask;
    }
}
