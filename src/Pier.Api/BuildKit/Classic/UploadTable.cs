using System.Collections.Concurrent;
using Pier.Model;

namespace Pier.Api.BuildKit.Classic;

/// <summary>
/// Contexts that come by a request of their own ("upload-request:ID"), beside the build that reads them ("remote=upload-request"): each
/// waits for the other.
/// </summary>
sealed class UploadTable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, Place> _places = new();

    /// <summary>
    /// Offers a context; ends when its build has read it. Throws <see cref="UnavailableException"/> when no build asks for it.
    /// </summary>
    public async Task OfferAsync(string id, Stream context, CancellationToken ct)
    {
        var place = _places.GetOrAdd(id, _ => new Place());
        place.Offered.TrySetResult(context);
        try
        {
            await Within(place.Taken.Task, "no build asked for the context", ct);
            await place.Read.Task.WaitAsync(ct);
        }
        finally
        {
            _places.TryRemove(new(id, place));
        }
    }

    /// <summary>The context of an id, to be disposed when it was read.</summary>
    public async Task<TakenUpload> TakeAsync(string id, CancellationToken ct)
    {
        var place = _places.GetOrAdd(id, _ => new Place());
        var context = await Within(place.Offered.Task, "the context was not uploaded", ct);
        place.Taken.TrySetResult(true);
        return new TakenUpload(context, () => place.Read.TrySetResult());
    }

    static async Task<T> Within<T>(Task<T> task, string otherwise, CancellationToken ct)
    {
        try
        {
            return await task.WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            throw new UnavailableException(otherwise + ": context deadline exceeded");
        }
    }

    sealed class Place
    {
        public TaskCompletionSource<Stream> Offered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource<bool> Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Read { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>An uploaded context in the hands of its build.</summary>
sealed class TakenUpload(Stream context, Action read) : IDisposable
{
    public Stream Context { get; } = context;

    public void Dispose() => read();
}
