using System.Text.Json;

namespace Pier.CompatTests;

/// <summary>Content trust: what is not signed by a trusted key does not come in.</summary>
public sealed class TrustTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IAsyncLifetime
{
    readonly string _config = Directory.CreateTempSubdirectory("trust-compat-").FullName;
    RegistryProcess? _registry;

    public async Task InitializeAsync() => _registry = await RegistryProcess.StartAsync();

    public async Task DisposeAsync()
    {
        await _registry!.DisposeAsync();
        Directory.Delete(_config, recursive: true);
    }

    string Name(string rest) => $"{_registry!.Address}/{rest}";

    Task<CommandResult> Run(bool trust, params string[] arguments)
    {
        var start = new Client("pier", daemon).Start(arguments);
        start.Environment["DOCKER_CONFIG"] = _config;
        start.Environment["PIER_TRUST_PASSPHRASE"] = "correct horse battery";
        start.Environment["DOCKER_CONTENT_TRUST"] = trust ? "1" : "";
        start.WorkingDirectory = _config;
        return Commands.RunAsync(start, null);
    }

    async Task<string> Ok(bool trust, params string[] arguments)
    {
        var result = await Run(trust, arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return result.Out.Trim();
    }

    [Fact]
    public async Task Only_what_a_trusted_key_signed_is_pulled()
    {
        var image = Name("team/app:1");
        await Ok(false, "tag", "busybox", image);
        await Ok(false, "push", image);
        var unsigned = await Run(true, "pull", image);
        Assert.Equal(1, unsigned.Code);
        Assert.Contains("remote trust data does not exist", unsigned.Error);
        Assert.Contains("remote trust data does not exist", (await Run(false, "pull", "--disable-content-trust=false", image)).Error);
        Assert.Contains("remote trust data does not exist", (await Run(true, "run", "--rm", "--network", "none", image, "true")).Error);
        await Ok(true, "pull", "--disable-content-trust", image);

        await Ok(false, "trust", "key", "generate", "release");
        Assert.Contains("ENCRYPTED PRIVATE KEY", File.ReadAllText(Path.Combine(_config, "trust/pier/private/release.key")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_config, "trust/pier/private/release.key"))
        );
        Assert.Contains("Successfully signed", await Ok(true, "push", image));
        await Ok(false, "rmi", image);
        Assert.Contains($"Tagging {Name("team/app")}@sha256:", await Ok(true, "pull", image));
        Assert.Contains("ok", await Ok(true, "run", "--rm", "--network", "none", image, "echo", "ok"));
        using var told = JsonDocument.Parse(await Ok(false, "trust", "inspect", image));
        Assert.Equal("release", told.RootElement[0].GetProperty("SignedTags")[0].GetProperty("Signers")[0].GetString());

        await Ok(false, "trust", "revoke", "-y", image);
        Assert.Equal(1, (await Run(true, "pull", image)).Code);
        await Ok(false, "trust", "sign", image);
        await Ok(true, "pull", image);

        // A policy of other keys refuses this one's signature.
        File.WriteAllText(
            Path.Combine(_config, "trust/pier/policy.json"),
            $$"""{"scopes":{"{{_registry!.Address}}/team":[] },"default":["release.pub"]}"""
        );
        await Ok(true, "pull", image);
        await Ok(false, "trust", "key", "generate", "other");
        File.WriteAllText(
            Path.Combine(_config, "trust/pier/policy.json"),
            $$"""{"scopes":{"{{_registry!.Address}}/team":["other.pub"] } }"""
        );
        Assert.Equal(1, (await Run(true, "pull", image)).Code);
    }

    [Fact]
    public async Task Signers_are_who_counts_for_a_repository()
    {
        var (image, repository) = (Name("signers/app:1"), Name("signers/app"));
        await Ok(false, "tag", "busybox", image);
        await Ok(false, "push", image);
        await Ok(false, "trust", "key", "generate", "mine");
        await Ok(false, "trust", "sign", image);
        await Ok(true, "pull", image);

        // Somebody else's key: what mine signed does not count there any more.
        await Commands.RunAsync(
            "openssl",
            "ecparam",
            "-name",
            "prime256v1",
            "-genkey",
            "-noout",
            "-out",
            Path.Combine(_config, "alice.pem")
        );
        await Commands.RunAsync(
            "openssl",
            "ec",
            "-in",
            Path.Combine(_config, "alice.pem"),
            "-pubout",
            "-out",
            Path.Combine(_config, "alice.pub")
        );
        Assert.Contains("--key", (await Run(false, "trust", "signer", "add", "alice", repository)).Error);
        Assert.Equal(
            $"Adding signer \"alice\" to {repository}...\nSuccessfully added signer: alice to {repository}",
            await Ok(false, "trust", "signer", "add", "--key", "alice.pub", "alice", repository)
        );
        Assert.Equal(1, (await Run(true, "pull", image)).Code);
        await Ok(false, "trust", "signer", "add", "--key", "mine.pub", "mine", repository);
        await Ok(true, "pull", image);
        var table = await Ok(false, "trust", "inspect", "--pretty", image);
        Assert.Contains($"List of signers and their keys for {image}", table);
        Assert.Matches("alice +[0-9a-f]{12}\\s+mine +[0-9a-f]{12}", table);
        using var told = JsonDocument.Parse(await Ok(false, "trust", "inspect", image));
        Assert.Equal(
            ["alice", "mine"],
            told.RootElement[0].GetProperty("Signers").EnumerateArray().Select(s => s.GetProperty("Name").GetString()).Order()
        );

        await Ok(false, "trust", "signer", "remove", "mine", repository);
        Assert.Equal(1, (await Run(true, "pull", image)).Code);
        Assert.Contains("no signer mine for repository", (await Run(false, "trust", "signer", "remove", "mine", repository)).Error);
        Assert.Contains("only signer", (await Run(false, "trust", "signer", "remove", "alice", repository)).Error);
        await Ok(false, "trust", "signer", "remove", "-f", "alice", repository);
        await Ok(true, "pull", image);
    }

