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

    /// <summary>For a namespace of its own: the standard names, the user's, and the container's own for its address, when it has one.</summary>
    public static string Write(string hostname, string? domain, IPAddress? address, IEnumerable<ExtraHost> extra)
    {
        var text = new StringBuilder(Standard);
        Append(text, extra);
        if (address is not null)
        {
            var names = string.IsNullOrEmpty(domain) ? hostname : $"{hostname}.{domain} {hostname}";
            text.Append(address).Append('\t').Append(names).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>For the host's namespace: the host's file and the user's names.</summary>
    public static string WriteForHost(string hostFile, IEnumerable<ExtraHost> extra)
    {
        var text = new StringBuilder(hostFile);
        if (text.Length > 0 && text[^1] != '\n') text.Append('\n');
        Append(text, extra);
        return text.ToString();
    }

    static void Append(StringBuilder text, IEnumerable<ExtraHost> extra)
    {
        foreach (var host in extra) text.Append(host.Address).Append('\t').Append(host.Name).Append('\n');
    }
}
