using System.Globalization;
using System.Text;
using Pier.Contracts;
using Pier.Contracts.BuildKit.Control;

namespace Pier.Cli.Builds.Progress;

/// <summary>
/// Progress on a terminal, redrawn in place: a line a step with its time, below the running ones what they wrote last. What fails stays
/// with all that it wrote.
/// </summary>
sealed class TerminalDisplay : IBuildDisplay
{
    const int LogLines = 6,
        KeptLines = 500;

    readonly TextWriter _target;
    readonly ITerminal _terminal;
    readonly Lock _gate = new();
    readonly Timer _clock;
    readonly DateTime _begun = DateTime.UtcNow;
    readonly Dictionary<string, Step> _byDigest = [];
    readonly List<Step> _steps = [];
    int _drawn;
    bool _ended;

    public TerminalDisplay(TextWriter target, ITerminal terminal)
    {
        (_target, _terminal) = (target, terminal);
        // People read no faster.
        _clock = new Timer(_ => Tick(), null, 150, 150);
    }

    public void Show(StatusResponse status)
    {
        lock (_gate)
        {
            foreach (var vertex in status.Vertexes)
                Take(vertex);
            foreach (var counter in status.Statuses)
                Of(counter.Vertex).Counters[counter.ID] = counter;
            foreach (var log in status.Logs)
                Of(log.Vertex).Add(log.Msg.ToStringUtf8());
        }
    }

    public void End()
    {
        _clock.Dispose();
        lock (_gate)
        {
            // A tick that is under way must not draw over what follows.
            _ended = true;
            Redraw();
            foreach (var step in _steps.Where(s => s.Vertex?.Error.Length > 0))
            {
                _target.WriteLine("------");
                _target.WriteLine($" > {step.Vertex!.Name}:");
                foreach (var line in step.Lines)
                    _target.WriteLine(line);
                _target.WriteLine("------");
            }
            _target.Flush();
        }
    }

    void Take(Vertex vertex)
    {
        var step = Of(vertex.Digest);
        if (step.Vertex?.Completed is not null)
            return;
        step.Vertex = vertex;
        if (vertex.Started is not null && !_steps.Contains(step))
            _steps.Add(step);
    }

    // On a thread of the pool, where an exception would end the client.
    void Tick()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            try
            {
                Redraw();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The terminal is gone; the build is not.
                _ended = true;
            }
        }
    }

    /// <summary>Called with the gate held.</summary>
    void Redraw()
    {
        var (rows, columns) = _terminal.Size;
        var lines = Lines(Math.Max(20, columns == 0 ? 80 : columns), Math.Max(5, rows == 0 ? 25 : rows));
        var text = new StringBuilder();
        if (_drawn > 0)
            text.Append(CultureInfo.InvariantCulture, $"\x1b[{_drawn}A");
        foreach (var line in lines)
            text.Append("\x1b[2K").Append(line).Append('\n');
        // What was drawn below and is no longer.
        text.Append("\x1b[J");
        _drawn = lines.Count;
        _target.Write(text);
        _target.Flush();
    }

    List<string> Lines(int columns, int rows)
    {
        var now = DateTime.UtcNow;
        var done = _steps.Count(s => s.Vertex?.Completed is not null);
        List<string> lines =
        [
            Fit(
                string.Create(CultureInfo.InvariantCulture, $"[+] Building {(now - _begun).TotalSeconds:F1}s ({done}/{_byDigest.Count})"),
                "",
                columns
            ),
        ];
        foreach (var step in _steps)
        {
            var vertex = step.Vertex!;
            var took = ((vertex.Completed?.ToDateTime() ?? now) - (vertex.Started?.ToDateTime() ?? now)).TotalSeconds;
            var mark =
                vertex.Error.Length > 0 ? "ERROR "
                : vertex.Cached ? "CACHED "
                : "";
            lines.Add(Fit($" => {mark}{vertex.Name}", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, took):F1}s"), columns));
            foreach (var counter in step.Counters.Values)
                lines.Add(
                    Fit(
                        $" => => {counter.ID}{(counter.Current > 0 ? " " + HumanSize.Describe(counter.Current) : "")}{(counter.Total > 0 ? " / " + HumanSize.Describe(counter.Total) : "")}",
                        "",
                        columns
                    )
                );
            if (vertex.Completed is null)
                lines.AddRange(step.Lines.TakeLast(LogLines).Select(l => Fit(" => => # " + l, "", columns)));
        }
        // What is above the screen cannot be redrawn.
        if (lines.Count >= rows)
            lines.RemoveRange(1, lines.Count - rows + 1);
        return lines;
    }

    static string Fit(string left, string right, int columns)
    {
        var room = columns - right.Length - 1;
        var plain = new string([.. left.Select(c => char.IsControl(c) ? ' ' : c)]);
        return plain.Length > room
            ? plain[..room] + " " + right
            : plain.PadRight(right.Length > 0 ? room : 0) + (right.Length > 0 ? " " + right : "");
    }

    Step Of(string digest) => _byDigest.TryGetValue(digest, out var step) ? step : _byDigest[digest] = new Step();

    sealed class Step
    {
        string _open = "";

        public Vertex? Vertex { get; set; }
        public Dictionary<string, VertexStatus> Counters { get; } = [];
        public List<string> Lines { get; } = [];

        public void Add(string text)
        {
            var parts = (_open + text).Split('\n');
            _open = parts[^1];
            Lines.AddRange(parts[..^1].Select(p => p.TrimEnd('\r')));
            if (Lines.Count > KeptLines)
                Lines.RemoveRange(0, Lines.Count - KeptLines);
        }
    }
}
