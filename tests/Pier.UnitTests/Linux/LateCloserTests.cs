using Pier.Linux.Files;

namespace Pier.UnitTests.Linux;

public class LateCloserTests
{
    sealed class Slow(List<int> closed, int number) : IDisposable
    {
        public void Dispose()
        {
            Thread.Sleep(5);
            closed.Add(number);
        }
    }

    [Fact]
    public void Everything_is_closed_in_order_before_the_end()
    {
        List<int> closed = [];
        using (var closer = new LateCloser())
        {
            for (var i = 0; i < 10; i++)
                closer.Close(new Slow(closed, i));
        }

        Assert.Equal(Enumerable.Range(0, 10), closed);
    }

    [Fact]
    public void Work_that_comes_after_a_rest_is_done_too()
    {
        List<int> closed = [];
        using var closer = new LateCloser();
        closer.Close(new Slow(closed, 1));
        closer.Dispose();
        closer.Close(new Slow(closed, 2));
        closer.Dispose();
        Assert.Equal([1, 2], closed);
    }
}
