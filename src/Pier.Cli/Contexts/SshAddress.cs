using System.Globalization;

namespace Pier.Cli.Contexts;

/// <summary>ssh://[USER@]HOST[:PORT][/SOCKET], which contexts may name for clients that connect over ssh.</summary>
static class SshAddress
{
    const string Scheme = "ssh://";

    /// <summary>What is wrong with an address, in Docker's words, or null.</summary>
    public static string? Problem(string text)
    {
        var rest = text[Scheme.Length..];
        if (rest.IndexOf('#') is >= 0 and var hash)
            return Invalid($"fragments are not allowed: \"{rest[(hash + 1)..]}\"");
        if (rest.IndexOf('?') is >= 0 and var question)
            return Invalid($"query parameters are not allowed: \"{rest[(question + 1)..]}\"");
        var authority = rest.Split('/', 2)[0];
        var at = authority.LastIndexOf('@');
        if (at >= 0 && authority[..at].Contains(':'))
            return Invalid("plain-text password is not supported");
        var host = authority[(at + 1)..];
        var colon = host.EndsWith(']') ? -1 : host.LastIndexOf(':');
        if (colon >= 0 && !ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return Invalid($"invalid port \"{host[colon..]}\" after host");
        return (colon < 0 ? host : host[..colon]).Trim('[', ']').Length == 0 ? Invalid("hostname is empty") : null;
    }

    static string Invalid(string reason) => $"invalid SSH URL: {reason}";
}
