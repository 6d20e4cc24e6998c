namespace Pier.Engine.Networks;

public sealed partial class NetworkService
{
    public Task<NetworkView> InspectAsync(string reference, CancellationToken ct) => Task.FromResult(View(Table.Resolve(reference)));
}
