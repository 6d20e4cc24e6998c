namespace Pier.KernelTests.Registry;

public sealed class PierConformanceTests : ConformanceTests
{
    protected override async Task<IRegistryPeer> StartAsync() => await PierRegistry.StartAsync();
}

public sealed class PierOnS3ConformanceTests : ConformanceTests, IAsyncLifetime
{
    readonly S3Bucket _bucket = new();

    protected override async Task<IRegistryPeer> StartAsync() =>
        await PierRegistry.StartAsync(o =>
            o with
            {
                S3 = new Pier.Registry.S3Options("registry", "us-east-1", _bucket.Endpoint, "pier", "key", "secret"),
            }
        );

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _bucket.DisposeAsync();
    }
}

public sealed class PierOnS3RverConformanceTests(S3Rver server) : ConformanceTests, IClassFixture<S3Rver>
{
    protected override string? NoCatalogue =>
        "s3rver 3.7 leaves common prefixes out of a listing that have objects only two levels further down";

    protected override async Task<IRegistryPeer> StartAsync() => await PierRegistry.StartAsync(o => o with { S3 = server.Options });
}

public sealed class DockerRegistryConformanceTests : ConformanceTests
{
    protected override async Task<IRegistryPeer> StartAsync()
    {
        Skip.IfNot(File.Exists(DockerRegistry.Program), "Debian's docker-registry is not installed");
        return await DockerRegistry.StartAsync();
    }
}
