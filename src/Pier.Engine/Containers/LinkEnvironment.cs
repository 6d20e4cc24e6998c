using System.Globalization;
using Pier.Model;
using Pier.Network.Publishing;

namespace Pier.Engine.Containers;

/// <summary>The variables by which a linked container is found (Docker, "Legacy container links").</summary>
static class LinkEnvironment
{
    /// <param name="self">The name of the container that has the link.</param>
    /// <param name="alias">What it calls the other.</param>
    /// <param name="address">The other's address.</param>
    /// <param name="target">The other's configuration: exposed ports and variables.</param>
    public static IReadOnlyList<string> Variables(string self, string alias, string address, ContainerConfig target)
    {
        var prefix = alias.Replace('-', '_').ToUpperInvariant();
        var ports = (target.ExposedPorts?.Keys ?? Enumerable.Empty<string>())
            .Select(NetworkRequests.ParsePort)
            .OrderBy(p => p.Protocol)
            .ThenBy(p => p.Port)
            .ToList();
        var variables = new List<string>();
        if (ports.Count > 0)
            variables.Add($"{prefix}_PORT={Url(address, ports[0])}");
        for (var i = 0; i < ports.Count; i++)
            Add(variables, prefix, address, ports, i);
        variables.Add($"{prefix}_NAME=/{self}/{alias}");
        foreach (var variable in target.Env ?? [])
        {
            // Every container has these two, whatever they are.
            if (variable.StartsWith("HOME=", StringComparison.Ordinal) || variable.StartsWith("PATH=", StringComparison.Ordinal))
                continue;
            if (variable.Contains('='))
                variables.Add($"{prefix}_ENV_{variable}");
        }

        return variables;
    }

    static void Add(List<string> variables, string prefix, string address, List<(int Port, TransportProtocol Protocol)> ports, int at)
    {
        var (port, protocol) = ports[at];
        var word = Word(protocol);
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}_PORT_{port}_{word.ToUpperInvariant()}");
        // The first port of a run of neighbours names its ends too.
        var first = at == 0 || ports[at - 1] != (port - 1, protocol);
        var last = at;
        while (last + 1 < ports.Count && ports[last + 1] == (ports[last].Port + 1, protocol))
            last++;
        if (first && last > at)
        {
            variables.Add($"{name}_START={Url(address, ports[at])}");
            variables.Add(string.Create(CultureInfo.InvariantCulture, $"{name}_PORT_START={port}"));
            variables.Add($"{name}_END={Url(address, ports[last])}");
            variables.Add(string.Create(CultureInfo.InvariantCulture, $"{name}_PORT_END={ports[last].Port}"));
        }

        variables.Add($"{name}={Url(address, ports[at])}");
        variables.Add($"{name}_ADDR={address}");
        variables.Add(string.Create(CultureInfo.InvariantCulture, $"{name}_PORT={port}"));
        variables.Add($"{name}_PROTO={word}");
    }

    static string Url(string address, (int Port, TransportProtocol Protocol) port) =>
        string.Create(CultureInfo.InvariantCulture, $"{Word(port.Protocol)}://{address}:{port.Port}");

    static string Word(TransportProtocol protocol) => protocol.ToString().ToLowerInvariant();
}
