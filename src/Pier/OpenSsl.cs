using System.Runtime.InteropServices;

namespace Pier;

/// <summary>
/// .NET's hashes and TLS are those of the host's OpenSSL. Without one the runtime aborts at the first hash; who needs it for certain says
/// so before anything is done.
/// </summary>
static class OpenSsl
{
    /// <summary>Writes what is missing; true when nothing is.</summary>
    public static bool IsThere(string program)
    {
        // The runtime's own way to name another version.
        if (Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE") is { Length: > 0 })
            return true;
        if (NativeLibrary.TryLoad("libssl.so.3", out _) || NativeLibrary.TryLoad("libssl.so.1.1", out _))
            return true;
        Console.Error.WriteLine($"{program}: OpenSSL is missing (libssl.so.3 or libssl.so.1.1): on Debian, apt-get install libssl3");
        return false;
    }
}
