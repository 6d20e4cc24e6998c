using System.Globalization;
using System.Text.Json;

namespace Pier.Cli.Containers;

/// <summary>The PORTS column: "0.0.0.0:8080->80/tcp, 443/tcp", neighbours joined to ranges.</summary>
static class PortText
{
    readonly record struct Mapping(string Ip, long Public, long Private, string Type);

    public static string Of(JsonElement container)
    {
        var mappings = container
            .Items("Ports")
            .Select(p => new Mapping(p.Text("IP"), p.Number("PublicPort"), p.Number("PrivatePort"), p.Text("Type")))
            .OrderBy(m => m.Private)
            .ThenBy(m => m.Ip, StringComparer.Ordinal)
            .ThenBy(m => m.Public)
            .ThenBy(m => m.Type, StringComparer.Ordinal)
            .ToList();
        var published = new List<string>();
        var exposed = new List<string>();
        foreach (var group in mappings.GroupBy(m => (m.Ip, m.Type)))
        {
            var run = new List<Mapping>();
            foreach (var mapping in group)
            {
                if (run.Count > 0 && !Follows(run[^1], mapping))
                    Flush(run, published, exposed);
                run.Add(mapping);
            }
            Flush(run, published, exposed);
        }
        return string.Join(", ", published.Concat(exposed));
    }

    static bool Follows(Mapping last, Mapping next) =>
        next.Private == last.Private + 1 && (last.Public == 0 ? next.Public == 0 : next.Public == last.Public + 1);

    static void Flush(List<Mapping> run, List<string> published, List<string> exposed)
    {
        if (run.Count == 0)
            return;
        var (first, last) = (run[0], run[^1]);
        var ports = Range(first.Private, last.Private);
        if (first.Public == 0)
            exposed.Add($"{ports}/{first.Type}");
        else
            published.Add(
                $"{(first.Ip.Contains(':') ? $"[{first.Ip}]" : first.Ip)}:{Range(first.Public, last.Public)}->{ports}/{first.Type}"
            );
        run.Clear();
    }

    static string Range(long first, long last) =>
        first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
}
