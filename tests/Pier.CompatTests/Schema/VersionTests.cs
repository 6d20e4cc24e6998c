using System.Text.Json.Nodes;

namespace Pier.CompatTests.Schema;

/// <summary>What changed between API versions 1.24 and 1.51: the same request by clients of different ages.</summary>
public sealed class VersionTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    [Fact]
    public async Task Every_version_from_the_oldest_to_the_newest_is_served_and_none_beyond()
    {
        using var wire = new Wire(daemon.Socket);
        for (var minor = 24; minor <= 51; minor++)
            foreach (
                var path in (string[])
                    [
                        "/_ping",
                        "/version",
                        "/info",
                        "/containers/json",
                        "/images/json",
                        "/volumes",
                        "/networks",
                        "/system/df",
                        "/images/busybox/json",
                    ]
            )
                Assert.Equal((minor, path, 200), (minor, path, (await wire.GetAsync($"/v1.{minor}{path}")).Status));
        Assert.Equal(400, (await wire.GetAsync("/v1.23/info")).Status);
        Assert.Equal(400, (await wire.GetAsync("/v1.52/info")).Status);
    }

    [Theory]
    [InlineData("/images/busybox/json", "VirtualSize", 0, 44)]
    [InlineData("/images/busybox/json", "Config.Hostname", 0, 50)]
    [InlineData("/images/busybox/json", "Config.Tty", 0, 50)]
    [InlineData("/images/json", "0.VirtualSize", 0, 44)]
    [InlineData("/system/df", "BuilderSize", 0, 42)]
    public async Task A_field_is_there_for_the_versions_that_have_it(string path, string field, int from, int until)
    {
        using var wire = new Wire(daemon.Socket);
        for (var minor = 24; minor <= 51; minor++)
        {
            var answer = (await wire.GetAsync($"/v1.{minor}{path}")).Json!;
            Assert.Equal((minor, minor >= from && minor < until), (minor, Has(answer, field)));
        }
    }

    [Theory]
    [InlineData(39, """{"HostConfig":{}}""", "HostConfig.IpcMode", "\"shareable\"")]
    [InlineData(40, """{"HostConfig":{}}""", "HostConfig.IpcMode", "\"private\"")]
    [InlineData(40, """{"HostConfig":{}}""", "HostConfig.CgroupnsMode", "\"host\"")]
    [InlineData(24, """{"HostConfig":{"AutoRemove":true}}""", "HostConfig.AutoRemove", "false")]
    [InlineData(25, """{"HostConfig":{"AutoRemove":true}}""", "HostConfig.AutoRemove", "true")]
    [InlineData(42, """{"HostConfig":{"Annotations":{"a":"b"}}}""", "HostConfig.Annotations", "null")]
    [InlineData(43, """{"HostConfig":{"Annotations":{"a":"b"}}}""", "HostConfig.Annotations", """{"a":"b"}""")]
    [InlineData(43, """{"Healthcheck":{"Test":["CMD","true"],"StartInterval":1000000000}}""", "Config.Healthcheck.StartInterval", "null")]
    [InlineData(
        44,
        """{"Healthcheck":{"Test":["CMD","true"],"StartInterval":1000000000}}""",
        "Config.Healthcheck.StartInterval",
        "1000000000"
    )]
    [InlineData(
        43,
        """{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/tmp","Target":"/x","ReadOnly":true}]}}""",
        "HostConfig.Mounts.0.BindOptions.ReadOnlyNonRecursive",
        "true"
    )]
    [InlineData(
        44,
        """{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/tmp","Target":"/x","ReadOnly":true}]}}""",
        "HostConfig.Mounts.0.BindOptions",
        "null"
    )]
    public async Task A_creation_means_what_it_meant_to_clients_of_that_version(int minor, string json, string field, string value)
    {
        using var wire = new Wire(daemon.Socket);
        var body = JsonNode.Parse(json)!;
        body["Image"] = "busybox";
        body["Cmd"] = "true";
        var made = await wire.PostAsync($"/v1.{minor}/containers/create", body.ToJsonString());
        Assert.True(made.Status == 201, made.Text);
        var id = made.Json!["Id"]!.GetValue<string>();
        Assert.Equal(value, Flags.FlagScenery.At((await wire.GetAsync($"/containers/{id}/json")).Json!, field));
        await wire.DeleteAsync($"/containers/{id}");
    }

    [Theory]
    [InlineData(41, "application/vnd.docker.raw-stream")]
    [InlineData(42, "application/vnd.docker.multiplexed-stream")]
    public async Task Streams_are_named_as_of_that_version(int minor, string type)
    {
        using var wire = new Wire(daemon.Socket);
        var made = await wire.PostAsync(
            "/containers/create",
            """{"Image":"busybox","Cmd":["echo","x"],"HostConfig":{"NetworkMode":"none"}}"""
        );
        var id = made.Json!["Id"]!.GetValue<string>();
        await wire.PostAsync($"/containers/{id}/start");
        await wire.PostAsync($"/containers/{id}/wait");
        Assert.Equal(type, (await wire.GetAsync($"/v1.{minor}/containers/{id}/logs?stdout=1")).ContentType);
        await wire.DeleteAsync($"/containers/{id}?force=1");
    }

    static bool Has(JsonNode answer, string field)
    {
        JsonNode? node = answer;
        var steps = field.Split('.');
        foreach (var step in steps[..^1])
            node = int.TryParse(step, out var index) ? node![index] : node![step];
        return node!.AsObject().ContainsKey(steps[^1]);
    }
}
