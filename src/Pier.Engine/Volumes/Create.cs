namespace Pier.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>Makes a volume; one of the same name that is there already is the answer.</summary>
    public Task<VolumeView> CreateAsync(CreateVolume request, CancellationToken ct) => Task.FromResult(View(Table.Ensure(request)));
}
