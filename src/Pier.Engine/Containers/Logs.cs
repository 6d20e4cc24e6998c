using System.Runtime.CompilerServices;
using Pier.Engine.Logs;
using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>
    /// The log by the page, in the order in which it was written; a follower gets more until the container ends. A page holds until the
    /// next one is asked for, and its lines have to be taken before.
    /// </summary>
    public IAsyncEnumerable<LogPage> LogPagesAsync(string reference, LogsQuery query, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        if (!query.Stdout && !query.Stderr)
            throw new InvalidParameterException("Bad parameters: you must choose at least one stream");
        var log = container.Record.HostConfig.LogConfig!;
        if (!LogSettings.Readable(log))
            throw new UnsupportedException("configured logging driver does not support reading");
        // A container that does not run now has no end to wait for.
        return new LogReader(LogSettings.PathOf(container.Record, parts.Store.Layout), container.RunEnded).ReadAsync(query, ct);
    }

    /// <summary>The log line by line.</summary>
    public IAsyncEnumerable<LogEntry> LogsAsync(string reference, LogsQuery query, CancellationToken ct) =>
        LinesAsync(LogPagesAsync(reference, query, ct), ct);

    static async IAsyncEnumerable<LogEntry> LinesAsync(IAsyncEnumerable<LogPage> pages, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var page in pages.WithCancellation(ct).ConfigureAwait(false))
        {
            while (TryTake(page, out var entry))
                yield return entry;
        }
    }

    static bool TryTake(LogPage page, out LogEntry entry)
    {
        entry = default;
        if (!page.Next(out var line))
            return false;
        var text = new byte[line.MaxLength];
        entry = new LogEntry(line.Stream, line.TimeNanoseconds, text.AsMemory(0, line.CopyText(text)));
        return true;
    }
}
