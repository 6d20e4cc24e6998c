using Pier.Model;

namespace Pier.UnitTests.Model;

public class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("LINUX/x86_64", "linux/amd64")]
    [InlineData("arm64", "linux/arm64")]
    [InlineData("aarch64", "linux/arm64")]
    [InlineData("linux/arm64/v8", "linux/arm64")]
    [InlineData("armhf", "linux/arm/v7")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/arm/6", "linux/arm/v6")]
    [InlineData("i686", "linux/386")]
    public void Many_names_are_one_platform(string text, string platform) => Assert.Equal(platform, Platform.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("linux/")]
    [InlineData("a/b/c/d")]
    [InlineData("linux/amd 64")]
    public void Bad_platforms_are_refused(string text) => Assert.Throws<InvalidParameterException>(() => Platform.Parse(text));

    [Fact]
    public void Aliases_satisfy_each_other()
    {
        Assert.True(new Platform { Os = "linux", Architecture = "aarch64" }.Satisfies(Platform.Parse("linux/arm64/v8")));
        Assert.False(Platform.Parse("linux/arm64").Satisfies(Platform.Parse("linux/amd64")));
        Assert.False(Platform.Parse("linux/arm/v6").Satisfies(Platform.Parse("linux/arm/v7")));
    }
}
