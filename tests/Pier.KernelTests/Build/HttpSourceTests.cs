using System.Net;
using System.Text;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Build.Sources;
using Pier.Model;

namespace Pier.KernelTests.Build;

/// <summary>Downloads from a real server on loopback.</summary>
public sealed class HttpSourceTests : IDisposable
{
    readonly HttpListener _listener = new();
    readonly string _target = Directory.CreateTempSubdirectory("pier-download-").FullName;
    readonly List<string?> _authorizations = [];
    readonly string _base;
    static readonly byte[] Content = Encoding.UTF8.GetBytes("the content\n");

    public HttpSourceTests()
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _base = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }
        _listener.Prefixes.Add(_base + "/");
        _listener.Prefixes.Add(_base.Replace("127.0.0.1", "localhost") + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public void Dispose()
    {
        _listener.Close();
        Directory.Delete(_target, recursive: true);
    }

    async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Answer(context);
        }
    }

    void Answer(HttpListenerContext context)
    {
        var (path, answer) = (context.Request.Url!.AbsolutePath, context.Response);
        lock (_authorizations)
            _authorizations.Add(context.Request.Headers["Authorization"]);
        if (path.StartsWith("/redirect/", StringComparison.Ordinal))
            answer.Redirect(Uri.UnescapeDataString(path["/redirect/".Length..]));
        else if (path == "/loop")
            answer.Redirect("/loop");
        else if (path == "/silent")
            return;
        else if (path == "/missing")
            answer.StatusCode = 404;
        else if (context.Request.Headers["If-None-Match"] == "\"tag\"")
            answer.StatusCode = 304;
        else
        {
            answer.Headers["ETag"] = "\"tag\"";
            answer.Headers["Last-Modified"] = "Sun, 06 Nov 1994 08:49:37 GMT";
            if (path == "/endless")
                answer.SendChunked = true;
            else
                answer.ContentLength64 = Content.Length;
            for (var i = 0; i < (path == "/endless" ? 100_000 : 1); i++)
                answer.OutputStream.Write(Content);
        }
        try
        {
            answer.Close();
        }
        catch (Exception e) when (e is HttpListenerException or InvalidOperationException)
        {
            // The client went.
        }
    }

    Task<FetchedFile?> FetchAsync(string path, Digest? checksum = null, FetchedFile? known = null, RemoteLimits? limits = null) =>
        new RemoteSources(limits).FetchAsync(
            new HttpSource
            {
                Name = "x",
                Address = new Uri(path.StartsWith("http") ? path : _base + path),
                FileName = "f",
                Checksum = checksum,
            },
            known,
            _target,
            default
        );

    [Fact]
    public async Task A_file_comes_with_its_digest_its_time_and_its_validators()
    {
        var fetched = await FetchAsync("/file");
        Assert.Equal(new FetchedFile(Digest.Of(Content), "\"tag\"", "Sun, 06 Nov 1994 08:49:37 GMT"), fetched);
        var file = new FileInfo(_target + "/f");
        Assert.Equal(
            (new DateTime(1994, 11, 6, 8, 49, 37), UnixFileMode.UserRead | UnixFileMode.UserWrite),
            (file.LastWriteTimeUtc, file.UnixFileMode)
        );
        Assert.Null(await FetchAsync("/file", known: fetched));
    }

    [Fact]
    public async Task The_checksum_is_held_to()
    {
        await FetchAsync("/file", Digest.Of(Content));
        File.Delete(_target + "/f");
        await FetchAsync(
            "/file",
            Digest.Parse("sha512:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(Content)))
        );
        File.Delete(_target + "/f");
        var error = await Assert.ThrowsAsync<InvalidParameterException>(() => FetchAsync("/file", Digest.Of([1])));
        Assert.Equal($"digest mismatch {Digest.Of(Content)}: {Digest.Of([1])}", error.Message);
        Assert.Empty(Directory.EnumerateFiles(_target));
    }

    [Fact]
    public async Task Redirects_are_followed_and_bounded()
    {
        Assert.Equal(Digest.Of(Content), (await FetchAsync("/redirect/" + Uri.EscapeDataString(_base + "/file")))!.Digest);
        Assert.Contains("10 redirects", (await Assert.ThrowsAsync<UnavailableException>(() => FetchAsync("/loop"))).Message);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://100.100.100.200/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    public async Task Nobody_leads_to_metadata(string address)
    {
        await Assert.ThrowsAsync<ForbiddenException>(() => FetchAsync(address));
        await Assert.ThrowsAsync<ForbiddenException>(() => FetchAsync("/redirect/" + Uri.EscapeDataString(address)));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/x")]
    public async Task Nobody_leads_to_another_protocol(string address) =>
        await Assert.ThrowsAsync<ForbiddenException>(() => FetchAsync("/redirect/" + Uri.EscapeDataString(address)));

    [Fact]
    public async Task A_password_goes_to_its_host_alone_and_into_no_message()
    {
        await FetchAsync(
            _base.Replace("//", "//me:pass%40@") + "/redirect/" + Uri.EscapeDataString(_base.Replace("127.0.0.1", "localhost") + "/file")
        );
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:pass@"));
        Assert.Equal(basic, _authorizations[0]);
        Assert.All(_authorizations.Skip(1), Assert.Null);
        var error = await Assert.ThrowsAsync<InvalidParameterException>(() =>
            FetchAsync(_base.Replace("//", "//me:secret@") + "/missing?token=secret")
        );
        Assert.DoesNotContain("secret", error.Message);
        Assert.Contains("invalid response status 404", error.Message);
    }

    [Fact]
    public async Task Size_and_silence_are_bounded()
    {
        await Assert.ThrowsAsync<InvalidParameterException>(() => FetchAsync("/endless", limits: new RemoteLimits { FileBytes = 5000 }));
        File.Delete(_target + "/f");
        await Assert.ThrowsAsync<UnavailableException>(() =>
            FetchAsync("/silent", limits: new RemoteLimits { Silence = TimeSpan.FromMilliseconds(300) })
        );
    }

    [Fact]
    public async Task Nobody_there_is_told() => await Assert.ThrowsAsync<UnavailableException>(() => FetchAsync("http://127.0.0.1:1/x"));
}
