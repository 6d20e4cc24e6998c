namespace Pier.Supervisor.Protocol;

/// <summary>
/// Kinds of messages between clients and supervisor. A message is: kind (byte), request id (int), body; one packet each, at most
/// <see cref="Wire.MaxMessage"/> bytes.
/// </summary>
enum MessageKind : byte
{
    /// <summary>version int, subscribe flag. First of all.</summary>
    Hello = 1,

    /// <summary>Nothing but descriptors, for the next request: more than one message may carry.</summary>
    Descriptors = 2,

    /// <summary>
    /// key, stdio, log, number of held descriptors, program in a memfd flag, program bytes; descriptors: [memfd,] imports, held.
    /// </summary>
    Launch = 3,

    /// <summary>key, stdin, stdout, stderr flags, detach keys or null. The key may be launched later.</summary>
    Attach = 4,

    /// <summary>key, rows, columns.</summary>
    Resize = 5,

    /// <summary>key.</summary>
    CloseStdin = 6,

    /// <summary>key, signal.</summary>
    Signal = 7,

    /// <summary>No body; answered by an Item each and a Reply.</summary>
    List = 8,

    /// <summary>key of an ended process.</summary>
    Release = 9,

    /// <summary>No body; refused while a process is recorded.</summary>
    Shutdown = 10,

    /// <summary>status byte, text or null, two ints; a Launch's: pid and 0, with the pidfd; a failed Launch's: op and errno.</summary>
    Reply = 64,

    /// <summary>key, pid, launch time, exit.</summary>
    Item = 65,

    /// <summary>key, exit. To subscribers, request id 0.</summary>
    Exited = 66,
}

/// <summary>How a request went.</summary>
enum ReplyStatus : byte
{
    Done,
    NoSuchKey,
    KeyInUse,
    StillRunning,

    /// <summary>The process has ended.</summary>
    Ended,

    /// <summary>An op of the program failed: its index and errno.</summary>
    ProgramFailed,

    /// <summary>The request makes no sense.</summary>
    Invalid,

    /// <summary>The host refused something: text and errno.</summary>
    HostFailed,
}

static class Wire
{
    public const int Version = 1;

    /// <summary>Fits into a unix socket's default send buffer.</summary>
    public const int MaxMessage = 128 << 10;

    /// <summary>A program up to this size travels in the message, a larger one in a memfd.</summary>
    public const int MaxInlineProgram = 64 << 10;

    /// <summary>Most descriptors that a process may hold.</summary>
    public const int MaxHeld = 64;

    /// <summary>Longest key in UTF-8 bytes.</summary>
    public const int MaxKey = 256;
}