    [SkippableFact]
    public async Task Cosign_and_Pier_take_each_others_signatures()
    {
        var (theirs, ours) = (Name("by/cosign:1"), Name("by/pier:1"));
        foreach (var image in (string[])[theirs, ours])
        {
            await Ok(false, "tag", "busybox", image);
            await Ok(false, "push", image);
        }
        await Cosign(0, "generate-key-pair");
        // Since 3 signatures are bundles unless this is said.
        string[] form = (await Cosign(0, "sign", "--help")).Contains("--use-signing-config", StringComparison.Ordinal)
            ? ["--use-signing-config=false", "--new-bundle-format=false"]
            : [];
        await Cosign(0, ["sign", "--key", "cosign.key", "--tlog-upload=false", "--allow-http-registry", "--yes", .. form, theirs]);
        Assert.Equal(1, (await Run(true, "pull", theirs)).Code);
        await Ok(false, "trust", "signer", "add", "--key", "cosign.pub", "them", Name("by/cosign"));
        await Ok(true, "pull", theirs);

        await Ok(false, "trust", "key", "generate", "release");
        await Ok(false, "trust", "sign", ours);
        string[] verify = ["verify", "--insecure-ignore-tlog", "--allow-http-registry", "--key"];
        Assert.Contains(Name("by/pier"), await Cosign(0, [.. verify, "release.pub", ours]));
        await Cosign(null, [.. verify, "cosign.pub", ours]);
    }

    /// <summary>What cosign says; a code of null is any but 0.</summary>
    async Task<string> Cosign(int? code, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(Newer.Path("cosign"), arguments) { WorkingDirectory = _config };
        start.Environment["COSIGN_PASSWORD"] = "correct horse battery";
        start.Environment["DOCKER_CONFIG"] = _config;
        var run = await Commands.RunAsync(start, null);
        Assert.True(code is null ? run.Code != 0 : run.Code == code, $"cosign {string.Join(' ', arguments)}: {run.Out}{run.Error}");
        return run.Out + run.Error;
    }

    [Fact]
    public async Task A_signature_is_what_cosign_makes()
    {
        var image = Name("cosign/app:1");
        await Ok(false, "tag", "busybox", image);
        await Ok(false, "push", image);
        await Ok(false, "trust", "key", "generate", "release");
        await Ok(false, "trust", "sign", image);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{_registry!.Address}/") };
        using var request = new HttpRequestMessage(HttpMethod.Get, "v2/cosign/app/manifests/1");
        request.Headers.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
        var digest = (await http.SendAsync(request)).Headers.GetValues("Docker-Content-Digest").Single();
        using var manifest = JsonDocument.Parse(await http.GetByteArrayAsync($"v2/cosign/app/manifests/{digest.Replace(':', '-')}.sig"));
        var layer = manifest.RootElement.GetProperty("layers")[0];
        Assert.Equal("application/vnd.dev.cosign.simplesigning.v1+json", layer.GetProperty("mediaType").GetString());
        var payload = await http.GetByteArrayAsync($"v2/cosign/app/blobs/{layer.GetProperty("digest").GetString()}");
        using var said = JsonDocument.Parse(payload);
        Assert.Equal(
            digest,
            said.RootElement.GetProperty("critical").GetProperty("image").GetProperty("docker-manifest-digest").GetString()
        );
        Assert.Equal("cosign container image signature", said.RootElement.GetProperty("critical").GetProperty("type").GetString());
        Assert.Equal(
            Name("cosign/app"),
            said.RootElement.GetProperty("critical").GetProperty("identity").GetProperty("docker-reference").GetString()
        );
        await File.WriteAllBytesAsync(Path.Combine(_config, "payload"), payload);
        await File.WriteAllBytesAsync(
            Path.Combine(_config, "signature"),
            Convert.FromBase64String(layer.GetProperty("annotations").GetProperty("dev.cosignproject.cosign/signature").GetString()!)
        );
        var verified = await Commands.RunAsync(
            "openssl",
            "dgst",
            "-sha256",
            "-verify",
            Path.Combine(_config, "release.pub"),
            "-signature",
            Path.Combine(_config, "signature"),
            Path.Combine(_config, "payload")
        );
        Assert.Contains("Verified OK", verified.Out);
        using var referrers = JsonDocument.Parse(await http.GetStringAsync($"v2/cosign/app/referrers/{digest}"));
        Assert.Single(referrers.RootElement.GetProperty("manifests").EnumerateArray());
    }
}
