using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.UnitTests.Engine;

/// <summary>Links as in the introductions of 2014.</summary>
public class LinkTests
{
    [Theory]
    [InlineData("db", "db", "db")]
    [InlineData("db:database", "db", "database")]
    [InlineData("/db:/web/database", "db", "database")]
    public void Links_are_read_in_every_form(string link, string target, string alias) =>
        Assert.Equal((target, alias), LinkSyntax.Parse(link));

    [Theory]
    [InlineData("")]
    [InlineData(":x")]
    [InlineData("a:b:c")]
    public void Other_forms_are_refused(string link) =>
        Assert.Equal($"bad format for links: {link}", Assert.Throws<InvalidParameterException>(() => LinkSyntax.Parse(link)).Message);

    [Fact]
    public void The_environment_names_ports_and_variables()
    {
        var target = new ContainerConfig
        {
            ExposedPorts = new() { ["5432/tcp"] = new(), ["53/udp"] = new() },
            Env = ["PGUSER=pg", "PATH=/bin", "HOME=/root"],
        };
        Assert.Equal(
            [
                "DB_1_PORT=tcp://172.17.0.5:5432",
                "DB_1_PORT_5432_TCP=tcp://172.17.0.5:5432",
                "DB_1_PORT_5432_TCP_ADDR=172.17.0.5",
                "DB_1_PORT_5432_TCP_PORT=5432",
                "DB_1_PORT_5432_TCP_PROTO=tcp",
                "DB_1_PORT_53_UDP=udp://172.17.0.5:53",
                "DB_1_PORT_53_UDP_ADDR=172.17.0.5",
                "DB_1_PORT_53_UDP_PORT=53",
                "DB_1_PORT_53_UDP_PROTO=udp",
                "DB_1_NAME=/web/db-1",
                "DB_1_ENV_PGUSER=pg",
            ],
            LinkEnvironment.Variables("web", "db-1", "172.17.0.5", target)
        );
    }

    [Fact]
    public void A_run_of_ports_has_its_ends_named()
    {
        var variables = LinkEnvironment.Variables(
            "web",
            "db",
            "10.0.0.2",
            new ContainerConfig
            {
                ExposedPorts = new()
                {
                    ["7000/tcp"] = new(),
                    ["7001/tcp"] = new(),
                    ["7002/tcp"] = new(),
                },
            }
        );
        Assert.Contains("DB_PORT_7000_TCP_START=tcp://10.0.0.2:7000", variables);
        Assert.Contains("DB_PORT_7000_TCP_PORT_START=7000", variables);
        Assert.Contains("DB_PORT_7000_TCP_END=tcp://10.0.0.2:7002", variables);
        Assert.Contains("DB_PORT_7000_TCP_PORT_END=7002", variables);
        Assert.DoesNotContain(variables, v => v.StartsWith("DB_PORT_7001_TCP_START", StringComparison.Ordinal));
    }
}
