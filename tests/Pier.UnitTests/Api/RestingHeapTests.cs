using System.Runtime.CompilerServices;
using Pier.Api.Http;

namespace Pier.UnitTests.Api;

public class RestingHeapTests
{
    [Fact]
    public async Task What_requests_left_is_given_back_when_nobody_asks_any_more()
    {
        var garbage = Leave();
        using var heap = new RestingHeap();
        heap.Touch();
        // Only a collection of everything takes what has outlived one.
        for (var i = 0; i < 100 && garbage.IsAlive; i++)
            await Task.Delay(100);
        Assert.False(garbage.IsAlive);
    }

    [Fact]
    public void A_request_that_ends_after_the_server_is_no_error()
    {
        var heap = new RestingHeap();
        heap.Dispose();
        heap.Touch();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference Leave()
    {
        // On the heap of large objects, which young collections do not look at.
        var garbage = new byte[4 << 20];
        return new WeakReference(garbage);
    }
}
