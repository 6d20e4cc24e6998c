using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Output;

/// <summary>What a prune removed: lines under a title (empty for nothing), and the bytes that are free now.</summary>
sealed record PruneReport(string Removed, long Reclaimed)
{
    public static PruneReport Of(Invocation call, QueryString path, string title, Func<JsonElement, IEnumerable<string>> lines)
    {
        using var answer = JsonDocument.Parse(call.Client.Call("POST", path.ToString()));
        var removed = string.Concat(lines(answer.RootElement).Select(line => line + "\n"));
        return new PruneReport(removed.Length > 0 ? $"{title}:\n{removed}" : "", answer.RootElement.Number("SpaceReclaimed"));
    }

    public void WriteRemoved(Invocation call)
    {
        if (Removed.Length > 0)
            call.Out.WriteLine(Removed);
    }

    public static void WriteReclaimed(Invocation call, long bytes) =>
        call.Out.WriteLine($"Total reclaimed space: {HumanSize.Describe(bytes)}");

    public void Write(Invocation call)
    {
        WriteRemoved(call);
        WriteReclaimed(call, Reclaimed);
    }
}
