using System.Globalization;
using Pier.Contracts;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>Exposed and published ports as lists and inspect show them.</summary>
static class PortShapes
{
    /// <summary>Published ports with their host side, then exposed ones; only while it runs.</summary>
    public static IReadOnlyList<PortSummary> Summary(ContainerView view)
    {
        if (view.Pid == 0 || (view.Record.Config.ExposedPorts is null && view.Network is null or { Ports.Count: 0 }))
            return [];
        var rows = new List<PortSummary>();
        foreach (var (port, bindings) in Map(view))
        {
            if (!TryParse(port, out var number, out var protocol))
                continue;
            if (bindings is null or { Length: 0 })
            {
                rows.Add(new PortSummary { PrivatePort = number, Type = protocol });
                continue;
            }
            foreach (var binding in bindings)
                rows.Add(
                    new PortSummary
                    {
                        IP = binding.HostIp,
                        PrivatePort = number,
                        PublicPort = Number(binding.HostPort),
                        Type = protocol,
                    }
                );
        }
        return rows;
    }

    /// <summary>"80/tcp" to its bindings, null for a port that is only exposed; empty unless it runs.</summary>
    public static IReadOnlyDictionary<string, PortBinding[]?> Map(ContainerView view)
    {
        var ports = new SortedDictionary<string, PortBinding[]?>(StringComparer.Ordinal);
        if (view.Pid == 0)
            return ports;
        foreach (var port in view.Record.Config.ExposedPorts?.Keys ?? Enumerable.Empty<string>())
            ports[port.Contains('/') ? port : port + "/tcp"] = null;
        foreach (var (port, bindings) in view.Network?.Ports ?? [])
            ports[port] = bindings;
        return ports;
    }

    static bool TryParse(string port, out ushort number, out string protocol)
    {
        var slash = port.IndexOf('/');
        protocol = slash < 0 ? "tcp" : port[(slash + 1)..];
        return ushort.TryParse(slash < 0 ? port : port.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    static ushort? Number(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
