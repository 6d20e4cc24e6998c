using System.Text;
using Pier.Linux.Files;

namespace Pier.UnitTests.Store;

public class PathTextTests
{
    [Fact]
    public void Every_byte_string_survives()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(20)];
            random.NextBytes(bytes);
            Assert.Equal(bytes, PathText.Encode(PathText.Decode(bytes)));
        }
    }

    [Fact]
    public void Ordinary_names_are_ordinary_text()
    {
        Assert.Equal("näme 📦", PathText.Decode(Encoding.UTF8.GetBytes("näme 📦")));
        Assert.Equal("caf\uDCE9", PathText.Decode([.. "caf"u8, 0xE9]));
    }
}
