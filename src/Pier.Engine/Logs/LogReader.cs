using System.Runtime.CompilerServices;
using Pier.Engine.Containers;
using Pier.Engine.Logs.Shipping;
using Pier.Store.Logs;

namespace Pier.Engine.Logs;

/// <summary>
/// Reads a container's log, the rotated files and the current one, by whole lines, and follows it across rotations until the container
/// has ended and nothing is left. Every line once: a file is known by its identity, and is left only when the log's name means another one.
/// </summary>
/// <param name="path">The current file.</param>
/// <param name="ended">Completes when nothing more will be written.</param>
sealed class LogReader(string path, Task ended)
{
    /// <summary>Where to begin instead of where the query says; null for the log's start.</summary>
    public LogCursor? From { get; init; }

    /// <summary>Looks for news by itself instead of being woken: for readers of which there may be hundreds.</summary>
    public bool Polls { get; init; }

    /// <summary>The same page each time, refilled; the reader moves on when the caller has taken its lines.</summary>
    public async IAsyncEnumerable<LogPage> ReadAsync(LogsQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        using var watch = query.Follow ? new LogWatch(path, Polls) : null;
        var page = new LogPage(query);
        var waiting = new Queue<LogFile>(LogFiles.Open(path));
        LogFile? file = null;
        LogIdentity last = default;
        try
        {
            page.Seek(From is null ? Begin(query, waiting) : Continue(From, waiting));
            while (true)
            {
                // The "ended" flag is taken before the read, and the watch is older than the first one: what is written in between is seen.
                var ending = ended.IsCompleted;
                file ??= waiting.Count > 0 ? waiting.Dequeue() : LogFiles.After(path, last);
                while (file is not null && !page.PastUntil && page.Fill(file))
                {
                    watch?.Busy();
                    yield return page;
                    ct.ThrowIfCancellationRequested();
                }
                if (page.PastUntil || (watch is null && waiting.Count == 0))
                    yield break;
                if (file is not null && (waiting.Count > 0 || Replaced(file)))
                {
                    // Renamed files grow no more, but may have grown before they were renamed.
                    while (page.Fill(file))
                        yield return page;
                    last = file.Identity;
                    file.Dispose();
                    file = null;
                    page.Seek(0);
                    continue;
                }
                if (ending)
                    yield break;
                await watch!.ChangedAsync(ended, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            file?.Dispose();
            foreach (var rest in waiting)
                rest.Dispose();
        }
    }

    /// <summary>Drops the files before the first line that is asked for; the answer is its offset in the first file that stays.</summary>
    static long Begin(LogsQuery query, Queue<LogFile> files)
    {
        if (query.Tail < 0 || files.Count == 0)
            return 0;
        var (index, offset) = LogTail.Find([.. files], query.Tail);
        for (var i = 0; i < index; i++)
            files.Dequeue().Dispose();
        return offset;
    }

    /// <summary>Drops the files before a place; when its file is gone, the oldest one there is goes on from its start.</summary>
    static long Continue(LogCursor from, Queue<LogFile> files)
    {
        if (!files.Any(f => f.Inode == from.Inode && Fits(from, f)))
            return 0;
        while (files.Peek().Inode != from.Inode)
            files.Dequeue().Dispose();
        return from.Offset;
    }

    /// <summary>Numbers of files are used again: a line that was read must end there, and it must be the line of that time.</summary>
    static bool Fits(LogCursor from, LogFile file)
    {
        if (from.Offset == 0)
            return true;
        var block = new byte[(int)Math.Min(from.Offset, 128 << 10)];
        if (RandomAccess.Read(file.Handle, block, from.Offset - block.Length) < block.Length || block[^1] != '\n')
            return false;
        var line = block.AsSpan(0, block.Length - 1);
        line = line[(line.LastIndexOf((byte)'\n') + 1)..];
        return from.Time == 0 || (new LogLineParser().TryParse(line, out var parsed) && parsed.TimeNanoseconds == from.Time);
    }

    bool Replaced(LogFile file) => file.IsCompressed || (LogFiles.Current(path) is not 0 and var current && current != file.Inode);
}
