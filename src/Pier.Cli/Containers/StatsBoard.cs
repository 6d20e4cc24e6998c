using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>The containers that `stats` shows, in the order in which they were added; each has a thread that reads its figures.</summary>
sealed class StatsBoard(Invocation call)
{
    readonly Lock _lock = new();
    readonly List<Entry> _entries = [];

    /// <summary>What went wrong with containers that were named, in their order.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_lock)
                return [.. _entries.Where(e => e.Error is not null).Select(e => e.Error!)];
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _entries.Count == 0;
        }
    }

    /// <summary>Starts reading a container; one that is there already is left as it is. The thread ends with the daemon's answer.</summary>
    public Thread? Add(string name, bool stream)
    {
        var entry = new Entry(name);
        lock (_lock)
        {
            if (_entries.Exists(e => e.Name == name))
                return null;
            _entries.Add(entry);
        }
        var reader = new Thread(() => Read(entry, stream)) { IsBackground = true, Name = "stats" };
        reader.Start();
        return reader;
    }

    public void Remove(string name)
    {
        lock (_lock)
            _entries.RemoveAll(e => e.Name == name);
    }

    public IReadOnlyList<StatsRow> Rows(bool whole)
    {
        lock (_lock)
            return [.. _entries.Where(e => e.Error is null).Select(e => new StatsRow(e.Name, e.Figures, whole))];
    }

    /// <summary>Containers that are no longer to be shown: named ones that are gone or were never there.</summary>
    public void DropFailed()
    {
        lock (_lock)
            _entries.RemoveAll(e => e.Error is not null);
    }

    public bool AllKnown()
    {
        lock (_lock)
            return _entries.TrueForAll(e => e.Figures is not null || e.Error is not null);
    }

    void Read(Entry entry, bool stream)
    {
        try
        {
            using var client = call.Config.Connect();
            var answer = client.Open(
                "GET",
                new QueryString($"/containers/{QueryString.Escape(entry.Name)}/stats").Add("stream", stream ? "1" : "0").ToString()
            );
            using var reader = new StreamReader(answer.Body);
            while (reader.ReadLine() is { } line)
            {
                if (line.Length == 0)
                    continue;
                using var document = JsonDocument.Parse(line);
                var figures = StatsFigures.Of(document.RootElement);
                lock (_lock)
                    entry.Figures = figures;
            }
            // A stream ends with its container.
            if (stream)
                Remove(entry.Name);
        }
        catch (CliFailure e)
        {
            lock (_lock)
                entry.Error = e.Message;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            lock (_lock)
                entry.Error = e.Message;
        }
    }

    sealed class Entry(string name)
    {
        public string Name { get; } = name;
        public StatsFigures? Figures { get; set; }
        public string? Error { get; set; }
    }
}
