using System.Globalization;

namespace Pier.Cli.Transport;

/// <summary>ssh://[USER@]HOST[:PORT][/SOCKET]: a daemon that is reached through a host's client.</summary>
sealed record SshAddress(string User, string Host, int Port, string SocketPath)
{
    const string Scheme = "ssh://";

    /// <summary>What is wrong with an address, or null.</summary>
    public static string? Error(string text)
    {
        try
        {
            Parse(text);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>Throws <see cref="FormatException"/> with Docker's words.</summary>
    public static SshAddress Parse(string text)
    {
        var rest = text[Scheme.Length..];
        if (rest.IndexOf('#') is >= 0 and var hash)
            throw Invalid($"fragments are not allowed: \"{rest[(hash + 1)..]}\"");
        if (rest.IndexOf('?') is >= 0 and var question)
            throw Invalid($"query parameters are not allowed: \"{rest[(question + 1)..]}\"");
        var slash = rest.IndexOf('/');
        var (authority, path) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..]);
        var at = authority.LastIndexOf('@');
        var (user, place) = at < 0 ? ("", authority) : (authority[..at], authority[(at + 1)..]);
        if (user.Contains(':'))
            throw Invalid("plain-text password is not supported");
        var colon = place.LastIndexOf(':');
        var port = 0;
        if (colon >= 0 && !place.EndsWith(']'))
        {
            if (!ushort.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw Invalid($"invalid port \"{place[colon..]}\" after host");
            (port, place) = (number, place[..colon]);
        }
        place = place.Trim('[', ']');
        if (place.Length == 0)
            throw Invalid("hostname is empty");
        return new SshAddress(user, place, port, path == "/" ? "" : path);
    }

    static FormatException Invalid(string reason) => new($"invalid SSH URL: {reason}");
}
