namespace Pier.Engine.Volumes;

public sealed partial class VolumeService
{
    public Task<VolumeView> InspectAsync(string name, CancellationToken ct) => Task.FromResult(View(Table.Resolve(name)));
}
