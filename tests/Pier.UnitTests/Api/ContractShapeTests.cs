using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pier.Contracts;
using Pier.Model;

namespace Pier.UnitTests.Api;

/// <summary>Shapes that clients rely on: names, and what is null, empty or absent.</summary>
public class ContractShapeTests
{
    static JsonElement Write<T>(T value, JsonTypeInfo<T> type) => JsonDocument.Parse(JsonSerializer.Serialize(value, type)).RootElement;

    [Fact]
    public void A_list_row_has_empty_lists_and_no_sizes()
    {
        var row = Write([new ContainerSummary { Id = "x" }], ContractsJson.Wire.ContainerSummaryArray)[0];
        Assert.Equal("[]", row.GetProperty("Ports").GetRawText());
        Assert.Equal("[]", row.GetProperty("Mounts").GetRawText());
        Assert.Equal("{}", row.GetProperty("Labels").GetRawText());
        Assert.False(row.TryGetProperty("SizeRw", out _));
    }

    [Fact]
    public void Inspect_has_every_field_of_dockers_answer()
    {
        var fields = Write(new ContainerInspect(), ContractsJson.Wire.ContainerInspect).EnumerateObject().Select(p => p.Name);
        string[] expected =
        [
            "Id",
            "Created",
            "Path",
            "Args",
            "State",
            "Image",
            "ResolvConfPath",
            "HostnamePath",
            "HostsPath",
            "LogPath",
            "Name",
            "RestartCount",
            "Driver",
            "Platform",
            "MountLabel",
            "ProcessLabel",
            "AppArmorProfile",
            "ExecIDs",
            "HostConfig",
            "GraphDriver",
            "Mounts",
            "Config",
            "NetworkSettings",
        ];
        Assert.Equal(expected, fields);
    }

    [Fact]
    public void A_configuration_leaves_out_what_docker_leaves_out()
    {
        var config = Write(new ContainerConfig(), ContractsJson.Wire.ContainerConfig);
        Assert.Equal(JsonValueKind.Null, config.GetProperty("Env").ValueKind);
        Assert.Equal("", config.GetProperty("Hostname").GetString());
        foreach (var absent in (string[])["ExposedPorts", "Healthcheck", "StopSignal", "StopTimeout", "Shell", "MacAddress"])
            Assert.False(config.TryGetProperty(absent, out _), absent);
    }

    [Fact]
    public void Characters_that_Go_leaves_alone_are_left_alone() =>
        Assert.Contains("a+'b é", JsonSerializer.Serialize(new ErrorResponse("a+'b é"), ContractsJson.Wire.ErrorResponse));

    [Fact]
    public void Progress_sends_only_what_is_set() =>
        Assert.Equal(
            """{"status":"x"}""",
            JsonSerializer.Serialize(new ProgressMessage { Status = "x" }, ContractsJson.Wire.ProgressMessage)
        );
}
