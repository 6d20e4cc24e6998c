using System.Text.Json.Nodes;
using Pier.CompatTests.Flags;

namespace Pier.CompatTests.Schema;

/// <summary>Every field of ContainerConfig and HostConfig is honoured, with a test that shows it, or refused with a reason.</summary>
public sealed class FieldsTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    /// <summary>Fields that no flag of the client sets, or whose effect another test shows.</summary>
    static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["Config.ArgsEscaped"] = nameof(What_is_only_kept_is_kept),
        ["Config.AttachStdin"] = nameof(What_is_only_kept_is_kept),
        ["Config.AttachStdout"] = nameof(What_is_only_kept_is_kept),
        ["Config.Cmd"] = nameof(What_is_only_kept_is_kept),
        ["Config.Image"] = nameof(What_is_only_kept_is_kept),
        ["Config.OnBuild"] = nameof(What_is_only_kept_is_kept),
        ["Config.Shell"] = nameof(What_is_only_kept_is_kept),
        ["Config.StdinOnce"] = nameof(ClientTests.Input_goes_through_and_its_end_too),
        ["Config.Volumes"] = nameof(RunFlagTests) + " (-v /anonymous)",
        ["Config.NetworkDisabled"] = nameof(A_disabled_network_is_none),
        ["Config.MacAddress"] = RunFlags.Elsewhere,
        ["HostConfig.ContainerIDFile"] = nameof(What_is_only_kept_is_kept),
        ["HostConfig.ConsoleSize"] = nameof(ClientTests.A_terminal_has_the_clients_size_follows_it_and_gives_the_exit_code),
        ["HostConfig.ReadonlyPaths"] = nameof(RunFlagTests) + " (systempaths=unconfined)",
        ["HostConfig.KernelMemoryTCP"] = nameof(The_limit_of_kernel_memory_for_tcp_is_written),
        ["HostConfig.Links"] = RunFlags.Elsewhere,
        ["HostConfig.IOMaximumBandwidth"] = nameof(What_cannot_be_is_refused),
        ["HostConfig.IOMaximumIOps"] = nameof(What_cannot_be_is_refused),
        ["HostConfig.CpuCount"] = nameof(What_cannot_be_is_refused),
        ["HostConfig.CpuPercent"] = nameof(What_cannot_be_is_refused),
        ["HostConfig.Cgroup"] = nameof(What_cannot_be_is_refused),
        ["HostConfig.DeviceRequests"] = nameof(What_cannot_be_is_refused),
        ["HostConfig.StorageOpt"] = nameof(What_cannot_be_is_refused),
    };

    [SkippableFact]
    public void Every_field_of_the_schema_is_accounted_for()
    {
        var schema = ApiSchema.LoadOrSkip();
        var shown = RunFlags
            .All.Where(r => r.Field is not null)
            .Select(r => string.Join('.', r.Field!.Split('.').Take(2)))
            .Concat(RunFlags.All.SelectMany(r => r.Words).Any(w => w == "--ipc") ? ["HostConfig.IpcMode"] : [])
            .Concat(Elsewhere.Keys)
            .ToHashSet();
        var fields = schema
            .Fields(schema.Definition("ContainerConfig"))
            .Keys.Select(f => "Config." + f)
            .Concat(schema.Fields(schema.Definition("HostConfig")).Keys.Select(f => "HostConfig." + f))
            .ToArray();
        Assert.True(fields.Length > 90, $"{fields.Length} fields");
        Assert.Empty(fields.Except(shown));
        Assert.Empty(Elsewhere.Keys.Except(fields));
    }

    [Theory]
    [InlineData("""{"CpuCount":1}""", "CpuCount, CpuPercent, IOMaximumIOps and IOMaximumBandwidth are limits of Windows containers")]
    [InlineData("""{"CpuPercent":1}""", "CpuCount, CpuPercent, IOMaximumIOps and IOMaximumBandwidth are limits of Windows containers")]
    [InlineData("""{"IOMaximumIOps":1}""", "CpuCount, CpuPercent, IOMaximumIOps and IOMaximumBandwidth are limits of Windows containers")]
    [InlineData(
        """{"IOMaximumBandwidth":1}""",
        "CpuCount, CpuPercent, IOMaximumIOps and IOMaximumBandwidth are limits of Windows containers"
    )]
    [InlineData("""{"Cgroup":"container:x"}""", "invalid cgroup mode: container:x: a container's group is chosen by CgroupParent")]
    [InlineData(
        """{"DeviceRequests":[{"Driver":"x","Capabilities":[["gpu"]]}]}""",
        "could not select device driver \"x\" with capabilities: [[gpu]]"
    )]
    [InlineData(
        """{"StorageOpt":{"size":"1G"}}""",
        "--storage-opt is not supported by this storage driver: a container's layer has no quota of its own"
    )]
    [InlineData("""{"UsernsMode":"odd"}""", "invalid user namespace mode: odd")]
    [InlineData("""{"SecurityOpt":["odd=1"]}""", "invalid --security-opt 2: \"odd=1\"")]
    [InlineData("""{"NetworkMode":"container:x","Dns":["192.0.2.1"]}""", "conflicting options: dns and the network mode")]
    public async Task What_cannot_be_is_refused(string host, string message)
    {
        using var wire = new Wire(daemon.Socket);
        var answer = await wire.PostAsync("/containers/create", $"{{\"Image\":\"busybox\",\"Cmd\":[\"true\"],\"HostConfig\":{host}}}");
        Assert.Equal((400, message), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task What_is_only_kept_is_kept()
    {
        using var wire = new Wire(daemon.Socket);
        const string config =
            """{"Image":"busybox","Cmd":["true"],"ArgsEscaped":true,"AttachStdin":true,"AttachStdout":true,"OnBuild":["RUN x"],"Shell":["/bin/sh"],"HostConfig":{"ContainerIDFile":"/some/file"}}""";
        var id = await CreateAsync(wire, config);
        var inspect = (await wire.GetAsync($"/containers/{id}/json")).Json!;
        foreach (var (name, value) in JsonNode.Parse(config)!.AsObject())
            if (name != "HostConfig")
                Assert.True(JsonNode.DeepEquals(value, inspect["Config"]![name]), $"{name}: {inspect["Config"]![name]}");
        Assert.Equal("/some/file", inspect["HostConfig"]!["ContainerIDFile"]!.GetValue<string>());
        await wire.DeleteAsync($"/containers/{id}?force=1");
    }

    [Fact]
    public async Task A_disabled_network_is_none()
    {
        using var wire = new Wire(daemon.Socket);
        var id = await CreateAsync(wire, """{"Image":"busybox","Cmd":["ls","/sys/class/net"],"Tty":true,"NetworkDisabled":true}""");
        Assert.Equal("lo", await OutputAsync(wire, id));
    }

    [SkippableFact]
    public async Task The_limit_of_kernel_memory_for_tcp_is_written()
    {
        const string file = "/sys/fs/cgroup/memory/memory.kmem.tcp.limit_in_bytes";
        Skip.If(!File.Exists(file), $"no {file} on this host");
        using var wire = new Wire(daemon.Socket);
        var id = await CreateAsync(
            wire,
            $"{{\"Image\":\"busybox\",\"Cmd\":[\"cat\",\"{file}\"],\"Tty\":true,\"HostConfig\":{{\"NetworkMode\":\"none\",\"KernelMemoryTCP\":8388608}}}}"
        );
        Assert.Equal("8388608", await OutputAsync(wire, id));
    }

    static async Task<string> CreateAsync(Wire wire, string json)
    {
        var answer = await wire.PostAsync("/containers/create", json);
        Assert.True(answer.Status == 201, answer.Text);
        return answer.Json!["Id"]!.GetValue<string>();
    }

    static async Task<string> OutputAsync(Wire wire, string id)
    {
        Assert.Equal(204, (await wire.PostAsync($"/containers/{id}/start")).Status);
        await wire.PostAsync($"/containers/{id}/wait");
        var logs = await wire.GetAsync($"/containers/{id}/logs?stdout=1");
        await wire.DeleteAsync($"/containers/{id}?force=1");
        return logs.Text.Trim();
    }
}
