using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Pier.Model;
using Pier.Registry;

namespace Pier.KernelTests.Registry;

/// <summary>Passwords, tokens and read-only registries: attack case 50.</summary>
public class AccessTests
{
    // htpasswd -nbB -C 5 user secret
    const string Htpasswd = "# users\nuser:$2y$05$5xFOda3IFVx05iWDHKgwkeg/yB6PJAKwuy8WLO0W004PXGvfSNvVe\n";

    [Fact]
    public async Task Passwords_of_a_file()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Htpasswd);
        await using var registry = await PierRegistry.StartAsync(o => o with { Htpasswd = file, Realm = "my \"realm\"" });
        using var talk = new RegistryTalk(registry.Address);
        using (var none = await talk.GetAsync("/v2/"))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
            Assert.Equal("Basic realm=\"my \\\"realm\\\"\"", none.Headers.WwwAuthenticate.ToString());
            Assert.Equal("UNAUTHORIZED", await RegistryTalk.CodeAsync(none));
        }
        Assert.Equal(200, await StatusAsync(talk, "/v2/", Basic("user", "secret")));
        Assert.Equal(200, await StatusAsync(talk, "/v2/", Basic("user", "secret")));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", Basic("user", "Secret")));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", Basic("nobody", "secret")));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", "Basic !!!"));
        Assert.Equal(401, await StatusAsync(talk, "/v2/_catalog", "Bearer x.y.z"));
        Assert.Equal(401, await StatusAsync(talk, "/metrics", null));
        Assert.Equal(200, await StatusAsync(talk, "/healthz", null));

        // A changed file counts at once.
        await File.WriteAllTextAsync(file, "# nobody any more\n");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", Basic("user", "secret")));
        File.Delete(file);
    }

    [Fact]
    public async Task A_password_file_with_weak_hashes_is_refused()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "user:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n");
        var error = await Assert.ThrowsAsync<InvalidParameterException>(() => PierRegistry.StartAsync(o => o with { Htpasswd = file }));
        Assert.Contains("not bcrypt", error.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task Tokens_allow_what_they_say_and_no_more(string algorithm)
    {
        using var keys = new TokenServerKeys(algorithm);
        await using var registry = await PierRegistry.StartAsync(o => o with { Token = keys.Options });
        using var talk = new RegistryTalk(registry.Address);
        using (var none = await talk.GetAsync("/v2/team/app/manifests/v1"))
            Assert.Equal(
                "Bearer realm=\"https://auth.test/token\",service=\"registry.test\",scope=\"repository:team/app:pull\"",
                none.Headers.WwwAuthenticate.ToString()
            );

        var pull = keys.Token(("team/app", "pull"));
        Assert.Equal(200, await StatusAsync(talk, "/v2/", "Bearer " + pull));
        Assert.Equal(404, await StatusAsync(talk, "/v2/team/app/manifests/v1", "Bearer " + pull));
        Assert.Equal(401, await StatusAsync(talk, "/v2/team/other/manifests/v1", "Bearer " + pull));
        Assert.Equal(401, await StatusAsync(talk, "/v2/_catalog", "Bearer " + pull));
        Assert.Equal(401, await StatusAsync(talk, "/v2/team/app/blobs/uploads/", "Bearer " + pull, HttpMethod.Post));
        var push = keys.Token(("team/app", "pull,push"));
        Assert.Equal(202, await StatusAsync(talk, "/v2/team/app/blobs/uploads/", "Bearer " + push, HttpMethod.Post));
        Assert.Equal(401, await StatusAsync(talk, "/v2/team/app/manifests/v1", "Bearer " + push, HttpMethod.Delete));
        Assert.Equal(
            404,
            await StatusAsync(talk, "/v2/team/app/manifests/v1", "Bearer " + keys.Token(("team/app", "delete")), HttpMethod.Delete)
        );
    }

    [Fact]
    public async Task Tokens_that_are_old_foreign_or_unsigned_are_refused()
    {
        using var keys = new TokenServerKeys("ES256");
        using var others = new TokenServerKeys("ES256");
        await using var registry = await PierRegistry.StartAsync(o => o with { Token = keys.Options });
        using var talk = new RegistryTalk(registry.Address);
        Assert.Equal(200, await StatusAsync(talk, "/v2/", "Bearer " + keys.Sign(keys.Claims())));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", "Bearer " + others.Sign(keys.Claims())));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", "Bearer " + keys.Sign(keys.Claims(lifetime: -120))));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", "Bearer " + keys.Sign(keys.Claims(audience: "other.test"))));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", "Bearer " + keys.Sign(keys.Claims(issuer: "mallory"))));
        Assert.Equal(
            401,
            await StatusAsync(talk, "/v2/", "Bearer " + keys.Sign(keys.Claims().Replace("\"exp\"", "\"xyz\"", StringComparison.Ordinal)))
        );
        var parts = keys.Sign(keys.Claims()).Split('.');
        var none = Base64Url.EncodeToString("""{"alg":"none"}"""u8);
        Assert.Equal(401, await StatusAsync(talk, "/v2/", $"Bearer {none}.{parts[1]}."));
        var confused = Base64Url.EncodeToString("""{"alg":"HS256"}"""u8);
        Assert.Equal(401, await StatusAsync(talk, "/v2/", $"Bearer {confused}.{parts[1]}.{parts[2]}"));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", $"Bearer {parts[0]}.{parts[1]}.{parts[2]}A"));
        Assert.Equal(401, await StatusAsync(talk, "/v2/", "Bearer ..."));
    }

    [Fact]
    public async Task A_mount_needs_the_right_to_pull_from_the_source()
    {
        using var keys = new TokenServerKeys("ES256");
        await using var registry = await PierRegistry.StartAsync(o => o with { Token = keys.Options });
        using var talk = new RegistryTalk(registry.Address);
        var blob = "a secret layer"u8.ToArray();
        using (
            var pushed = await talk.SendAsync(
                HttpMethod.Post,
                $"/v2/secret/app/blobs/uploads/?digest={Digest.Of(blob)}",
                RegistryTalk.Bytes(blob),
                ("Authorization", "Bearer " + keys.Token(("secret/app", "pull,push")))
            )
        )
            Assert.Equal(201, (int)pushed.StatusCode);

        var path = $"/v2/mine/app/blobs/uploads/?mount={Digest.Of(blob)}&from=secret/app";
        var mine = "Bearer " + keys.Token(("mine/app", "pull,push"));
        Assert.Equal(202, await StatusAsync(talk, path, mine, HttpMethod.Post));
        Assert.Equal(404, await StatusAsync(talk, $"/v2/mine/app/blobs/{Digest.Of(blob)}", mine));
        var both = "Bearer " + keys.Token(("mine/app", "pull,push"), ("secret/app", "pull"));
        Assert.Equal(201, await StatusAsync(talk, path, both, HttpMethod.Post));
        Assert.Equal(200, await StatusAsync(talk, $"/v2/mine/app/blobs/{Digest.Of(blob)}", mine));
    }

    [Fact]
    public async Task A_read_only_registry_changes_nothing()
    {
        var root = Directory.CreateTempSubdirectory("pier-registry-ro-").FullName;
        byte[] manifest;
        await using (var writable = await PierRegistry.StartAsync(root: root))
        {
            using var pusher = new RegistryTalk(writable.Address);
            manifest = await pusher.PushImageAsync("app", "v1", "one");
        }
        await using (var registry = await PierRegistry.StartAsync(o => o with { ReadOnly = true }, root))
        {
            using var talk = new RegistryTalk(registry.Address);
            foreach (
                var (method, path) in new[]
                {
                    (HttpMethod.Post, "/v2/app/blobs/uploads/"),
                    (HttpMethod.Delete, "/v2/app/manifests/v1"),
                    (HttpMethod.Put, "/v2/app/manifests/v2"),
                    (HttpMethod.Delete, $"/v2/app/blobs/{Digest.Of([1])}"),
                }
            )
            {
                using var answer = await talk.SendAsync(method, path, RegistryTalk.Bytes([]));
                Assert.Equal((405, "UNSUPPORTED"), ((int)answer.StatusCode, await RegistryTalk.CodeAsync(answer)));
            }
            using var got = await talk.GetAsync("/v2/app/manifests/v1");
            Assert.Equal(manifest, await got.Content.ReadAsByteArrayAsync());
        }
        Directory.Delete(root, recursive: true);
    }

    static async Task<int> StatusAsync(RegistryTalk talk, string path, string? authorization, HttpMethod? method = null)
    {
        (string, string)[] headers = authorization is null ? [] : [("Authorization", authorization)];
        using var answer = await talk.SendAsync(method ?? HttpMethod.Get, path, null, headers);
        return (int)answer.StatusCode;
    }

    static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
}

