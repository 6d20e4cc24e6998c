using System.Text.RegularExpressions;

namespace Pier.UnitTests.House;

/// <summary>docs/security.md names tests that exist.</summary>
public partial class SecurityTests
{
    [Fact]
    public void Every_test_of_the_list_exists()
    {
        var named = Name()
            .Matches(File.ReadAllText(Repository.Path("docs/security.md")))
            .Select(m => (Class: m.Groups[1].Value, Method: m.Groups[2].Value))
            .ToArray();
        Assert.True(named.Length > 40, $"{named.Length} tests are named");
        var sources = Directory
            .EnumerateFiles(Repository.Path("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(f => Path.GetFileNameWithoutExtension(f), File.ReadAllText);
        Assert.DoesNotContain(named, n => !sources[n.Class].Any(text => text.Contains($" {n.Method}(", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Name();
}
