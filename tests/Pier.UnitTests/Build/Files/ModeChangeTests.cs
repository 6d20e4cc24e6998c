using Pier.Build.Files;
using Pier.Model;

namespace Pier.UnitTests.Build.Files;

/// <summary>--chmod as chmod(1) reads it.</summary>
public class ModeChangeTests
{
    [Theory]
    [InlineData("644", "755", false, "644")]
    [InlineData("04755", "000", false, "4755")]
    [InlineData("u=rw,go=r", "777", false, "644")]
    [InlineData("a+X", "644", false, "644")]
    [InlineData("a+X", "744", false, "755")]
    [InlineData("a+X", "600", true, "711")]
    [InlineData("go-rwx", "777", false, "700")]
    [InlineData("u+s,g+s,o+t", "755", false, "7755")]
    [InlineData("g=u", "700", false, "770")]
    [InlineData("+x", "644", false, "755")]
    public void Changes_a_mode(string change, string before, bool isDirectory, string after) =>
        Assert.Equal(after, Convert.ToString(ModeChange.Parse(change)(Convert.ToUInt32(before, 8), isDirectory), 8));

    [
        Theory,
        InlineData(""),
        InlineData("9"),
        InlineData("77777"),
        InlineData("u"),
        InlineData("u=q"),
        InlineData("rw"),
        InlineData("u=rw,"),
        InlineData("-1")
    ]
    public void Refuses_what_is_no_mode(string change) => Assert.Throws<InvalidParameterException>(() => ModeChange.Parse(change));
}
