using Microsoft.Win32.SafeHandles;
using Pier.Linux.Sockets;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor.Keeper;

/// <summary>Messages on the socket pair between keeper and supervisor.</summary>
enum LinkMessage : byte
{
    /// <summary>To the keeper: id, pid, roles; with the descriptors.</summary>
    Keep,

    /// <summary>To the keeper: id, roles to close; no roles: the whole entry.</summary>
    Drop,

    /// <summary>To the keeper: nothing lives, end too.</summary>
    Shutdown,

    /// <summary>To the supervisor: id of an entry whose end the keeper has recorded.</summary>
    Ended,
}

/// <summary>The supervisor's end. Sending never fails: when the keeper is gone the supervisor holds everything itself.</summary>
sealed class KeeperLink(SafeFileHandle socket)
{
    public SafeFileHandle Socket { get; } = socket;

    /// <summary>
    /// Hands copies of the descriptors over. There is no answer to wait for: what is in the socket reaches the keeper also when this
    /// process dies now. Callable from any thread.
    /// </summary>
    public void Keep(long id, int pid, IReadOnlyList<(Role Role, SafeFileHandle Descriptor)> descriptors)
    {
        var message = new MessageWriter().Byte((byte)LinkMessage.Keep).Long(id).Int(pid).Int(descriptors.Count);
        foreach (var (role, _) in descriptors)
            message.Byte((byte)role);
        SocketMessage.Send(Socket, message.Written, descriptors.Select(d => d.Descriptor).ToArray());
    }

    /// <summary>Lets the keeper close descriptors of an entry, or with no roles forget the entry.</summary>
    public void Drop(long id, params ReadOnlySpan<Role> roles)
    {
        var message = new MessageWriter().Byte((byte)LinkMessage.Drop).Long(id).Int(roles.Length);
        foreach (var role in roles)
            message.Byte((byte)role);
        SocketMessage.Send(Socket, message.Written);
    }

    /// <summary>Ends the keeper.</summary>
    public void Shutdown() => SocketMessage.Send(Socket, [(byte)LinkMessage.Shutdown]);

    /// <summary>
    /// Reads one message without waiting: the id of an ended entry, null when there is none; <paramref name="gone"/> when the keeper is.
    /// </summary>
    public long? TryReceive(out bool gone)
    {
        Span<byte> buffer = stackalloc byte[64];
        var received = SocketMessage.Receive(Socket, buffer, wait: false);
        gone = received.Ended;
        if (received.Count == 0)
            return null;
        var reader = new MessageReader(buffer[..received.Count]);
        return (LinkMessage)reader.Byte() == LinkMessage.Ended ? reader.Long() : null;
    }
}
