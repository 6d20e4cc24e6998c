using Pier.Linux;
using Pier.Model;

namespace Pier.Store;

/// <summary>The room's border: what the kernel said becomes what a Docker user knows. Nothing else in the room translates errors.</summary>
static class Border
{
    /// <summary>Runs an operation; kernel and I/O errors leave as <see cref="HostFailureException"/>.</summary>
    internal static T Cross<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            throw Translate(e);
        }
    }

    /// <inheritdoc cref="Cross{T}"/>
    internal static void Cross(Action operation) =>
        Cross(() =>
        {
            operation();
            return true;
        });

    static EngineException Translate(Exception e) =>
        e switch
        {
            TruncatedException or CorruptException => new InvalidParameterException(e.Message, e),
            LinuxException { Errno: Errno.ENOSPC or Errno.EDQUOT } => new HostFailureException(e.Message, e),
            _ => new HostFailureException(e.Message, e),
        };
}

/// <summary>A stream ended in the middle of what it announced; Go's (and so Docker's) words.</summary>
sealed class TruncatedException(Exception? inner = null) : IOException("unexpected EOF", inner);

/// <summary>An archive or a compressed stream is not what it says it is.</summary>
sealed class CorruptException(string message, Exception? inner = null) : IOException(message, inner);
