using System.Text;
using System.Text.Json;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Model;

namespace Pier.UnitTests.Api;

/// <summary>What docker-py and others send: nulls for everything unset.</summary>
public class GoNullsTests
{
    static string Strip(string json) => Encoding.UTF8.GetString(GoNulls.Strip(Encoding.UTF8.GetBytes(json)).Span);

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":null,"b":{"c":null,"d":"null"}}""", """{"b":{"d":"null"}}""")]
    [InlineData("""{"a":[1.50,true]}""", """{"a":[1.50,true]}""")]
    [InlineData("""{"HostConfig":{"PortBindings":{"80/tcp":null},"Binds":null}}""", """{"HostConfig":{"PortBindings":{"80/tcp":null}}}""")]
    public void Null_fields_go_but_not_a_maps_keys(string json, string expected) => Assert.Equal(expected, Strip(json));

    [Theory]
    [InlineData("""{"a":null""")]
    [InlineData("""{"a":null} x""")]
    [InlineData("null null")]
    [InlineData("""{"a":[null,1.50,true]}""")]
    public void Broken_JSON_is_the_clients_fault(string json) => Assert.Throws<InvalidParameterException>(() => Strip(json));

    [Fact]
    public void A_configuration_full_of_nulls_is_read()
    {
        var body = GoNulls.Strip(
            """{"Image":"x","Hostname":null,"Tty":null,"Cmd":"echo","Env":null,"StopTimeout":null,"HostConfig":{"Memory":null,"NetworkMode":null}}"""u8.ToArray()
        );
        var config = JsonSerializer.Deserialize(body.Span, ContractsJson.Wire.ContainerConfig)!;
        var parts = JsonSerializer.Deserialize(body.Span, ContractsJson.Wire.CreateContainerParts)!;
        Assert.Equal(("x", "", false), (config.Image, config.Hostname, config.Tty));
        Assert.Equal(["echo"], config.Cmd!);
        Assert.Null(config.Env);
        Assert.Equal((0L, ""), (parts.HostConfig!.Memory, parts.HostConfig.NetworkMode));
    }
}
