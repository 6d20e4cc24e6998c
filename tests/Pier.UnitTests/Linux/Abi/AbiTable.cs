namespace Pier.UnitTests.Linux.Abi;

/// <summary>
/// What the C compiler must agree with: an expression in C and the value that the code uses. A room adds a file with a class that
/// implements this; the test finds it.
/// </summary>
public interface IAbiRows
{
    /// <summary>Headers to include, for example "sys/epoll.h".</summary>
    IEnumerable<string> Headers { get; }

    /// <summary>C expression, for example "sizeof(struct epoll_event)" or "offsetof(struct statx, stx_ino)", and our value.</summary>
    IEnumerable<(string Expression, long Value)> Rows { get; }
}
