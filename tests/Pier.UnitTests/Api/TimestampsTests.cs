using Pier.Contracts;

namespace Pier.UnitTests.Api;

public class TimestampsTests
{
    [Theory]
    [InlineData("1136073600", 1_136_073_600_000_000_000)]
    [InlineData("1136073600.000000001", 1_136_073_600_000_000_001)]
    [InlineData("1136073600.5", 1_136_073_600_500_000_000)]
    [InlineData("-1.5", -1_500_000_000)]
    [InlineData("2006-01-01T00:00:00Z", 1_136_073_600_000_000_000)]
    [InlineData("2006-01-01T01:00:00+01:00", 1_136_073_600_000_000_000)]
    [InlineData("99999999999999999", long.MaxValue)]
    public void Times_are_read(string text, long nanoseconds)
    {
        Assert.True(Timestamps.TryParse(text, out var parsed));
        Assert.Equal(nanoseconds, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1.x")]
    [InlineData("1.")]
    public void What_is_no_time_is_refused(string text) => Assert.False(Timestamps.TryParse(text, out _));

    [Fact]
    public void Never_is_Gos_zero_time() => Assert.Equal("0001-01-01T00:00:00Z", Timestamps.Format(null));

    [Fact]
    public void Trailing_zeros_are_dropped() =>
        Assert.Equal("2026-01-02T03:04:05.5Z", Timestamps.Format(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 500, TimeSpan.Zero)));
}
