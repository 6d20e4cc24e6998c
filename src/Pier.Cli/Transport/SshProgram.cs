using System.Net.Sockets;

namespace Pier.Cli.Transport;

/// <summary>The ssh program that carries one connection.</summary>
sealed class SshProgram
{
    // The connection breaks a moment before the program is gone.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    readonly string _words;
    readonly StartedProgram _program;

    SshProgram(string words, StartedProgram program) => (_words, _program) = (words, program);

    public Socket Socket => _program.Socket;

    public static SshProgram Start(SshAddress address, StartProgram? programs)
    {
        if (programs is null)
            throw new CliFailure("error during connect: this client starts no programs, and so no ssh");
        var command = address.Command();
        try
        {
            return new SshProgram(string.Join(' ', command), programs(command));
        }
        catch (IOException e)
        {
            throw new CliFailure($"error during connect: {e.Message}");
        }
    }

    /// <summary>Why the connection has ended: how the program did; null when it goes on.</summary>
    public string? Ending() =>
        _program.WaitForEnd(Patience) is var (status, errors)
            ? $"command [{_words}] has exited with {status}, make sure the URL is valid, and Pier or Docker 18.09 or later is installed "
                + $"on the remote host: stderr={errors}"
            : null;
}
