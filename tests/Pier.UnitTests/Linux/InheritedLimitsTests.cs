using Pier.Linux.Limits;
using Pier.Linux.Processes;

namespace Pier.UnitTests.Linux;

public class InheritedLimitsTests
{
    const string Header = "Limit                     Soft Limit           Hard Limit           Units     \n";

    [Theory]
    [InlineData("1024                 524288", 1024, 524288)]
    [InlineData("unlimited            unlimited", ulong.MaxValue, ulong.MaxValue)]
    public void Reads_the_line_of_open_files(string values, ulong soft, ulong hard) =>
        Assert.Equal(
            new ResourceLimit(soft, hard),
            InheritedLimits.Parse(
                $"{Header}Max cpu time              unlimited            unlimited            seconds   \nMax open files            {values}               files     \n"
            )
        );

    [Fact]
    public void Is_at_most_what_this_process_has()
    {
        var limit = InheritedLimits.OpenFiles();
        Assert.InRange(limit.Soft, 1UL, limit.Hard);
        Assert.Equal(InheritedLimits.Parse(File.ReadAllText("/proc/self/limits")).Hard, limit.Hard);
    }
}
