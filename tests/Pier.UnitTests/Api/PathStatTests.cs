using System.Text.Json;
using Pier.Contracts;

namespace Pier.UnitTests.Api;

public class PathStatTests
{
    // Values as Go's os.FileMode has them.
    [Theory]
    [InlineData(0x81A4u, 0x1A4u)]
    [InlineData(0x41EDu, 2147484141u)]
    [InlineData(0xA1FFu, 134218239u)]
    [InlineData(0x43FFu, 2148532735u)]
    [InlineData(0x89EDu, 8389101u)]
    [InlineData(0x21B6u, 69206454u)]
    public void Modes_are_gos(uint kernel, uint go) => Assert.Equal(go, ContainerPathStat.Of("x", 0, kernel, 0, "").Mode);

    [Fact]
    public void The_header_is_dockers()
    {
        var json = JsonSerializer.Serialize(
            ContainerPathStat.Of("hosts", 174, 0x81A4, 1_700_000_000_120_000_000, ""),
            ContractsJson.Wire.ContainerPathStat
        );
        Assert.Equal("""{"name":"hosts","size":174,"mode":420,"mtime":"2023-11-14T22:13:20.12Z","linkTarget":""}""", json);
        Assert.Equal("1969-12-31T23:59:58.5Z", ContainerPathStat.Of("x", 0, 0, -1_500_000_000, "").Modified);
    }
}
