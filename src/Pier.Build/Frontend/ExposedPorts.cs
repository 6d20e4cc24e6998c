using System.Globalization;
using Pier.Build.Dockerfiles;

namespace Pier.Build.Frontend;

/// <summary>EXPOSE's ports: "80", "80/udp", "8000-8010/tcp".</summary>
static class ExposedPorts
{
    /// <summary>"80/tcp" for each; throws <see cref="InstructionException"/> with Docker's texts.</summary>
    public static IEnumerable<string> Parse(string text, WorkBudget budget)
    {
        var slash = text.LastIndexOf('/');
        var (ports, protocol) = slash < 0 ? (text, "tcp") : (text[..slash], text[(slash + 1)..].ToLowerInvariant());
        // What docker run's -p takes before the container's port means nothing here.
        ports = ports[(ports.LastIndexOf(':') + 1)..];
        if (ports.Length == 0)
            throw new InstructionException($"no port specified: {text}", text);
        if (protocol is not ("tcp" or "udp" or "sctp"))
            throw new InstructionException($"invalid proto: {protocol}", text);
        var (first, last) = ports.Split('-') switch
        {
            [var one] => (Number(one), Number(one)),
            [var from, var to] => (Number(from), Number(to)),
            _ => (-1, -1),
        };
        if (first < 0 || last < first)
            throw new InstructionException($"invalid containerPort: {ports}", text);
        budget.Spend((last - first + 1) * 8L);
        return Enumerable.Range(first, last - first + 1).Select(p => $"{p}/{protocol}");
    }

    static int Number(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
