namespace Pier.Network.Files;

/// <summary>A container's /etc/hostname (man 5 hostname).</summary>
public static class HostnameFile
{
    public static string Write(string hostname) => hostname + "\n";
}
