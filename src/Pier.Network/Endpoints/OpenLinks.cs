using System.Net;
using Pier.Network.Firewall;

namespace Pier.Network.Endpoints;

/// <summary>
/// Links between containers that are kept apart (--icc=false). Their bridge ports exchange no frames; while there are links the bridge
/// answers their ARP requests with its own address (proxy_arp_pvlan), so that packets between them are forwarded by the host, where the
/// firewall lets pass what is linked and drops the rest. Thread-safe.
/// </summary>
sealed class OpenLinks(string bridge, NamespaceWorker worker, FirewallTable firewall)
{
    readonly Lock _gate = new();
    readonly HashSet<LinkedPort> _open = [];

    public void Open(IEnumerable<LinkedPort> ports)
    {
        lock (_gate)
        {
            LinkedPort[] added = [.. ports.Where(p => !_open.Contains(p)).Distinct()];
            if (added.Length == 0)
                return;
            firewall.Add([.. added.Select(FirewallSets.Of)]);
            // The rules first: nobody gets through in between.
            if (_open.Count == 0)
                Route(true);
            _open.UnionWith(added);
        }
    }

    /// <summary>Closes what begins or ends at an address: another container may have it next.</summary>
    public void Close(IPAddress address)
    {
        lock (_gate)
        {
            LinkedPort[] closed = [.. _open.Where(p => p.From.Equals(address) || p.To.Equals(address))];
            if (closed.Length == 0)
                return;
            _open.ExceptWith(closed);
            if (_open.Count == 0)
                Route(false);
            firewall.Remove([.. closed.Select(FirewallSets.Of)]);
        }
    }

    /// <summary>After a restart: a bridge that was left open for links that are gone.</summary>
    public void Reconcile()
    {
        lock (_gate)
            Route(_open.Count > 0);
    }

    void Route(bool on) =>
        worker.Run(() =>
        {
            // Answers for others wait up to 0.8 s by default.
            NetworkSettings.Set($"ipv4/neigh/{bridge}/proxy_delay", "0");
            NetworkSettings.Set($"ipv4/conf/{bridge}/proxy_arp_pvlan", on ? "1" : "0");
            return true;
        });
}
