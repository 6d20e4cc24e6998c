using Pier.Linux;
using Pier.Linux.Epoll;
using Pier.Linux.Nftables;

namespace Pier.Network.Firewall;

/// <summary>
/// Writes the table again as soon as somebody has flushed the host's whole ruleset (a reload of the host's own firewall does): until then
/// published ports are closed and networks not apart. A thread of its own that sleeps otherwise.
/// </summary>
sealed class FirewallGuard : IDisposable
{
    readonly FirewallTable _table;
    readonly NftTableWatch _watch;
    readonly EpollSet _epoll = new();
    readonly EventFd _stop = new();
    readonly Action<string> _log;
    readonly Thread _thread;
    volatile bool _stopped;

    /// <param name="table">Whose.</param>
    /// <param name="log">Told of each time.</param>
    public FirewallGuard(FirewallTable table, Action<string> log)
    {
        (_table, _log, _watch) = (table, log, new NftTableWatch(table.Name));
        _epoll.Add(_stop.Handle, Readiness.In, 0);
        _epoll.Add(_watch.Handle, Readiness.In, 1);
        _thread = new Thread(Watch, 128 << 10) { IsBackground = true, Name = "firewall" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stopped = true;
        _stop.Set();
        _thread.Join();
        _epoll.Dispose();
        _watch.Dispose();
        _stop.Dispose();
    }

    void Watch()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[2];
        while (!_stopped)
        {
            _epoll.Wait(events, -1);
            if (_stopped)
                return;
            try
            {
                if (_watch.WasDeleted() && _table.Restore())
                    _log($"the firewall table {_table.Name} was deleted by somebody and is written again");
            }
            catch (LinuxException e)
            {
                _log($"the firewall table {_table.Name} was deleted by somebody and cannot be written: {e.Message}");
            }
        }
    }
}
