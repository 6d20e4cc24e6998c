using Pier.Model;
using Pier.Store.Volumes;

namespace Pier.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>
    /// Writes a volume's content as a tar stream. Processes that write meanwhile are not stopped. The target is written synchronously.
    /// </summary>
    public Task ExportAsync(string name, Stream target, CancellationToken ct)
    {
        var record = Table.Resolve(name);
        return Task.Run(() => WithContent(record, tree => tree.Export(target, ct)), ct);
    }

    /// <summary>Unpacks a tar (gzip or plain) over a volume's content; a volume that is not there is made.</summary>
    public Task<VolumeView> ImportAsync(string name, Stream tar, CancellationToken ct) =>
        Task.Run(
            () =>
            {
                var record = Table.Ensure(new CreateVolume(name, "", null, null));
                WithContent(record, tree => tree.Import(tar));
                return View(record);
            },
            ct
        );

    void WithContent(VolumeRecord record, Action<VolumeTree> action)
    {
        using var holds = new VolumeHolds(Table);
        Table.TryHold(record.Name, holds);
        var user = Ids.New();
        var path = Table.Attach(record.Name, user);
        try
        {
            action(Table.Tree(path));
        }
        finally
        {
            Table.Detach(record.Name, user);
        }
    }
}
