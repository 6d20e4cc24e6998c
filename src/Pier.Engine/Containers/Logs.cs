using Pier.Engine.Logs;
using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Lines in the order in which they were written; a follower gets new ones until the container ends.</summary>
    public IAsyncEnumerable<LogEntry> LogsAsync(string reference, LogsQuery query, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        if (!query.Stdout && !query.Stderr) throw new InvalidParameterException("Bad parameters: you must choose at least one stream");
        if (container.Record.HostConfig.LogConfig!.Type == "none")
            throw new UnsupportedException("configured logging driver does not support reading");
        var path = parts.Store.Layout.ContainerLog(container.Id);
        // A container that does not run now has no end to wait for.
        return new JsonLogReader(path, container.RunEnded).ReadAsync(query, ct);
    }
}
