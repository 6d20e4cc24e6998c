using Pier.Distribution;
using Pier.Distribution.Hosts;
using Pier.Distribution.Pull;
using Pier.Distribution.Transport;
using Pier.Model;

namespace Pier.UnitTests.Distribution;

/// <summary>Where registries are, and attack case 48: nobody falls back to HTTP, or to a mirror, that was not asked for.</summary>
public class HostDirectoryTests
{
    readonly HostDirectory _directory = new(
        new RegistryClientOptions
        {
            Mirrors = ["https://mirror.test", "http://plain.test:5000/cache"],
            InsecureRegistries = ["lab.test:5000"],
        }
    );

    [Fact]
    public void Docker_hub_has_mirrors_for_reading_only()
    {
        var pull = _directory.ForPull("docker.io");
        Assert.Equal(["mirror.test", "plain.test:5000", "docker.io"], pull.Select(h => h.Name));
        Assert.Equal(
            ["https://mirror.test/", "http://plain.test:5000/cache/", "https://registry-1.docker.io/"],
            pull.Select(h => h.Base.ToString())
        );
        Assert.Equal([true, true, false], pull.Select(h => h.IsMirror));
        Assert.Equal("https://registry-1.docker.io/", _directory.ForPush("docker.io").Base.ToString());
        Assert.Equal("https://index.docker.io/", _directory.ForSearch("docker.io").Base.ToString());
    }

    [Fact]
    public void Other_registries_have_none()
    {
        Assert.Equal("https://quay.test/", Assert.Single(_directory.ForPull("quay.test")).Base.ToString());
        Assert.Equal("https://quay.test:8443/", Assert.Single(_directory.ForPull("quay.test:8443")).Base.ToString());
    }

    [Theory]
    [InlineData("quay.test", false)]
    [InlineData("docker.io", false)]
    [InlineData("lab.test:5000", true)]
    [InlineData("localhost:5000", true)]
    public void Only_what_is_said_to_be_insecure_is(string domain, bool insecure)
    {
        var host = _directory.ForPush(domain);
        Assert.Equal(insecure, host.Insecure);
        using var transport = new HttpTransport(host, null);
        var downgrade = Record.Exception(() => transport.Check(new Uri("http://storage.test/blob")));
        Assert.Equal(insecure, downgrade is null);
        Assert.IsType<ForbiddenException>(Record.Exception(() => transport.Check(new Uri("ftp://storage.test/blob"))));
    }

    [Fact]
    public void Platforms_of_an_index()
    {
        var index = new ImageIndex
        {
            Manifests =
            [
                Entry(1, "unknown", "unknown"),
                Entry(2, "linux", "arm64", "v9"),
                Entry(3, "linux", "arm64"),
                Entry(4, "linux", "amd64", "v3"),
                Entry(5, "linux", "amd64"),
                Entry(6, "linux", "arm", "v6"),
                Entry(7, "linux", "arm", "v7"),
                Entry(8, "windows", "amd64"),
            ],
        };
        foreach (
            var (wanted, size) in new[]
            {
                ("linux/arm64", 3),
                ("linux/amd64", 5),
                ("linux/arm/v6", 6),
                ("linux/arm/v7", 7),
                ("windows/amd64", 8),
                ("linux/arm64/v9", 2),
            }
        )
            Assert.Equal(size, PlatformChoice.Choose(index, Platform.Parse(wanted)).Size);
        Assert.Throws<NotFoundException>(() => PlatformChoice.Choose(index, Platform.Parse("linux/riscv64")));
    }

    static Descriptor Entry(int size, string os, string architecture, string? variant = null) =>
        new()
        {
            MediaType = MediaTypes.OciManifest,
            Digest = Digest.Of([(byte)size]),
            Size = size,
            Platform = new Platform
            {
                Os = os,
                Architecture = architecture,
                Variant = variant,
            },
        };
}
