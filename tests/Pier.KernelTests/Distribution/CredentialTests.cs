using System.Net;
using System.Text;
using System.Text.Json;
using Pier.Distribution;
using Pier.Distribution.Credentials;
using Pier.KernelTests.Registry;
using Pier.Model;

namespace Pier.KernelTests.Distribution;

/// <summary>Where credentials go, and where they never go: attack cases 46 to 49.</summary>
public class CredentialTests
{
    const string Htpasswd = "user:$2y$05$5xFOda3IFVx05iWDHKgwkeg/yB6PJAKwuy8WLO0W004PXGvfSNvVe\n";
    static readonly RegistryClientOptions Quick = new() { FirstPause = TimeSpan.FromMilliseconds(5), MaxAttempts = 2 };

    static CallCredentials User(string host, string password = "secret") =>
        new(host, new RegistryCredentials { Username = "user", Password = password });

    [Fact]
    public async Task Basic_authentication()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Htpasswd);
        await using var registry = await PierRegistry.StartAsync(o => o with { Htpasswd = file });
        var source = new MemoryContent();
        var image = source.AddImage(2, 1000);
        var name = ImageReference.Parse($"{registry.Address}/app:v1");
        using var client = new RegistryClient(Quick);
        await client.PushAsync(name, image, source, User(registry.Address));
        await client.PullAsync(name, new MemoryContent(), credentials: User(registry.Address));
        Assert.Null(await client.LoginAsync(registry.Address, new RegistryCredentials { Username = "user", Password = "secret" }));
        var wrong = await Assert.ThrowsAsync<UnauthorizedException>(() =>
            client.LoginAsync(registry.Address, new RegistryCredentials { Username = "user", Password = "x" })
        );
        Assert.Equal($"Get \"https://{registry.Address}/v2/\": unauthorized: incorrect username or password", wrong.Message);
        var denied = await Assert.ThrowsAsync<NotFoundException>(() => client.PullAsync(name, new MemoryContent()));
        Assert.StartsWith(
            $"pull access denied for {registry.Address}/app, repository does not exist or may require 'docker login'",
            denied.Message,
            StringComparison.Ordinal
        );
        File.Delete(file);
    }

    [Fact]
    public async Task Tokens_are_fetched_for_what_is_done_and_used_again()
    {
        using var keys = new TokenServerKeys("ES256");
        var asked = new List<string>();
        await using var server = new FaultProxy(
            "127.0.0.1:1",
            (request, _) =>
            {
                lock (asked)
                    asked.Add($"{request.HttpMethod} {WebUtility.UrlDecode(request.Url!.Query)} {request.Headers["Authorization"]}");
                var scope = request.QueryString["scope"] ?? "repository:none:";
                var access = scope.Split(',', 2)[0].Split(':');
                var token = keys.Token((access[1], scope[(scope.LastIndexOf(':') + 1)..]));
                return request.Headers["Authorization"] is "Basic dXNlcjpzZWNyZXQ="
                    ? new Fault { Status = 200, Body = Encoding.ASCII.GetBytes($$"""{"token":"{{token}}","refresh_token":"identity"}""") }
                    : new Fault { Status = 401 };
            }
        );
        keys.Realm = $"http://{server.Address}/token";
        await using var registry = await PierRegistry.StartAsync(o => o with { Token = keys.Options });
        var source = new MemoryContent();
        var image = source.AddImage(3, 1000);
        var name = ImageReference.Parse($"{registry.Address}/team/app:v1");
        using var client = new RegistryClient(Quick);
        await client.PushAsync(name, image, source, User(registry.Address));
        Assert.Equal(
            "GET ?service=registry.test&scope=repository:team/app:pull,push&account=user Basic dXNlcjpzZWNyZXQ=",
            Assert.Single(asked)
        );
        asked.Clear();
        await client.PullAsync(name, new MemoryContent(), credentials: User(registry.Address));
        Assert.Contains("scope=repository:team/app:pull&", Assert.Single(asked), StringComparison.Ordinal);
        Assert.Equal(
            "identity",
            await client.LoginAsync(registry.Address, new RegistryCredentials { Username = "user", Password = "secret" })
        );
        await Assert.ThrowsAsync<UnauthorizedException>(() =>
            client.PullAsync(name, new MemoryContent(), credentials: User(registry.Address, "wrong"))
        );
    }

    [Fact]
    public async Task A_redirect_to_another_host_takes_no_credentials_along()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Htpasswd);
        await using var registry = await PierRegistry.StartAsync(o => o with { Htpasswd = file });
        await using var open = await PierRegistry.StartAsync();
        var source = new MemoryContent();
        var image = source.AddImage(2, 1000);
        using var client = new RegistryClient(Quick);
        await client.PushAsync(ImageReference.Parse($"{registry.Address}/app:v1"), image, source, User(registry.Address));
        await client.PushAsync(ImageReference.Parse($"{open.Address}/app:v1"), image, source);
        await using var storage = new FaultProxy(open.Address, (_, _) => null);
        await using var front = new FaultProxy(
            registry.Address,
            (request, _) =>
                request.Url!.AbsolutePath.Contains("/blobs/", StringComparison.Ordinal)
                    ? new Fault { Status = 307, Location = $"http://{storage.Address}{request.RawUrl}" }
                    : null
        );
        await client.PullAsync(ImageReference.Parse($"{front.Address}/app:v1"), new MemoryContent(), credentials: User(front.Address));
        Assert.Contains(front.Seen, s => s.Authorization is not null);
        Assert.Equal(3, storage.Seen.Count);
        Assert.All(storage.Seen, s => Assert.Null(s.Authorization));
        File.Delete(file);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_foreign_layers_server_gets_no_credentials_even_when_it_asks(bool asks)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Htpasswd);
        await using var registry = await PierRegistry.StartAsync(o => o with { Htpasswd = file });
        var bytes = "a layer that lives elsewhere"u8.ToArray();
        await using var foreign = new FaultProxy(
            "127.0.0.1:1",
            (_, _) => asks ? new Fault { Status = 401 } : new Fault { Status = 200, Body = bytes }
        );
        var source = new MemoryContent();
        var config = new ImageConfig
        {
            Architecture = "amd64",
            Os = "linux",
            RootFs = new RootFs { DiffIds = [Digest.Of(bytes)] },
        };
        var layer = new Descriptor
        {
            MediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            Digest = Digest.Of(bytes),
            Size = bytes.Length,
            Urls = [$"http://{foreign.Address}/layer"],
        };
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = source.Add(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig), MediaTypes.OciConfig),
            Layers = [layer],
        };
        var image = source.Add(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest), MediaTypes.OciManifest);
        var name = ImageReference.Parse($"{registry.Address}/foreign:v1");
        using var client = new RegistryClient(Quick);
        await client.PushAsync(name, image, source, User(registry.Address));
        var target = new MemoryContent();
        var pull = client.PullAsync(name, target, credentials: User(registry.Address));
        if (asks)
            await Assert.ThrowsAnyAsync<EngineException>(() => pull);
        else
            await pull;
        Assert.Equal(!asks, target.Blobs.ContainsKey(layer.Digest));
        Assert.NotEmpty(foreign.Seen);
        Assert.All(foreign.Seen, s => Assert.Null(s.Authorization));
        File.Delete(file);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://user:secret@127.0.0.1:1/x")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fe80::1]/x")]
    public async Task A_redirect_to_nowhere_good_is_refused(string target)
    {
        await using var front = new FaultProxy("127.0.0.1:1", (_, _) => new Fault { Status = 302, Location = target });
        using var client = new RegistryClient(Quick);
        var error = await Assert.ThrowsAsync<ForbiddenException>(() =>
            client.PullAsync(ImageReference.Parse($"{front.Address}/app:v1"), new MemoryContent())
        );
        Assert.EndsWith("refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_loop_ends()
    {
        await using var front = new FaultProxy("127.0.0.1:1", (request, _) => new Fault { Status = 302, Location = request.RawUrl });
        using var client = new RegistryClient(Quick);
        var error = await Assert.ThrowsAsync<UnavailableException>(() =>
            client.PullAsync(ImageReference.Parse($"{front.Address}/app:v1"), new MemoryContent())
        );
        Assert.Contains("stopped after 5 redirects", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_gets_no_credentials_and_the_registry_has_the_last_word()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Htpasswd);
        await using var hub = await PierRegistry.StartAsync(o => o with { Htpasswd = file });
        var source = new MemoryContent();
        var image = source.AddImage(1, 1000);
        await using var mirror = new FaultProxy(hub.Address, (_, _) => null);
        using var client = new RegistryClient(Quick with { Mirrors = [$"http://{mirror.Address}"], HubRegistry = $"http://{hub.Address}" });
        await client.PushAsync(ImageReference.Parse("team/app:v1"), image, source, User("docker.io"));
        Assert.Empty(mirror.Seen);
        var pulled = await client.PullAsync(ImageReference.Parse("team/app:v1"), new MemoryContent(), credentials: User("docker.io"));
        Assert.Equal((image.Digest, $"http://{hub.Address}"), (pulled.Target.Digest, pulled.From));
        Assert.NotEmpty(mirror.Seen);
        Assert.All(mirror.Seen, s => Assert.Null(s.Authorization));
        File.Delete(file);
    }

    [Fact]
    public async Task A_mirror_serves_what_it_has()
    {
        await using var mirror = await PierRegistry.StartAsync();
        var source = new MemoryContent();
        var image = source.AddImage(1, 1000);
        using var client = new RegistryClient(Quick with { Mirrors = [$"http://{mirror.Address}/"], HubRegistry = "http://127.0.0.1:1" });
        await client.PushAsync(ImageReference.Parse($"{mirror.Address}/library/busybox:latest"), image, source);
        Assert.Equal($"http://{mirror.Address}", (await client.PullAsync(ImageReference.Parse("busybox"), new MemoryContent())).From);
    }

    [Fact]
    public async Task A_helper_answers_for_its_registry_alone()
    {
        var directory = Directory.CreateTempSubdirectory("pier-helper-").FullName;
        var helper = Path.Combine(directory, "docker-credential-pier-test");
        await File.WriteAllTextAsync(
            helper,
            """
            #!/bin/sh
            read server
            case "$server" in
              one.test) echo '{"ServerURL":"one.test","Username":"me","Secret":"s3cret"}' ;;
              two.test) echo '{"ServerURL":"two.test","Username":"<token>","Secret":"identity"}' ;;
              broken.test) echo 'the keychain is locked'; exit 1 ;;
              *) echo 'credentials not found in native keychain'; exit 1 ;;
            esac
            """
        );
        File.SetUnixFileMode(helper, (UnixFileMode)0b111_101_101);
        Environment.SetEnvironmentVariable("PATH", $"{Environment.GetEnvironmentVariable("PATH")}:{directory}");
        var config = Path.Combine(directory, "config.json");
        await File.WriteAllTextAsync(
            config,
            """{"auths":{"broken.test":{"auth":"b3RoZXI6cGFzcw=="},"plain.test":{"auth":"cGxhaW46cGFzcw=="}},"credsStore":"pier-test","credHelpers":{"evil.test":"../../bin/sh","gone.test":"not-installed"}}"""
        );
        var credentials = new DockerConfigCredentials(config);
        var one = await credentials.FindAsync("one.test", default);
        Assert.Equal(("me", "s3cret"), (one!.Username, one.Password));
        Assert.Equal("identity", (await credentials.FindAsync("two.test", default))!.IdentityToken);
        Assert.Null(await credentials.FindAsync("three.test", default));
        // A helper that fails is not made up for by what the file has.
        Assert.Contains(
            "keychain is locked",
            (await Assert.ThrowsAsync<HostFailureException>(async () => await credentials.FindAsync("broken.test", default))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "invalid credential helper name",
            (await Assert.ThrowsAsync<InvalidParameterException>(async () => await credentials.FindAsync("evil.test", default))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "executable file not found",
            (await Assert.ThrowsAsync<HostFailureException>(async () => await credentials.FindAsync("gone.test", default))).Message,
            StringComparison.Ordinal
        );
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Search_asks_our_registry()
    {
        await using var registry = await PierRegistry.StartAsync();
        var source = new MemoryContent();
        using var client = new RegistryClient(Quick with { HubIndex = $"http://{registry.Address}" });
        foreach (var name in new[] { "team/webshop", "team/database", "web" })
            await client.PushAsync(ImageReference.Parse($"{registry.Address}/{name}:latest"), source.AddImage(1, 10), source);
        Assert.Equal(["team/webshop", "web"], (await client.SearchAsync($"{registry.Address}/web")).Select(r => r.Name));
        Assert.Equal(["team/database"], (await client.SearchAsync("base")).Select(r => r.Name));
        Assert.Single(await client.SearchAsync("web", limit: 1));
        await Assert.ThrowsAsync<InvalidParameterException>(() => client.SearchAsync("web", limit: 101));
    }
}
