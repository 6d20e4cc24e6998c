using System.Globalization;
using Pier.Engine.Volumes.Drivers;
using Pier.Model;

namespace Pier.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>
    /// Removes volumes without users: anonymous ones, with the filter all=true named ones too. The answer is names and bytes freed.
    /// </summary>
    public Task<(IReadOnlyList<string> Names, long Bytes)> PruneAsync(
        IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        CancellationToken ct
    )
    {
        var asked = filters.ToDictionary();
        asked.TryAdd("all", ["false"]);
        var filter = new VolumeFilter(asked, _ => false);
        var (names, bytes) = (new List<string>(), 0L);
        foreach (var record in Table.All.Where(filter.Matches))
        {
            ct.ThrowIfCancellationRequested();
            if (Table.Users(record.Name).Count > 0)
                continue;
            var size =
                record.IsMounted || Table.DriverOf(record) is not LocalDriver local
                    ? 0
                    : Table.Tree(local.Describe(record.Name).Mountpoint).Usage().Bytes;
            try
            {
                Table.Remove(record.Name);
            }
            catch (EngineException e) when (e is ConflictException or NotFoundException)
            {
                continue;
            }
            names.Add(record.Name);
            bytes += size;
        }
        parts.Events.Publish(
            "volume",
            "prune",
            "",
            new Dictionary<string, string> { ["reclaimed"] = bytes.ToString(CultureInfo.InvariantCulture) }
        );
        return Task.FromResult<(IReadOnlyList<string>, long)>((names, bytes));
    }
}
