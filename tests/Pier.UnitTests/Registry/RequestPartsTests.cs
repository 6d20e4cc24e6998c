using Pier.Model;
using Pier.Registry;
using Pier.Registry.Http;

namespace Pier.UnitTests.Registry;

public class RequestPartsTests
{
    [Theory]
    [InlineData("/v2/", "Base", "", "")]
    [InlineData("/v2/_catalog", "Catalog", "", "")]
    [InlineData("/v2/a/b/manifests/v1", "Manifest", "a/b", "v1")]
    [InlineData("/v2/a/manifests/manifests/manifests/x", "Manifest", "a/manifests/manifests", "x")]
    [InlineData("/v2/a/blobs/uploads/", "Uploads", "a", "")]
    [InlineData("/v2/a/blobs/uploads", "Uploads", "a", "")]
    [InlineData("/v2/a/blobs/uploads/id", "Upload", "a", "id")]
    [InlineData("/v2/a/blobs/sha256:x", "Blob", "a", "sha256:x")]
    [InlineData("/v2/a/tags/list", "Tags", "a", "")]
    [InlineData("/v2/a/referrers/d", "Referrers", "a", "d")]
    [InlineData("/v2/manifests/x", "Unknown", "", "")]
    [InlineData("/v2/a/tags/lists", "Unknown", "", "")]
    [InlineData("/v3/", "Unknown", "", "")]
    public void Paths(string path, string resource, string name, string reference) =>
        Assert.Equal(
            (resource, name, reference),
            (RegistryRoute.Parse(path).Resource.ToString(), RegistryRoute.Parse(path).Name, RegistryRoute.Parse(path).Reference)
        );

    [Theory]
    [InlineData("bytes=0-4", 10, 0, 4)]
    [InlineData("bytes=5-", 10, 5, 9)]
    [InlineData("bytes=5-99", 10, 5, 9)]
    [InlineData("bytes=-3", 10, 7, 9)]
    [InlineData("bytes=-30", 10, 0, 9)]
    public void Ranges(string header, long size, long first, long last)
    {
        Assert.True(ByteRange.TryParse(header, size, out var range));
        Assert.Equal(new ByteRange(first, last), range);
    }

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-", 0)]
    public void Ranges_outside(string header, long size) => Assert.False(ByteRange.TryParse(header, size, out _));

    [Fact]
    public void Flags_make_options()
    {
        var options = RegistryFlags.Parse([
            "--addr=:5001",
            "--root",
            "/tmp/x",
            "--read-only",
            "--gc-grace",
            "1h30m",
            "--gc-interval=0",
            "--s3-bucket",
            "b",
        ]);
        Assert.Equal(
            (":5001", "/tmp/x", true, TimeSpan.FromMinutes(90), TimeSpan.Zero, "b"),
            (options.Listen, options.Root, options.ReadOnly, options.CollectGrace, options.CollectEvery, options.S3?.Bucket)
        );
    }

    [Theory]
    [InlineData("unknown flag: --what", "--what")]
    [InlineData("flag needs an argument: --addr", "--addr")]
    [InlineData("\"pier registry serve\" accepts no arguments.", "here")]
    [InlineData("invalid duration \"5x\"", "--gc-grace=5x")]
    [InlineData("--tls-cert and --tls-key need each other", "--tls-cert=x")]
    [InlineData("token authentication needs --token-realm, --token-service, --token-issuer and --token-key", "--token-realm=x")]
    public void Flags_that_are_wrong(string message, string argument) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => RegistryFlags.Parse([argument])).Message);

    [Fact]
    public void Flags_are_listed_in_order() => Assert.Equal(RegistryFlags.Names.Order(StringComparer.Ordinal), RegistryFlags.Names);
}
