using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Namespaces;
using Pier.Linux.Netlink;

namespace Pier.Network.Endpoints;

/// <summary>A fresh namespace with its loopback up, and a socket to configure it from anywhere.</summary>
sealed record ReadyNamespace(SafeFileHandle Handle, NetlinkSocket Inside) : IDisposable
{
    public void Dispose()
    {
        Inside.Dispose();
        Handle.Dispose();
    }
}

/// <summary>
/// One thread of the daemon's network namespace. It alone visits new namespaces (unshare and setns work on the calling thread, and a
/// thread of the pool must never be left elsewhere), and it does what depends on being in the daemon's.
/// </summary>
sealed class NamespaceWorker : IDisposable
{
    readonly BlockingCollection<Action> _work = [];
    readonly Thread _thread;
    readonly SafeFileHandle _home;

    /// <summary>Starts the thread in the calling thread's namespace.</summary>
    public NamespaceWorker()
    {
        _home = NetworkNamespace.OfThisThread();
        _thread = new Thread(Work) { IsBackground = true, Name = "network namespaces" };
        _thread.Start();
    }

    /// <summary>Runs on the thread, waits, and hands on the result or the exception.</summary>
    public T Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        try
        {
            return done.Task.Result;
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    /// <summary>As <see cref="Run"/>, in another namespace.</summary>
    public T Within<T>(SafeFileHandle inside, Func<T> work) =>
        Run(() =>
        {
            NetworkNamespace.Enter(inside);
            try
            {
                return work();
            }
            finally
            {
                NetworkNamespace.Enter(_home);
            }
        });

    /// <summary>Opens rtnetlink of a namespace.</summary>
    public NamespaceDoor OpenDoor(SafeFileHandle inside) =>
        new(inside, Within(inside, () => NetlinkSocket.Open(NetlinkProtocol.Route)), Fresh: false);

    /// <summary>Runs on the thread some time later. The work must not throw. Ignored once the worker is disposed.</summary>
    public void Post(Action work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException) { }
    }

    /// <summary>Makes a namespace. Only on the thread (within <see cref="Run"/> or <see cref="Post"/>).</summary>
    public ReadyNamespace MakeNamespace()
    {
        NetworkNamespace.Unshare();
        return PrepareHere(NetworkNamespace.OfThisThread);
    }

    /// <summary>Readies a namespace that somebody else made, and takes its handle over; as <see cref="MakeNamespace"/>.</summary>
    public ReadyNamespace Prepare(SafeFileHandle made)
    {
        NetworkNamespace.Enter(made);
        return PrepareHere(() => made);
    }

    ReadyNamespace PrepareHere(Func<SafeFileHandle> open)
    {
        SafeFileHandle? handle = null;
        NetlinkSocket? inside = null;
        try
        {
            handle = open();
            inside = NetlinkSocket.Open(NetlinkProtocol.Route);
            inside.Execute(new NetlinkWriter().SetUp(Links.Loopback));
            ContainerSettings.Apply();
            return new ReadyNamespace(handle, inside);
        }
        catch
        {
            inside?.Dispose();
            handle?.Dispose();
            throw;
        }
        finally
        {
            // Cannot fail for the thread's own first namespace; if it did, going on here would configure the wrong one.
            NetworkNamespace.Enter(_home);
        }
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
        _home.Dispose();
    }

    void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
