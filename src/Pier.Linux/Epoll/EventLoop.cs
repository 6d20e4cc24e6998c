using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Epoll;

/// <summary>Something that a descriptor's readiness is told to, on the loop's thread.</summary>
public interface IReadinessHandler
{
    void OnReady(Readiness events);
}

/// <summary>A watched descriptor. Waiting for nothing means not being in the epoll set at all: a hang-up would be told for ever.</summary>
public sealed class Watch
{
    readonly EventLoop _loop;
    readonly SafeFileHandle _fd;
    Readiness _events;

    internal Watch(EventLoop loop, SafeFileHandle fd, IReadinessHandler handler, long token) =>
        (_loop, _fd, Handler, Token) = (loop, fd, handler, token);

    internal IReadinessHandler Handler { get; }
    internal long Token { get; }

    /// <summary>What is waited for now; setting None stops watching. Error and hang-up come with everything else.</summary>
    public Readiness Events
    {
        get => _events;
        set
        {
            if (value == _events)
                return;
            if (value == Readiness.None)
                _loop.Epoll.Remove(_fd);
            else if (_events == Readiness.None)
                _loop.Epoll.Add(_fd, value, Token);
            else
                _loop.Epoll.Modify(_fd, value, Token);
            _events = value;
        }
    }

    /// <summary>Forgets the watch; events already fetched are not delivered. Belongs before the descriptor is closed.</summary>
    public void End()
    {
        Events = Readiness.None;
        _loop.Forget(this);
    }
}

/// <summary>One epoll set and its handlers. Allocates only when something new is watched.</summary>
public sealed class EventLoop : IDisposable
{
    readonly Dictionary<long, Watch> _watches = [];
    readonly EpollEvent[] _events = new EpollEvent[64];
    long _next;

    internal EpollSet Epoll { get; } = new();

    /// <summary>Watches a descriptor.</summary>
    public Watch Add(SafeFileHandle fd, Readiness events, IReadinessHandler handler)
    {
        var watch = new Watch(this, fd, handler, ++_next);
        _watches[watch.Token] = watch;
        watch.Events = events;
        return watch;
    }

    /// <summary>Waits and delivers what happened.</summary>
    public void RunOnce(int milliseconds)
    {
        var count = Epoll.Wait(_events, milliseconds);
        for (var i = 0; i < count; i++)
        {
            // A handler before may have ended the watch.
            if (_watches.TryGetValue(_events[i].Token, out var watch) && watch.Events != Readiness.None)
                watch.Handler.OnReady(_events[i].Events);
        }
    }

    internal void Forget(Watch watch) => _watches.Remove(watch.Token);

    public void Dispose() => Epoll.Dispose();
}
