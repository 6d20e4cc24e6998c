using System.Net.Sockets;

namespace Pier.Cli.Transport;

/// <summary>
/// Starts a program whose standard input and output are one socket. The first word is looked for in PATH; throws
/// <see cref="IOException"/> when it cannot be executed.
/// </summary>
public delegate StartedProgram StartProgram(IReadOnlyList<string> command);

/// <summary>A program that was started.</summary>
/// <param name="Socket">The other end of its standard input and output; it ends when that is closed.</param>
/// <param name="WaitForEnd">How it ended, "exit status 255", and the beginning of its standard error; null when it goes on so long.</param>
public sealed record StartedProgram(Socket Socket, Func<TimeSpan, (string Status, string Errors)?> WaitForEnd);
