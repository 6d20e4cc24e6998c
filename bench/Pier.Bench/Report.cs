using System.Globalization;
using System.Text;
using Pier.Bench.Engines;
using Pier.Bench.Measures;

namespace Pier.Bench;

/// <summary>Collects samples and writes the Markdown table.</summary>
sealed class Report(IReadOnlyList<Engine> engines, string command)
{
    readonly List<(Measure Measure, Dictionary<Engine, List<double>> Samples, Dictionary<Engine, string> Failures)> _rows = [];

    public void Add(Measure measure, Dictionary<Engine, List<double>> samples, Dictionary<Engine, string> failures) =>
        _rows.Add((measure, samples, failures));

    /// <summary>The whole file.</summary>
    public string Write(IReadOnlyDictionary<string, string> absent)
    {
        var text = new StringBuilder("# Benchmarks\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Made by `{command}` on {DateTime.UtcNow:yyyy-MM-dd}: ")
            .Append(
                CultureInfo.InvariantCulture,
                $"{Environment.ProcessorCount} cores, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}.\n"
            )
            .Append(
                "All engines in one run on the same machine, in turn (A B A B), each with roots and a network namespace of its own, with the same image,\n"
            )
            .Append("over the same HTTP client. Medians; a ratio above 1 says how many times Pier is better.\n\n");
        foreach (var engine in engines)
            text.Append(CultureInfo.InvariantCulture, $"- {engine.Name}: {engine.Version}\n");
        foreach (var (name, reason) in absent)
            text.Append(CultureInfo.InvariantCulture, $"- {name}: not measured: {reason}\n");
        text.Append('\n');
        AppendTable(text);
        AppendFailures(text);
        return text.ToString();
    }

    void AppendTable(StringBuilder text)
    {
        var peers = engines.Where(e => e is not PierEngine).ToList();
        var pier = engines.FirstOrDefault(e => e is PierEngine);
        text.Append("| measure |");
        foreach (var engine in engines)
            text.Append(CultureInfo.InvariantCulture, $" {engine.Name} |");
        if (pier is not null)
            foreach (var peer in peers)
                text.Append(CultureInfo.InvariantCulture, $" vs {peer.Name} |");
        text.Append("\n|---|")
            .Append(string.Concat(Enumerable.Repeat("---:|", engines.Count + (pier is null ? 0 : peers.Count))))
            .Append('\n');
        foreach (var (measure, samples, _) in _rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {measure.Title} |");
            foreach (var engine in engines)
                text.Append(CultureInfo.InvariantCulture, $" {Cell(Median(samples, engine), measure.Unit)} |");
            if (pier is not null)
                foreach (var peer in peers)
                    text.Append(CultureInfo.InvariantCulture, $" {Ratio(measure, Median(samples, pier), Median(samples, peer))} |");
            text.Append('\n');
        }
    }

    void AppendFailures(StringBuilder text)
    {
        var failures = _rows.SelectMany(r => r.Failures.Select(f => $"- {f.Key.Name}, {r.Measure.Title}: {f.Value}")).ToList();
        if (failures.Count > 0)
            text.Append("\nNot measured:\n\n").AppendJoin('\n', failures).Append('\n');
    }

    static string Ratio(Measure measure, double? pier, double? peer) =>
        (pier, peer) switch
        {
            (null, _) or (_, null) => "",
            _ when measure.Better == Better.Lower => pier > 0 ? Number(peer.Value / pier.Value) + "x" : "",
            _ => peer > 0 ? Number(pier.Value / peer.Value) + "x" : "",
        };

    static double? Median(Dictionary<Engine, List<double>> samples, Engine engine)
    {
        if (!samples.TryGetValue(engine, out var values) || values.Count == 0)
            return null;
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    static string Cell(double? value, string unit) => value is null ? "-" : $"{Number(value.Value)} {unit}";

    static string Number(double value) =>
        value.ToString(
            Math.Abs(value) switch
            {
                >= 100 => "F0",
                >= 10 => "F1",
                _ => "F2",
            },
            CultureInfo.InvariantCulture
        );
}
