using System.Formats.Tar;
using System.Text;

namespace Pier.Bench;

/// <summary>The image that every engine imports: a static busybox and a file of log lines.</summary>
static class Rootfs
{
    /// <summary>Bytes of /lines.</summary>
    public const int LogBytes = 64 << 20;

    const int LineLength = 100;
    const string Busybox = "/bin/busybox";
    static readonly string[] Applets = ["sh", "true", "sleep", "cat", "echo"];

    /// <summary>Writes the tar file.</summary>
    public static void Write(string path)
    {
        using var writer = new TarWriter(File.Create(path), TarEntryFormat.Ustar);
        foreach (var directory in (string[])["bin/", "etc/", "tmp/", "proc/", "sys/", "dev/"])
            writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, directory) { Mode = (UnixFileMode)0x1ed });
        Add(writer, "bin/busybox", File.ReadAllBytes(Busybox), 0x1ed);
        foreach (var applet in Applets)
            writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
        Add(writer, "etc/passwd", Encoding.ASCII.GetBytes("root:x:0:0:root:/:/bin/sh\n"), 0x1a4);
        Add(writer, "etc/group", Encoding.ASCII.GetBytes("root:x:0:\n"), 0x1a4);
        Add(writer, "lines", Lines(), 0x1a4);
    }

    static byte[] Lines()
    {
        var bytes = new byte[LogBytes];
        Array.Fill(bytes, (byte)'x');
        for (var i = LineLength - 1; i < bytes.Length; i += LineLength)
            bytes[i] = (byte)'\n';
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    static void Add(TarWriter writer, string name, byte[] content, int mode) =>
        writer.WriteEntry(
            new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = (UnixFileMode)mode }
        );
}
