using System.Net.Sockets;
using Pier.Model;

namespace Pier.Api.Doors;

/// <summary>The file of a listening unix socket: taken over when its last owner is gone, refused when somebody answers on it.</summary>
static class UnixSocketFile
{
    const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Makes the place free for a bind, or throws that it is in use.</summary>
    public static void Prepare(string path)
    {
        // sun_path holds 108 bytes with its terminating zero (man 7 unix).
        if (path.Length > 107)
            throw new InvalidParameterException($"can't create unix socket {path}: invalid argument (the path is longer than 107 bytes)");
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
            Directory.CreateDirectory(directory);
        if (Directory.Exists(path))
            throw new ConflictException($"can't create unix socket {path}: is a directory");
        if (!File.Exists(path))
            return;
        if (Answers(path))
            throw new ConflictException($"can't create unix socket {path}: device or resource busy");
        File.Delete(path);
    }

    /// <summary>Read and write for owner and group: whoever may connect is root on this host.</summary>
    public static void Restrict(string path, Action<string>? assignGroup)
    {
        File.SetUnixFileMode(path, OwnerAndGroup);
        assignGroup?.Invoke(path);
    }

    static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Not the asynchronous way: its exception has its stack in words, for which the runtime first sorts the names of all methods.
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