/// <summary>What a token server has: a key, and claims that it signs.</summary>
sealed class TokenServerKeys : IDisposable
{
    readonly string _file = Path.GetTempFileName();
    readonly ECDsa? _ecdsa;
    readonly RSA? _rsa;

    public TokenServerKeys(string algorithm)
    {
        if (algorithm == "ES256")
            _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        else
            _rsa = RSA.Create(2048);
        File.WriteAllText(_file, _ecdsa?.ExportSubjectPublicKeyInfoPem() ?? _rsa!.ExportSubjectPublicKeyInfoPem());
    }

    public string Realm { get; set; } = "https://auth.test/token";

    public TokenOptions Options => new(Realm, "registry.test", "auth.test", [_file]);

    public string Token(params (string Name, string Actions)[] access) => Sign(Claims(access: access));

    public string Claims(
        int lifetime = 300,
        string audience = "registry.test",
        string issuer = "auth.test",
        params (string Name, string Actions)[] access
    )
    {
        var list = string.Join(
            ',',
            access.Select(a =>
                $$"""{"type":"repository","name":"{{a.Name}}","actions":["{{a.Actions.Replace(",", "\",\"", StringComparison.Ordinal)}}"]}"""
            )
        );
        return $$"""{"iss":"{{issuer}}","aud":["{{audience}}"],"exp":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + lifetime}},"access":[{{list}}]}""";
    }

    public string Sign(string claims)
    {
        var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(_ecdsa is null ? """{"alg":"RS256"}""" : """{"alg":"ES256"}"""));
        var text = $"{head}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(text);
        return $"{text}.{Base64Url.EncodeToString(_ecdsa?.SignData(bytes, HashAlgorithmName.SHA256) ?? _rsa!.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
        File.Delete(_file);
    }
}
