using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pier.CompatTests;

/// <summary>The API over TCP: with TLS and certificates for everybody, without TLS for the loopback alone and for no web page.</summary>
public sealed class DoorTests(Doors doors) : IClassFixture<Doors>
{
    [SkippableTheory]
    [InlineData("docker")]
    [InlineData("pier")]
    public async Task Clients_work_over_TLS(string name)
    {
        var client = new Client(name, doors.Secure);
        Skip.If(client.Missing is not null, client.Missing);
        for (var i = 0; i < 5; i++)
        {
            // The end of the output comes after the end of the input: each has been the last that went over the wire.
            var hello = await Secure(
                client,
                "client",
                Encoding.UTF8.GetBytes("through the tunnel\n"),
                "run",
                "--rm",
                "-i",
                "--network",
                "none",
                "busybox",
                "cat"
            );
            Assert.Equal((0, "through the tunnel\n", ""), (hello.Code, hello.Out, hello.Error));
        }
        var code = await Secure(
            client,
            "client",
            null,
            "run",
            "--rm",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "echo out; echo err >&2; exit 7"
        );
        Assert.Equal((7, "out\n"), (code.Code, code.Out));
        Assert.Contains("err\n", code.Error);
    }

    [SkippableTheory]
    [InlineData("docker", true)]
    [InlineData("docker", false)]
    [InlineData("pier", true)]
    [InlineData("pier", false)]
    public async Task Nothing_that_was_written_last_is_lost(string name, bool secure)
    {
        var client = new Client(name, secure ? doors.Secure : doors.Plain);
        Skip.If(client.Missing is not null, client.Missing);
        string[] words =
        [
            "run",
            "--rm",
            "-i",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "cat >/dev/null; head -c 3000000 /dev/zero | tr '\\0' x",
        ];
        var start = client.Start(words);
        start.Environment["DOCKER_HOST"] = start.Environment["PIER_HOST"] = $"tcp://127.0.0.1:{doors.PlainPort}";
        var result = secure ? await Secure(client, "client", [], words) : await Commands.RunAsync(start, []);
        Assert.Equal((0, 3_000_000, ""), (result.Code, result.Out.Length, result.Error));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("wrong-purpose")]
    [InlineData(null)]
    public async Task Who_shows_no_certificate_of_the_authority_gets_no_answer(string? certificate)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, doors.SecurePort);
        await using var tls = new SslStream(tcp.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        };
        using var own = certificate is null
            ? null
            : X509Certificate2.CreateFromPemFile(doors.In(certificate + ".pem"), doors.In(certificate + "-key.pem"));
        if (own is not null)
            options.ClientCertificates = [X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null)];
        var answer = 0;
        try
        {
            // With TLS 1.3 the server's refusal comes after the client's side of the handshake.
            await tls.AuthenticateAsClientAsync(options);
            await tls.WriteAsync("GET /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            answer = await tls.ReadAsync(new byte[100]);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // As it should be.
        }
        Assert.Equal(0, answer);
    }

    [Fact]
    public async Task The_secure_door_speaks_no_plain_HTTP()
    {
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://127.0.0.1:{doors.SecurePort}/_ping")));
    }

    [Fact]
    public async Task Web_pages_are_refused_and_names_that_somebody_else_may_have_made()
    {
        Assert.Equal(HttpStatusCode.OK, await Ask(_ => { }));
        Assert.Equal(HttpStatusCode.OK, await Ask(h => h.Host = "localhost"));
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(h => h.Add("Origin", "http://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(h => h.Add("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(h => h.Host = "rebound.evil.example"));

        async Task<HttpStatusCode> Ask(Action<HttpRequestHeaders> change)
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{doors.PlainPort}/containers/json");
            change(request.Headers);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("tcp://0.0.0.0:0", "whoever reaches it is root on this host", "--insecure-tcp")]
    [InlineData("tcp://127.0.0.1:0", "without TLS: use --tlsverify, or --insecure-tcp to let every local user be root")]
    public async Task A_door_for_everybody_is_not_opened(string address, string error, params string[] more)
    {
        var root = doors.In("refused");
        var result = await Commands.RunAsync(
            new System.Diagnostics.ProcessStartInfo(
                PierDaemon.Binary,
                [
                    "daemon",
                    "--data-root",
                    Path.Combine(root, "data"),
                    "--exec-root",
                    Path.Combine(root, "exec"),
                    "--bridge",
                    "none",
                    "-H",
                    address,
                    .. more,
                ]
            ),
            null
        );
        Assert.NotEqual(0, result.Code);
        Assert.Contains(error, result.Error + result.Out);
    }

    Task<CommandResult> Secure(Client client, string certificate, byte[]? input, params string[] arguments)
    {
        var directory = Directory.CreateDirectory(doors.In("as-" + certificate)).FullName;
        foreach (
            var (from, to) in new[] { ("ca.pem", "ca.pem"), (certificate + ".pem", "cert.pem"), (certificate + "-key.pem", "key.pem") }
        )
            File.Copy(doors.In(from), Path.Combine(directory, to), true);
        var start = client.Start(arguments);
        start.Environment["DOCKER_HOST"] = start.Environment["PIER_HOST"] = $"tcp://127.0.0.1:{doors.SecurePort}";
        start.Environment["DOCKER_TLS_VERIFY"] = "1";
        start.Environment["DOCKER_CERT_PATH"] = directory;
        return Commands.RunAsync(start, input);
    }
}
