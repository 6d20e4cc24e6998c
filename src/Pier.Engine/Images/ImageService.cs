namespace Pier.Engine.Images;

/// <summary>The use cases of images.</summary>
public sealed partial class ImageService
{
    public Task<IReadOnlyList<ImageSummaryView>> ListAsync(bool all, IReadOnlyDictionary<string, IReadOnlyList<string>> filters, CancellationToken ct) => throw new NotImplementedException();

    public Task<ImageDetailsView> InspectAsync(string reference, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<ImageHistoryView>> HistoryAsync(string reference, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<ImageRemoval>> RemoveAsync(string reference, bool force, bool prune, CancellationToken ct) => throw new NotImplementedException();

    public Task TagAsync(string reference, string repository, string tag, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The answer is the image id.</summary>
    public Task<string> ImportAsync(ImportImage request, Stream tar, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<LoadedImage>> LoadAsync(Stream archive, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Brings an image in by name. For now: what the binary embeds (hello-world); others answer that registries come later.</summary>
    public Task PullAsync(string reference, string? platform, Func<PullProgress, ValueTask> progress, CancellationToken ct) => throw new NotImplementedException();
}

/// <summary>One message of a pull: Docker's "status" with the layer's short id, or the whole pull's when Id is null.</summary>
public sealed record PullProgress(string? Id, string Status);
