using System.Globalization;

namespace Pier.Cli.Transport;

/// <summary>ssh://[USER@]HOST[:PORT][/SOCKET]: a daemon that is reached by the ssh program, as Docker's clients do it.</summary>
sealed record SshAddress(string? User, string Host, int? Port, string? SocketPath)
{
    const string Scheme = "ssh://";

    // Whoever's client is there joins its streams with the daemon's socket.
    const string RemoteClient = "if command -v pier >/dev/null; then exec pier \"$@\"; else exec docker \"$@\"; fi";

    public static bool Is(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Throws what is wrong with an address, in Docker's words.</summary>
    public static SshAddress Parse(string text)
    {
        var rest = text[Scheme.Length..];
        if (rest.IndexOf('#') is >= 0 and var hash)
            throw Invalid($"fragments are not allowed: \"{rest[(hash + 1)..]}\"");
        if (rest.IndexOf('?') is >= 0 and var question)
            throw Invalid($"query parameters are not allowed: \"{rest[(question + 1)..]}\"");
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        var at = authority.LastIndexOf('@');
        if (at >= 0 && authority[..at].Contains(':'))
            throw Invalid("plain-text password is not supported");
        var host = authority[(at + 1)..];
        var colon = host.EndsWith(']') ? -1 : host.LastIndexOf(':');
        ushort port = 0;
        if (colon >= 0 && !ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            throw Invalid($"invalid port \"{host[colon..]}\" after host");
        var name = (colon < 0 ? host : host[..colon]).Trim('[', ']');
        if (name.Length == 0)
            throw Invalid("hostname is empty");
        var path = slash < 0 || slash == rest.Length - 1 ? null : rest[slash..];
        return new SshAddress(at > 0 ? authority[..at] : null, name, colon < 0 ? null : port, path);
    }

    /// <summary>The command that connects: ssh's first word is looked for in PATH.</summary>
    public string[] Command()
    {
        string[] user = User is null ? [] : ["-l", User];
        string[] port = Port is { } number ? ["-p", number.ToString(CultureInfo.InvariantCulture)] : [];
        string[] socket = SocketPath is null ? [] : ["--host", Quoted("unix://" + SocketPath)];
        return
        [
            "ssh",
            "-o",
            "ConnectTimeout=30",
            "-T",
            .. user,
            .. port,
            "--",
            Host,
            // ssh joins these by blanks, for the user's shell there, whichever that is.
            "sh",
            "-c",
            Quoted(RemoteClient),
            "sh",
            .. socket,
            "system",
            "dial-stdio",
        ];
    }

    static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    static CliFailure Invalid(string reason) => new($"invalid SSH URL: {reason}");
}
