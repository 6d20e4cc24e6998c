using System.Net;
using System.Text;

namespace Pier.Network.Files;

/// <summary>A container's /etc/hosts (man 5 hosts), as Docker writes it.</summary>
public static class HostsFile
{
    const string Standard =
        "127.0.0.1\tlocalhost\n"
        + "::1\tlocalhost ip6-localhost ip6-loopback\n"
        + "fe00::\tip6-localnet\n"
        + "ff00::\tip6-mcastprefix\n"
        + "ff02::1\tip6-allnodes\n"
        + "ff02::2\tip6-allrouters\n";

    /// <summary>For a namespace of its own: the standard names, the user's, and the container's own for each of its addresses.</summary>
    public static string Write(string hostname, string? domain, IEnumerable<IPAddress> addresses, IEnumerable<ExtraHost> extra)
    {
        var text = new StringBuilder(Standard);
        Append(text, extra);
        return text.Append(Lines(hostname, domain, addresses)).ToString();
    }

    /// <summary>The container's own names for addresses, a line each.</summary>
    public static string Lines(string hostname, string? domain, IEnumerable<IPAddress> addresses)
    {
        var full = string.IsNullOrEmpty(domain) ? hostname : $"{hostname}.{domain}";
        var dot = full.IndexOf('.');
        // The domain may be in the host name: the short name is there either way.
        var names = dot > 0 ? $"{full} {full[..dot]}" : full;
        return string.Concat(addresses.Select(a => $"{a}\t{names}\n"));
    }

    /// <summary>A file without some lines; what others have written there stays.</summary>
    public static string Without(string file, string lines)
    {
        var gone = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', file.Split('\n').Where(l => !gone.Contains(l)));
    }

    /// <summary>A file with other addresses for names that stand there alone on their lines.</summary>
    public static string Replace(string file, IEnumerable<ExtraHost> hosts)
    {
        var lines = file.Split('\n');
        foreach (var host in hosts)
            for (var i = 0; i < lines.Length; i++)
                if (lines[i].EndsWith("\t" + host.Name, StringComparison.Ordinal))
                    lines[i] = $"{host.Address}\t{host.Name}";
        return string.Join('\n', lines);
    }

    /// <summary>For the host's namespace: the host's file and the user's names.</summary>
    public static string WriteForHost(string hostFile, IEnumerable<ExtraHost> extra)
    {
        var text = new StringBuilder(hostFile);
        if (text.Length > 0 && text[^1] != '\n')
            text.Append('\n');
        Append(text, extra);
        return text.ToString();
    }

    static void Append(StringBuilder text, IEnumerable<ExtraHost> extra)
    {
        foreach (var host in extra)
            text.Append(host.Address).Append('\t').Append(host.Name).Append('\n');
    }
}
