using System.Security.Cryptography;
using Pier.Distribution;
using Pier.Distribution.Credentials;
using Pier.Engine.Trust;
using Pier.KernelTests.Registry;
using Pier.Model;
using Pier.Model.Trust;

namespace Pier.KernelTests.Distribution;

/// <summary>The host's policy holds for every pull.</summary>
public sealed class TrustCheckTests : IAsyncLifetime
{
    readonly string _directory = Directory.CreateTempSubdirectory("pier-trust-").FullName;
    readonly RegistryClient _client = new();
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    PierRegistry? _registry;
    Descriptor? _image;

    ImageReference Name => ImageReference.Parse($"{_registry!.Address}/app:1");

    string Policy => Path.Combine(_directory, "policy.json");

    public async Task InitializeAsync()
    {
        _registry = await PierRegistry.StartAsync();
        var source = new MemoryContent();
        _image = source.AddImage(1, 1000);
        await _client.PushAsync(Name, _image, source);
        File.WriteAllText(Path.Combine(_directory, "release.pub"), _key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Policy, "{\"scopes\":{\"" + _registry.Address + "\":[\"release.pub\"]}}");
    }

    Task<ImageReference> ResolveAsync() =>
        new TrustCheck(Policy, _client).ResolveAsync(Name, new CallCredentials("", null), CancellationToken.None);

    [Fact]
    public async Task A_signed_image_is_pulled_by_its_digest_and_an_unsigned_one_refused()
    {
        await Assert.ThrowsAsync<ForbiddenException>(ResolveAsync);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await _client.PutSignaturesAsync(Name, _image!, [ImageSignature.Make(Name, _image!.Digest, stranger)]);
        await Assert.ThrowsAsync<ForbiddenException>(ResolveAsync);
        await _client.PutSignaturesAsync(
            Name,
            _image,
            [ImageSignature.Make(Name, _image.Digest, stranger), ImageSignature.Make(Name, _image.Digest, _key)]
        );
        Assert.Equal(_image.Digest, (await ResolveAsync()).Digest);
        await _client.PutSignaturesAsync(Name, _image, []);
        await Assert.ThrowsAsync<ForbiddenException>(ResolveAsync);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_read_forbids()
    {
        File.WriteAllText(Path.Combine(_directory, "release.pub"), "no key");
        await _client.PutSignaturesAsync(Name, _image!, [ImageSignature.Make(Name, _image!.Digest, _key)]);
        await Assert.ThrowsAsync<ForbiddenException>(ResolveAsync);
        File.Delete(Policy);
        await Assert.ThrowsAsync<ForbiddenException>(ResolveAsync);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        _key.Dispose();
        await _registry!.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
