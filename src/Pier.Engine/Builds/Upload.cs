namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    /// <summary>
    /// Unpacks a context (tar; plain, gzip, bzip2, xz or zstd) that is read as it comes. A broken one leaves nothing. The answer must be
    /// disposed.
    /// </summary>
    public async Task<UploadedContext> UploadAsync(Stream tar, CancellationToken ct)
    {
        var context = new UploadedContext(parts.Store);
        try
        {
            // The store works synchronously: the request's body is read on a thread of its own.
            await Task.Run(() => parts.Store.Builds.UnpackTree(context.TreeId, tar, ct), ct).ConfigureAwait(false);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }
}
