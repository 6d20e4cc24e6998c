using System.Threading.Channels;
using Pier.Distribution;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    // Bars move many times a second; what the listener does not take in time is left out, oldest first.
    const int Queued = 256;

    /// <summary>Runs a transfer whose reports come from several threads, and tells them one after the other.</summary>
    static async Task<T> Told<T>(Func<ImageProgress, ValueTask> progress, Func<Action<TransferProgress>, Task<T>> transfer)
    {
        var queue = Channel.CreateBounded<TransferProgress>(
            new BoundedChannelOptions(Queued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
        );
        async Task<T> Run()
        {
            try
            {
                return await transfer(p => queue.Writer.TryWrite(p)).ConfigureAwait(false);
            }
            finally
            {
                queue.Writer.Complete();
            }
        }
        var running = Run();
        await foreach (var step in queue.Reader.ReadAllAsync().ConfigureAwait(false))
            await progress(new ImageProgress(step.Id, step.Status, step.Current, step.Total)).ConfigureAwait(false);
        return await running.ConfigureAwait(false);
    }
}
