using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pier.CompatTests.Logs;

/// <summary>Debian's rsyslogd, listening in every way that the syslog driver speaks, and writing what it understood to a file.</summary>
public sealed class Rsyslogd : IAsyncLifetime
{
    const string Program = "/usr/sbin/rsyslogd",
        TlsDriver = "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so";
    readonly string _directory = Directory.CreateTempSubdirectory("rsyslogd-").FullName;
    readonly Dictionary<string, string> _addresses = [];
    Process? _process;

    public string? Missing =>
        File.Exists(Program) && File.Exists(TlsDriver) ? null : "rsyslogd or its TLS driver (rsyslog, rsyslog-openssl) is not installed";

    public string Authority => Path.Combine(_directory, "authority.pem");

    public string Address(string way) => _addresses[way];

    /// <summary>Lines "facility.severity|program|message".</summary>
    public string[] Lines => File.Exists(Messages) ? File.ReadAllLines(Messages) : [];

    string Messages => Path.Combine(_directory, "messages");

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        MakeCertificate();
        var (udp, tcp, tls, socket) = (FreePorts.Loopback(), FreePorts.Loopback(), FreePorts.Loopback(), Path.Combine(_directory, "log"));
        foreach (
            var (way, address) in ((string, string)[])
                [
                    ("udp", $"udp://127.0.0.1:{udp}"),
                    ("tcp", $"tcp://127.0.0.1:{tcp}"),
                    ("tls", $"tcp+tls://localhost:{tls}"),
                    ("unixgram", "unixgram://" + socket),
                    ("unix", "unix://" + socket),
                ]
        )
            _addresses[way] = address;
        var configuration = Path.Combine(_directory, "rsyslog.conf");
        File.WriteAllText(
            configuration,
            $"""
            global(workDirectory="{_directory}" defaultNetstreamDriverCAFile="{Authority}" defaultNetstreamDriverCertFile="{_directory}/server.pem" defaultNetstreamDriverKeyFile="{_directory}/key.pem")
            module(load="imudp")
            module(load="imptcp")
            module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
            module(load="imuxsock" SysSock.Use="off")
            input(type="imudp" address="127.0.0.1" port="{udp}" rcvbufSize="4m")
            input(type="imptcp" address="127.0.0.1" port="{tcp}")
            input(type="imtcp" port="{tls}")
            input(type="imuxsock" Socket="{socket}")
            template(name="plain" type="string" string="%syslogfacility-text%.%syslogseverity-text%|%app-name%|%msg%\n")
            action(type="omfile" file="{Messages}" template="plain" asyncWriting="off" flushOnTXEnd="on")
            """
        );
        var start = new ProcessStartInfo(Program, ["-n", "-f", configuration, "-i", Path.Combine(_directory, "pid")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        for (
            var end = DateTime.UtcNow + TimeSpan.FromSeconds(30);
            !File.Exists(socket) || !IsListening(tcp) || !IsListening(tls);
            await Task.Delay(50)
        )
            if (DateTime.UtcNow > end || _process.HasExited)
                throw new InvalidOperationException("rsyslogd does not listen");
    }

    // Without a connection, which would be a message to some.
    static bool IsListening(int port) =>
        System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port);

    void MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(Authority, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_directory, "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_directory, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    public Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>The syslog driver against a receiver that people use.</summary>
public sealed class RsyslogTests(PierDaemon daemon, Rsyslogd receiver) : IClassFixture<PierDaemon>, IClassFixture<Rsyslogd>
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [SkippableTheory]
    [InlineData("udp", "rfc5424")]
    [InlineData("udp", "")]
    [InlineData("tcp", "rfc3164")]
    [InlineData("tcp", "rfc5424micro")]
    [InlineData("tls", "rfc5424")]
    [InlineData("tls", "rfc3164")]
    [InlineData("unixgram", "")]
    [InlineData("unix", "")]
    public async Task Rsyslogd_understands_every_line(string way, string format)
    {
        Skip.If(receiver.Missing is not null, receiver.Missing);
        // UDP loses what the receiver has no room for.
        var lines = way == "udp" ? 100 : 300;
        var tag = "t" + Guid.NewGuid().ToString("n")[..8];
        string[] words =
        [
            "--log-driver",
            "syslog",
            "--log-opt",
            "syslog-address=" + receiver.Address(way),
            "--log-opt",
            "syslog-facility=local3",
            "--log-opt",
            "tag=" + tag,
        ];
        if (format.Length > 0)
            words = [.. words, "--log-opt", "syslog-format=" + format];
        if (way == "tls")
            words = [.. words, "--log-opt", "syslog-tls-ca-cert=" + receiver.Authority];
        var run = await new Client("pier", daemon).RunAsync([
            "run",
            "--rm",
            "--network",
            "none",
            .. words,
            "busybox",
            "sh",
            "-c",
            "i=1; while [ $i -le $0 ]; do echo line $i of many; i=$((i+1)); done; echo \"it's <odd> [1]: {x}\" >&2; printf 'no newline'",
            $"{lines}",
        ]);
        Assert.True(run.Code == 0, run.Error);
        string[] Mine() =>
            [
                .. receiver
                    .Lines.Select(l => l.Split('|', 3))
                    .Where(p => p.Length == 3 && p[1] == tag)
                    .Select(p => p[0] + " " + p[2].TrimStart()),
            ];
        for (var end = DateTime.UtcNow + Patience; Mine().Length < lines + 2; await Task.Delay(50))
            Assert.True(
                DateTime.UtcNow < end,
                $"{Mine().Length} lines of {lines + 2}: {string.Join(" / ", Mine().TakeLast(3))}; all: {string.Join(" / ", receiver.Lines.TakeLast(3))}"
            );
        string[] expected =
        [
            .. Enumerable.Range(1, lines).Select(i => $"local3.info line {i} of many"),
            "local3.info no newline",
            "local3.err it's <odd> [1]: {x}",
        ];
        // Which of the two streams is read first is not said.
        Assert.Equal(expected.Order(), Mine().Order());
        Assert.Equal(expected[..lines], Mine().Where(l => l.Contains("of many")));
    }
}
