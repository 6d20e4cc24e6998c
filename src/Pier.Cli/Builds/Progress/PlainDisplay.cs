using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Pier.Contracts;
using Pier.Contracts.BuildKit.Control;

namespace Pier.Cli.Builds.Progress;

/// <summary>
/// Progress line by line: "#2 [2/4] RUN make", "#2 0.318 gcc ...", "#2 DONE 0.4s". Steps have numbers in the order in which they begin.
/// </summary>
sealed class PlainDisplay(TextWriter target) : IBuildDisplay
{
    readonly Dictionary<string, Step> _steps = [];
    int _numbers;
    int _last;

    public void Show(StatusResponse status)
    {
        // A message may hold the whole life of several steps: each is told from its beginning to its end.
        foreach (var changes in status.Vertexes.GroupBy(v => v.Digest))
            Show(changes.Key, changes.Last(), status);
        foreach (
            var digest in status
                .Logs.Select(l => l.Vertex)
                .Concat(status.Statuses.Select(c => c.Vertex))
                .Distinct()
                .Except(status.Vertexes.Select(v => v.Digest))
        )
            Show(digest, null, status);
        foreach (var warning in status.Warnings)
            target.WriteLine($"WARN: {warning.Short.ToStringUtf8()}");
        target.Flush();
    }

    void Show(string digest, Vertex? vertex, StatusResponse status)
    {
        if (vertex is not null)
            Begin(vertex);
        var step = Of(digest);
        foreach (var counter in status.Statuses)
            if (counter.Vertex == digest && counter.Completed is not null && step.Number > 0 && step.Counters.Add(counter.ID))
                Line(step, $"{counter.ID}{Amount(counter)} done");
        foreach (var log in status.Logs)
            if (log.Vertex == digest)
                Show(log);
        if (vertex?.Completed is not null)
            Complete(vertex);
    }

    public void End() => target.Flush();

    void Begin(Vertex vertex)
    {
        var step = Of(vertex.Digest);
        if (vertex.Started is null)
            return;
        step.Started ??= vertex.Started;
        if (step.Number > 0)
            return;
        step.Number = ++_numbers;
        step.Name = vertex.Name;
        Separate(step);
        target.WriteLine($"#{step.Number} {vertex.Name}");
    }

    void Show(VertexLog log)
    {
        var step = Of(log.Vertex);
        if (step.Number == 0)
            return;
        step.Text.Append(log.Msg.ToStringUtf8());
        var at = Seconds(step.Started, log.Timestamp);
        for (var end = IndexOfLine(step.Text); end >= 0; end = IndexOfLine(step.Text))
        {
            Line(step, $"{at} {step.Text.ToString(0, end).TrimEnd('\r')}");
            step.Text.Remove(0, end + 1);
        }
    }

    void Complete(Vertex vertex)
    {
        var step = Of(vertex.Digest);
        if (step.Completed || step.Number == 0)
            return;
        step.Completed = true;
        if (step.Text.Length > 0)
            Line(step, $"{Seconds(step.Started, vertex.Completed)} {step.Text}");
        Line(
            step,
            vertex.Error.Length > 0 ? "ERROR: " + vertex.Error
                : vertex.Cached ? "CACHED"
                : $"DONE {Seconds(step.Started, vertex.Completed, 1)}s"
        );
        target.WriteLine();
        _last = 0;
    }

    void Line(Step step, string text)
    {
        Separate(step);
        target.WriteLine($"#{step.Number} {text}");
    }

    // Lines of several steps that run at once are told apart.
    void Separate(Step step)
    {
        if (_last != 0 && _last != step.Number)
        {
            target.WriteLine();
            if (step.Name.Length > 0 && step.Number != _numbers)
                target.WriteLine($"#{step.Number} {step.Name}");
        }
        _last = step.Number;
    }

    Step Of(string digest) => _steps.TryGetValue(digest, out var step) ? step : _steps[digest] = new Step();

    static int IndexOfLine(StringBuilder text)
    {
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\n')
                return i;
        return -1;
    }

    static string Amount(VertexStatus counter) => counter.Current > 0 ? " " + HumanSize.Describe(counter.Current) : "";

    static string Seconds(Timestamp? from, Timestamp? to, int digits = 3) =>
        (from is null || to is null ? 0 : Math.Max(0, (to.ToDateTime() - from.ToDateTime()).TotalSeconds)).ToString(
            "F" + digits,
            CultureInfo.InvariantCulture
        );

    sealed class Step
    {
        public int Number { get; set; }
        public string Name { get; set; } = "";
        public Timestamp? Started { get; set; }
        public bool Completed { get; set; }
        public StringBuilder Text { get; } = new();
        public HashSet<string> Counters { get; } = [];
    }
}
