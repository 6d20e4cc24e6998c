using System.Formats.Tar;
using System.Text;

namespace Pier.CompatTests.Contexts;

/// <summary>Archives of contexts, good and bad.</summary>
static class ContextArchives
{
    public const string Meta =
        """{"Name":"orig","Metadata":{"Description":"d"},"Endpoints":{"docker":{"Host":"tcp://h:1","SkipTLSVerify":false}}}""";

    public static byte[] Tar(params (string Name, string Content)[] files)
    {
        using var whole = new MemoryStream();
        using (var tar = new TarWriter(whole, TarEntryFormat.Ustar, leaveOpen: true))
            foreach (var (name, content) in files)
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) }
                );
        return whole.ToArray();
    }
}
