using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Model;

namespace Pier.Store;

/// <summary>
/// One process a data root: an flock that the kernel gives back however the process ends. The file's text is the holder's pid.
/// </summary>
sealed class RootLock : IDisposable
{
    readonly SafeFileHandle _file;

    RootLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock; throws <see cref="ConflictException"/> naming the holder.</summary>
    internal static RootLock Take(Layout layout)
    {
        var file = At.Open(At.WorkingDirectory, layout.LockFile, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, 0x180);
        if (!TryForAMoment(file))
        {
            using (file)
                throw new ConflictException($"a pier daemon (pid {ReadHolder(file)}) is already using {layout.Root}");
        }
        FileCopy.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
        return new RootLock(file);
    }

    // A process that was killed between fork and execve of a child leaves a copy of its descriptor for that long.
    static bool TryForAMoment(SafeFileHandle file)
    {
        for (var tries = 0; tries < 10; tries++)
        {
            if (FileLock.TryExclusive(file))
                return true;
            Thread.Sleep(20);
        }
        return false;
    }

    static string ReadHolder(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[32];
        var length = RandomAccess.Read(file, text, 0);
        var pid = Encoding.ASCII.GetString(text[..length]).Trim();
        return pid.Length > 0 ? pid : "unknown";
    }

    public void Dispose()
    {
        if (_file.IsClosed)
            return;
        FileLock.Release(_file);
        _file.Dispose();
    }
}
