using System.Text.Json;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Tar;

namespace Pier.Store.HelloWorld;

/// <summary>The image that the binary itself brings: one program, made byte by byte, always the same. No registry is asked.</summary>
static class HelloWorldImage
{
    const string Greeting = """

        Hello from Pier!
        This message shows that your installation works.

        What just happened, in a few milliseconds:
         1. The pier client asked the pier daemon to run "hello-world".
         2. The daemon had the image with it: the pier binary assembled this program, packed it into
            an image and unpacked that into a layer. Nothing was pulled.
         3. The daemon compiled the container's configuration into a launch program: a list of system calls.
         4. The supervisor cloned a process into new namespaces; the process ran that list, whose last
            call replaced it with the program that you are reading now.
         5. The supervisor passed this output to the container's log, and the daemon sent it to your terminal.

        To try something more ambitious, bring in a root file system and run a shell in it:
         $ pier import rootfs.tar my-linux
         $ pier run -it my-linux sh


        """;

    internal static readonly ImageReference Name = ImageReference.Parse("hello-world:latest");

    // Fixed, so that the image has the same id on every machine.
    static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the image's content; answers its manifest.</summary>
    internal static Descriptor Write(ContentLease lease, string architecture)
    {
        var program =
            ElfGreeter.Build(architecture, System.Text.Encoding.UTF8.GetBytes(Greeting))
            ?? throw new UnsupportedException($"the embedded hello-world image does not know the machine code of {architecture}");
        var tar = Pack(program);
        var layer = lease.Write(tar, MediaTypes.OciLayerTar);
        var config = new ImageConfig
        {
            Created = Created,
            Architecture = architecture,
            Os = "linux",
            Config = new ContainerConfig
            {
                Cmd = ["/hello"],
                WorkingDir = "/",
                Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            },
            RootFs = new RootFs { DiffIds = [Digest.Of(tar)] },
            History =
            [
                new HistoryEntry
                {
                    Created = Created,
                    CreatedBy = "pier",
                    Comment = "assembled by the pier binary",
                },
            ],
        };
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = lease.Write(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig), MediaTypes.OciConfig),
            Layers = [layer],
        };
        return lease.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest), MediaTypes.OciManifest);
    }

    static byte[] Pack(byte[] program)
    {
        var tar = new MemoryStream();
        var writer = new TarWriter(tar);
        var entry = new TarEntry
        {
            Name = "hello",
            Kind = TarKind.Regular,
            Mode = 0x1ED,
            Size = program.Length,
            Modified = FileTime.Of(Created),
        };
        writer.Write(entry, new MemoryStream(program));
        writer.Finish();
        return tar.ToArray();
    }
}
