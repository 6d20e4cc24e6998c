using Pier.Cli;
using Pier.Contracts;

namespace Pier.UnitTests.Cli;

public class TableTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_three_and_at_least_ten()
    {
        var table = new TableWriter();
        table.Add("A", "LONG HEADING", "LAST");
        table.Add("x", "y", "z");
        table.Add("wider than ten", "", "");
        var text = new StringWriter();
        table.WriteTo(text);
        Assert.Equal(
            "A                LONG HEADING   LAST\nx                y              z\nwider than ten                  \n",
            text.ToString()
        );
    }

    [Theory]
    [InlineData(0, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(119, "About a minute")]
    [InlineData(120, "2 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(7200, "2 hours")]
    [InlineData(47 * 3600, "47 hours")]
    [InlineData(48 * 3600, "2 days")]
    [InlineData(14 * 86400, "2 weeks")]
    [InlineData(61 * 86400, "2 months")]
    [InlineData(800 * 86400, "2 years")]
    public void Durations_are_rough(long seconds, string text) => Assert.Equal(text, HumanDuration.Describe(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1982256, "1.98MB")]
    [InlineData(1000, "1kB")]
    [InlineData(72_800_000, "72.8MB")]
    [InlineData(1_450_000_000, "1.45GB")]
    public void Sizes_have_three_digits(long bytes, string text) => Assert.Equal(text, HumanSize.Describe(bytes, 3));
}
