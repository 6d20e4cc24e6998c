using System.Text.Json;

namespace Pier.UnitTests.Cli;

/// <summary>What run's and create's options become on the wire.</summary>
public class CreationTests
{
    static JsonElement Create(params string[] arguments)
    {
        using var daemon = new FakeDaemon((_, _) => FakeDaemon.Json("""{"Id":"abc","Warnings":["careful"]}""", 201));
        var run = CliRun.Of(daemon.Path, new Dictionary<string, string> { ["FROM_HOST"] = "seen" }, "", ["create", .. arguments]);
        Assert.Equal((0, "abc\n", "WARNING: careful\n"), (run.Code, run.Out, run.Error));
        using var document = JsonDocument.Parse(Assert.Single(daemon.Requests).Body);
        return document.RootElement.Clone();
    }

    static string At(JsonElement element, string path)
    {
        foreach (var name in path.Split('/'))
            element = int.TryParse(name, out var i) ? element[i] : element.GetProperty(name);
        return element.GetRawText();
    }

    [Theory]
    [InlineData("Cmd", "[\"sh\",\"-c\"]", "img", "sh", "-c")]
    [InlineData("Cmd", "null", "img")]
    [InlineData("Entrypoint", "[\"\"]", "--entrypoint", "", "img")]
    [InlineData("Env", "[\"A=1\",\"FROM_HOST=seen\"]", "-e", "A=1", "-e", "FROM_HOST", "-e", "NOT_THERE", "img")]
    [InlineData("Labels", "{\"a\":\"b=c\",\"d\":\"\"}", "-l", "a=b=c", "--label", "d", "img")]
    [InlineData("Volumes", "{\"/data\":{}}", "-v", "/data", "img")]
    [InlineData("HostConfig/Binds", "[\"/a:/b:ro\"]", "-v", "/a:/b:ro", "img")]
    [InlineData("HostConfig/Memory", "536870912", "-m", "512m", "img")]
    [InlineData("HostConfig/NanoCpus", "1500000000", "--cpus", "1.5", "img")]
    [InlineData("HostConfig/NetworkMode", "\"none\"", "--network", "none", "img")]
    [InlineData("HostConfig/NetworkMode", "\"default\"", "img")]
    [InlineData("NetworkingConfig/EndpointsConfig/n1/Aliases", "[\"x\",\"y\"]", "--network", "name=n1,alias=x,alias=y", "img")]
    [InlineData("NetworkingConfig/EndpointsConfig/n1/IPAMConfig/IPv4Address", "\"10.1.2.3\"", "--network", "n1", "--ip", "10.1.2.3", "img")]
    [InlineData(
        "HostConfig/PortBindings",
        "{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"8080\"}]}",
        "-p",
        "127.0.0.1:8080:80",
        "img"
    )]
    [InlineData("HostConfig/PortBindings", "{\"53/udp\":[{\"HostIp\":\"\",\"HostPort\":\"\"}]}", "-p", "53/udp", "img")]
    [InlineData("HostConfig/PortBindings/81/tcp", "[{\"HostIp\":\"::1\",\"HostPort\":\"9001\"}]", "-p", "[::1]:9000-9001:80-81", "img")]
    [InlineData("ExposedPorts", "{\"7/tcp\":{},\"8/tcp\":{}}", "--expose", "7-8", "img")]
    [InlineData("HostConfig/RestartPolicy", "{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}", "--restart", "on-failure:3", "img")]
    [InlineData("HostConfig/Ulimits", "[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":2}]", "--ulimit", "nofile=1:2", "img")]
    [InlineData(
        "HostConfig/Devices",
        "[{\"PathOnHost\":\"/dev/a\",\"PathInContainer\":\"/dev/b\",\"CgroupPermissions\":\"r\"}]",
        "--device",
        "/dev/a:/dev/b:r",
        "img"
    )]
    [InlineData("HostConfig/Tmpfs", "{\"/t\":\"size=1m\"}", "--tmpfs", "/t:size=1m", "img")]
    [InlineData("HostConfig/Mounts/0/Target", "\"/b,c\"", "--mount", "type=bind,src=/a,\"dst=/b,c\",ro", "img")]
    [InlineData(
        "HostConfig/Mounts/0/TmpfsOptions/SizeBytes",
        "1048576",
        "--mount",
        "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1777",
        "img"
    )]
    [InlineData(
        "HostConfig/LogConfig",
        "{\"Type\":\"json-file\",\"Config\":{\"max-size\":\"1m\"}}",
        "--log-driver",
        "json-file",
        "--log-opt",
        "max-size=1m",
        "img"
    )]
    [InlineData(
        "Healthcheck",
        "{\"Test\":[\"CMD-SHELL\",\"x\"],\"Interval\":5000000000}",
        "--health-cmd",
        "x",
        "--health-interval",
        "5s",
        "img"
    )]
    [InlineData("HostConfig/BlkioDeviceReadBps", "[{\"Path\":\"/dev/sda\",\"Rate\":1048576}]", "--device-read-bps", "/dev/sda:1mb", "img")]
    [InlineData("HostConfig/DeviceRequests/0/Count", "-1", "--gpus", "all", "img")]
    [InlineData("HostConfig/ExtraHosts", "[\"h:1.2.3.4\",\"v:::1\"]", "--add-host", "h:1.2.3.4", "--add-host", "v=[::1]", "img")]
    [InlineData("HostConfig/MaskedPaths", "[]", "--security-opt", "systempaths=unconfined", "img")]
    [InlineData("HostConfig/SecurityOpt", "[\"no-new-privileges\"]", "--security-opt", "no-new-privileges", "img")]
    [InlineData("HostConfig/Init", "true", "--init", "img")]
    [InlineData("OpenStdin", "true", "-i", "img")]
    public void Options_become_fields(string path, string json, params string[] arguments)
    {
        var body = Create(arguments);
        if (path.EndsWith("/81/tcp", StringComparison.Ordinal))
        {
            Assert.Equal(json, body.GetProperty("HostConfig").GetProperty("PortBindings").GetProperty("81/tcp").GetRawText());
            return;
        }
        Assert.Equal(json, At(body, path));
    }

    [Theory]
    [InlineData("invalid containerPort: x", "-p", "x")]
    [InlineData("invalid hostPort: 99999", "-p", "99999:80")]
    [InlineData("invalid proto: foo", "-p", "80/foo")]
    [InlineData("invalid IP address: 1.2.3", "-p", "1.2.3:80:80")]
    [InlineData("invalid restart policy format: maximum retry count must be an integer", "--restart", "on-failure:x")]
    [InlineData("conflicting options: cannot specify both --restart and --rm", "--rm", "--restart", "always")]
    [InlineData("open /nonexistent/env: no such file or directory", "--env-file", "/nonexistent/env")]
    [InlineData("bad format for path: a:b:c:d", "--device", "a:b:c:d")]
    [InlineData("--no-healthcheck conflicts with --health-* options", "--no-healthcheck", "--health-cmd", "x")]
    [InlineData("invalid empty volume spec", "-v", "")]
    public void What_cannot_be_read_is_told_before_the_daemon_is_asked(string message, params string[] arguments)
    {
        var run = CliRun.Of("/nonexistent/socket", ["create", .. arguments, "img"]);
        Assert.Equal((125, $"pier: {message}\n\nRun 'pier create --help' for more information\n"), (run.Code, run.Error));
    }
}
