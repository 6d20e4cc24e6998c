using Pier.Model.Notation;

namespace Pier.UnitTests.Model;

public class GoDurationTests
{
    [Theory]
    [InlineData("1m30s", 90_000_000_000)]
    [InlineData("100ms", 100_000_000)]
    [InlineData("-1.5h", -5_400_000_000_000)]
    [InlineData("+7us", 7_000)]
    [InlineData("0", 0)]
    public void Durations_are_Gos(string text, long nanoseconds)
    {
        Assert.True(GoDuration.TryParse(text, out long parsed));
        Assert.Equal(nanoseconds, parsed);
        Assert.True(GoDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(nanoseconds, duration.Ticks * 100);
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    [InlineData("s", "time: invalid duration \"s\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("9999999999h", "time: invalid duration \"9999999999h\"")]
    public void What_is_no_duration_is_told_in_Gos_words(string text, string error) => Assert.Equal(error, GoDuration.Error(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(200, "200ms")]
    [InlineData(1500, "1.5s")]
    [InlineData(-30_000, "-30s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(3_600_000, "1h0m0s")]
    public void Durations_are_told_as_Go_does(int milliseconds, string text) =>
        Assert.Equal(text, GoDuration.Text(TimeSpan.FromMilliseconds(milliseconds)));
}
